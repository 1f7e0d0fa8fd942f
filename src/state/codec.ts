import { DataError } from '../errors.ts';
import { PosteriorPool } from '../index.ts';
import { LEAST, MOST } from '../validate.ts';
import { checkExtra, type Extra } from './extra.ts';
import { KeyTable } from './keys.ts';
import type { Log } from './ledger.ts';
import { decodeSections, encodeSections } from './sections.ts';
import type { Rule, Settings } from './settings.ts';
import { type Columns, State } from './state.ts';

/** The first section, as JSON. */
interface Meta extends Settings, Extra {
  readonly rule: Rule | undefined;
  readonly logs: readonly Log[];
}

/** Settings and logs as JSON, the columns, the keys: the same bytes for the same state. */
export function encodeState({ settings, rule, ledger, columns, keys, extra }: State): Uint8Array {
  const { discount, prior } = settings;
  const meta: Meta = { discount, prior: { alpha: prior.alpha, beta: prior.beta }, rule, logs: ledger.logs, ...extra };
  return encodeSections([
    new TextEncoder().encode(JSON.stringify(meta)),
    columns.settledAlpha,
    columns.settledBeta,
    columns.successes,
    columns.trials,
    columns.visits,
    columns.steps,
    keys.hashes,
    keys.offsets,
    keys.bytes,
  ]);
}

/** @throws DataError for bytes that are not a whole, undamaged state that this release reads */
export function decodeState(bytes: Uint8Array): State {
  // The columns are views, which need the alignment that a new buffer has.
  const sections = decodeSections(bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes));
  if (sections.length !== 10) throw damaged(`${sections.length} sections`);
  const section = (i: number): Uint8Array => sections[i] as Uint8Array;
  const { logs, rule, keyed, seen, reading, isWarm, ...settings } = decodeMeta(section(0));
  const size = section(7).length / 8;
  const column = <T>(i: number, Type: ColumnType<T>, length = size): T => {
    const { buffer, byteOffset, byteLength } = section(i);
    if (byteLength !== length * Type.BYTES_PER_ELEMENT) throw damaged(`section ${i} has ${byteLength} bytes`);
    return new Type(buffer as ArrayBuffer, byteOffset, length);
  };
  const columns: Columns = {
    settledAlpha: column(1, Float32Array),
    settledBeta: column(2, Float32Array),
    successes: column(3, Uint32Array),
    trials: column(4, Uint32Array),
    visits: column(5, Uint32Array),
    steps: column(6, Float64Array),
  };
  const keys = new KeyTable(column(7, Float64Array), column(8, Uint32Array, size + 1), section(9));
  if (!keys.isOrdered()) throw damaged('the keys are not in order');
  const { settledAlpha, settledBeta, successes, trials, steps } = columns;
  if (successes.some((right, i) => right > (trials[i] as number))) throw damaged('more successes than trials');
  if (steps.some((step) => Math.abs(step) === Number.POSITIVE_INFINITY)) throw damaged('an infinite step');
  for (let i = 0; i < size; i++) {
    const right = successes[i] as number;
    const wrong = (trials[i] as number) - right;
    if (!isPosterior(settledAlpha[i] as number, right)) throw damaged(`alpha of prompt ${i}`);
    if (!isPosterior(settledBeta[i] as number, wrong)) throw damaged(`beta of prompt ${i}`);
  }
  checkPoolOptions(settings);
  return new State(settings, keys, columns, logs, rule, { keyed, seen, reading, isWarm });
}

/** Whether an alpha or beta is in the domain of the library, and stays there with the open counts. */
function isPosterior(settled: number, open: number): boolean {
  return settled >= LEAST && settled + open <= MOST;
}

/** The pool knows what discount and prior may be. */
function checkPoolOptions({ discount, prior }: Settings): void {
  try {
    new PosteriorPool(0, { discount, prior }).dispose();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw damaged(error.message);
    throw error;
  }
}

interface ColumnType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

function decodeMeta(bytes: Uint8Array): Meta {
  let meta: Partial<Meta>;
  try {
    meta = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Meta>;
  } catch {
    throw damaged('the settings are no JSON');
  }
  const { discount, prior, rule, logs, keyed, seen, reading, isWarm } = meta ?? {};
  if (typeof discount !== 'number' || typeof prior !== 'object' || prior === null) throw damaged('the settings');
  if (!isRule(rule)) throw damaged('the rule of the logs');
  if (!Array.isArray(logs) || !logs.every(isLog)) throw damaged('the logs');
  return { discount, prior, rule, logs, ...checkExtra({ keyed, seen, reading, isWarm }) };
}

function isRule(value: unknown): value is Rule | undefined {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || !('threshold' in value)) return false;
  return Object.values(value).every((flag) => typeof flag === 'string');
}

function isLog(value: unknown): value is Log {
  if (typeof value !== 'object' || value === null) return false;
  const { path, bytes, sha256 } = value as Partial<Log>;
  return typeof path === 'string' && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}

function damaged(what: string): DataError {
  return new DataError('damaged', `damaged: ${what}`);
}
