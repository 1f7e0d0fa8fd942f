import { CapacityError } from '../errors.ts';
import type { Engine, EngineFactory, Indices, Prior, Rule, Selection } from '../types.ts';
import { type Kernel, KINDS, kernelSource } from './kernel.ts';
import { HEAP, type Layout, layOut, STAGE } from './layout.ts';

/** The engine that runs kernel.wasm; `bytes` is asked once, on first use. */
export function wasmEngine(bytes: () => BufferSource): EngineFactory {
  const instantiate = kernelSource(bytes);
  let shared: WasmEngine | undefined; // for calls without a pool: only its stage and heap are used
  const workspace = (): WasmEngine => {
    shared ??= new WasmEngine(instantiate, 0, { alpha: 1, beta: 1 }, 1);
    return shared;
  };
  return {
    name: 'wasm',
    create: (size, prior, discount) => new WasmEngine(instantiate, size, prior, discount),
    score: (rule, alpha, beta, out) => workspace().scoreColumns(rule, alpha, beta, out),
    topK: (scores, count) => workspace().topK(scores, count),
  };
}

class WasmEngine implements Engine {
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly #instantiate: () => Kernel;
  readonly #size: number;
  readonly #prior: Prior;
  readonly #discount: number;
  readonly #kernel: Kernel;
  readonly #at: Layout;
  readonly #scores: Float32Array;
  readonly #indices: Uint32Array;
  readonly #successes: Uint16Array;
  readonly #trials: Uint16Array;
  readonly #stageAlpha: Float32Array;
  readonly #stageBeta: Float32Array;
  readonly #stageScores: Float32Array;

  constructor(instantiate: () => Kernel, size: number, prior: Prior, discount: number) {
    const kernel = instantiate();
    const at = grow(kernel, size, HEAP);
    const { buffer } = kernel.memory;
    this.#instantiate = instantiate;
    this.#size = size;
    this.#prior = prior;
    this.#discount = discount;
    this.#kernel = kernel;
    this.#at = at;
    this.alpha = new Float32Array(buffer, at.alpha, size);
    this.beta = new Float32Array(buffer, at.beta, size);
    this.#scores = new Float32Array(buffer, at.scores, size);
    this.#indices = new Uint32Array(buffer, at.indices, STAGE);
    this.#successes = new Uint16Array(buffer, at.successes, STAGE);
    this.#trials = new Uint16Array(buffer, at.trials, STAGE);
    this.#stageAlpha = new Float32Array(buffer, at.stageAlpha, STAGE);
    this.#stageBeta = new Float32Array(buffer, at.stageBeta, STAGE);
    this.#stageScores = new Float32Array(buffer, at.stageScores, STAGE);
    this.reset(undefined);
  }

  update(indices: Uint32Array, successes: Uint16Array, trials: Uint16Array): number {
    const alphaBefore = gatherValues(this.alpha, indices);
    const betaBefore = gatherValues(this.beta, indices);
    for (let start = 0; start < indices.length; start += STAGE) {
      const count = Math.min(STAGE, indices.length - start);
      this.#indices.set(part(indices, start, count));
      this.#successes.set(part(successes, start, count));
      this.#trials.set(part(trials, start, count));
      const done = this.#runUpdate(count);
      if (done < count) {
        this.write(indices, alphaBefore, betaBefore);
        return start + done;
      }
    }
    return -1;
  }

  write(indices: Uint32Array | undefined, alpha: Float32Array, beta: Float32Array): void {
    if (indices === undefined) {
      this.alpha.set(alpha);
      this.beta.set(beta);
      return;
    }
    for (let i = 0; i < indices.length; i++) {
      this.alpha[indices[i] as number] = alpha[i] as number;
      this.beta[indices[i] as number] = beta[i] as number;
    }
  }

  reset(indices: Uint32Array | undefined): void {
    if (indices === undefined) {
      this.alpha.fill(this.#prior.alpha);
      this.beta.fill(this.#prior.beta);
      return;
    }
    for (const index of indices) {
      this.alpha[index] = this.#prior.alpha;
      this.beta[index] = this.#prior.beta;
    }
  }

  score(rule: Rule, candidates: Uint32Array | undefined, out: Float32Array): void {
    if (candidates === undefined) {
      this.#scorePool(rule);
      out.set(this.#scores);
      return;
    }
    for (let start = 0; start < candidates.length; start += STAGE) {
      out.set(this.#scoreCandidates(rule, part(candidates, start, STAGE)), start);
    }
  }

  select(rule: Rule, count: number, candidates: Uint32Array | undefined, exclude: Uint32Array | undefined): Selection {
    const heap = this.#beginTopK(count);
    if (candidates === undefined) {
      this.#scorePool(rule);
      for (const index of exclude ?? []) this.#scores[index] = Number.NaN; // no NaN is selected
      heap.offer(this.#scores, this.#at.scores, 0);
      const indices = heap.end();
      return { indices, scores: gatherValues(this.#scores, indices) };
    }
    const scores = new Float32Array(candidates.length);
    for (let start = 0; start < candidates.length; start += STAGE) {
      const staged = this.#scoreCandidates(rule, part(candidates, start, STAGE));
      scores.set(staged, start);
      heap.offer(staged, this.#at.stageScores, start);
    }
    const positions = heap.end();
    return { indices: gatherIndices(candidates, positions), scores: gatherValues(scores, positions) };
  }

  dispose(): void {}

  /** The factory's `score`, through the stage. */
  scoreColumns(rule: Rule, alpha: Float32Array, beta: Float32Array, out: Float32Array): void {
    for (let start = 0; start < alpha.length; start += STAGE) {
      const count = Math.min(STAGE, alpha.length - start);
      this.#stageAlpha.set(part(alpha, start, count));
      this.#stageBeta.set(part(beta, start, count));
      for (let i = 0; i < count; i++) this.#indices[i] = start + i;
      out.set(this.#scoreStage(rule, count), start);
    }
  }

  /** The factory's `topK`, through the stage. */
  topK(scores: Float32Array, count: number): Indices | number {
    const heap = this.#beginTopK(count);
    const { stageScores } = this.#at;
    for (let start = 0; start < scores.length; start += STAGE) {
      const staged = part(this.#stageScores, 0, Math.min(STAGE, scores.length - start));
      staged.set(part(scores, start, STAGE));
      const wrong = this.#kernel.findNaN(stageScores, staged.length);
      if (wrong < staged.length) return start + wrong;
      heap.offer(staged, stageScores, start);
    }
    return heap.end();
  }

  #scorePool(rule: Rule): void {
    const { alpha, beta, scores } = this.#at;
    if (rule.kind === 'random') this.#kernel.scoreRandom(scores, this.#size, 0, ...words(rule.seed));
    else runScore(this.#kernel, rule, alpha, beta, scores, this.#size);
  }

  /** Scores up to STAGE candidates; the result is a view of the stage. */
  #scoreCandidates(rule: Rule, candidates: Uint32Array): Float32Array {
    const at = this.#at;
    this.#indices.set(candidates);
    this.#kernel.gather(candidates.length, at.indices, at.alpha, at.stageAlpha);
    this.#kernel.gather(candidates.length, at.indices, at.beta, at.stageBeta);
    return this.#scoreStage(rule, candidates.length);
  }

  #scoreStage(rule: Rule, count: number): Float32Array {
    const at = this.#at;
    if (rule.kind === 'random') {
      this.#kernel.scoreRandomAt(at.stageScores, count, at.indices, ...words(rule.seed));
    } else {
      runScore(this.#kernel, rule, at.stageAlpha, at.stageBeta, at.stageScores, count);
    }
    return part(this.#stageScores, 0, count);
  }

  /** Applies what is staged; returns how many observations were applied. */
  #runUpdate(count: number): number {
    const at = this.#at;
    const { alpha, beta } = this.#prior;
    return this.#kernel.update(
      count,
      at.indices,
      at.successes,
      at.trials,
      at.alpha,
      at.beta,
      this.#discount,
      alpha,
      beta,
    );
  }

  /** A heap in this memory, or, for a large count, in one of its own, to which the scores are copied. */
  #beginTopK(count: number): Heap {
    if (count <= HEAP) return new Heap(this.#kernel, this.#at, count, true);
    const kernel = this.#instantiate();
    return new Heap(kernel, grow(kernel, 0, count), count, false);
  }
}

/** One selection. */
class Heap {
  readonly #kernel: Kernel;
  readonly #at: Layout;
  readonly #count: number;
  readonly #inPlace: boolean;

  constructor(kernel: Kernel, at: Layout, count: number, inPlace: boolean) {
    this.#kernel = kernel;
    this.#at = at;
    this.#count = count;
    this.#inPlace = inPlace;
    kernel.beginTopK(at.heap, count);
  }

  /** Offers scores that stand at `ptr`, the first of which has the index `first`. */
  offer(scores: Float32Array, ptr: number, first: number): void {
    if (this.#count === 0) return;
    if (this.#inPlace) {
      this.#kernel.offerTopK(ptr, scores.length, first);
      return;
    }
    const stage = new Float32Array(this.#kernel.memory.buffer, this.#at.stageScores, STAGE);
    for (let start = 0; start < scores.length; start += STAGE) {
      const some = part(scores, start, STAGE);
      stage.set(some);
      this.#kernel.offerTopK(this.#at.stageScores, some.length, first + start);
    }
  }

  /** The indices kept, best first. */
  end(): Indices {
    const kept = this.#count === 0 ? 0 : this.#kernel.endTopK() >>> 0;
    const keys = new Uint32Array(this.#kernel.memory.buffer, this.#at.heap, 2 * kept);
    const indices = new Uint32Array(kept);
    for (let i = 0; i < kept; i++) indices[i] = keys[2 * i] as number;
    return indices;
  }
}

/** Takes all the memory an instance will ever have, so that no view is ever detached. */
function grow(kernel: Kernel, size: number, heapCount: number): Layout {
  const at = layOut(kernel.heapBase.value as number, size, heapCount);
  if (at === undefined) throw new CapacityError(`${size} datapoints do not fit into the 4 GiB of a Wasm memory`);
  const pages = kernel.memory.buffer.byteLength / 65_536;
  try {
    if (at.pages > pages) kernel.memory.grow(at.pages - pages);
  } catch (cause) {
    throw new CapacityError(`no memory for ${size} datapoints: ${at.pages} pages of 64 KiB`, { cause });
  }
  return at;
}

function runScore(kernel: Kernel, rule: Rule, alphaPtr: number, betaPtr: number, outPtr: number, count: number): void {
  const kind = KINDS.indexOf(rule.kind);
  const p = rule.kind === 'expected-difficulty' ? rule.target : rule.eta;
  kernel.score(kind, alphaPtr, betaPtr, outPtr, count, rule.rollouts, p, rule.mu);
}

/** Low and high 32 bits of a seed. */
function words(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/** The elements from `start` on, `count` or as many as there are; the array itself if that is all of it. */
function part<T extends Float32Array | Uint32Array | Uint16Array>(array: T, start: number, count: number): T {
  return start === 0 && count >= array.length ? array : (array.subarray(start, start + count) as T);
}

function gatherValues(column: Float32Array, indices: Uint32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i++) values[i] = column[indices[i] as number] as number;
  return values;
}

function gatherIndices(column: Uint32Array, positions: Uint32Array): Uint32Array<ArrayBuffer> {
  const indices = new Uint32Array(positions.length);
  for (let i = 0; i < positions.length; i++) indices[i] = column[positions[i] as number] as number;
  return indices;
}
