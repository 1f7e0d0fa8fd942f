import { drawCandidates } from '../candidates.ts';
import type { CandidateSet, Engine, EngineFactory, Observations, Prior, Rule, Selection } from '../types.ts';
import { newObservations } from '../validate.ts';
import { gatherValues, Instance, part } from './instance.ts';
import { type Kernel, kernelSource } from './kernel.ts';
import { KEY_BYTES, MOST_DRAWN, MOST_KEPT, STAGE, WORK_STAGE } from './layout.ts';
import { seedWords } from './rules.ts';
import { ScoreColumn } from './score-column.ts';
import { hasInformation, Scorer, scoreArrays, type Workspaces } from './scorer.ts';
import { beginTopK, endTopK, topK } from './top-k.ts';

/** The engine that runs kernel.wasm; `module` is asked once, on first use. */
export function wasmEngine(module: () => WebAssembly.Module): EngineFactory {
  const instantiate = kernelSource(module);
  const workspace = workspaces(
    () => new Instance(instantiate(), { keyBytes: KEY_BYTES, stage: WORK_STAGE, cells: true }),
  );
  return {
    name: 'wasm',
    create: (size, prior, discount, offset) => new WasmEngine(instantiate, workspace, size, prior, discount, offset),
    score: (rule, alpha, beta, out) => scoreArrays(workspace(rule), rule, alpha, beta, out),
    topK: (scores, count) => topK(workspace(), instantiate, scores, count),
  };
}

/** Numbers of rollouts whose cells are kept side by side; with one more, the cells used longest ago are filled anew. */
const MOST_TABLES = 4;

/** Makes instances with cells, for calls without a pool and for mutual information of all pools, as they are asked for. */
function workspaces(make: () => Instance): Workspaces {
  const made: { readonly instance: Instance; rollouts: number }[] = []; // used last first
  return (rule) => {
    const rollouts = rule !== undefined && hasInformation(rule) ? rule.rollouts : 0;
    const first = made[0];
    if (first !== undefined && (rollouts === 0 || rollouts === first.rollouts)) return first.instance;
    let at = made.findIndex((one) => one.rollouts === rollouts || one.rollouts === 0);
    if (at < 0) at = made.length < MOST_TABLES ? made.push({ instance: make(), rollouts }) - 1 : MOST_TABLES - 1;
    const [one] = made.splice(at, 1) as [(typeof made)[0]];
    one.rollouts = rollouts;
    made.unshift(one);
    return one.instance;
  };
}

class WasmEngine implements Engine {
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly #instantiate: () => Kernel;
  readonly #instance: Instance;
  readonly #prior: Prior;
  readonly #scorer: Scorer;
  readonly #scores: ScoreColumn;

  constructor(
    instantiate: () => Kernel,
    workspace: Workspaces,
    size: number,
    prior: Prior,
    discount: number,
    offset: number,
  ) {
    const instance = new Instance(instantiate(), { size, keyBytes: KEY_BYTES });
    this.#instantiate = instantiate;
    this.#instance = instance;
    this.#prior = prior;
    this.alpha = instance.column(instance.at.alpha, size);
    this.beta = instance.column(instance.at.beta, size);
    this.#scorer = new Scorer(instance, workspace, discount === 1 ? prior : undefined, offset);
    this.#scores = new ScoreColumn(instance, instantiate, this.#scorer, this);
    this.reset(undefined);
  }

  stage(count: number): Observations {
    return count <= STAGE ? this.#instance : newObservations(count);
  }

  update(observations: Observations, count: number, discount: number): number {
    this.#expect(count);
    if (count > STAGE) return this.#updateLong(observations, count, discount);
    const stage = this.#instance;
    if (observations !== stage) stageObservations(stage, observations, 0, count);
    const done = this.#runUpdate(count, discount);
    if (done < count) {
      this.#takeBackStaged(done);
      return done;
    }
    this.#scores.refreshStaged(count);
    return -1;
  }

  /** By chunks; old posteriors of every chunk but the last (those are still staged), to undo a batch refused later. */
  #updateLong(observations: Observations, length: number, discount: number): number {
    const stage = this.#instance;
    const { indices } = observations;
    const oldAlpha = new Float32Array(length);
    const oldBeta = new Float32Array(length);
    for (let start = 0; start < length; start += STAGE) {
      const count = Math.min(STAGE, length - start);
      stageObservations(stage, observations, start, count);
      const done = this.#runUpdate(count, discount);
      if (done < count) {
        this.#takeBackStaged(done);
        this.#takeBack(part(indices, 0, start), oldAlpha, oldBeta);
        return start + done;
      }
      oldAlpha.set(part(stage.oldAlpha, 0, count), start);
      oldBeta.set(part(stage.oldBeta, 0, count), start);
      this.#scores.refreshStaged(count);
    }
    return -1;
  }

  write(indices: Uint32Array | undefined, alpha: Float32Array, beta: Float32Array): void {
    if (indices === undefined) {
      this.alpha.set(alpha);
      this.beta.set(beta);
      this.#scores.forget();
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
      this.#scores.forget();
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
      this.#scores.ensure(rule);
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
    if (size > MOST_DRAWN || count > MOST_KEPT)
      return this.#selectFrom(rule, count, drawCandidates(this.alpha.length, size, seed));
    return this.#selectDrawn(rule, count, size, seed);
  }

  #selectFrom(rule: Rule, count: number, candidates: Uint32Array): Selection {
    const scores = new Float32Array(candidates.length);
    this.score(rule, candidates, scores);
    const positions = topK(this.#instance, this.#instantiate, scores, count) as Selection['indices']; // no score is NaN
    const indices = new Uint32Array(positions.length);
    for (let i = 0; i < positions.length; i++) indices[i] = candidates[positions[i] as number] as number;
    return { indices, scores: gatherValues(scores, positions) };
  }

  /** Draws, scores and selects in the stage: time and memory are those of the set. */
  #selectDrawn(rule: Rule, count: number, size: number, seed: number): Selection {
    const { kernel, at } = this.#instance;
    kernel.beginDraw(size);
    beginTopK(this.#instance, count);
    for (let start = 0; start < size; start += STAGE) {
      const end = Math.min(size, start + STAGE);
      kernel.draw(start, end, size, this.alpha.length, ...seedWords(seed), at.indices);
      this.#scoreStaged(rule, end - start);
      kernel.offerAt(at.stageScores, at.indices, end - start);
    }
    return endTopK(this.#instance);
  }

  /** Before `changes` posteriors change. */
  #expect(changes: number): void {
    if (4 * changes > this.alpha.length) this.#scores.forget();
  }

  /** After the posteriors at the indices changed. */
  #refresh(indices: Uint32Array): void {
    this.#expect(indices.length);
    for (let start = 0; start < indices.length; start += STAGE) {
      const some = part(indices, start, STAGE);
      this.#instance.indices.set(some);
      this.#gatherStaged(some.length);
      this.#scores.refreshStaged(some.length);
    }
  }

  /** Takes back the first `count` staged observations, whose old posteriors are staged. */
  #takeBackStaged(count: number): void {
    const { kernel, at } = this.#instance;
    kernel.scatterBack(count, at.indices, at.oldAlpha, at.alpha);
    kernel.scatterBack(count, at.indices, at.oldBeta, at.beta);
  }

  /** Takes back whole parts of a batch, the last first. */
  #takeBack(indices: Uint32Array, oldAlpha: Float32Array, oldBeta: Float32Array): void {
    for (let start = indices.length - STAGE; start >= 0; start -= STAGE) {
      this.#instance.indices.set(part(indices, start, STAGE));
      this.#instance.oldAlpha.set(part(oldAlpha, start, STAGE));
      this.#instance.oldBeta.set(part(oldBeta, start, STAGE));
      this.#takeBackStaged(STAGE);
    }
    this.#refresh(indices);
  }

  /** Stages the posteriors of the datapoints whose indices are staged. */
  #gatherStaged(count: number): void {
    const { kernel, at } = this.#instance;
    kernel.gather(count, at.indices, at.alpha, at.stageAlpha);
    kernel.gather(count, at.indices, at.beta, at.stageBeta);
  }

  /** Scores up to STAGE candidates; the result is a view of the stage. */
  #scoreCandidates(rule: Rule, candidates: Uint32Array): Float32Array {
    this.#instance.indices.set(candidates);
    return this.#scoreStaged(rule, candidates.length);
  }

  /** Scores the datapoints whose indices are staged; what the column has is not computed again. */
  #scoreStaged(rule: Rule, count: number): Float32Array {
    const { kernel, at, scores } = this.#instance;
    if (this.#scores.isFor(rule)) {
      kernel.gather(count, at.indices, at.scores, at.stageScores);
      return part(scores, 0, count);
    }
    this.#gatherStaged(count);
    return this.#scorer.scoreStaged(rule, count);
  }

  /** Applies what is staged, and stages the old and new posteriors; returns how many observations were applied. */
  #runUpdate(count: number, discount: number): number {
    const { kernel, at } = this.#instance;
    return kernel.update(
      count,
      at.indices,
      at.successes,
      at.trials,
      at.alpha,
      at.beta,
      discount,
      this.#prior.alpha,
      this.#prior.beta,
      at.oldAlpha,
      at.oldBeta,
      at.stageAlpha,
      at.stageBeta,
    );
  }
}

function stageObservations(
  stage: Instance,
  { indices, successes, trials }: Observations,
  start: number,
  count: number,
) {
  stage.indices.set(part(indices, start, count));
  stage.successes.set(part(successes, start, count));
  stage.trials.set(part(trials, start, count));
}
