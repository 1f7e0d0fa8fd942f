/** How many observations, candidates or scores pass through the stage at a time. */
export const STAGE = 4096;
/** How many datapoints the pool's own heap can select; more take a heap made for the call. */
export const HEAP = 8192;

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
  /** `size` x f32 each, padded so that kernels need no tails. */
  readonly alpha: number;
  readonly beta: number;
  readonly scores: number;
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
    scores: take(4 * size),
    pages: Math.ceil(end / PAGE),
  };
  return end <= MOST_BYTES ? layout : undefined;
}
