// Seeded pools and batches: the same on every engine.

/** @typedef {{ alpha: Float32Array, beta: Float32Array }} Columns */

const TRIALS = 8;

/**
 * Uniform in [0, 1): Mulberry32, by Tommy Ettinger (public domain).
 * @param {number} seed
 */
function uniform(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {() => number} random @param {number} rate */
function successes(random, rate) {
  let count = 0;
  for (let i = 0; i < TRIALS; i++) if (random() < rate) count++;
  return count;
}

/**
 * Posteriors of datapoints of a uniform success rate after 2 to 9 visits of 8 rollouts, from Beta(1, 1). With a
 * discount of 1 they are integers, the lattice; below 1 they are real numbers, 1 to 80.
 * @param {number} size @param {number} discount @param {number} seed
 * @returns {Columns}
 */
export function history(size, discount, seed) {
  const random = uniform(seed);
  const alpha = new Float32Array(size).fill(1);
  const beta = new Float32Array(size).fill(1);
  for (let i = 0; i < size; i++) {
    const rate = random();
    for (let visits = 2 + Math.floor(8 * random()); visits > 0; visits--) {
      const right = successes(random, rate);
      alpha[i] = discount * alpha[i] + (1 - discount) + right;
      beta[i] = discount * beta[i] + (1 - discount) + (TRIALS - right);
    }
  }
  return { alpha, beta };
}

/**
 * The same datapoints over and over: for sizes whose history would take minutes to make.
 * @param {Columns} columns @param {number} size a multiple of theirs
 * @returns {Columns}
 */
export function tiled(columns, size) {
  const [alpha, beta] = [columns.alpha, columns.beta].map((column) => {
    const all = new Float32Array(size);
    for (let at = 0; at < size; at += column.length) all.set(column, at);
    return all;
  });
  return { alpha, beta };
}

/**
 * One visit of `count` different datapoints, in random order.
 * @param {number} size @param {number} count @param {number} seed
 */
export function visit(size, count, seed) {
  const random = uniform(seed);
  const all = Uint32Array.from({ length: size }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (size - i));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return {
    indices: all.slice(0, count),
    successes: Uint16Array.from({ length: count }, () => Math.floor(random() * (TRIALS + 1))),
    trials: TRIALS,
  };
}
