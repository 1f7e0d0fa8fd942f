import { DataError } from '../errors.ts';
import type { Source } from './source.ts';

/** What a Blob or a File is, whatever realm or library it is from. */
export interface BlobInput {
  readonly size: number;
  readonly name?: string;
  /** Of a file out of a folder: its path there. */
  readonly webkitRelativePath?: string;
  /** A part of it. */
  readonly slice: (start?: number, end?: number) => BlobPart;
}

/** The bytes of a part of a Blob. */
export interface BlobPart {
  /** A copy of them. */
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
}

/** What a web stream of bytes is. */
export interface StreamInput {
  /** Its one reader. */
  readonly getReader: () => StreamReader;
}

/** What the reader of a web stream is. */
export interface StreamReader {
  /** The next bytes. */
  readonly read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  /** Lets go of the stream. */
  readonly cancel: (reason?: unknown) => Promise<void>;
}

/** A log: a File or Blob, bytes, a stream of bytes, or anything with the methods of `Source`. */
export type LogInput = BlobInput | Uint8Array | ArrayBuffer | StreamInput | AsyncIterable<Uint8Array> | Source;

/** Bytes that are asked of a Blob at once. */
const CHUNK = 256 * 1024;

/**
 * A log as a source. A File keeps its name, and its path in the folder if one was picked; others are "log 1", "log 2".
 * @param index place among the logs, from 0
 * @throws TypeError for anything else
 */
export function toSource(input: LogInput, index: number): Source {
  if (typeof input !== 'object' || input === null) throw new TypeError(`"logs[${index}]" expected a log, got ${input}`);
  const name = `log ${index + 1}`;
  if ('chunks' in input) return input;
  if ('slice' in input && 'size' in input) return fromBlob(input, input.webkitRelativePath || input.name || name);
  if ('getReader' in input) return { name, chunks: () => fromStream(input) };
  if ('byteLength' in input) return fromBytes(toBytes(input), name);
  if (Symbol.asyncIterator in input) return { name, chunks: () => input };
  throw new TypeError(`"logs[${index}]" expected a File, a Blob, bytes or a stream of bytes`);
}

function fromBlob(blob: BlobInput, name: string): Source {
  const slice = (start: number, end: number): Promise<ArrayBuffer> => blob.slice(start, end).arrayBuffer();
  return {
    name,
    size: blob.size,
    slice,
    async *chunks() {
      for (let at = 0; at < blob.size; at += CHUNK) {
        yield new Uint8Array(await slice(at, Math.min(blob.size, at + CHUNK)));
      }
    },
  };
}

function toBytes(input: Uint8Array | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}

function fromBytes(bytes: Uint8Array, name: string): Source {
  return {
    name,
    size: bytes.length,
    slice: async (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
    async *chunks() {
      yield bytes;
    },
  };
}

async function* fromStream(stream: StreamInput): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value === undefined) throw new DataError('file', 'the stream gave no bytes');
      yield value;
    }
    isOver = true;
  } finally {
    if (!isOver) await reader.cancel();
  }
}
