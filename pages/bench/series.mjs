/** What the chart compares: JavaScript, and the kernel where it may run. `mark` is the shape of its points, so that colour is not all that tells them apart. */
export const SERIES = [
  { key: 'textbook', name: 'Textbook JavaScript', mark: 'square' },
  { key: 'javascript', name: 'Fastest JavaScript', mark: 'triangle' },
  { key: 'rescored', name: 'Wasm, all rescored', mark: 'diamond', wasm: true },
  { key: 'changed', name: 'Wasm, what changed', mark: 'circle', wasm: true },
];

export const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

/** Two digits, as far as such a measurement goes. @param {number} ms */
export function duration(ms) {
  const [value, unit] = ms >= 999.5 ? [ms / 1000, 's'] : ms >= 0.9995 ? [ms, 'ms'] : [1000 * ms, 'µs'];
  return `${value < 100 ? value.toPrecision(2) : Math.round(value)} ${unit}`;
}

/** @param {number} count */
export const prompts = (count) => (count >= 1e6 ? `${count / 1e6} million` : count.toLocaleString('en'));

/** The same in a few letters. @param {number} count */
export const shortCount = (count) => (count >= 1e6 ? `${count / 1e6}M` : `${count / 1e3}k`);
