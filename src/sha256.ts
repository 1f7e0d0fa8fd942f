// SHA-256 (FIPS 180-4), for what needs no secrecy: ids of prompts, identities of logs, checksums of states.

/** A SHA-256 that bytes are added to. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** Of what was added so far, as 64 hex digits; more may be added behind it. */
  hex(): string;
}

/** An implementation of SHA-256. All give the same answers; that of the runtime is 13 times as fast as plain JavaScript. */
export interface Sha256 {
  start(): Hash;
  /** Of all bytes, or of a text as UTF-8, as 64 hex digits. */
  of(bytes: Uint8Array | string): string;
}

const BLOCK = 64;

/** The first 32 bits of the fractional parts of a root of the first primes (5.3.3: square, of 8; 4.2.2: cube, of 64). */
function roots(count: number, exponent: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let found = 0, n = 2; found < count; n++) {
    let divisor = 2;
    while (n % divisor !== 0) divisor++;
    if (divisor === n) words[found++] = (n ** exponent % 1) * 2 ** 32;
  }
  return words;
}

let K: Uint32Array | undefined; // made when it is first needed

class PlainHash implements Hash {
  readonly #state: Uint32Array;
  readonly #block = new Uint8Array(BLOCK);
  readonly #schedule = new Uint32Array(64);
  #length = 0;

  constructor(state: Uint32Array = roots(8, 1 / 2)) {
    this.#state = state;
  }

  update(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const filled = this.#length % BLOCK;
      const part = bytes.subarray(at, at + BLOCK - filled);
      this.#block.set(part, filled);
      at += part.length;
      this.#length += part.length;
      if (filled + part.length === BLOCK) this.#compress();
    }
  }

  hex(): string {
    const copy = new PlainHash(this.#state.slice());
    copy.#block.set(this.#block);
    copy.#length = this.#length;
    const bits = this.#length * 8;
    const padding = new Uint8Array(BLOCK + 8 - ((this.#length + 8) % BLOCK));
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, bits / 2 ** 32);
    view.setUint32(padding.length - 4, bits);
    copy.update(padding);
    return Array.from(copy.#state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  /** 6.2.2, with the letters of the standard. */
  #compress(): void {
    K ??= roots(64, 1 / 3);
    const w = this.#schedule;
    const view = new DataView(this.#block.buffer);
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(4 * t);
    for (let t = 16; t < 64; t++) {
      const [x, y] = [w[t - 15] as number, w[t - 2] as number];
      const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      w[t] = (w[t - 16] as number) + s0 + (w[t - 7] as number) + s1;
    }
    let [a, b, c, d, e, f, g, h] = this.#state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
      const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) (this.#state[i] as number) += word;
  }
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

const plain: Sha256 = {
  start: () => new PlainHash(),
  of(bytes) {
    const hash = new PlainHash();
    hash.update(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    return hash.hex();
  },
};

let inUse = plain;

/** Puts a faster implementation in place of the one in plain JavaScript: src/node has one. */
export function useSha256(implementation: Sha256): void {
  inUse = implementation;
}

export function startHash(): Hash {
  return inUse.start();
}

export function sha256Of(bytes: Uint8Array | string): string {
  return inUse.of(bytes);
}
