import { sha256Of } from '../sha256.ts';

/** Keys that are remembered: more than are in flight at once. */
const MOST = 16_384;
/** Bytes kept of each. */
const BYTES = 16;

/**
 * The keys of the latest observations that had one: an observation whose key is among them was taken before, and is a
 * retry. Kept as the first half of their SHA-256.
 */
export class RecentKeys {
  readonly #hashes = new Set<string>();
  /** In order of arrival, in a ring: the first of a Set that much was deleted from is slow to find. */
  readonly #ring: string[] = [];
  /** Place in the ring of the oldest, once the ring is full. */
  #oldest = 0;

  /** @param bytes as `toBytes` makes them */
  constructor(bytes: Uint8Array = new Uint8Array()) {
    for (let at = 0; at < bytes.length; at += BYTES) {
      this.#add(Array.from(bytes.subarray(at, at + BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(''));
    }
  }

  get size(): number {
    return this.#hashes.size;
  }

  has(key: string): boolean {
    return this.#hashes.has(hash(key));
  }

  add(key: string): void {
    this.#add(hash(key));
  }

  #add(hash: string): void {
    if (this.#hashes.has(hash)) return;
    this.#hashes.add(hash);
    if (this.#ring.length < MOST) {
      this.#ring.push(hash);
      return;
    }
    this.#hashes.delete(this.#ring[this.#oldest] as string);
    this.#ring[this.#oldest] = hash;
    this.#oldest = (this.#oldest + 1) % MOST;
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(BYTES * this.#ring.length);
    for (let at = 0; at < bytes.length; at++) {
      const text = this.#ring[(this.#oldest + Math.floor(at / BYTES)) % MOST] as string;
      const digit = 2 * (at % BYTES);
      bytes[at] = Number.parseInt(text.slice(digit, digit + 2), 16);
    }
    return bytes;
  }
}

function hash(key: string): string {
  return sha256Of(key).slice(0, 2 * BYTES);
}
