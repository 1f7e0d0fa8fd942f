import { compareBytes } from '../../bytes.ts';
import { DataError } from '../../errors.ts';
import { quoteId } from '../../escape-controls.ts';
import { sha256Of } from '../../sha256.ts';

/** Bytes of all keys of a state: what an offset of four bytes reaches. */
const MOST_BYTES = 2 ** 32 - 1;
let decoder: TextDecoder | undefined; // made when it is first used: not every runtime has one at import

/**
 * The keys of the prompts, in order of hash and then of bytes: so that ties of score, which the lower index wins, do
 * not follow the order of any file. Kept as UTF-8, and decoded when asked for.
 */
export class KeyTable {
  /** Of each key: see keyHash. */
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
    const entries = [...new Set(keys)].map((key) => {
      const bytes = encodeKey(key);
      return { hash: keyHash(bytes), bytes };
    });
    entries.sort((a, b) => a.hash - b.hash || compareBytes(a.bytes, b.bytes));
    return pack(
      entries.length,
      entries.reduce((sum, { bytes }) => sum + bytes.length, 0),
      (i) => entries[i] as (typeof entries)[number],
    );
  }

  get size(): number {
    return this.hashes.length;
  }

  at(index: number): string {
    decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
    return decoder.decode(this.#bytesAt(index));
  }

  /** -1 if there is none. */
  indexOf(key: string): number {
    const bytes = encodeKey(key);
    const hash = keyHash(bytes);
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    for (; this.hashes[low] === hash; low++) if (compareBytes(this.#bytesAt(low), bytes) === 0) return low;
    return -1;
  }

  /**
   * Both tables in one. `from[i]` is where datapoint i was: an index of this table, or, behind those, of the other.
   * The tables must share no key.
   */
  merge(other: KeyTable): { keys: KeyTable; from: Uint32Array } {
    const from = new Uint32Array(this.size + other.size);
    for (let i = 0, mine = 0, theirs = 0; i < from.length; i++) {
      const takeMine = theirs === other.size || (mine < this.size && this.#precedes(mine, other, theirs));
      from[i] = takeMine ? mine++ : this.size + theirs++;
    }
    const keys = pack(from.length, this.bytes.length + other.bytes.length, (i) => {
      const at = from[i] as number;
      const [table, index]: [KeyTable, number] = at < this.size ? [this, at] : [other, at - this.size];
      return { hash: table.hashes[index] as number, bytes: table.#bytesAt(index) };
    });
    return { keys, from };
  }

  /** Whether the keys are well formed, in order, and each there once: what a file must be. */
  isOrdered(): boolean {
    const { offsets, size } = this;
    if (offsets[0] !== 0 || offsets[size] !== this.bytes.length) return false;
    for (let i = 0; i < size; i++) if ((offsets[i] as number) > (offsets[i + 1] as number)) return false;
    for (let i = 1; i < size; i++) if (!this.#precedes(i - 1, this, i)) return false;
    return true;
  }

  #bytesAt(index: number): Uint8Array {
    return this.bytes.subarray(this.offsets[index], this.offsets[index + 1]);
  }

  #precedes(index: number, other: KeyTable, at: number): boolean {
    const difference = (this.hashes[index] as number) - (other.hashes[at] as number);
    return (difference || compareBytes(this.#bytesAt(index), other.#bytesAt(at))) < 0;
  }
}

/** The first 48 bits of the SHA-256 of a key, which a double holds. */
function keyHash(bytes: Uint8Array): number {
  return Number.parseInt(sha256Of(bytes).slice(0, 12), 16);
}

/** @throws DataError for a string that UTF-8 cannot hold, which would become the key of another prompt */
function encodeKey(key: string): Uint8Array {
  if (/\p{Cs}/u.test(key)) {
    throw new DataError('value', `${quoteId(key)}: half of a surrogate pair is no text`, { id: key });
  }
  return new TextEncoder().encode(key);
}

function pack(size: number, length: number, at: (i: number) => { hash: number; bytes: Uint8Array }): KeyTable {
  if (length > MOST_BYTES) {
    throw new DataError('too-much', `the ids have more than ${MOST_BYTES.toLocaleString('en')} bytes`);
  }
  const table = new KeyTable(new Float64Array(size), new Uint32Array(size + 1), new Uint8Array(length));
  for (let i = 0, end = 0; i < size; i++) {
    const { hash, bytes } = at(i);
    table.hashes[i] = hash;
    table.bytes.set(bytes, end);
    end += bytes.length;
    table.offsets[i + 1] = end;
  }
  return table;
}
