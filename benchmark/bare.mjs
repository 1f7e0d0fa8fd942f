// The kernel without a pool around it, and a SIMD sum over the same memory: what work costs at least, and what reading
// the memory costs that it works on.
import { sumBytes } from './sum-bytes.mjs';

const ETA = 3;
const MU = 0.3;
const ROLLOUTS = 8;
const STAGE = 4096;

/**
 * @param {BufferSource} bytes kernel.wasm
 * @param {number[]} sizes bytes of the blocks to lay out behind one another
 */
function layOut(bytes, sizes) {
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  let end = kernel.heapBase.value;
  const addresses = sizes.map((size) => {
    const start = Math.ceil(end / 128) * 128;
    end = start + Math.ceil(size / 128) * 128;
    return start;
  });
  kernel.memory.grow(Math.ceil((end - kernel.memory.buffer.byteLength) / 65_536));
  const sum = new WebAssembly.Instance(new WebAssembly.Module(sumBytes()), { env: { memory: kernel.memory } }).exports;
  return { kernel, addresses, sum: sum.sum };
}

/** @param {any} kernel @param {number} ptr @param {Float32Array} values */
function put(kernel, ptr, values) {
  new Float32Array(kernel.memory.buffer, ptr, values.length).set(values);
}

/**
 * A scan of all scores for the best `count`, and the sum of the scores.
 * @param {BufferSource} bytes @param {Float32Array} scores @param {number} count
 */
export function bareScan(bytes, scores, count) {
  const room = 2 * count + 64;
  const { kernel, addresses, sum } = layOut(bytes, [8 * room, 4 * scores.length]);
  const [keys, column] = addresses;
  put(kernel, column, scores);
  return {
    scan: () => {
      kernel.beginTopK(keys, room, count, -Infinity);
      kernel.offerTopK(column, scores.length, 0);
      return kernel.endTopK();
    },
    sum: () => sum(column, 32 * Math.ceil(scores.length / 32)),
  };
}

/**
 * Scoring two columns by the table of cells and by looking up the lattice, and the sum of both columns.
 * @param {BufferSource} bytes @param {import('./data.mjs').Columns} columns of a pool with the prior Beta(1, 1)
 */
export function barePaths(bytes, { alpha, beta }) {
  const { length } = alpha;
  const block = 4 * STAGE;
  const probe = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const column = 4 * length + 16; // the next four points are read too
  const sizes = [column, column, column, probe.cellBytes.value, block, block, block, block, block];
  const { kernel, addresses, sum } = layOut(bytes, sizes);
  const [a, b, out, table, indices, offsets, alphas, betas, staged] = addresses;
  put(kernel, a, alpha);
  put(kernel, b, beta);
  const scores = new Float32Array(kernel.memory.buffer, out, length);
  const last = () => scores[length - 1];
  const padded = 32 * Math.ceil(length / 32);
  const byCells = (from, fromBeta, to, count) =>
    kernel.scoreByCells(0, from, fromBeta, to, count, ROLLOUTS, ETA, MU, 0, table);
  const inParts = (run) => {
    for (let start = 0; start < length; start += STAGE) run(4 * start, Math.min(STAGE, length - start));
    return last();
  };
  return {
    scores,
    sum: () => sum(a, padded) + sum(b, padded),
    cells: () => inParts((by, count) => byCells(a + by, b + by, out + by, count)),
    lattice: () => {
      kernel.clearLattice();
      return inParts((by, count) => {
        const waiting = kernel.lookUpLattice(a + by, b + by, out + by, count, 1, 1, indices, offsets, alphas, betas);
        byCells(alphas, betas, staged, waiting);
        kernel.enterLattice(waiting, indices, offsets, staged, out + by);
      });
    },
  };
}
