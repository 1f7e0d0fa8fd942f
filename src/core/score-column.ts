import { sameRule } from '../acquisition.ts';
import type { Engine, Rule, Selection } from '../types.ts';
import { gatherValues, type Instance, inParts, part } from './instance.ts';
import type { Kernel } from './kernel.ts';
import { BLOCK, MOST_KEPT, roomFor, STAGE } from './layout.ts';
import type { Scorer } from './scorer.ts';
import { endTopK, topKOfColumn } from './top-k.ts';

/** The posteriors of a pool. */
type Columns = Pick<Engine, 'alpha' | 'beta'>;

/**
 * The scores of a whole pool under the rule in use, kept true as posteriors change, and the maxima over them, which are
 * built when a rule is used a second time: alternating rules then cost a rescore each and no more.
 */
export class ScoreColumn {
  readonly values: Float32Array;
  readonly #instance: Instance;
  readonly #instantiate: () => Kernel;
  readonly #scorer: Scorer;
  readonly #columns: Columns;
  #rule: Rule | undefined;
  #indexed = false;

  constructor(instance: Instance, instantiate: () => Kernel, scorer: Scorer, columns: Columns) {
    this.values = instance.column(instance.at.scores, columns.alpha.length);
    this.#columns = columns;
    this.#instance = instance;
    this.#instantiate = instantiate;
    this.#scorer = scorer;
  }

  /** Whether the column has the scores of this rule. */
  isFor(rule: Rule): boolean {
    return sameRule(this.#rule, rule);
  }

  /** Rescores the pool, unless the column has the scores of this rule already. */
  ensure(rule: Rule): void {
    if (this.isFor(rule)) return;
    const size = this.values.length;
    this.#scorer.scoreColumn(rule, this.#columns.alpha, this.#columns.beta, this.values);
    this.#instance.column(this.#instance.at.scores, 16 * Math.ceil(size / 16)).fill(Number.NaN, size); // never wins
    this.#rule = rule;
    this.#indexed = false;
  }

  /** Forgets the scores: so many posteriors will change that a rescore is cheaper than rescoring each of them. */
  forget(): void {
    this.#rule = undefined;
  }

  /** After posteriors changed: rescores those whose indices, alpha and beta are staged, `count` of them. */
  refreshStaged(count: number): void {
    if (this.#rule === undefined) return;
    this.#scorer.scoreStaged(this.#rule, count);
    this.#replaceStaged(count);
  }

  /** The best `count` <= what there is without `exclude`. */
  select(rule: Rule, count: number, exclude: Uint32Array | undefined): Selection {
    const known = this.isFor(rule);
    this.ensure(rule);
    if (known) this.#index();
    const taken = exclude === undefined || exclude.length === 0 ? undefined : gatherValues(this.values, exclude);
    if (taken !== undefined) this.#replace(exclude as Uint32Array, new Float32Array(taken.length).fill(Number.NaN));
    try {
      return this.#best(count);
    } finally {
      if (taken !== undefined) this.#replace(exclude as Uint32Array, taken);
    }
  }

  #best(count: number): Selection {
    if (!this.#indexed || count > MOST_KEPT) return topKOfColumn(this.#instance, this.#instantiate, this.values, count);
    const { kernel, at } = this.#instance;
    kernel.offerIndexed(at.keys, roomFor(count), count, at.scores, this.values.length, at.maxima);
    return endTopK(this.#instance);
  }

  #index(): void {
    if (this.#indexed) return;
    const { kernel, at } = this.#instance;
    let [below, ptr] = [at.scores, at.maxima];
    for (let count = this.values.length; count > BLOCK; ) {
      count = Math.ceil(count / BLOCK);
      const [from, to] = [below, ptr];
      inParts(count, (start, some) => kernel.buildMaxima(from + 4 * BLOCK * start, some, to + 4 * start));
      const padded = BLOCK * Math.ceil(count / BLOCK);
      this.#instance.column(ptr, padded).fill(-Infinity, count);
      below = ptr;
      ptr += 4 * padded;
    }
    this.#indexed = true;
  }

  #replace(indices: Uint32Array, scores: Float32Array): void {
    for (let start = 0; start < indices.length; start += STAGE) {
      const some = part(indices, start, STAGE);
      this.#instance.indices.set(some);
      this.#instance.scores.set(part(scores, start, STAGE));
      this.#replaceStaged(some.length);
    }
  }

  #replaceStaged(count: number): void {
    const { kernel, at } = this.#instance;
    kernel.scatter(count, at.indices, at.stageScores, at.scores);
    if (this.#indexed) kernel.mendMaxima(count, at.indices, at.scores, this.values.length, at.maxima);
  }
}
