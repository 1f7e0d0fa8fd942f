import { drawCandidates } from '../candidates.ts';
import type { CandidateSet, Engine, EngineFactory, Indices, Prior, Rule, Selection } from '../types.ts';
import { endTopK, Heap } from './heap.ts';
import { gatherValues, Instance, part, words } from './instance.ts';
import { type Kernel, kernelSource } from './kernel.ts';
import { HEAP, MOST_DRAWN, STAGE } from './layout.ts';
import { ScoreColumn } from './score-column.ts';

/** The engine that runs kernel.wasm; `module` is asked once, on first use. */
export function wasmEngine(module: () => WebAssembly.Module): EngineFactory {
  const instantiate = kernelSource(module);
  let shared: Instance | undefined; // for calls without a pool: a stage and a heap
  const workspace = (): Instance => {
    shared ??= new Instance(instantiate(), 0, HEAP);
    return shared;
  };
  return {
    name: 'wasm',
    create: (size, prior, discount) => new WasmEngine(instantiate, size, prior, discount),
    score: (rule, alpha, beta, out) => scoreColumns(workspace(), rule, alpha, beta, out),
    topK: (scores, count) => topK(workspace(), instantiate, scores, count),
  };
}

class WasmEngine implements Engine {
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly #instantiate: () => Kernel;
  readonly #instance: Instance;
  readonly #prior: Prior;
  readonly #discount: number;
  readonly #scores: ScoreColumn;

  constructor(instantiate: () => Kernel, size: number, prior: Prior, discount: number) {
    const instance = new Instance(instantiate(), size, HEAP);
    this.#instantiate = instantiate;
    this.#instance = instance;
    this.#prior = prior;
    this.#discount = discount;
    this.alpha = instance.column(instance.at.alpha, size);
    this.beta = instance.column(instance.at.beta, size);
    this.#scores = new ScoreColumn(instance, instantiate, size);
    this.reset(undefined);
  }

  update(indices: Uint32Array, successes: Uint16Array, trials: Uint16Array): number {
    const stage = this.#instance;
    const alphaBefore = gatherValues(this.alpha, indices);
    const betaBefore = gatherValues(this.beta, indices);
    this.#expect(indices.length);
    for (let start = 0; start < indices.length; start += STAGE) {
      const count = Math.min(STAGE, indices.length - start);
      stage.indices.set(part(indices, start, count));
      stage.successes.set(part(successes, start, count));
      stage.trials.set(part(trials, start, count));
      const done = this.#runUpdate(count);
      if (done < count) {
        this.write(indices, alphaBefore, betaBefore);
        return start + done;
      }
      this.#scores.refreshStaged(count);
    }
    return -1;
  }

  write(indices: Uint32Array | undefined, alpha: Float32Array, beta: Float32Array): void {
    if (indices === undefined) {
      this.alpha.set(alpha);
      this.beta.set(beta);
      this.#scores.drop();
      return;
    }
    for (let i = 0; i < indices.length; i++) {
      this.alpha[indices[i] as number] = alpha[i] as number;
      this.beta[indices[i] as number] = beta[i] as number;
    }
    this.#refresh(indices);
  }

  reset(indices: Uint32Array | undefined): void {
    if (indices === undefined) {
      this.alpha.fill(this.#prior.alpha);
      this.beta.fill(this.#prior.beta);
      this.#scores.drop();
      return;
    }
    for (const index of indices) {
      this.alpha[index] = this.#prior.alpha;
      this.beta[index] = this.#prior.beta;
    }
    this.#refresh(indices);
  }

  score(rule: Rule, candidates: Uint32Array | undefined, out: Float32Array): void {
    if (candidates === undefined) {
      this.#scores.hold(rule);
      out.set(this.#scores.values);
      return;
    }
    for (let start = 0; start < candidates.length; start += STAGE) {
      out.set(this.#scoreCandidates(rule, part(candidates, start, STAGE)), start);
    }
  }

  select(
    rule: Rule,
    count: number,
    candidates: Uint32Array | CandidateSet | undefined,
    exclude: Uint32Array | undefined,
  ): Selection {
    if (count === 0) return { indices: new Uint32Array(0), scores: new Float32Array(0) };
    if (candidates === undefined) return this.#scores.select(rule, count, exclude);
    if (candidates instanceof Uint32Array) return this.#selectFrom(rule, count, candidates);
    const { size, seed } = candidates;
    if (size === this.alpha.length) return this.#scores.select(rule, count, undefined);
    if (size > MOST_DRAWN || count > HEAP)
      return this.#selectFrom(rule, count, drawCandidates(this.alpha.length, size, seed));
    return this.#selectDrawn(rule, count, size, seed);
  }

  #selectFrom(rule: Rule, count: number, candidates: Uint32Array): Selection {
    const heap = new Heap(this.#instance, this.#instantiate, count);
    const scores = new Float32Array(candidates.length);
    for (let start = 0; start < candidates.length; start += STAGE) {
      const staged = this.#scoreCandidates(rule, part(candidates, start, STAGE));
      scores.set(staged, start);
      heap.offer(staged, this.#instance.at.stageScores, start);
    }
    const positions = heap.end();
    const indices = new Uint32Array(positions.length);
    for (let i = 0; i < positions.length; i++) indices[i] = candidates[positions[i] as number] as number;
    return { indices, scores: gatherValues(scores, positions) };
  }

  /** Draws, scores and selects in the stage: time and memory are those of the set. */
  #selectDrawn(rule: Rule, count: number, size: number, seed: number): Selection {
    const { kernel, at } = this.#instance;
    kernel.beginDraw();
    kernel.beginTopK(at.heap, count, -Infinity);
    for (let start = 0; start < size; start += STAGE) {
      const end = Math.min(size, start + STAGE);
      kernel.draw(start, end, size, this.alpha.length, ...words(seed), at.indices);
      this.#scoreStaged(rule, end - start);
      kernel.offerAt(at.stageScores, at.indices, end - start);
    }
    const indices = endTopK(this.#instance);
    return { indices, scores: this.#scoresAt(rule, indices) };
  }

  #scoresAt(rule: Rule, indices: Uint32Array): Float32Array<ArrayBuffer> {
    const scores = new Float32Array(indices.length);
    this.score(rule, indices, scores);
    return scores;
  }

  /** Before `changes` posteriors change. */
  #expect(changes: number): void {
    if (4 * changes > this.alpha.length) this.#scores.drop();
  }

  /** After the posteriors at the indices changed. */
  #refresh(indices: Uint32Array): void {
    this.#expect(indices.length);
    for (let start = 0; start < indices.length; start += STAGE) {
      const some = part(indices, start, STAGE);
      this.#instance.indices.set(some);
      this.#scores.refreshStaged(some.length);
    }
  }

  /** Scores up to STAGE candidates; the result is a view of the stage. */
  #scoreCandidates(rule: Rule, candidates: Uint32Array): Float32Array {
    this.#instance.indices.set(candidates);
    return this.#scoreStaged(rule, candidates.length);
  }

  /** Scores the datapoints whose indices are staged; what the column holds is not computed again. */
  #scoreStaged(rule: Rule, count: number): Float32Array {
    const { kernel, at, scores } = this.#instance;
    if (this.#scores.holds(rule)) {
      kernel.gather(count, at.indices, at.scores, at.stageScores);
      return part(scores, 0, count);
    }
    kernel.gather(count, at.indices, at.alpha, at.stageAlpha);
    kernel.gather(count, at.indices, at.beta, at.stageBeta);
    return this.#instance.scoreStage(rule, count);
  }

  /** Applies what is staged; returns how many observations were applied. */
  #runUpdate(count: number): number {
    const { kernel, at } = this.#instance;
    const { alpha, beta } = this.#prior;
    return kernel.update(count, at.indices, at.successes, at.trials, at.alpha, at.beta, this.#discount, alpha, beta);
  }
}

/** Scores posteriors that stand outside any pool, through the stage. */
function scoreColumns(stage: Instance, rule: Rule, alpha: Float32Array, beta: Float32Array, out: Float32Array): void {
  for (let start = 0; start < alpha.length; start += STAGE) {
    const count = Math.min(STAGE, alpha.length - start);
    stage.alpha.set(part(alpha, start, count));
    stage.beta.set(part(beta, start, count));
    for (let i = 0; i < count; i++) stage.indices[i] = start + i;
    out.set(stage.scoreStage(rule, count), start);
  }
}

/** Top-k of scores that stand outside any pool, through the stage; or the position of the first NaN. */
function topK(stage: Instance, instantiate: () => Kernel, scores: Float32Array, count: number): Indices | number {
  const heap = count > 0 ? new Heap(stage, instantiate, count) : undefined;
  for (let start = 0; start < scores.length; start += STAGE) {
    const staged = part(stage.scores, 0, Math.min(STAGE, scores.length - start));
    staged.set(part(scores, start, STAGE));
    const wrong = stage.kernel.findNaN(stage.at.stageScores, staged.length);
    if (wrong < staged.length) return start + wrong;
    heap?.offer(staged, stage.at.stageScores, start);
  }
  return heap?.end() ?? new Uint32Array(0);
}
