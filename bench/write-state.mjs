// States for benchmarks, written without the library: docs/state.md has the layout. As a program it writes the states of
// the shards of a pool: `node bench/write-state.mjs FOLDER SHARDS PROMPTS`, of so many prompts in each shard.
import * as crypto from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const idOf = (number) => `prompt-${number}`;
const hashOf = (text) => Number.parseInt(crypto.createHash('sha256').update(text).digest('hex').slice(0, 12), 16);

/** Writes a state of the prompts of these numbers, each seen once at discount 0.9. */
export function writeState(path, numbers) {
  const size = numbers.length;
  const order = Float64Array.from(numbers, (number) => hashOf(idOf(number)));
  const hashes = order.slice().sort();
  // Which prompt has a hash: by the low bits of both, as 48 bits leave room for few prompts in a double.
  const places = new Map();
  const byHash = new Uint32Array(size);
  const find = (hash) => {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (hashes[middle] < hash) low = middle + 1;
      else high = middle;
    }
    while (places.has(low)) low++;
    return low;
  };
  for (let i = 0; i < size; i++) {
    const at = find(order[i]);
    if (hashes[at + 1] === order[i]) places.set(at, i); // a collision of 48 bits: next to none
    byHash[at] = numbers[i];
  }
  const offsets = new Uint32Array(size + 1);
  for (let at = 0, end = 0; at < size; at++) offsets[at + 1] = end += idOf(byHash[at]).length;
  const ids = Buffer.alloc(offsets[size]);
  for (let at = 0; at < size; at++) ids.write(idOf(byHash[at]), offsets[at], 'latin1');
  const meta = { discount: 0.9, prior: { alpha: 1, beta: 1 }, logs: [] };
  const successes = new Float64Array(size);
  for (let at = 0; at < size; at++) successes[at] = (byHash[at] * 7) % 9;
  const sections = [
    Buffer.from(JSON.stringify(meta)),
    new Float32Array(size).fill(1),
    new Float32Array(size).fill(1),
    successes,
    new Float64Array(size).fill(8),
    new Uint32Array(size).fill(1),
    new Float64Array(size),
    hashes,
    offsets,
    ids,
    new Float64Array(size).fill(Number.NaN),
    new Uint8Array(size),
    new Float64Array(0),
    new Uint8Array(0),
  ].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const lengths = Buffer.alloc(8 * sections.length);
  for (const [i, { length }] of sections.entries()) lengths.writeUInt32LE(length, 8 * i);
  const parts = [lengths, ...sections.flatMap((section) => [section, Buffer.alloc(-section.length & 7)])];
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  const header = Buffer.alloc(16);
  header.write('IWSTAT\r\n', 'latin1');
  header.writeUInt32LE(2, 8);
  header.writeUInt32LE(sections.length, 12);
  const file = openSync(path, 'w');
  for (const part of [header, hash.digest(), ...parts]) {
    for (let at = 0; at < part.length; ) at += writeSync(file, part, at, Math.min(part.length - at, 2 ** 30));
  }
  closeSync(file);
}

/** The first prompts of each shard, by the range of their hashes. */
function numbersOf(shards, size) {
  const numbers = Array.from({ length: shards }, () => new Uint32Array(size));
  const counts = new Array(shards).fill(0);
  for (let number = 0, full = 0; full < shards; number++) {
    const shard = Math.floor((hashOf(idOf(number)) * shards) / 2 ** 48);
    if (counts[shard] === size) continue;
    numbers[shard][counts[shard]++] = number;
    if (counts[shard] === size) full++;
  }
  return numbers;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, shards, size] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
  const five = (number) => String(number).padStart(5, '0');
  for (const [shard, numbers] of numbersOf(shards, size).entries()) {
    writeState(join(folder, `${five(shard)}-of-${five(shards)}.iws`), numbers);
  }
}
