import { checkIdBytes, decodeId, encodeId } from './id-bytes.ts';

/**
 * Ids by number, in order of first appearance, each once: in typed arrays, about sixteen bytes each beside their UTF-8,
 * and not in a Map, which takes a hundred and ends at 2^24.
 */
export class IdList implements Iterable<string> {
  #size = 0;
  /** UTF-8 of all ids, one behind the other. */
  #bytes = new Uint8Array(64);
  /** Where each id begins, and where the last one ends. */
  #offsets = new Uint32Array(8);
  /** Of each id, with room for more. */
  #hashes = new Uint32Array(8);
  /** By hash: 1 + the number of an id, 0 of none; the next free slot takes what finds its own taken. */
  #slots = new Uint32Array(8);
  /** Where the id ends that was last looked for, which is written behind the others, and its hash. */
  #end = 0;
  #hash = 0;

  static from(ids: Iterable<string>): IdList {
    if (ids instanceof IdList) return ids;
    const list = new IdList();
    for (const id of ids) list.add(id);
    return list;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#offsets[this.#size]);
  }

  get offsets(): Uint32Array {
    return this.#offsets.subarray(0, this.#size + 1);
  }

  /**
   * The number of an id, which is the size before if it is new.
   * @throws DataError for an id that UTF-8 cannot hold, or bytes beyond 4 GiB
   */
  add(id: string): number {
    const slot = this.#find(id);
    const number = (this.#slots[slot] as number) - 1;
    if (number >= 0) return number;
    checkIdBytes(this.#end);
    if (this.#size + 2 > this.#offsets.length) {
      this.#offsets = grown(this.#offsets, 2 * this.#offsets.length);
      this.#hashes = grown(this.#hashes, this.#offsets.length);
    }
    this.#hashes[this.#size] = this.#hash;
    this.#slots[slot] = ++this.#size;
    this.#offsets[this.#size] = this.#end;
    if (4 * this.#size > 3 * this.#slots.length) this.#rehash();
    return this.#size - 1;
  }

  /** -1 if there is none. */
  indexOf(id: string): number {
    return (this.#slots[this.#find(id)] as number) - 1;
  }

  at(number: number): string {
    return decodeId(this.#bytes.subarray(this.#offsets[number], this.#offsets[number + 1]));
  }

  *[Symbol.iterator](): Generator<string> {
    for (let number = 0; number < this.#size; number++) yield this.at(number);
  }

  /** The slot that has an id, or is free for it. */
  #find(id: string): number {
    const start = this.#offsets[this.#size] as number;
    const most = start + 3 * id.length;
    if (most > this.#bytes.length) this.#bytes = grown(this.#bytes, Math.max(most, 2 * this.#bytes.length));
    this.#end = encodeId(id, this.#bytes, start);
    this.#hash = hashOf(this.#bytes, start, this.#end);
    const mask = this.#slots.length - 1;
    for (let slot = this.#hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0 || (this.#hashes[number] === this.#hash && this.#isAt(number, start))) return slot;
    }
  }

  /** Whether the id of this number is the one behind the last. */
  #isAt(number: number, start: number): boolean {
    const bytes = this.#bytes;
    const from = this.#offsets[number] as number;
    const length = this.#end - start;
    if ((this.#offsets[number + 1] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #rehash(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#hashes[number] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** FNV-1a, whose bits are mixed once more, as slots go by the lowest. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function grown<T extends Uint8Array | Uint32Array>(array: T, length: number): T {
  const longer = new (array.constructor as new (length: number) => T)(length);
  longer.set(array);
  return longer;
}
