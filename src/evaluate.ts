// `insight-wasm/evaluate`: what a log says of discount, prior and selection, in any runtime.
export { type DataCode, DataError, type DataPlace } from './errors.ts';
export { type Bin, type Calibration, calibrateVisits as calibrate } from './evaluate/calibration.ts';
export {
  type Comparison,
  type PolicyResult,
  type ReplayOptions,
  replayVisits as replay,
  type Spread,
  type Spreads,
} from './evaluate/compare.ts';
export type { CurvePoint } from './evaluate/curve.ts';
export { type Fit, type FitOptions, fit } from './evaluate/fit.ts';
export type { Belief } from './evaluate/likelihood.ts';
export type { Policy } from './evaluate/replay.ts';
export { type Simulation, simulateSteps as simulate, type Visit as SimulatedVisit } from './evaluate/simulation.ts';
