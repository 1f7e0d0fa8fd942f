/** What is wrong with data; stable across versions. */
export type DataCode =
  /** Not even well formed JSON, CSV or UTF-8; as the last line of a file it may be half written. */
  | 'malformed'
  /** A field that is not there. */
  | 'missing'
  /** A value that a field cannot have. */
  | 'value'
  /** Rollouts without a step, where the order counts. */
  | 'no-step'
  /** It is unclear which field is the reward, or no record has it. */
  | 'no-reward'
  /** A file that is not there, or may not be read or written. */
  | 'file'
  /** A state that is not there. */
  | 'no-state'
  /** Bytes that are not what their format says. */
  | 'damaged'
  /** A format other than the one asked for. */
  | 'format'
  /** What was taken before has changed, or is given again. */
  | 'taken'
  /** What was asked for does not fit the settings or the rule of a state. */
  | 'settings'
  /** A prompt that the state does not have, or a log and a data set that share none. */
  | 'unknown-id'
  /** More than fits: bytes, rollouts, prompts. */
  | 'too-much'
  /** A journal that goes on from another state than the one beside it. */
  | 'journal'
  /** A state that another process holds. */
  | 'locked'
  /** Data of which nothing is left to use. */
  | 'empty'
  /** A value that was not measured (NaN or Infinity, which Python writes): its record is left out, and counted. */
  | 'not-measured'
  /** An option that the format of the log does not use. */
  | 'unused'
  /** A log and a state whose prompts have no id in common. */
  | 'no-join';

/** Where the data are wrong, as far as that is known. */
export interface DataPlace {
  /** Name of the file, as it was given. */
  readonly file?: string | undefined;
  /** From 1; of Parquet the row. */
  readonly line?: number | undefined;
  /** Name of the field. */
  readonly field?: string | undefined;
  /** Id of the prompt. */
  readonly id?: string | undefined;
  /** Options that would help, with their values: `{ hash: 'input,gts' }`. */
  readonly remedy?: Readonly<Record<string, string>> | undefined;
}

/**
 * Data that cannot be read or make no sense: a log, a state, a data set. `message` is `file:line: reason`.
 * @example
 * import { DataError } from 'insight-wasm/logs';
 * new DataError('missing', '"id" is missing', { field: 'id' }).at('a.jsonl', 3).message; // 'a.jsonl:3: "id" is missing'
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataCode;
  /** What is wrong, without the place. */
  readonly reason: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly field: string | undefined;
  readonly id: string | undefined;
  readonly remedy: Readonly<Record<string, string>> | undefined;

  constructor(code: DataCode, reason: string, { file, line, field, id, remedy }: DataPlace = {}) {
    super(`${file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `}${reason}`);
    this.code = code;
    this.reason = reason;
    this.file = file;
    this.line = line;
    this.field = field;
    this.id = id;
    this.remedy = remedy;
  }

  /** The same error of a file, or of a line of it. */
  at(file: string, line?: number): DataError {
    const { code, reason, field, id, remedy } = this;
    return new DataError(code, reason, { file, line, field, id, remedy });
  }
}

/** Names the file in what `body` throws of its data. */
export function inFile<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof DataError && error.file === undefined ? error.at(file, error.line) : error;
  }
}
