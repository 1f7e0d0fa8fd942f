import type { Writable } from 'node:stream';
import type { FileProgress } from '../node/read-logs.ts';

const EVERY_MS = 200;

/** How far the reading of logs has come: one line on a terminal, redrawn in place; nothing elsewhere. */
export class Progress {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  readonly #start = performance.now();
  #drawn = 0;

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.#stream = stream;
  }

  show(at: FileProgress): void {
    if (!this.#stream.isTTY) return;
    const elapsed = performance.now() - this.#start;
    if (elapsed - this.#drawn < EVERY_MS) return;
    this.#drawn = elapsed;
    this.#stream.write(`\r${toText(at, elapsed / 1000)}\x1b[K`);
  }

  clear(): void {
    if (this.#drawn > 0) this.#stream.write('\r\x1b[K');
  }
}

function toText({ bytes, rows, total }: FileProgress, seconds: number): string {
  const format = (value: number) => Math.round(value).toLocaleString('en');
  const text = `${format(rows)} rows, ${format(rows / seconds)} rows/s`;
  if (total === 0) return text;
  const share = Math.min(1, bytes / total);
  return `${text}, ${format(100 * share)} %, ${format((seconds * (1 - share)) / share)} s left`;
}
