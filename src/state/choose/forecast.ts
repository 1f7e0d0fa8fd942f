import type { State } from '../state.ts';
import { choose } from './choose.ts';
import type { Query } from './query.ts';

/** What is known of some prompts, and of those of them in the next batch. Shares are of the prompts; they add up to 1. */
export interface Outlook {
  readonly prompts: number;
  /** A chance above one half that the next group is all right. */
  readonly saturated: number;
  /** A chance above one half that the next group is all wrong. */
  readonly hopeless: number;
  /** Visited, and neither. */
  readonly learnable: number;
  /** Never visited. */
  readonly unseen: number;
  /** Prompts of the next batch. */
  readonly selected: number;
  /** Expected share of its groups that are all right or all wrong, and teach nothing; null of no group. */
  readonly wasted: number | null;
}

/** What a state says of its prompts, and of the next batch. */
export interface Forecast extends Outlook {
  readonly step: number | null;
  /** The same of the prompts with each label, by label, and of those without one, by ""; only if there are labels. */
  readonly groups?: Readonly<Record<string, Outlook>>;
}

/** By the posterior predictive of a group of `rollouts`. */
export function toForecast(state: State, query: Query, rollouts: number): Forecast {
  const { pool, size, groups, columns } = state;
  const mixed = pool.score({ acquisition: { kind: 'non-degenerate', rollouts } });
  const anyRight = pool.score({ acquisition: { kind: 'success-chance', rollouts } });
  const all = new Tally();
  const tallies = Array.from({ length: groups.size }, () => new Tally());
  for (let i = 0; i < size; i++) {
    const right = anyRight[i] as number;
    const kind = toKind(columns.visits[i] as number, right - (mixed[i] as number), 1 - right);
    all[kind]++;
    (tallies[columns.groups[i] as number] as Tally)[kind]++;
  }
  for (const index of choose(state, query).indices) {
    const waste = 1 - (mixed[index] as number);
    all.select(waste);
    (tallies[columns.groups[index] as number] as Tally).select(waste);
  }
  const { prompts, ...outlook } = all.toOutlook();
  const byLabel = tallies.map((tally, number) => [groups.at(number), tally.toOutlook()] as const);
  const some = byLabel.filter(([, { prompts }]) => prompts > 0);
  return {
    prompts,
    step: state.lastStep ?? null,
    ...outlook,
    ...(groups.size > 1 && { groups: Object.fromEntries(some) }),
  };
}

type Kind = 'saturated' | 'hopeless' | 'learnable' | 'unseen';

function toKind(visits: number, allRight: number, allWrong: number): Kind {
  if (visits === 0) return 'unseen';
  if (allRight > 0.5) return 'saturated';
  return allWrong > 0.5 ? 'hopeless' : 'learnable';
}

/** Prompts of each kind, and the waste of those that are selected. */
class Tally {
  saturated = 0;
  hopeless = 0;
  learnable = 0;
  unseen = 0;
  #selected = 0;
  #waste = 0;

  select(waste: number): void {
    this.#selected++;
    this.#waste += waste;
  }

  toOutlook(): Outlook {
    const { saturated, hopeless, learnable, unseen } = this;
    const prompts = saturated + hopeless + learnable + unseen;
    const share = (count: number): number => (prompts === 0 ? 0 : count / prompts);
    return {
      prompts,
      saturated: share(saturated),
      hopeless: share(hopeless),
      learnable: share(learnable),
      unseen: share(unseen),
      selected: this.#selected,
      wasted: this.#selected === 0 ? null : this.#waste / this.#selected,
    };
  }
}
