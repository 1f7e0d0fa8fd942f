/** How many observations, candidates or scores pass through the stage at a time. */
export const STAGE = 4096;
/** How many datapoints the pool's own heap can select; more take a heap made for the call. */
export const HEAP = 8192;
/** The largest candidate set drawn in the kernel: assembly/kernels/candidates.ts. */
export const MOST_DRAWN = 16_384;
/** How many scores share a maximum, and how many maxima share one of the upper level: assembly/kernels/maxima.ts. */
const BLOCK = 64;

const PAGE = 65_536;
const MOST_BYTES = 2 ** 32;

/** Addresses in the memory of one instance; all are multiples of 64. */
export interface Layout {
  /** STAGE x u32. */
  readonly indices: number;
  /** STAGE x u16 each. */
  readonly successes: number;
  readonly trials: number;
  /** STAGE x f32 each. */
  readonly stageAlpha: number;
  readonly stageBeta: number;
  readonly stageScores: number;
  /** `heapCount` x u64. */
  readonly heap: number;
  /** `size` x f32 each, padded so that kernels need no tails; scores to whole blocks. */
  readonly alpha: number;
  readonly beta: number;
  readonly scores: number;
  /** f32 each, padded to whole blocks: a maximum for `blocks` blocks of scores, and for `upper` blocks of maxima. */
  readonly maxima: number;
  readonly upperMaxima: number;
  readonly blocks: number;
  readonly upper: number;
  /** Of the whole memory. */
  readonly pages: number;
}

/** Lays out the memory of an instance, or returns undefined where it would pass 4 GiB. */
export function layOut(heapBase: number, size: number, heapCount: number): Layout | undefined {
  let end = heapBase;
  const take = (bytes: number): number => {
    const start = Math.ceil(end / 64) * 64;
    end = start + Math.ceil(bytes / 64) * 64;
    return start;
  };
  const blocks = Math.ceil(size / BLOCK);
  const upper = Math.ceil(blocks / BLOCK);
  const layout = {
    indices: take(4 * STAGE),
    successes: take(2 * STAGE),
    trials: take(2 * STAGE),
    stageAlpha: take(4 * STAGE),
    stageBeta: take(4 * STAGE),
    stageScores: take(4 * STAGE),
    heap: take(8 * heapCount),
    alpha: take(4 * size),
    beta: take(4 * size),
    scores: take(4 * BLOCK * blocks),
    maxima: take(4 * BLOCK * upper),
    upperMaxima: take(4 * upper),
    blocks,
    upper,
    pages: Math.ceil(end / PAGE),
  };
  return end <= MOST_BYTES ? layout : undefined;
}
