import { toRule } from '../acquisition.ts';
import type { Acquisition } from '../index.ts';
import { choose, type Query } from './query.ts';
import type { State } from './state.ts';

/** What becomes of one prompt when select runs, and why. */
export interface Explanation {
  readonly id: string;
  readonly mean: number;
  readonly evidence: number;
  readonly visits: number;
  readonly step: number | null;
  readonly acquisition: string;
  readonly score: number;
  /** Of the score, where it is a product. */
  readonly factors: Readonly<Record<string, number>>;
  /** In the whole state, from 1. */
  readonly rank: number;
  readonly chosen: boolean;
  readonly why: string;
}

export function explainPrompt(state: State, index: number, query: Query): Explanation {
  const { pool, keys, columns } = state;
  const { mean, evidence } = pool.get(index);
  const scores = pool.score({ acquisition: query.acquisition });
  const own = scores[index] as number;
  const rank = 1 + scores.reduce((before, score, i) => before + Number(score > own || (score === own && i < index)), 0);
  const { indices, scores: chosen, bar } = choose(state, query);
  const isChosen = indices.includes(index);
  const step = columns.steps[index] as number;
  return {
    id: keys.at(index),
    mean,
    evidence,
    visits: columns.visits[index] as number,
    step: Number.isNaN(step) ? null : step,
    acquisition: toRule(query.acquisition).kind,
    score: own,
    factors: toFactors(state, index, query.acquisition),
    rank,
    chosen: isChosen,
    why: isChosen
      ? `number ${indices.indexOf(index) + 1} of the ${indices.length} selected`
      : (bar(index) ?? lost(chosen, own)),
  };
}

function toFactors({ pool }: State, index: number, acquisition: Acquisition | undefined): Record<string, number> {
  const { kind, rollouts, eta, mu, seed } = toRule(acquisition);
  if (kind !== 'weighted-mutual-information') return {};
  const score = (factor: Acquisition): number => pool.score({ acquisition: factor, candidates: [index] })[0] as number;
  return {
    difficultyWeight: score({ kind: 'difficulty-weight', eta, mu, seed }),
    mutualInformation: score({ kind: 'mutual-information', rollouts }),
  };
}

function lost(chosen: Float32Array, own: number): string {
  const last = chosen.at(-1);
  if (last === undefined) return 'nothing was to be selected';
  return own === last
    ? 'a tie with the last one selected, which comes first in the order of the keys'
    : `its score is below that of the last one selected, ${last.toPrecision(6)}`;
}
