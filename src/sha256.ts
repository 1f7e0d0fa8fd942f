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
function roots(count: number, exponent: number): Int32Array {
  const words = new Int32Array(count);
  for (let found = 0, n = 2; found < count; n++) {
    let divisor = 2;
    while (n % divisor !== 0) divisor++;
    if (divisor === n) words[found++] = (n ** exponent % 1) * 2 ** 32;
  }
  return words;
}

// Made when they are first needed.
let K: Int32Array | undefined;
let initial: Int32Array | undefined;
const schedule = new Int32Array(64);

class PlainHash implements Hash {
  readonly #state: Int32Array;
  readonly #block = new Uint8Array(BLOCK);
  readonly #view = new DataView(this.#block.buffer);
  #length = 0;

  constructor(state: Int32Array = start()) {
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
      if (filled + part.length === BLOCK) compress(this.#state, this.#view, 0);
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
    return Array.from(copy.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

function start(): Int32Array {
  initial ??= roots(8, 1 / 2);
  return initial.slice();
}

/** 6.2.2, with the letters of the standard, of the block at a position. */
function compress(state: Int32Array, block: DataView, at: number): void {
  K ??= roots(64, 1 / 3);
  const k = K;
  const w = schedule;
  for (let t = 0; t < 16; t++) w[t] = block.getUint32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15] as number;
    const y = w[t - 2] as number;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + (k[t] as number) + (w[t] as number)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
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

/** Bytes that two blocks hold beside the padding. */
const SHORT = 2 * BLOCK - 9;
const blocks = new Uint8Array(2 * BLOCK);
const blocksView = new DataView(blocks.buffer);
const state = new Int32Array(8);

/**
 * The first 48 bits of the SHA-256 of the bytes from `from` to `to`, as an integer. Of a short text it takes as long
 * as a call into OpenSSL does (measured: 0.5 us), wherever it runs, and makes no garbage.
 */
export function sha48Of(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length > SHORT) return Number.parseInt(sha256Of(bytes.subarray(from, to)).slice(0, 12), 16);
  const size = length > BLOCK - 9 ? 2 * BLOCK : BLOCK;
  for (let i = 0; i < length; i++) blocks[i] = bytes[from + i] as number;
  blocks.fill(0, length, size);
  blocks[length] = 0x80;
  blocksView.setUint32(size - 4, 8 * length);
  initial ??= roots(8, 1 / 2);
  state.set(initial);
  for (let at = 0; at < size; at += BLOCK) compress(state, blocksView, at);
  return ((state[0] as number) >>> 0) * 2 ** 16 + ((state[1] as number) >>> 16);
}
