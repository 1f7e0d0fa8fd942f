import type { Kernel } from './kernel.ts';

/** How many observations, candidates or scores pass through the stage at a time. */
export const STAGE = 4096;
/** The most datapoints that a pool selects in its own memory; more take a memory made for the call. */
export const MOST_KEPT = 4096;
/** Keys that a selection of `count` has room for. With more room keys are partitioned less often, but each pass costs more. */
export const roomFor = (count: number): number => 2 * count + 64;
/** Bytes of the keys of a pool. */
export const KEY_BYTES = 8 * roomFor(MOST_KEPT);
/** The largest candidate set drawn in the kernel: assembly/kernels/candidates.ts. */
export const MOST_DRAWN = 16_384;
/** The same of the workspace, through which whole columns pass: measured, larger is no faster. */
export const WORK_STAGE = 16_384;
/** Points of a call of a kernel that works on a column: long work is called in parts, so that engines can optimise it. */
export const PART = 65_536;
/** How many scores share a maximum, and how many maxima one of the next level: assembly/kernels/maxima.ts. */
export const BLOCK = 16;

const PAGE = 65_536;
const MOST_BYTES = 2 ** 32;

/** Addresses in the memory of one instance; all are multiples of 64, and so is the room behind each. */
export interface Layout {
  /** Of the stage: u32 each. */
  readonly indices: number;
  /** f32 each. */
  readonly successes: number;
  readonly trials: number;
  readonly stageAlpha: number;
  readonly stageBeta: number;
  readonly stageScores: number;
  readonly oldAlpha: number;
  readonly oldBeta: number;
  /** Keys of a selection, u64 each; `keyBytes` in all. */
  readonly keys: number;
  /** `size` x f32 each, padded so that kernels need no tails. */
  readonly alpha: number;
  readonly beta: number;
  readonly scores: number;
  /** f32 each: a maximum for every 16 scores, then one for every 16 of those, and so on. */
  readonly maxima: number;
  /** Cells of the scores of mutual information, assembly/kernels/cells.ts; 0 where there are none. */
  readonly cells: number;
  /** Of the stage where there are cells: f64 each. */
  readonly weights: number;
  /** Of the whole memory. */
  readonly pages: number;
}

/** What an instance is for; nothing by default. */
export interface Needs {
  /** Datapoints of its columns. */
  readonly size?: number;
  /** Bytes for the keys of selections. */
  readonly keyBytes?: number;
  /** How many observations, candidates or scores its stage has room for; STAGE without it. */
  readonly stage?: number;
  /** Whether it has a table of cells. */
  readonly cells?: boolean;
}

/** Lays out the memory of an instance of a kernel, or returns undefined where it would pass 4 GiB. */
export function layOut(
  kernel: Kernel,
  { size = 0, keyBytes = 0, stage = STAGE, cells = false }: Needs,
): Layout | undefined {
  let end = kernel.heapBase.value as number;
  const take = (bytes: number): number => {
    const start = Math.ceil(end / 64) * 64;
    end = start + Math.ceil(bytes / 64) * 64;
    return start;
  };
  const layout = {
    indices: take(4 * stage),
    successes: take(4 * stage),
    trials: take(4 * stage),
    stageAlpha: take(4 * stage),
    stageBeta: take(4 * stage),
    stageScores: take(4 * stage),
    oldAlpha: take(4 * stage),
    oldBeta: take(4 * stage),
    keys: take(keyBytes),
    alpha: take(4 * size),
    beta: take(4 * size),
    scores: take(4 * size),
    maxima: take(bytesOfMaxima(size)),
    weights: take(cells ? 8 * stage : 0),
    cells: cells ? take(kernel.cellBytes.value as number) : 0,
    pages: Math.ceil(end / PAGE),
  };
  return end <= MOST_BYTES ? layout : undefined;
}

function bytesOfMaxima(size: number): number {
  let bytes = 0;
  for (let count = size; count > BLOCK; ) {
    count = Math.ceil(count / BLOCK);
    bytes += 4 * BLOCK * Math.ceil(count / BLOCK);
  }
  return bytes;
}
