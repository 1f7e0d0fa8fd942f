import { Decompress } from 'fzstd';
import { Inflate } from 'pako';

type Chunks = AsyncIterable<Uint8Array>;

/** Bytes that go into a decompressor at once: the worst of input makes 32 MiB of a slice for zstd, 16 for gzip. */
const ZSTD_SLICE = 1024;
const GZIP_SLICE = 16 * 1024;

/** gzip of one or several members, one behind the other; zeros behind the last are padding. Checksums are verified. */
export async function* gunzip(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let member: Inflate | undefined;
  let ready: Uint8Array[] = [];
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    ready = [];
    const rest = member === undefined || member.ended ? bytes.subarray(countZeros(bytes)) : bytes;
    if (rest.length > 0 && (member === undefined || member.ended)) {
      member = new Inflate();
      member.onData = (chunk) => ready.push(chunk as Uint8Array);
    }
    if (member === undefined || (member.ended && rest.length === 0)) return ready;
    member.push(rest, isLast);
    if (member.err !== 0) throw new Error(member.msg);
    return ready;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += GZIP_SLICE) yield* push(chunk.subarray(at, at + GZIP_SLICE), false);
  }
  yield* push(new Uint8Array(), true);
}

function countZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length : first;
}

/** zstd of one or several frames, one behind the other. Their checksums are not verified. */
export async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    ready = [];
    stream.push(bytes, isLast);
    return ready;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += ZSTD_SLICE) yield* push(chunk.subarray(at, at + ZSTD_SLICE), false);
  }
  yield* push(new Uint8Array(), true);
}
