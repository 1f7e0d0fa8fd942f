import { toRule } from './acquisition.ts';
import { checkEngine } from './pool.ts';
import type { Acquisition, EngineFactory, Scores, Selection } from './types.ts';
import { bad, checkArray, checkInteger, checkOptions, checkOut, checkTyped, copyColumn, isShared } from './validate.ts';

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
  return (out ?? scores) as Scores;
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
  const given = checkTyped('scores', 'Float32Array', scores);
  const wanted = checkInteger('count', count, 0, Number.MAX_SAFE_INTEGER);
  const plain = isShared(given) ? new Float32Array(given) : given; // shared memory may change under us
  const indices = engine.topK(plain, Math.min(wanted, plain.length));
  if (typeof indices === 'number') throw bad(`scores[${indices}]`, 'a number', Number.NaN, true);
  const best = new Float32Array(indices.length);
  for (let i = 0; i < best.length; i++) best[i] = plain[indices[i] as number] as number;
  return { indices, scores: best };
}
