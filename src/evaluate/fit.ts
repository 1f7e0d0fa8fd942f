import type { Prior } from '../index.ts';
import type { Visits } from '../logs/visits.ts';
import { checkOptions, checkPrior } from '../validate.ts';
import { type Calibration, calibrate } from './calibration.ts';
import { type CurvePoint, discountError, toCurve } from './curve.ts';
import { type History, sum, toHistory } from './history.ts';
import { type Belief, promptLosses } from './likelihood.ts';
import { EVIDENCES, type Found, MEANS, search } from './search.ts';

/** What a log says of the discount and the prior. */
export interface Fit {
  /** 1 if the loss does not depend on it. */
  readonly discount: number;
  /** Standard error for this prior; null at an end of [0, 1], and where the loss does not depend on the discount. */
  readonly discountError: number | null;
  readonly prior: Prior;
  /** What was found in the log, and not given or left at its default. */
  readonly fitted: { readonly discount: boolean; readonly prior: boolean };
  /** Mean one-step-ahead log loss, nats a visit. */
  readonly loss: number;
  readonly prompts: number;
  readonly visits: number;
  readonly rollouts: number;
  readonly curve: readonly CurvePoint[];
  readonly calibration: Calibration;
  /** In words: what should make one doubt. */
  readonly notes: readonly string[];
}

/** How to fit. */
export interface FitOptions {
  /** Is kept, and only the discount is fitted. */
  readonly prior?: Prior | undefined;
}

/**
 * The discount and the prior under which each visit of a log was least surprising, given the visits of the same prompt
 * before it: least one-step-ahead log loss of the Beta-binomial (Eq. 12), in nats a visit. A prompt has to be visited
 * three times before a discount makes a difference.
 * @throws DataError for a log without a visit, or with rollouts that have no step; TypeError, RangeError for bad options
 * @example
 * import { fit } from 'insight-wasm/evaluate';
 * import { Visits } from 'insight-wasm/logs';
 * const visits = new Visits();
 * visits.add({ id: 'a', isRollout: false, step: undefined, successes: [0, 1, 4, 7, 8], trials: [8, 8, 8, 8, 8] });
 * fit(visits, { prior: { alpha: 1, beta: 1 } }).discount < 1; // true: what is old says little here
 */
export function fit(visits: Visits, options: FitOptions = {}): Fit {
  const { prior } = checkOptions('options', options, ['prior']);
  if (prior !== undefined) checkPrior(prior);
  return fitHistory(toHistory(visits), prior);
}

const UNIFORM: Prior = { alpha: 1, beta: 1 };
/** Sandwich estimates are too small for few clusters. */
const FEW_PROMPTS = 30;

/**
 * The discount and the prior of least one-step-ahead log loss.
 * @param given prior, if it is not to be fitted
 */
export function fitHistory(history: History, given?: Prior): Fit {
  const visits = history.successes.length;
  const right = sum(history.successes);
  const rollouts = sum(history.trials);
  const isMixed = right > 0 && right < rollouts;
  const found: Found = isMixed
    ? search((belief) => sum(promptLosses(history, belief)) / visits, given)
    : { discount: 1, prior: given ?? UNIFORM, identifies: { discount: false, evidence: false } };
  const belief = toDigits(found, given);
  const curve = toCurve(history, belief);
  const fitted = { discount: found.identifies.discount, prior: found.identifies.evidence };
  return {
    ...belief,
    discountError: fitted.discount ? discountError(history, belief) : null,
    fitted,
    loss: sum(promptLosses(history, belief)) / visits,
    prompts: history.prompts,
    visits,
    rollouts,
    curve,
    calibration: calibrate(history, belief),
    notes: isMixed
      ? toNotes(belief, fitted, curve, given, history.prompts)
      : [`every rollout of the log is ${right === 0 ? 'wrong' : 'right'}: neither discount nor prior can be fitted`],
  };
}

/** What was fitted, to the digits that are printed: what is copied from a screen has just the losses beside it. */
function toDigits({ discount, prior }: Belief, given: Prior | undefined): Belief {
  const round = (value: number): number => Number(value.toPrecision(3));
  return {
    discount: Number(discount.toFixed(3)),
    prior: given ?? { alpha: round(prior.alpha), beta: round(prior.beta) },
  };
}

function toNotes(
  { discount, prior: { alpha, beta } }: Belief,
  fitted: Fit['fitted'],
  curve: readonly CurvePoint[],
  given: Prior | undefined,
  prompts: number,
): string[] {
  const notes: string[] = [];
  if (prompts < FEW_PROMPTS)
    notes.push(`standard errors over ${prompts} prompts are too small: they need ${FEW_PROMPTS} or more`);
  const one = curve.at(-1) as CurvePoint;
  if (!fitted.discount) {
    notes.push('no prompt was visited three times, and before that the discount changes nothing: it stays at 1');
  } else if (discount < 1 && one.error !== null && one.above < 2 * one.error) {
    notes.push('a discount of 1 fits as well, within two standard errors');
  }
  if (given !== undefined) return notes;
  if (!fitted.prior) notes.push('of single rollouts only the mean of the prior can be fitted: its evidence stays at 2');
  const evidence = alpha + beta;
  if (isNearEnd(evidence, EVIDENCES) || isNearEnd(alpha / evidence, MEANS)) {
    notes.push(
      `the prior is at an end of what was searched: mean ${MEANS.join(' to ')}, evidence ${EVIDENCES.join(' to ')}`,
    );
  }
  return notes;
}

function isNearEnd(value: number, [low, high]: readonly [number, number]): boolean {
  return value < 1.02 * low || value > 0.99 * high;
}
