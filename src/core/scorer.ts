import { sameRule } from '../acquisition.ts';
import type { Prior, Rule } from '../types.ts';
import { type Instance, inParts, part } from './instance.ts';
import { STAGE } from './layout.ts';
import { kernelRule, seedWords } from './rules.ts';

/** The workspace for a rule: that with the cells of its rollouts or, where it needs none, any. */
export type Workspaces = (rule?: Rule) => Instance;

/**
 * Scores what stands in the memory of an instance, by the kernel that suits the rule. Both kinds of mutual information
 * are scored by the table of cells, which stands in a workspace that all pools share, so that a pool has no more memory
 * than its columns. Posteriors pass through the stage of the workspace to get there.
 */
export class Scorer {
  readonly #instance: Instance;
  readonly #workspace: Workspaces;
  readonly #lattice: Prior | undefined;
  readonly #offset: number;
  /** The rule of the scores in the table of the lattice. */
  #tabled: Rule | undefined;

  /** `lattice`: the prior of a pool without discount; `offset`: the place of index 0 in the whole, for seeded rules. */
  constructor(instance: Instance, workspace: Workspaces, lattice: Prior | undefined, offset: number) {
    this.#instance = instance;
    this.#workspace = workspace;
    this.#lattice = lattice;
    this.#offset = offset;
  }

  /** Scores the whole pool: columns in the memory of the instance. */
  scoreColumn(rule: Rule, alpha: Float32Array, beta: Float32Array, out: Float32Array): void {
    const { kernel, at } = this.#instance;
    const { length } = out;
    if (rule.kind === 'random') {
      const words = seedWords(rule.seed as number);
      inParts(length, (start, count) =>
        kernel.scoreRandom(at.scores + 4 * start, count, this.#offset + start, ...words),
      );
    } else if (this.#lattice !== undefined && rule.seed === undefined) {
      this.#scoreLattice(rule, this.#lattice, length);
    } else if (needsWorkspace(rule)) {
      scoreArrays(this.#workspace(rule), rule, alpha, beta, out, this.#offset);
    } else {
      const [kind, ...parameters] = kernelRule(rule);
      inParts(length, (start, count) => {
        const by = 4 * start;
        kernel.score(kind, at.alpha + by, at.beta + by, at.scores + by, count, ...parameters);
      });
    }
  }

  /** Scores the first `count` staged posteriors, whose indices are staged too; the result is a view of the stage. */
  scoreStaged(rule: Rule, count: number): Float32Array {
    const own = this.#instance;
    if (!needsWorkspace(rule)) return scoreStaged(own, rule, count, this.#offset);
    const workspace = this.#workspace(rule);
    workspace.alpha.set(part(own.alpha, 0, count));
    workspace.beta.set(part(own.beta, 0, count));
    if (rule.seed !== undefined) workspace.indices.set(part(own.indices, 0, count));
    const scores = part(own.scores, 0, count);
    scores.set(scoreStaged(workspace, rule, count, this.#offset));
    return scores;
  }

  #scoreLattice(rule: Rule, prior: Prior, size: number): void {
    const { kernel, at } = this.#instance;
    if (!sameRule(this.#tabled, rule)) kernel.clearLattice();
    this.#tabled = rule;
    const { alpha, beta } = prior;
    const { indices, oldAlpha: offsets, stageAlpha, stageBeta, stageScores } = at;
    for (let start = 0; start < size; start += STAGE) {
      const by = 4 * start;
      const out = at.scores + by;
      const count = Math.min(STAGE, size - start);
      const [a, b] = [at.alpha + by, at.beta + by];
      const waiting = kernel.lookUpLattice(a, b, out, count, alpha, beta, indices, offsets, stageAlpha, stageBeta);
      if (waiting === 0) continue;
      this.scoreStaged(rule, waiting);
      kernel.enterLattice(waiting, indices, offsets, stageScores, out);
    }
  }
}

/** Scores posteriors that stand anywhere, through the stage of the workspace; that of index 0 is at `offset`. */
export function scoreArrays(
  workspace: Instance,
  rule: Rule,
  alpha: Float32Array,
  beta: Float32Array,
  out: Float32Array,
  offset = 0,
): void {
  const most = workspace.alpha.length;
  for (let start = 0; start < alpha.length; start += most) {
    const count = Math.min(most, alpha.length - start);
    workspace.alpha.set(part(alpha, start, count));
    workspace.beta.set(part(beta, start, count));
    if (rule.seed !== undefined) for (let i = 0; i < count; i++) workspace.indices[i] = start + i;
    out.set(scoreStaged(workspace, rule, count, offset), start);
  }
}

/** Scores what is staged in an instance, the workspace if the rule needs it. */
function scoreStaged({ kernel, at, scores }: Instance, rule: Rule, count: number, offset: number): Float32Array {
  const { stageAlpha, stageBeta, stageScores } = at;
  if (rule.kind === 'random') {
    kernel.scoreRandomAt(stageScores, count, at.indices, offset, ...seedWords(rule.seed as number));
    return part(scores, 0, count);
  }
  const [kind, rollouts, p, mu] = kernelRule(rule);
  if (rule.seed !== undefined) {
    const out = hasInformation(rule) ? at.weights : stageScores;
    const words = seedWords(rule.seed);
    kernel.scoreDraws(kind, stageAlpha, stageBeta, at.indices, out, count, p, mu, offset, ...words);
  }
  if (hasInformation(rule)) {
    const weights = rule.seed === undefined ? 0 : at.weights;
    kernel.scoreByCells(kind, stageAlpha, stageBeta, stageScores, count, rollouts, p, mu, weights, at.cells);
  } else if (rule.seed === undefined) {
    kernel.score(kind, stageAlpha, stageBeta, stageScores, count, rollouts, p, mu);
  }
  return part(scores, 0, count);
}

/** Whether a rule is scored in a workspace: it has the cells of mutual information, and room for draws. */
function needsWorkspace(rule: Rule): boolean {
  return hasInformation(rule) || (rule.seed !== undefined && rule.kind !== 'random');
}

/** Whether a score is of mutual information. */
export function hasInformation({ kind }: Rule): boolean {
  return kind === 'weighted-mutual-information' || kind === 'mutual-information';
}
