const CELLS = 512;

/**
 * Two quantiles of Beta(alpha, beta), to some 1/500, which is enough to draw: by sums of the density over even cells.
 * @returns {[number, number]}
 */
export function credibleInterval(alpha, beta, mass = 0.9) {
  const logs = Float64Array.from({ length: CELLS }, (_, i) => {
    const p = (i + 0.5) / CELLS;
    return (alpha - 1) * Math.log(p) + (beta - 1) * Math.log1p(-p);
  });
  const highest = logs.reduce((a, b) => Math.max(a, b));
  const density = logs.map((log) => Math.exp(log - highest));
  const total = density.reduce((a, b) => a + b);
  const quantile = (share) => {
    let left = share * total;
    for (let i = 0; i < CELLS; i++) {
      if (left <= density[i]) return (i + left / density[i]) / CELLS;
      left -= density[i];
    }
    return 1;
  };
  return [quantile((1 - mass) / 2), quantile((1 + mass) / 2)];
}
