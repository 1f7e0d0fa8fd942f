import type { Writable } from 'node:stream';

const EVERY_MS = 200;

/** How far the reading of logs has come: one line on a terminal, redrawn in place; nothing elsewhere. */
export class Progress {
  rows = 0;
  readonly #stream: Writable & { readonly isTTY?: boolean };
  readonly #total: number;
  readonly #start = performance.now();
  #bytes = 0;
  #drawn = 0;

  /** @param total bytes there are, or 0 if that is not known */
  constructor(stream: Writable & { readonly isTTY?: boolean }, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  addBytes(count: number): void {
    this.#bytes += count;
    if (!this.#stream.isTTY) return;
    const elapsed = performance.now() - this.#start;
    if (elapsed - this.#drawn < EVERY_MS) return;
    this.#drawn = elapsed;
    this.#stream.write(`\r${this.#toText(elapsed / 1000)}\x1b[K`);
  }

  clear(): void {
    if (this.#drawn > 0) this.#stream.write('\r\x1b[K');
  }

  #toText(seconds: number): string {
    const format = (value: number) => Math.round(value).toLocaleString('en');
    const text = `${format(this.rows)} rows, ${format(this.rows / seconds)} rows/s`;
    if (this.#total === 0) return text;
    const share = Math.min(1, this.#bytes / this.#total);
    return `${text}, ${format(100 * share)} %, ${format((seconds * (1 - share)) / share)} s left`;
  }
}
