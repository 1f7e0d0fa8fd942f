import { compareBytes } from '../../bytes.ts';
import { checkIdBytes, decodeId, encodeId } from '../../logs/id-bytes.ts';
import { IdList } from '../../logs/id-list.ts';
import { sha48Of } from '../../sha256.ts';
import { orderOf } from './hash-order.ts';
import { interleave } from './interleave.ts';

/** Where a key is written to look for it. */
let scratch = new Uint8Array(256);

/**
 * The keys of the prompts, in order of hash and then of bytes: so that ties of score, which the lower index wins, do
 * not follow the order of any file. Kept as UTF-8, and decoded when asked for.
 */
export class KeyTable {
  /** Of each key: the first 48 bits of its SHA-256. */
  readonly hashes: Float64Array;
  /** Where each key begins in `bytes`, and where the last one ends. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;

  constructor(hashes: Float64Array, offsets: Uint32Array, bytes: Uint8Array) {
    this.hashes = hashes;
    this.offsets = offsets;
    this.bytes = bytes;
  }

  static from(keys: Iterable<string>): KeyTable {
    return KeyTable.sorted(IdList.from(keys)).keys;
  }

  /** The table of a list, and the number in the list of each of its keys. */
  static sorted({ size, offsets, bytes }: IdList): { keys: KeyTable; order: Uint32Array } {
    const hashes = new Float64Array(size);
    for (let i = 0; i < size; i++) hashes[i] = sha48Of(bytes, offsets[i] as number, offsets[i + 1] as number);
    const listed = new KeyTable(hashes, offsets, bytes);
    const order = orderOf(hashes, (a, b) => compareBytes(listed.#bytesAt(a), listed.#bytesAt(b)));
    return { keys: listed.pick(order), order };
  }

  get size(): number {
    return this.hashes.length;
  }

  at(index: number): string {
    return decodeId(this.#bytesAt(index));
  }

  /** -1 if there is none. */
  indexOf(key: string): number {
    if (scratch.length < 3 * key.length) scratch = new Uint8Array(3 * key.length);
    const end = encodeId(key, scratch, 0);
    const hash = sha48Of(scratch, 0, end);
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    const bytes = scratch.subarray(0, end);
    for (; this.hashes[low] === hash; low++) if (compareBytes(this.#bytesAt(low), bytes) === 0) return low;
    return -1;
  }

  /** The index of each id of a list; -1 if it is not here. */
  indicesOf(ids: IdList): Int32Array {
    const { keys, order } = KeyTable.sorted(ids);
    const matches = this.matchesOf(keys);
    const indices = new Int32Array(ids.size);
    for (let i = 0; i < matches.length; i++) indices[order[i] as number] = matches[i] as number;
    return indices;
  }

  /** The index of each key of another table; -1 if it is not here. */
  matchesOf(other: KeyTable): Int32Array {
    const matches = new Int32Array(other.size);
    for (let i = 0, rank = 0; i < other.size; i++) {
      rank = this.#rankOf(other, i, rank);
      matches[i] = rank < this.size && this.#compare(rank, other, i) === 0 ? rank : -1;
    }
    return matches;
  }

  /** How many keys here come before each key of another table. */
  ranksOf(other: KeyTable): Uint32Array {
    const ranks = new Uint32Array(other.size);
    for (let i = 0, rank = 0; i < other.size; i++) ranks[i] = rank = this.#rankOf(other, i, rank);
    return ranks;
  }

  /** The keys of another table that this one lacks. */
  lackedOf(other: KeyTable): KeyTable {
    const lacked = indicesWhere(this.matchesOf(other), (index) => index < 0);
    return lacked.length === other.size ? other : other.pick(lacked);
  }

  /** The keys at these indices, in this order. */
  pick(indices: Uint32Array): KeyTable {
    const size = indices.length;
    const hashes = new Float64Array(size);
    const offsets = new Uint32Array(size + 1);
    let end = 0;
    for (let i = 0; i < size; i++) {
      const index = indices[i] as number;
      hashes[i] = this.hashes[index] as number;
      offsets[i + 1] = end += (this.offsets[index + 1] as number) - (this.offsets[index] as number);
    }
    const bytes = new Uint8Array(end);
    for (let i = 0; i < size; i++) {
      const from = this.offsets[indices[i] as number] as number;
      const to = offsets[i] as number;
      copy(this.bytes, from, (offsets[i + 1] as number) - to, bytes, to);
    }
    return new KeyTable(hashes, offsets, bytes);
  }

  /** Both tables in one, and how many keys of this one come before each of the other; they must share no key. */
  merge(other: KeyTable): { keys: KeyTable; ranks: Uint32Array } {
    checkIdBytes(this.bytes.length + other.bytes.length);
    const ranks = this.ranksOf(other);
    if (this.size === 0) return { keys: other, ranks };
    const hashes = interleave(ranks, this.hashes, other.hashes);
    const offsets = new Uint32Array(hashes.length + 1);
    const bytes = new Uint8Array(this.bytes.length + other.bytes.length);
    const add = (table: KeyTable, from: number, to: number, at: number): void => {
      const first = table.offsets[from] as number;
      const end = offsets[at] as number;
      copy(table.bytes, first, (table.offsets[to] as number) - first, bytes, end);
      for (let i = from; i < to; i++) offsets[at + i - from + 1] = end + (table.offsets[i + 1] as number) - first;
    };
    for (let i = 0, done = 0; i <= other.size; i++) {
      const rank = i < other.size ? (ranks[i] as number) : this.size;
      add(this, done, rank, done + i);
      if (i < other.size) add(other, i, i + 1, rank + i);
      done = rank;
    }
    return { keys: new KeyTable(hashes, offsets, bytes), ranks };
  }

  /** Whether the keys are well formed, in order, and each there once: what a file must be. */
  isOrdered(): boolean {
    const { offsets, size } = this;
    if (offsets[0] !== 0 || offsets[size] !== this.bytes.length) return false;
    for (let i = 0; i < size; i++) if ((offsets[i] as number) > (offsets[i + 1] as number)) return false;
    for (let i = 1; i < size; i++) if (this.#compare(i - 1, this, i) >= 0) return false;
    return true;
  }

  #bytesAt(index: number): Uint8Array {
    return this.bytes.subarray(this.offsets[index], this.offsets[index + 1]);
  }

  /** How many keys here come before one of another table, at least `from`: in steps that double, then by halves. */
  #rankOf(other: KeyTable, index: number, from: number): number {
    let low = from;
    let step = 1;
    while (low + step <= this.size && this.#compare(low + step - 1, other, index) < 0) {
      low += step;
      step *= 2;
    }
    let high = Math.min(this.size, low + step - 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, other, index) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(index: number, other: KeyTable, at: number): number {
    const difference = (this.hashes[index] as number) - (other.hashes[at] as number);
    return difference || compareBytes(this.#bytesAt(index), other.#bytesAt(at));
  }
}

function copy(source: Uint8Array, from: number, length: number, target: Uint8Array, to: number): void {
  if (length > 64) target.set(source.subarray(from, from + length), to);
  else for (let i = 0; i < length; i++) target[to + i] = source[from + i] as number; // a call costs more
}

/** Where the values are such. */
export function indicesWhere(values: Int32Array, isSuch: (value: number) => boolean): Uint32Array {
  let count = 0;
  for (const value of values) if (isSuch(value)) count++;
  const indices = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < values.length; i++) if (isSuch(values[i] as number)) indices[at++] = i;
  return indices;
}
