import { Inflate } from 'pako/browser/inflate';

/** Bytes that go in at once: the worst of input makes 16 MiB of them. */
const SLICE = 16 * 1024;

/** gzip of one or several members, one behind the other; zeros behind the last are padding. Checksums are verified. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let member: Inflate | undefined;
  let ready: Uint8Array[] = [];
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    ready = [];
    const isBetween = member === undefined || member.ended;
    const rest = isBetween ? bytes.subarray(countZeros(bytes)) : bytes;
    if (isBetween && rest.length > 0) {
      member = new Inflate();
      member.onData = (chunk) => ready.push(chunk as Uint8Array);
    }
    if (member === undefined || (member.ended && rest.length === 0)) return ready;
    member.push(rest, isLast);
    if (member.err !== 0) throw new Error(member.msg);
    return ready;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) yield* push(chunk.subarray(at, at + SLICE), false);
  }
  yield* push(new Uint8Array(), true);
}

function countZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length : first;
}
