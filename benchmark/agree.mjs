// Answers are compared before anything is timed: a wrong rival proves nothing.

/**
 * Scores within a relative bound of each other; by default two roundings to float32 apart.
 * @param {string} name @param {ArrayLike<number>} got @param {ArrayLike<number>} expected its length or longer
 * @param {number} bound
 */
export function sameScores(name, got, expected, bound = 2e-7) {
  for (let i = 0; i < got.length; i++) {
    if (!(Math.abs(got[i] - expected[i]) <= bound * Math.abs(expected[i]))) {
      throw new Error(`${name}: score ${i} is ${got[i]}, not ${expected[i]}`);
    }
  }
}

/**
 * Equal numbers.
 * @param {string} name @param {ArrayLike<number>} got @param {ArrayLike<number>} expected
 */
export function same(name, got, expected) {
  if (got.length !== expected.length) throw new Error(`${name}: ${got.length} values, not ${expected.length}`);
  for (let i = 0; i < got.length; i++) {
    if (got[i] !== expected[i]) throw new Error(`${name}: value ${i} is ${got[i]}, not ${expected[i]}`);
  }
}
