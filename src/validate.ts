import type { Observations, Prior } from './types.ts';

// Every door's checks: TypeError for a wrong type, RangeError for a wrong value, the bad value in the message.
// Arrays are copied first and checked as they are copied, so that what was checked is what is used.

/** The domain of alpha and beta, as float32. */
export const LEAST = 1e-3;
export const MOST = 2 ** 24;
/** Largest alpha or beta of a prior. */
export const MOST_PRIOR = 1e6;
const MOST_TRIALS = 65_535;
/** Positions are unsigned 32-bit integers. */
export const MOST_SIZE = 2 ** 32 - 1;

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The one error of all doors: its class by what is wrong. */
export function bad(title: string, expected: string, got: unknown, sameType: boolean): Error {
  const message = `"${title}" expected ${expected}, got ${show(got)}`;
  return sameType ? new RangeError(message) : new TypeError(message);
}

export function checkInteger(title: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value + 0;
  }
  throw bad(title, `an integer in [${least}, ${most}]`, value, typeof value === 'number');
}

export function checkNumber(title: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value + 0;
  throw bad(title, `a number in [${least}, ${most}]`, value, typeof value === 'number');
}

/** Slots for what was not seen for longest: a number of them or, below 1, a share of the count. */
export function checkFloor(value: unknown, count: number): number {
  if (typeof value === 'number' && value > 0 && value < 1) return Math.round(value * count);
  if (typeof value === 'number' && value >= 0 && value <= count && Number.isInteger(value)) return value + 0;
  throw bad('floor', `slots in [0, ${count}], the count, or a share of it below 1`, value, typeof value === 'number');
}

/** An object of options, or nothing; a key that no option has is an error. */
export function checkOptions<T extends object>(
  title: string,
  value: T | undefined,
  known: readonly string[],
): Partial<T> {
  if (value === undefined) return {};
  checkObject(title, value);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new TypeError(`"${title}" expected only ${known.join(', ')}, got ${show(key)}`);
    }
  }
  return value;
}

export function checkObject(title: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(title, 'an object', value, false);
  }
}

/** The share of older evidence that an observation keeps. */
export function checkDiscount(value: unknown): number {
  return checkNumber('discount', value, 0, 1);
}

/** A prior, each of it rounded to float32 once. */
export function checkPrior(value: { readonly alpha: number; readonly beta: number }): Prior {
  const { alpha, beta } = checkOptions('prior', value, ['alpha', 'beta']);
  const round = (title: string, one: unknown): number => {
    const rounded = typeof one === 'number' ? Math.fround(one) : Number.NaN;
    if (rounded >= LEAST && rounded <= MOST_PRIOR) return rounded;
    throw bad(title, `a number in [${LEAST}, ${MOST_PRIOR}]`, one, typeof one === 'number');
  };
  return Object.freeze({ alpha: round('prior.alpha', alpha), beta: round('prior.beta', beta) });
}

/** Length of an array or typed array. */
export function checkArray(title: string, value: unknown): number {
  const length: unknown = typeof value === 'object' && value !== null && 'length' in value ? value.length : undefined;
  if (typeof length === 'number' && Number.isInteger(length) && length >= 0 && length < 2 ** 32) {
    if (length === 0 && isDetached(value))
      throw new TypeError(`"${title}" expected an array of numbers, got a detached one`);
    return length;
  }
  throw bad(title, 'an array of numbers', value, false);
}

/** Whether the memory of a typed array was transferred away, which makes it look empty. */
function isDetached(value: unknown): boolean {
  if (!ArrayBuffer.isView(value)) return false;
  try {
    new Uint8Array(value.buffer);
    return false;
  } catch {
    return true;
  }
}

export function checkLength(title: string, got: number, expected: number): void {
  if (got !== expected) throw bad(`${title}.length`, String(expected), got, true);
}

/** A copy of indices into `size` datapoints. */
export function copyIndices(title: string, source: ArrayLike<number>, size: number): Uint32Array {
  const copy = new Uint32Array(checkArray(title, source));
  copyIndicesTo(copy, copy.length, title, source, size);
  return copy;
}

/** Copies `length` indices into `size` datapoints. */
function copyIndicesTo(
  copy: Uint32Array,
  length: number,
  title: string,
  source: ArrayLike<number>,
  size: number,
): void {
  for (let i = 0; i < length; i++) {
    const value = source[i] as number;
    if (!(typeof value === 'number' && value >>> 0 === value && value < size)) {
      if (size === 0) throw bad(`${title}[${i}]`, 'no index into an empty pool', value, true);
      checkInteger(`${title}[${i}]`, value, 0, size - 1);
    }
    copy[i] = value;
  }
}

/** A copy of indices that rise strictly. */
export function copyCandidates(title: string, source: ArrayLike<number>, size: number): Uint32Array {
  const copy = copyIndices(title, source, size);
  for (let i = 1; i < copy.length; i++) {
    const before = copy[i - 1] as number;
    const value = copy[i] as number;
    if (value <= before) throw bad(`${title}[${i}]`, `more than ${before} (strictly ascending)`, value, true);
  }
  return copy;
}

/** Arrays of observations as a caller gives them; `trials` may be one number for all. */
export interface GivenObservations {
  readonly indices: ArrayLike<number>;
  readonly successes: ArrayLike<number>;
  readonly trials: number | ArrayLike<number>;
}

/** Room for observations. */
export function newObservations(count: number): Observations {
  return { indices: new Uint32Array(count), successes: new Float32Array(count), trials: new Float32Array(count) };
}

/** How many observations there are. */
export function checkObservations({ indices, successes, trials }: GivenObservations): number {
  const length = checkArray('indices', indices);
  checkLength('successes', checkArray('successes', successes), length);
  if (typeof trials !== 'number') checkLength('trials', checkArray('trials', trials), length);
  return length;
}

/** Whether no element of the observations runs code of the caller's when it is read. */
export function areTyped({ indices, successes, trials }: GivenObservations): boolean {
  const isTyped = (value: unknown): boolean => typeof value === 'number' || ArrayBuffer.isView(value);
  return isTyped(indices) && isTyped(successes) && isTyped(trials);
}

/** Copies `length` observations of `size` datapoints; counts are rounded to float32, then 0 <= successes <= trials. */
export function copyObservations(to: Observations, length: number, given: GivenObservations, size: number): void {
  const { indices, successes, trials } = given;
  copyIndicesTo(to.indices, length, 'indices', indices, size);
  if (typeof trials === 'number') {
    to.trials.fill(checkTrials('trials', trials), 0, length);
  } else {
    for (let i = 0; i < length; i++) {
      const value = trials[i] as number;
      const rounded = typeof value === 'number' ? Math.fround(value) : Number.NaN;
      to.trials[i] = rounded > 0 && rounded <= MOST_TRIALS ? rounded : checkTrials(`trials[${i}]`, value);
    }
  }
  for (let i = 0; i < length; i++) {
    const value = successes[i] as number;
    const rounded = typeof value === 'number' ? Math.fround(value) : Number.NaN;
    const most = to.trials[i] as number;
    if (!(rounded >= 0 && rounded <= most)) checkNumber(`successes[${i}]`, value, 0, most);
    to.successes[i] = rounded;
  }
}

function checkTrials(title: string, value: unknown): number {
  const rounded = typeof value === 'number' ? Math.fround(value) : Number.NaN;
  if (rounded > 0 && rounded <= MOST_TRIALS) return rounded;
  throw bad(title, `a number in (0, ${MOST_TRIALS}]`, value, typeof value === 'number');
}

/** A copy of `length` alphas or betas, rounded to float32. */
export function copyColumn(title: string, source: ArrayLike<number>, length: number): Float32Array {
  checkLength(title, checkArray(title, source), length);
  const copy = new Float32Array(length);
  for (let i = 0; i < copy.length; i++) {
    const value = source[i] as number;
    const rounded = typeof value === 'number' ? Math.fround(value) : Number.NaN;
    if (!(rounded >= LEAST && rounded <= MOST)) {
      throw bad(`${title}[${i}]`, `a number in [${LEAST}, ${MOST}]`, value, typeof value === 'number');
    }
    copy[i] = rounded;
  }
  return copy;
}

// What a typed array is, read past whatever its class overrides. Works for those of another realm too, of which
// `instanceof` knows nothing.
const TYPED_ARRAY: object = Object.getPrototypeOf(Float32Array.prototype);
const slot = (name: string | symbol): ((this: unknown) => unknown) =>
  Object.getOwnPropertyDescriptor(TYPED_ARRAY, name)?.get as (this: unknown) => unknown;
const tagOf = slot(Symbol.toStringTag);
const bufferOf = slot('buffer');
const offsetOf = slot('byteOffset');
const lengthOf = slot('length');
const byteLengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get as () => number;

interface PlainArrays {
  readonly Float32Array: Float32Array;
  readonly Uint8Array: Uint8Array;
}

/** A view of a typed array of any class and realm, without the behaviour of its class. */
export function checkTyped<T extends keyof PlainArrays>(title: string, type: T, value: unknown): PlainArrays[T] {
  if (tagOf.call(value) !== type) throw bad(title, `a ${type}`, value, false);
  const plain = type === 'Float32Array' ? Float32Array : Uint8Array;
  const [buffer, offset, length] = [bufferOf, offsetOf, lengthOf].map((get) => get.call(value));
  return new plain(buffer as ArrayBuffer, offset as number, length as number) as PlainArrays[T];
}

/** Whether other threads may write to the memory of an array. */
export function isShared({ buffer }: ArrayBufferView): boolean {
  try {
    byteLengthOf.call(buffer); // which a SharedArrayBuffer has under the same name in another place
    return false;
  } catch {
    return true;
  }
}

/** The memory of live pools: no place for results. */
const reserved = new WeakSet<ArrayBufferLike>();

export function reserve(column: Float32Array): void {
  reserved.add(column.buffer);
}

/** An array for results: a view of the given one if it fits, else a new one. */
export function checkOut(out: Float32Array | undefined, length: number): Float32Array {
  if (out === undefined) return new Float32Array(length);
  const plain = checkTyped('out', 'Float32Array', out);
  checkLength('out', plain.length, length);
  if (reserved.has(plain.buffer)) throw new RangeError('"out" expected memory outside of pools');
  return plain;
}
