import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';

/** Bytes of all ids of a list or a state: what an offset of four bytes reaches. */
const MOST_BYTES = 2 ** 32 - 1;
/** Made when they are first used: not every runtime has them at import. */
let encoder: TextEncoder | undefined;
let decoder: TextDecoder | undefined;

/**
 * Writes an id as UTF-8 at a position of bytes, which have room for three bytes a character.
 * @returns where it ends
 * @throws DataError for a string that UTF-8 cannot hold, which would become the id of another prompt
 */
export function encodeId(id: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    if (code > 127) {
      if (/\p{Cs}/u.test(id)) {
        throw new DataError('value', `${quoteId(id)}: half of a surrogate pair is no text`, { id });
      }
      encoder ??= new TextEncoder();
      return at + encoder.encodeInto(id, bytes.subarray(at)).written;
    }
    bytes[at + i] = code;
  }
  return at + id.length;
}

export function decodeId(bytes: Uint8Array): string {
  decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytes);
}

/** @throws DataError for more bytes of ids than there can be */
export function checkIdBytes(length: number): void {
  if (length <= MOST_BYTES) return;
  throw new DataError('too-much', `the ids have more than ${MOST_BYTES.toLocaleString('en')} bytes`);
}
