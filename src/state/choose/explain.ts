import { toRule } from '../../acquisition.ts';
import { quote } from '../../escape-controls.ts';
import type { Acquisition } from '../../index.ts';
import type { State } from '../state.ts';
import { type Choosing, choose } from './choose.ts';
import { barOutside, type Plan, type Query } from './query.ts';
import { ageOf } from './rows.ts';
import { byScore, type Row } from './walk.ts';

/** What becomes of one prompt when select runs, and why. */
export interface Explanation {
  readonly id: string;
  readonly mean: number;
  readonly evidence: number;
  readonly visits: number;
  /** Its label, if it has one. */
  readonly group?: string;
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
  const choosing = choose(state, query);
  const chosen = choosing.indices.indexOf(index);
  const group = state.groupOf(index);
  const step = columns.steps[index] as number;
  return {
    id: keys.at(index),
    mean,
    evidence,
    visits: columns.visits[index] as number,
    ...(group !== '' && { group }),
    step: Number.isNaN(step) ? null : step,
    acquisition: toRule(query.acquisition).kind,
    score: own,
    factors: toFactors(state, index, query.acquisition),
    rank,
    chosen: chosen >= 0,
    why:
      chosen >= 0
        ? `number ${chosen + 1} of the ${choosing.indices.length} selected${taken(state, index, choosing)}`
        : (barOf(state, index, query, choosing) ?? full(state, index, own, choosing) ?? lost(choosing, own)),
  };
}

/** By which constraint a prompt was taken. */
function taken(state: State, index: number, { plan, walk }: Choosing): string {
  const reason = walk?.reasons.get(index);
  const allowed = plan.groups.length > 0 ? ' that the quotas allow' : '';
  if (reason === 'floor') return `, taken for the floor: no other${allowed} was not seen for longer`;
  return reason === 'quota' ? `, taken for the quota: the slots left were for ${groupName(state, index, plan)}` : '';
}

function barOf(state: State, index: number, query: Query, { plan }: Choosing): string | undefined {
  if (plan.from?.includes(index) === false) return barOutside(state, query, index);
  return plan.bar?.(index);
}

/** Whether the quotas left no room for a prompt when its turn by score came. */
function full(state: State, index: number, score: number, { plan, walk }: Choosing): string | undefined {
  if (walk === undefined) return undefined;
  const group = plan.boundsOf[state.columns.groups[index] as number] as number;
  const count = walk.countOf(group);
  const row = { position: index, score, group };
  const last = lastByScore(walk.taken, walk.reasons);
  const isBehind = last === undefined ? isSeenAfter(state, index, walk.taken.at(-1)) : byScore(row, last) > 0;
  if (walk.taken.length === plan.count && isBehind) return undefined;
  if (count === plan.bounds[group]?.most)
    return `${groupName(state, index, plan)} is full: ${count} of it are selected`;
  const [have, their] = group === plan.groups.length ? ['have', 'their'] : ['has', 'its'];
  return `${groupName(state, index, plan)} ${have} ${their} share, ${count}, and the slots left are for other groups`;
}

/** Whether a prompt comes after one in the order of the floor. */
function isSeenAfter(state: State, index: number, other: Row | undefined): boolean {
  if (other === undefined) return true;
  const [age, its] = [ageOf(state, index), ageOf(state, other.position)];
  return age < its || (age === its && index > other.position);
}

/** Its group, or all those that share what the quotas leave. */
function groupName(state: State, index: number, { groups, boundsOf }: Plan): string {
  if (boundsOf[state.columns.groups[index] as number] === groups.length) return 'the groups that no quota names';
  const label = state.groupOf(index);
  return label === '' ? 'the group of prompts without a label' : `its group ${quote(label)}`;
}

function lastByScore(rows: readonly Row[], reasons: ReadonlyMap<number, string>): Row | undefined {
  return rows.filter(({ position }) => reasons.get(position) !== 'floor').at(-1);
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

const TIE = 'or as long, and come first in the order of the keys';

function lost({ indices, scores, walk }: Choosing, own: number): string {
  if (indices.length === 0) return 'nothing was to be selected';
  const last = walk === undefined ? scores.at(-1) : lastByScore(walk.taken, walk.reasons)?.score;
  if (last === undefined) return `all slots are for prompts that were not seen for longer, ${TIE}`;
  return own === last
    ? 'a tie with the last one selected, which comes first in the order of the keys'
    : `its score is below that of the last one selected, ${last.toPrecision(6)}`;
}
