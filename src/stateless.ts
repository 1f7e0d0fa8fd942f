import { toRule } from './acquisition.ts';
import { checkEngine } from './pool.ts';
import type { Acquisition, EngineFactory, Scores, Selection } from './types.ts';
import { bad, checkInteger, checkLength, checkOptions, checkOut, copyColumn } from './validate.ts';

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
  const a = copyColumn('alpha', alpha);
  const b = copyColumn('beta', beta);
  checkLength('beta', b.length, a.length);
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
  const indices = engine.topK(scores, Math.min(wanted, scores.length));
  if (typeof indices === 'number') throw bad(`scores[${indices}]`, 'a number', Number.NaN, true);
  return { indices, scores: Float32Array.from(indices, (index) => scores[index] as number) };
}
