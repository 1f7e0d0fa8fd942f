// The kernel's own scan of a column of scores for its top 256, without a pool around it: what a selection costs at least
// if it looks at every score once.
import { readFileSync } from 'node:fs';

const module = new WebAssembly.Module(readFileSync(new URL('../dist/kernel.wasm', import.meta.url)));

/** @param {Float32Array} scores @param {number} count @returns {() => number} */
export function bareScan(scores, count) {
  const kernel = new WebAssembly.Instance(module).exports;
  const heap = Math.ceil(kernel.heapBase.value / 64) * 64;
  const column = heap + Math.ceil(count / 8) * 64;
  kernel.memory.grow(Math.ceil((column + 4 * scores.length) / 65_536));
  new Float32Array(kernel.memory.buffer, column, scores.length).set(scores);
  return () => {
    kernel.beginTopK(heap, count, -Infinity);
    kernel.offerTopK(column, scores.length, 0);
    return kernel.endTopK();
  };
}
