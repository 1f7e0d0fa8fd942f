import type { Rule, Selection } from '../types.ts';
import { endTopK, Heap } from './heap.ts';
import { gatherValues, type Instance, part } from './instance.ts';
import type { Kernel } from './kernel.ts';
import { HEAP, STAGE } from './layout.ts';

/**
 * The scores of a whole pool under the rule in use, kept true as posteriors change, and the maxima over them, which are
 * built when a rule is used a second time: alternating rules then cost a rescore each and no more.
 */
export class ScoreColumn {
  readonly values: Float32Array;
  readonly #instance: Instance;
  readonly #instantiate: () => Kernel;
  readonly #size: number;
  #rule: Rule | undefined;
  #indexed = false;

  constructor(instance: Instance, instantiate: () => Kernel, size: number) {
    const { at } = instance;
    this.values = instance.column(at.scores, size);
    this.#instance = instance;
    this.#instantiate = instantiate;
    this.#size = size;
    instance.column(at.scores, 64 * at.blocks).fill(Number.NaN, size); // the padding never wins
  }

  /** Whether the column holds the scores of a rule. */
  holds(rule: Rule): boolean {
    const held = this.#rule;
    return (
      held !== undefined &&
      held.kind === rule.kind &&
      held.rollouts === rule.rollouts &&
      held.eta === rule.eta &&
      held.mu === rule.mu &&
      held.target === rule.target &&
      held.seed === rule.seed
    );
  }

  /** Rescores the pool, unless the column holds the rule already. */
  hold(rule: Rule): void {
    if (this.holds(rule)) return;
    const { alpha, beta, scores, blocks } = this.#instance.at;
    this.#instance.score(rule, alpha, beta, scores, this.#size, 0);
    this.#instance.column(scores, 64 * blocks).fill(Number.NaN, this.#size);
    this.#rule = rule;
    this.#indexed = false;
  }

  /** Forgets the scores: so much will change that a rescore is cheaper than keeping up. */
  drop(): void {
    this.#rule = undefined;
  }

  /** Rescores the datapoints whose indices are staged, `count` of them. */
  refreshStaged(count: number): void {
    if (this.#rule === undefined) return;
    const { kernel, at } = this.#instance;
    kernel.gather(count, at.indices, at.alpha, at.stageAlpha);
    kernel.gather(count, at.indices, at.beta, at.stageBeta);
    this.#instance.scoreStage(this.#rule, count);
    this.#replaceStaged(count);
  }

  /** The best `count` <= what there is without `exclude`. */
  select(rule: Rule, count: number, exclude: Uint32Array | undefined): Selection {
    const known = this.holds(rule);
    this.hold(rule);
    if (known) this.#buildMaxima();
    const taken = exclude === undefined || exclude.length === 0 ? undefined : gatherValues(this.values, exclude);
    if (taken !== undefined) this.#replace(exclude as Uint32Array, new Float32Array(taken.length).fill(Number.NaN));
    const { kernel, at } = this.#instance;
    let indices: Selection['indices'];
    if (this.#indexed && count <= HEAP) {
      kernel.offerIndexed(at.heap, count, at.scores, at.maxima, at.blocks, at.upperMaxima, at.upper);
      indices = endTopK(this.#instance);
    } else {
      const heap = new Heap(this.#instance, this.#instantiate, count);
      heap.offer(this.values, at.scores, 0);
      indices = heap.end();
    }
    const scores = gatherValues(this.values, indices);
    if (taken !== undefined) this.#replace(exclude as Uint32Array, taken);
    return { indices, scores };
  }

  #buildMaxima(): void {
    if (this.#indexed) return;
    const { kernel, at } = this.#instance;
    kernel.buildMaxima(at.scores, at.maxima, at.blocks, at.upperMaxima, at.upper);
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
    kernel.replaceScores(count, at.indices, at.stageScores, at.scores, at.maxima, at.upperMaxima);
  }
}
