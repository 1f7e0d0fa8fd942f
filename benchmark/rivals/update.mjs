/**
 * Eq. 6 as a plain loop over the columns: no check of anything, no way back from a bad batch.
 * @param {{ alpha: Float32Array, beta: Float32Array }} pool
 * @param {Uint32Array} indices @param {Uint16Array} successes @param {number} trials
 * @param {number} discount
 */
export function updateLoop({ alpha, beta }, indices, successes, trials, discount) {
  const pull = 1 - discount; // to the prior, Beta(1, 1)
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i];
    alpha[at] = discount * alpha[at] + pull + successes[i];
    beta[at] = discount * beta[at] + pull + (trials - successes[i]);
  }
}
