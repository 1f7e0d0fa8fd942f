import { toRule } from './acquisition.ts';
import { checkEngine } from './pool.ts';
import type { Acquisition, EngineFactory, Scores, Selection } from './types.ts';
import { bad, checkArray, checkInteger, checkOptions, checkOut, copyColumn } from './validate.ts';

export interface StatelessScoreOptions {
  readonly acquisition?: Acquisition | undefined;
  /** Where to put the scores, as long as `alpha`. */
  readonly out?: Float32Array | undefined;
  readonly engine?: EngineFactory | undefined;
}

export interface TopKOptions {
  readonly engine?: EngineFactory | undefined;
}

/** `score` with a default engine. */
export function scoreWith(
  defaultEngine: EngineFactory,
  alpha: ArrayLike<number>,
  beta: ArrayLike<number>,
  options: StatelessScoreOptions | undefined,
): Scores {
  const {
    acquisition,
    out,
    engine = defaultEngine,
  } = checkOptions('options', options, ['acquisition', 'out', 'engine']);
  checkEngine(engine);
  const rule = toRule(acquisition);
  const length = checkArray('alpha', alpha);
  const a = copyColumn('alpha', alpha, length);
  const b = copyColumn('beta', beta, length);
  const scores = checkOut(out, a.length);
  engine.score(rule, a, b, scores);
  return scores as Scores;
}

/** `topK` with a default engine. */
export function topKWith(
  defaultEngine: EngineFactory,
  scores: Float32Array,
  count: number,
  options: TopKOptions | undefined,
): Selection {
  const { engine = defaultEngine } = checkOptions('options', options, ['engine']);
  checkEngine(engine);
  if (!(scores instanceof Float32Array)) throw bad('scores', 'a Float32Array', scores, false);
  const wanted = checkInteger('count', count, 0, Number.MAX_SAFE_INTEGER);
  // Shared memory may change under us, so it is copied; a plain view has none of a subclass's behaviour.
  const plain =
    scores.buffer instanceof ArrayBuffer
      ? new Float32Array(scores.buffer, scores.byteOffset, scores.length)
      : new Float32Array(scores);
  const indices = engine.topK(plain, Math.min(wanted, plain.length));
  if (typeof indices === 'number') throw bad(`scores[${indices}]`, 'a number', Number.NaN, true);
  return { indices, scores: Float32Array.from(indices, (index) => plain[index] as number) };
}
