import { type Hash, startHash } from '../sha256.ts';

/** Bytes of the beginning by which most logs are told apart. */
export const HEAD = 1024;

/** The first bytes of a log, after decompression. */
export interface Part {
  readonly bytes: number;
  /** Of these bytes, as 64 hex digits. */
  readonly sha256: string;
  /** Of the first 1,024 of them, or of all if there are less: the first 16 digits. Logs of older states have none. */
  readonly head?: string | undefined;
}

/** Hashes the bytes of a log as they come. */
export class PartHash {
  readonly #hash: Hash = startHash();
  readonly #start: Hash = startHash();
  #bytes = 0;
  #last = 0;

  get bytes(): number {
    return this.#bytes;
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    if (this.#bytes < HEAD) this.#start.update(bytes.subarray(0, HEAD - this.#bytes));
    this.#bytes += bytes.length;
    this.#last = bytes.at(-1) ?? this.#last;
  }

  /** Whether the last line is whole. */
  get endsLine(): boolean {
    return this.#last === 10;
  }

  sha256(): string {
    return this.#hash.hex();
  }

  part(): Required<Part> {
    return { bytes: this.#bytes, sha256: this.sha256(), head: this.#start.hex().slice(0, 16) };
  }
}

/** Bytes that the head of a part is of. */
export function headLength({ bytes }: Part): number {
  return Math.min(HEAD, bytes);
}
