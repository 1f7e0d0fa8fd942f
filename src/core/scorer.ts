import { sameRule } from '../acquisition.ts';
import type { Prior, Rule } from '../types.ts';
import { type Instance, part } from './instance.ts';
import { LATTICE_STAGE, STAGE } from './layout.ts';
import { kernelRule, seedWords } from './rules.ts';

/** Scores what stands in the memory of an instance, by the kernel that suits the rule: the direct one, or a table. */
export class Scorer {
  readonly #instance: Instance;
  readonly #lattice: Prior | undefined;
  /** What the table of the lattice holds. */
  #tabled: Rule | undefined;

  /** `lattice`: the prior of a pool without discount. */
  constructor(instance: Instance, lattice: Prior | undefined) {
    this.#instance = instance;
    this.#lattice = lattice;
  }

  /** Scores the whole pool of `size` datapoints into its score column. */
  scoreColumn(rule: Rule, size: number): void {
    const { kernel, at } = this.#instance;
    if (rule.kind === 'random') kernel.scoreRandom(at.scores, size, 0, ...seedWords(rule.seed as number));
    else if (this.#lattice !== undefined) this.#scoreLattice(rule, this.#lattice, size);
    else this.#score(rule, at.alpha, at.beta, at.scores, size);
  }

  /** Scores the first `count` staged posteriors, whose indices are staged too; the result is a view of the stage. */
  scoreStaged(rule: Rule, count: number): Float32Array {
    const { kernel, at, scores } = this.#instance;
    if (rule.kind === 'random')
      kernel.scoreRandomAt(at.stageScores, count, at.indices, ...seedWords(rule.seed as number));
    else this.#score(rule, at.stageAlpha, at.stageBeta, at.stageScores, count);
    return part(scores, 0, count);
  }

  /** Scores posteriors that stand outside any pool, through the stage. */
  scoreArrays(rule: Rule, alpha: Float32Array, beta: Float32Array, out: Float32Array): void {
    const stage = this.#instance;
    for (let start = 0; start < alpha.length; start += STAGE) {
      const count = Math.min(STAGE, alpha.length - start);
      stage.alpha.set(part(alpha, start, count));
      stage.beta.set(part(beta, start, count));
      for (let i = 0; i < count; i++) stage.indices[i] = start + i;
      out.set(this.scoreStaged(rule, count), start);
    }
  }

  #score(rule: Rule, alphaPtr: number, betaPtr: number, outPtr: number, count: number): void {
    const [kind, rollouts, etaOrTarget, mu] = kernelRule(rule);
    this.#instance.kernel.score(kind, alphaPtr, betaPtr, outPtr, count, rollouts, etaOrTarget, mu);
  }

  #scoreLattice(rule: Rule, prior: Prior, size: number): void {
    const { kernel, at } = this.#instance;
    if (!sameRule(this.#tabled, rule)) kernel.clearLattice();
    this.#tabled = rule;
    const [kind, rollouts, etaOrTarget, mu] = kernelRule(rule);
    kernel.scoreLattice(
      kind,
      at.alpha,
      at.beta,
      at.scores,
      size,
      rollouts,
      etaOrTarget,
      mu,
      prior.alpha,
      prior.beta,
      LATTICE_STAGE,
      at.indices,
      at.oldAlpha,
      at.stageAlpha,
      at.stageBeta,
      at.stageScores,
    );
  }
}
