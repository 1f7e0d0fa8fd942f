import { type History, sum, visitsOf } from './history.ts';
import { type Belief, promptLosses } from './likelihood.ts';

/** Losses are nats a visit. */
export interface CurvePoint {
  readonly discount: number;
  readonly loss: number;
  /** Loss above that of the fit. */
  readonly above: number;
  /** Its standard error: prompts are independent, the visits of one are not. Null for a single prompt. */
  readonly error: number | null;
}

const DISCOUNTS = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1];
/** Of the discount, for derivatives. */
const STEP = 1e-3;

/** Losses by rising discount, that of the belief among them, under its prior. */
export function toCurve(history: History, belief: Belief): CurvePoint[] {
  const visits = history.successes.length;
  const fitted = promptLosses(history, belief);
  const discounts = [...new Set([...DISCOUNTS, belief.discount])].sort((a, b) => a - b);
  return discounts.map((discount) => {
    const losses = promptLosses(history, { ...belief, discount });
    const differences = losses.map((loss, prompt) => loss - (fitted[prompt] as number));
    const error = clusterError(history, differences);
    return {
      discount,
      loss: sum(losses) / visits,
      above: sum(differences) / visits,
      error: error === null ? null : error / visits,
    };
  });
}

/**
 * Standard error of the discount for the prior of the belief: the sandwich of M-estimators (Huber, 1967), with prompts
 * as clusters. Null for a single prompt, and next to an end of [0, 1], where the loss need not be level.
 */
export function discountError(history: History, belief: Belief): number | null {
  const { discount } = belief;
  if (discount < STEP || discount > 1 - STEP) return null;
  const [below, at, above] = [discount - STEP, discount, discount + STEP].map((value) =>
    promptLosses(history, { ...belief, discount: value }),
  ) as [Float64Array, Float64Array, Float64Array];
  const slopes = above.map((loss, prompt) => (loss - (below[prompt] as number)) / (2 * STEP));
  const curvature = (sum(above) - 2 * sum(at) + sum(below)) / STEP ** 2;
  const error = clusterError(history, slopes);
  return error === null || curvature <= 0 ? null : error / curvature;
}

/** Standard error of the sum of a value a prompt, for prompts drawn at random and their visits with them. */
function clusterError(history: History, values: Float64Array): number | null {
  const { prompts } = history;
  if (prompts === 1) return null;
  const mean = sum(values) / history.successes.length;
  const squares = values.map((value, prompt) => (value - mean * visitsOf(history, prompt)) ** 2);
  return Math.sqrt((sum(squares) * prompts) / (prompts - 1));
}
