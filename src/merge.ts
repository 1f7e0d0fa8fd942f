import type { Selection } from './types.ts';
import {
  bad,
  checkArray,
  checkInteger,
  checkLength,
  checkObject,
  checkOptions,
  copyIndices,
  MOST_SIZE,
} from './validate.ts';

/** What one shard selected. */
export interface SelectionPart {
  readonly selection: { readonly indices: ArrayLike<number>; readonly scores: ArrayLike<number> };
  /** The position in the whole of the shard's index 0. */
  readonly offset: number;
}

/**
 * The best `count` of what shards of one pool selected, by their positions in the whole: the selection of the whole, if
 * each shard selected its own best `count`, or all it had. The arrays belong to the caller.
 * @throws RangeError, TypeError naming part, position and value
 * @example
 * const shard = new PosteriorPool(3, { offset: 100 });
 * mergeSelections([{ selection: shard.select(2), offset: shard.offset }], 2).indices; // Uint32Array [100, 101]
 */
export function mergeSelections(parts: readonly SelectionPart[], count: number): Selection {
  const wanted = checkInteger('count', count, 0, Number.MAX_SAFE_INTEGER);
  checkArray('parts', parts);
  const copies = Array.from(parts, (part, i) => copyPart(`parts[${i}]`, part));
  const length = copies.reduce((sum, { indices }) => sum + indices.length, 0);
  const indices = new Uint32Array(length);
  const scores = new Float32Array(length);
  let at = 0;
  for (const copy of copies) {
    indices.set(copy.indices, at);
    scores.set(copy.scores, at);
    at += copy.indices.length;
  }
  const order = Uint32Array.from(indices.keys()).sort(
    (i, j) => (scores[j] as number) - (scores[i] as number) || (indices[i] as number) - (indices[j] as number),
  );
  const best = order.subarray(0, Math.min(wanted, length));
  return {
    indices: best.map((i) => indices[i] as number),
    scores: Float32Array.from(best, (i) => scores[i] as number),
  };
}

/** A copy of a part, with positions in the whole for indices. */
function copyPart(title: string, part: SelectionPart): Selection {
  checkObject(title, part);
  const { selection, offset } = checkOptions(title, part, ['selection', 'offset']) as SelectionPart;
  const first = checkInteger(`${title}.offset`, offset, 0, MOST_SIZE);
  checkObject(`${title}.selection`, selection);
  const copy = copyIndices(`${title}.selection.indices`, selection.indices, MOST_SIZE + 1 - first);
  const scores = new Float32Array(copy.length);
  checkLength(`${title}.selection.scores`, checkArray(`${title}.selection.scores`, selection.scores), copy.length);
  for (let i = 0; i < copy.length; i++) {
    const score = selection.scores[i] as number;
    if (typeof score !== 'number' || Number.isNaN(score))
      throw bad(`${title}.selection.scores[${i}]`, 'a number', score, typeof score === 'number');
    scores[i] = score;
  }
  return { indices: copy.map((index) => first + index), scores };
}
