import { headLength, type Part, PartHash } from './part-hash.ts';
import { type Gunzip, openSource, type Source } from './source.ts';

/**
 * Finds the longest of the known parts with which a log begins: then it is the same log under another name, and may
 * have grown. Reads no further than the longest part that may fit.
 */
export async function findSame<T extends Part>(
  source: Source,
  known: Iterable<T>,
  gunzip?: Gunzip,
): Promise<T | undefined> {
  const hash = new Cuts(known);
  if (hash.next === undefined) return undefined;
  const { chunks } = await openSource(source, () => {}, gunzip);
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      if (hash.next === undefined) break;
    }
  } finally {
    await chunks.return(undefined);
  }
  return hash.same;
}

/** The part of a log that has so many bytes; undefined if the log is shorter. */
export async function partOf(source: Source, bytes: number, gunzip?: Gunzip): Promise<Part | undefined> {
  const hash = new PartHash();
  const { chunks } = await openSource(source, () => {}, gunzip);
  try {
    for await (const chunk of chunks) {
      hash.update(chunk.subarray(0, bytes - hash.bytes));
      if (hash.bytes === bytes) return hash.part();
    }
  } finally {
    await chunks.return(undefined);
  }
  return undefined;
}

/** The first bytes of a log: so many, or all if it is shorter. */
export async function startOf(source: Source, bytes: number, gunzip?: Gunzip): Promise<Uint8Array> {
  const start = new Uint8Array(bytes);
  let length = 0;
  const { chunks } = await openSource(source, () => {}, gunzip);
  try {
    for await (const chunk of chunks) {
      const part = chunk.subarray(0, bytes - length);
      start.set(part, length);
      length += part.length;
      if (length === bytes) break;
    }
  } finally {
    await chunks.return(undefined);
  }
  return start.subarray(0, length);
}

/** All of a log, if its last line is whole: another log may well begin with half a line of it. */
export async function wholeOf(source: Source, gunzip?: Gunzip): Promise<Part | undefined> {
  const hash = new PartHash();
  const { chunks } = await openSource(source, () => {}, gunzip);
  for await (const chunk of chunks) hash.update(chunk);
  return hash.endsLine ? hash.part() : undefined;
}

/** Compares a running hash with the known ones, at their lengths. */
class Cuts<T extends Part> {
  same: T | undefined;
  readonly #hash = new PartHash();
  /** By length, falling: the next one is the last. */
  #left: T[];

  constructor(known: Iterable<T>) {
    this.#left = [...known].filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
  }

  get next(): T | undefined {
    return this.#left.at(-1);
  }

  update(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0 && this.next !== undefined) {
      const stop = this.#stop();
      const taken = rest.subarray(0, stop - this.#hash.bytes);
      this.#hash.update(taken);
      rest = rest.subarray(taken.length);
      if (this.#hash.bytes === stop) this.#compare();
    }
  }

  /** Where to compare next: at the head of those that are longer, and at the end of each. */
  #stop(): number {
    const { bytes } = this.#hash;
    const heads = this.#left.map((part) => headLength(part)).filter((length) => length > bytes);
    return Math.min((this.next as T).bytes, ...heads.slice(-1));
  }

  #compare(): void {
    const { bytes, sha256, head } = this.#hash.part();
    while (this.next?.bytes === bytes) {
      const part = this.#left.pop() as T;
      if (part.sha256 === sha256) this.same = part;
    }
    this.#left = this.#left.filter(
      (part) => headLength(part) !== bytes || part.head === undefined || part.head === head,
    );
  }
}
