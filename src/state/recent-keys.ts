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
  /** In order of arrival, the oldest first: a Set keeps that order. */
  readonly #hashes: Set<string>;

  /** @param bytes as `toBytes` makes them */
  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#hashes = new Set(
      Array.from({ length: bytes.length / BYTES }, (_, i) =>
        Array.from(bytes.subarray(BYTES * i, BYTES * (i + 1)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      ),
    );
  }

  get size(): number {
    return this.#hashes.size;
  }

  has(key: string): boolean {
    return this.#hashes.has(hash(key));
  }

  add(key: string): void {
    this.#hashes.add(hash(key));
    if (this.#hashes.size > MOST) {
      const [oldest] = this.#hashes;
      this.#hashes.delete(oldest as string);
    }
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(BYTES * this.#hashes.size);
    let at = 0;
    for (const text of this.#hashes) {
      for (let i = 0; i < BYTES; i++) bytes[at++] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }
}

function hash(key: string): string {
  return sha256Of(key).slice(0, 2 * BYTES);
}
