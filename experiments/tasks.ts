// The tasks: read two instructions and some digits, write the digits permuted by the one and mapped by the other.
import { sha256Of } from '../src/sha256.ts';
import type { Stream } from './streams.ts';

/** Tokens 0 to 9 are digits, 12 to 15 the permutations, 16 to 19 the maps. */
export const END = 10;
const SEP = 11;
const PERMUTE = 12;
const MAP = 16;

/** Position ids, of 40: a digit's place, SEP by the number of digits, what is written by its place, the instructions. */
const SEP_POSITION = 10;
export const ANSWER_POSITION = 24;
const PERMUTE_POSITION = 38;
const MAP_POSITION = 39;

export interface Task {
  readonly permutation: number;
  readonly map: number;
  readonly digits: readonly number[];
  /** The one right answer, END with it. */
  readonly answer: readonly number[];
}

type Permutation = (digits: readonly number[]) => number[];

const PERMUTATIONS: readonly Permutation[] = [
  (digits) => [...digits].reverse(),
  (digits) => [...digits.slice(1), ...digits.slice(0, 1)],
  (digits) => digits.map((digit, i) => digits[i ^ 1] ?? digit),
  (digits) => {
    const half = Math.ceil(digits.length / 2);
    return digits.map((_, i) => digits[i % 2 === 0 ? i / 2 : half + (i - 1) / 2] as number);
  },
];

const MAPS: readonly ((digit: number) => number)[] = [
  (digit) => (digit + 1) % 10,
  (digit) => 9 - digit,
  (digit) => digit % 2,
  (digit) => (3 * digit) % 10,
];

/** Instructions of one kind, and kinds of skills. */
export const KINDS = 4;
export const SKILLS = KINDS * KINDS;

/** Digits after the instructions; KINDS in place of one leaves it out. */
export function obey(permutation: number, map: number, digits: readonly number[]): number[] {
  const permuted = PERMUTATIONS[permutation]?.(digits) ?? [...digits];
  const mapped = MAPS[map];
  return mapped === undefined ? permuted : permuted.map(mapped);
}

export function toTask(permutation: number, map: number, digits: readonly number[]): Task {
  return { permutation, map, digits, answer: [...obey(permutation, map, digits), END] };
}

/** Tokens of the prompt, and their positions. */
export function promptOf({ permutation, map, digits }: Task): { tokens: number[]; positions: number[] } {
  return {
    tokens: [PERMUTE + permutation, MAP + map, ...digits, SEP],
    positions: [PERMUTE_POSITION, MAP_POSITION, ...digits.map((_, i) => i), SEP_POSITION + digits.length],
  };
}

/** An eighth of all tasks is never trained on: which, their hash says. */
function isHeldOut({ permutation, map, digits }: Task): boolean {
  return parseInt(sha256Of(`${permutation},${map},${digits.join('')}`).slice(0, 8), 16) % 8 === 0;
}

/** A task of this skill and length with digits from the stream, of the part that is asked for. */
function drawTask(skill: number, length: number, heldOut: boolean, stream: Stream): Task {
  for (;;) {
    const digits = Array.from({ length }, () => stream.below(10));
    const task = toTask(Math.floor(skill / KINDS), skill % KINDS, digits);
    if (isHeldOut(task) === heldOut) return task;
  }
}

/** A task to train on, its skill and its length drawn evenly. */
export function drawTrainingTask(lengths: readonly number[], stream: Stream): Task {
  const skill = stream.below(SKILLS);
  return drawTask(skill, lengths[stream.below(lengths.length)] as number, false, stream);
}

/** Held-out tasks: `each` of every skill and length. */
export function heldOutTasks(lengths: readonly number[], each: number, stream: Stream): Task[] {
  return lengths.flatMap((length) =>
    Array.from({ length: SKILLS * each }, (_, i) => drawTask(i % SKILLS, length, true, stream)),
  );
}
