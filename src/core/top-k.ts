import type { Indices, Selection } from '../types.ts';
import { Instance, inParts, part } from './instance.ts';
import type { Kernel } from './kernel.ts';
import { MOST_KEPT, roomFor, STAGE } from './layout.ts';

/** Above this count the count-th best score is found first, so that 8 bytes x count hold just what is selected. */
const LARGE = 65_536;
/** Keys that such a selection takes beside the selected: assembly/kernels/top-k.ts. */
const SPARE = 1;

/** Starts a selection of `count` in 1..MOST_KEPT in the instance's own memory. */
export function beginTopK({ kernel, at }: Instance, count: number): void {
  kernel.beginTopK(at.keys, roomFor(count), count, -Infinity);
}

/** Ends a selection: what was kept, best first. Of the keys the low word is the index, the high one falls with the score. */
export function endTopK({ kernel, at }: Instance): Selection {
  const kept = kernel.endTopK() >>> 0;
  const keys = new Uint32Array(kernel.memory.buffer, at.keys, 2 * kept);
  const indices = new Uint32Array(kept);
  const scores = new Float32Array(kept);
  const bits = new Uint32Array(scores.buffer);
  for (let i = 0; i < kept; i++) {
    indices[i] = keys[2 * i] as number;
    const falling = keys[2 * i + 1] as number;
    bits[i] = falling & 0x80000000 ? falling : ~falling ^ 0x80000000;
  }
  return { indices, scores };
}

/** The best `count` > 0 of the pool's score column, by a scan; more than MOST_KEPT in a memory for the call. */
export function topKOfColumn(own: Instance, instantiate: () => Kernel, column: Float32Array, count: number): Selection {
  const { kernel, at } = own;
  if (count <= MOST_KEPT) {
    beginTopK(own, count);
    inParts(column.length, (start, some) => kernel.offerTopK(at.scores + 4 * start, some, start));
    return endTopK(own);
  }
  const other = new Instance(instantiate(), { keyBytes: keyBytesFor(count) });
  beginMany(other, kernel, at.scores, column.length, count);
  for (let start = 0; start < column.length; start += STAGE) {
    const some = part(column, start, STAGE);
    other.scores.set(some);
    other.kernel.offerTopK(other.at.stageScores, some.length, start);
  }
  return endTopK(other);
}

/** The best `count` of scores that stand outside any pool, or the position of the first NaN. */
export function topK(own: Instance, instantiate: () => Kernel, scores: Float32Array, count: number): Indices | number {
  if (count > MOST_KEPT) return topKOfCopy(instantiate, scores, count);
  const { kernel, at } = own;
  if (count > 0) beginTopK(own, count);
  const most = own.scores.length;
  for (let start = 0; start < scores.length; start += most) {
    const some = part(scores, start, most);
    own.scores.set(some);
    const { stageScores } = at;
    const { length } = some;
    const wrong = count > 0 ? kernel.offerNumbers(stageScores, length, start) : kernel.findNaN(stageScores, length);
    if (wrong >>> 0 < length) return start + wrong;
  }
  return count > 0 ? endTopK(own).indices : new Uint32Array(0);
}

/** The same with all scores, padded with NaN, in a memory for the call. */
function topKOfCopy(instantiate: () => Kernel, scores: Float32Array, count: number): Indices | number {
  const keyBytes = keyBytesFor(count);
  const padded = 16 * Math.ceil(scores.length / 16);
  const own = new Instance(instantiate(), { keyBytes: keyBytes + 4 * padded });
  const { kernel, at } = own;
  const ptr = at.keys + keyBytes;
  const copy = own.column(ptr, padded);
  copy.set(scores);
  const wrong = kernel.findNaN(ptr, scores.length) >>> 0;
  if (wrong < scores.length) return wrong;
  copy.fill(Number.NaN, scores.length);
  beginMany(own, kernel, ptr, scores.length, count);
  inParts(scores.length, (start, some) => kernel.offerTopK(ptr + 4 * start, some, start));
  return endTopK(own).indices;
}

function keyBytesFor(count: number): number {
  return 64 * Math.ceil((8 * (count > LARGE ? count + SPARE : roomFor(count))) / 64);
}

/** Starts a selection of the best `count` of the scores at `ptr` in the memory of `reader`. */
function beginMany({ kernel, at }: Instance, reader: Kernel, ptr: number, size: number, count: number): void {
  if (count <= LARGE) {
    kernel.beginTopK(at.keys, roomFor(count), count, -Infinity);
    return;
  }
  const least = reader.kthBest(ptr, size, count, 0);
  kernel.beginTopK(at.keys, count + SPARE, count, least);
  kernel.limitTies(count - (reader.countAbove(ptr, size, least) >>> 0));
}
