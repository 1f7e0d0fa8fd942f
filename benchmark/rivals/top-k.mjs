// The best k of n scores in plain JavaScript, four ways. All exact in the total order: score falling, then index
// rising. Domain: scores >= +0, as weighted mutual information is; then their bits, as integers, are in their order.

/**
 * @typedef {(scores: Float32Array, count: number) => Uint32Array} TopK
 */

/** @param {Float32Array} scores */
const bitsOf = (scores) => new Int32Array(scores.buffer, scores.byteOffset, scores.length);

/**
 * Doubles that rise from best to worst, so that the native sort, which needs no comparator, is the total order: the
 * high word falls with the score and stays that of a finite number, the low word is the index.
 */
class Keys {
  static #TOP = 0x7fefffff;

  /** @param {number} capacity */
  constructor(capacity) {
    this.doubles = new Float64Array(capacity);
    this.words = new Uint32Array(this.doubles.buffer);
    this.length = 0;
  }

  /** @param {number} bits @param {number} index */
  push(bits, index) {
    this.words[2 * this.length] = index;
    this.words[2 * this.length + 1] = Keys.#TOP - bits;
    this.length++;
  }

  sort() {
    this.doubles.subarray(0, this.length).sort();
  }

  /** @param {number} i */
  bits(i) {
    return Keys.#TOP - this.words[2 * i + 1];
  }

  /** @param {number} count */
  best(count) {
    this.sort();
    const indices = new Uint32Array(Math.min(count, this.length));
    for (let i = 0; i < indices.length; i++) indices[i] = this.words[2 * i];
    return indices;
  }
}

/**
 * Position of the first of v[from..] above t, or its length: all there is to do for most scores. Eight a test was the
 * fastest of the widths measured, and integers up to 1.6 times as fast as floats.
 * @param {Int32Array} v @param {number} t @param {number} from
 */
function nextAbove(v, t, from) {
  let i = from;
  for (const last = v.length - 8; i <= last; i += 8) {
    if (v[i] > t || v[i + 1] > t || v[i + 2] > t || v[i + 3] > t) break;
    if (v[i + 4] > t || v[i + 5] > t || v[i + 6] > t || v[i + 7] > t) break;
  }
  while (i < v.length && v[i] <= t) i++;
  return i;
}

/**
 * Running threshold: what passes it goes to a buffer of 2 k; a full buffer is sorted, cut to k, and raises it.
 * @type {TopK}
 */
export function topKByFilter(scores, count) {
  const v = bitsOf(scores);
  const keys = new Keys(2 * count);
  let t = -1;
  for (let i = nextAbove(v, t, 0); i < v.length; i = nextAbove(v, t, i + 1)) {
    keys.push(v[i], i);
    if (keys.length === 2 * count) {
      keys.sort();
      keys.length = count;
      t = keys.bits(count - 1);
    }
  }
  return keys.best(count);
}

/**
 * Binary heap of the best k so far, the worst at its root.
 * @type {TopK}
 */
export function topKByHeap(scores, count) {
  const v = bitsOf(scores);
  const size = Math.min(count, v.length);
  const heap = new Uint32Array(size);
  for (let i = 0; i < size; i++) heap[i] = i;
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(v, heap, heap[i], i, size);
  for (let i = nextAbove(v, v[heap[0]], size); i < v.length; i = nextAbove(v, v[heap[0]], i + 1)) {
    sink(v, heap, i, 0, size);
  }
  for (let end = size - 1; end > 0; end--) {
    const last = heap[end];
    heap[end] = heap[0];
    sink(v, heap, last, 0, end);
  }
  return heap;
}

/**
 * Puts `index` at `at` of a heap of `size`, or as far from the root as it belongs.
 * @param {Int32Array} v @param {Uint32Array} heap @param {number} index @param {number} at @param {number} size
 */
function sink(v, heap, index, at, size) {
  let hole = at;
  for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && before(v, heap[child], heap[child + 1])) child++;
    if (before(v, heap[child], index)) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = index;
}

/**
 * The total order.
 * @param {Int32Array} v @param {number} i @param {number} j
 */
function before(v, i, j) {
  return v[i] > v[j] || (v[i] === v[j] && i < j);
}

/**
 * Quickselect on an array of all indices, then a sort of the best k.
 * @type {TopK}
 */
export function topKByQuickselect(scores, count) {
  const v = bitsOf(scores);
  const order = new Uint32Array(v.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let left = 0, right = order.length - 1; left < right; ) {
    const pivot = order[(left + right) >> 1];
    let i = left;
    let j = right;
    while (i <= j) {
      while (before(v, order[i], pivot)) i++;
      while (before(v, pivot, order[j])) j--;
      if (i <= j) {
        const index = order[i];
        order[i++] = order[j];
        order[j--] = index;
      }
    }
    if (count - 1 <= j) right = j;
    else if (count - 1 >= i) left = i;
    else break;
  }
  return order.slice(0, count).sort((i, j) => v[j] - v[i] || i - j);
}

/**
 * Native sort of all.
 * @type {TopK}
 */
export function topKBySort(scores, count) {
  const v = bitsOf(scores);
  const keys = new Keys(v.length);
  for (let i = 0; i < v.length; i++) keys.push(v[i], i);
  return keys.best(count);
}
