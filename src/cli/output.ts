import { once } from 'node:events';
import type { Writable } from 'node:stream';

const BLOCK = 64 * 1024;

/** Writes the lines in blocks, no faster than they are taken. */
export async function writeLines(stream: Writable, lines: Iterable<string>): Promise<void> {
  let block = '';
  for (const line of lines) {
    block += `${line}\n`;
    if (block.length < BLOCK) continue;
    if (!stream.write(block)) await once(stream, 'drain');
    block = '';
  }
  stream.write(block);
}
