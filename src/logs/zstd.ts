import { Decompress } from 'fzstd';

/** Bytes that go in at once: the worst of input makes 32 MiB of them. */
const SLICE = 1024;

/** zstd of one or several frames, one behind the other. Their checksums are not verified. */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    ready = [];
    stream.push(bytes, isLast);
    return ready;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) yield* push(chunk.subarray(at, at + SLICE), false);
  }
  yield* push(new Uint8Array(), true);
}
