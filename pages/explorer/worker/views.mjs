// What the page draws of a state.
import { score } from 'insight-wasm';
import { ACQUISITION_TABLE, ACQUISITIONS } from '../../../src/acquisition.ts';

/** Prompts that are drawn: of more, every n-th. All are counted. */
const MOST_DRAWN = 100_000;
/** Prompts that are dots with a name. */
export const MOST_DOTS = 5_000;
const GRID = { columns: 96, rows: 64 };
const SMALL_GRID = { columns: 48, rows: 32 };

/** The acquisition of a kind with those of the parameters that it takes. */
export function toAcquisition(kind, parameters) {
  const takes = ACQUISITION_TABLE[kind].parameters.filter((name) => parameters[name] !== undefined);
  const { reads } = ACQUISITION_TABLE[kind];
  const used = takes.filter((name) => name !== 'seed' || reads === 'seed');
  return { kind, ...Object.fromEntries(used.map((name) => [name, parameters[name]])) };
}

/** The big picture, its numbers and the next batch. */
export function toView(state, { kind, parameters, count }) {
  const acquisition = toAcquisition(kind, parameters);
  const points = toPoints(state);
  return {
    forecast: state.status(count, { acquisition }),
    random: state.status(state.size, { acquisition }).wasted, // a batch of all is what a random one is expected to be
    batch: state.select(count, { acquisition }),
    points,
    surface: toSurface(acquisition, points.range, GRID),
    ids: state.size <= MOST_DOTS ? [...state.ids()] : undefined,
  };
}

/** What each acquisition would pick of the same prompts. */
export function toMultiples(state, { parameters, count }) {
  const range = rangeOf(state);
  return ACQUISITIONS.map((kind) => {
    const rollouts =
      ACQUISITION_TABLE[kind].leastRollouts === 2 ? Math.max(2, parameters.rollouts) : parameters.rollouts;
    const acquisition = toAcquisition(kind, { ...parameters, rollouts });
    const batch = state.select(Math.min(count, 512), { acquisition });
    return {
      kind,
      wasted: state.status(count, { acquisition }).wasted,
      picks: { mean: batch.map(({ mean }) => mean), evidence: batch.map(({ evidence }) => evidence) },
      surface: toSurface(acquisition, range, SMALL_GRID),
    };
  });
}

function toPoints(state) {
  const stride = Math.max(1, Math.ceil(state.size / MOST_DRAWN));
  const { alpha, beta } = state;
  const size = Math.ceil(state.size / stride);
  const [mean, evidence] = [new Float32Array(size), new Float32Array(size)];
  for (let i = 0; i < size; i++) {
    const [a, b] = [alpha[i * stride], beta[i * stride]];
    mean[i] = a / (a + b);
    evidence[i] = a + b;
  }
  return { mean, evidence, stride, of: state.size, range: rangeOf(state) };
}

/** Least and most evidence, with some room. */
function rangeOf({ alpha, beta, prior, size }) {
  let least = prior.alpha + prior.beta;
  let most = least;
  for (let i = 0; i < size; i++) {
    const evidence = alpha[i] + beta[i];
    if (evidence < least) least = evidence;
    if (evidence > most) most = evidence;
  }
  const [low, high] = [least * 0.92, Math.max(most, least * 4)];
  return [low, high * (high / low) ** 0.06];
}

/** Scores over mean (columns, from 0 to 1) and log evidence (rows, from much to little), from 0 to 1; null: all equal. */
export function toSurface(acquisition, [least, most], { columns, rows }) {
  if (ACQUISITION_TABLE[acquisition.kind].reads === 'seed') return null;
  const [alpha, beta] = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
  for (let row = 0; row < rows; row++) {
    const evidence = most * (least / most) ** ((row + 0.5) / rows);
    for (let column = 0; column < columns; column++) {
      const mean = (column + 0.5) / columns;
      alpha[row * columns + column] = Math.max(1e-3, mean * evidence);
      beta[row * columns + column] = Math.max(1e-3, (1 - mean) * evidence);
    }
  }
  const scores = score(alpha, beta, { acquisition });
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of scores) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return { columns, rows, shade: scores.map((value) => (high > low ? (value - low) / (high - low) : 0)), low, high };
}
