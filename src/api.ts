// What every entry exports beside its own PosteriorPool, score and topK.

export { mergeSelections, type SelectionPart } from './merge.ts';
export type {
  Batch,
  CandidateOptions,
  LoadOptions,
  PoolOptions,
  Posteriors,
  ScoreOptions,
  SelectOptions,
} from './pool.ts';
export { CapacityError, DisposedError, PoolError, SnapshotError, UnsupportedError } from './pool-errors.ts';
export type { StatelessScoreOptions, TopKOptions } from './stateless.ts';
export type {
  Acquisition,
  AcquisitionKind,
  Bytes,
  CandidateSet,
  Column,
  Engine,
  EngineFactory,
  Indices,
  Observations,
  Posterior,
  Prior,
  Rule,
  Scores,
  Selection,
} from './types.ts';
