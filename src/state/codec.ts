import { DataError } from '../errors.ts';
import { checkDiscount, checkPrior, LEAST, MOST } from '../validate.ts';
import { checkExtra, type Extra } from './extra.ts';
import type { Log } from './ledger.ts';
import { RecentKeys } from './recent-keys.ts';
import { decodeSections, encodeSections } from './sections.ts';
import type { Rule, Settings } from './settings.ts';
import { State } from './state.ts';
import type { Columns } from './table/columns.ts';
import { DiscountTable } from './table/discounts.ts';
import { GroupTable } from './table/groups.ts';
import { KeyTable } from './table/keys.ts';

/** The first section, as JSON. */
interface Meta extends Settings, Extra {
  readonly rule: Rule | undefined;
  readonly logs: readonly Log[];
  readonly taken?: number | undefined;
  /** Labels of groups in the order of their numbers, from 1; without them there is no section of groups. */
  readonly groups?: readonly string[] | undefined;
}

/** Names of the columns in the order of their sections, which begin at 1. */
const COLUMNS = ['settledAlpha', 'settledBeta', 'successes', 'trials', 'visits', 'steps'] as const;

/** The sections of a state, the settings and logs as JSON first; the same bytes for the same state. */
export function toViews({
  settings,
  rule,
  ledger,
  taken,
  columns,
  keys,
  discounts,
  groups,
  recent,
  extra,
}: State): ArrayBufferView[] {
  const { discount, prior } = settings;
  const { keyed, seen, reading, isWarm, isMixed, isManual } = extra;
  const meta: Meta = {
    discount,
    prior: { alpha: prior.alpha, beta: prior.beta },
    rule,
    logs: ledger.logs,
    ...(taken > 0 && { taken }),
    // By name, so that the bytes do not depend on which of them came first.
    keyed,
    seen: seen && Object.fromEntries(Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1))),
    reading,
    isWarm,
    isMixed,
    isManual,
    ...(groups.size > 1 && { groups: groups.labels }),
  };
  return [
    new TextEncoder().encode(JSON.stringify(meta)),
    ...COLUMNS.map((name) => columns[name]),
    keys.hashes,
    keys.offsets,
    keys.bytes,
    columns.settledSteps,
    columns.discounts,
    Float64Array.from(discounts.others),
    recent.toBytes(),
    ...(groups.size > 1 ? [columns.groups] : []),
  ];
}

export function encodeState(state: State): Uint8Array {
  return encodeSections(toViews(state));
}

/** @throws DataError for bytes that are not a whole, undamaged state that this release reads */
export function decodeState(bytes: Uint8Array): State {
  return decodeWithDigest(bytes).state;
}

/** The state, and the SHA-256 that its header has: which says which state a journal goes on from. */
export function decodeWithDigest(bytes: Uint8Array): { state: State; digest: string } {
  // The columns are views, which need the alignment that a new buffer has.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  const { version, digest, sections } = decodeSections(aligned);
  const section = (i: number): Uint8Array => sections[i] as Uint8Array;
  if (!(version === 1 ? [10] : [14, 15]).includes(sections.length)) throw damaged(`${sections.length} sections`);
  const { logs, rule, taken, groups, keyed, seen, reading, isWarm, isMixed, isManual, ...given } = decodeMeta(
    section(0),
  );
  if ((groups !== undefined) !== (sections.length === 15)) throw damaged('groups without a label, or the reverse');
  const settings = checkSettings(given);
  const size = section(7).length / 8;
  const column = <T>(i: number, Type: ColumnType<T>, length = size): T => {
    const { buffer, byteOffset, byteLength } = section(i);
    if (byteLength !== length * Type.BYTES_PER_ELEMENT) throw damaged(`section ${i} has ${byteLength} bytes`);
    return new Type(buffer as ArrayBuffer, byteOffset, length);
  };
  const counts = (i: number): Float64Array =>
    version === 1 ? Float64Array.from(column(i, Uint32Array)) : column(i, Float64Array);
  const steps = column(6, Float64Array);
  const trials = counts(4);
  const columns: Columns = {
    settledAlpha: column(1, Float32Array),
    settledBeta: column(2, Float32Array),
    successes: counts(3),
    trials,
    visits: column(5, Uint32Array),
    steps,
    // Of a posterior that was imported all visits are settled: see imported-row.ts.
    settledSteps:
      version === 1 ? steps.map((step, i) => (trials[i] === 0 ? step : Number.NaN)) : column(10, Float64Array),
    discounts: version === 1 ? new Uint8Array(size) : column(11, Uint8Array),
    groups: groups === undefined ? new Uint16Array(size) : column(14, Uint16Array),
  };
  const keys = new KeyTable(column(7, Float64Array), column(8, Uint32Array, size + 1), section(9));
  if (!keys.isOrdered()) throw damaged('the keys are not in order');
  const others = version === 1 ? [] : [...column(12, Float64Array, section(12).length / 8)];
  if (others.length > 255 || !others.every((discount) => discount >= 0 && discount <= 1))
    throw damaged('the discounts');
  if (version > 1 && section(13).length % 16 !== 0) throw damaged('the keys of observations');
  const recent = version === 1 ? undefined : new RecentKeys(section(13));
  const table = new GroupTable(groups);
  checkColumns(columns, others.length, table.size);
  const discounts = new DiscountTable(settings.discount, others);
  return {
    state: new State(settings, keys, columns, {
      logs,
      rule,
      taken,
      discounts,
      groups: table,
      recent,
      extra: { keyed, seen, reading, isWarm, isMixed, isManual },
    }),
    digest,
  };
}

function checkColumns(columns: Columns, discounts: number, groups: number): void {
  const { settledAlpha, settledBeta, successes, trials, steps, settledSteps } = columns;
  for (let i = 0; i < trials.length; i++) {
    const right = successes[i] as number;
    const tried = trials[i] as number;
    if (!(right >= 0 && right <= tried)) throw damaged('more successes than trials');
    if (Math.abs(steps[i] as number) === Infinity || Math.abs(settledSteps[i] as number) === Infinity) {
      throw damaged('an infinite step');
    }
    if (!isPosterior(settledAlpha[i] as number, right)) throw damaged(`alpha of prompt ${i}`);
    if (!isPosterior(settledBeta[i] as number, tried - right)) throw damaged(`beta of prompt ${i}`);
    if ((columns.discounts[i] as number) > discounts) throw damaged(`the discount of prompt ${i}`);
    if ((columns.groups[i] as number) >= groups) throw damaged(`the group of prompt ${i}`);
  }
}

/** Whether an alpha or beta is in the domain of the library, and stays there with the open counts. */
function isPosterior(settled: number, open: number): boolean {
  return settled >= LEAST && settled + open <= MOST;
}

function checkSettings({ discount, prior }: Settings): Settings {
  try {
    return { discount: checkDiscount(discount), prior: checkPrior(prior) };
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
  const { discount, prior, rule, logs, taken, groups, keyed, seen, reading, isWarm, isMixed, isManual } = meta ?? {};
  if (typeof discount !== 'number' || typeof prior !== 'object' || prior === null) throw damaged('the settings');
  if (!isRule(rule)) throw damaged('the rule of the logs');
  if (!Array.isArray(logs) || !logs.every(isLog)) throw damaged('the logs');
  if (taken !== undefined && !(Number.isSafeInteger(taken) && taken >= 0)) throw damaged('the count of observations');
  if (groups !== undefined && !(Array.isArray(groups) && groups.every((label) => typeof label === 'string'))) {
    throw damaged('the labels of groups');
  }
  return {
    discount,
    prior,
    rule,
    logs,
    taken,
    groups,
    ...checkExtra({ keyed, seen, reading, isWarm, isMixed, isManual }),
  };
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
