/**
 * The `count` best positions in the total order: score falling (+0 equals -0), then position rising. NaN is left out.
 * A heap of the best so far, the worst of them at its root.
 */
export function bestPositions(scores: Float32Array, count: number): Uint32Array<ArrayBuffer> {
  const at = (position: number): number => scores[position] as number;
  const better = (i: number, j: number): boolean => at(i) > at(j) || (at(i) === at(j) && i < j);
  const heap: number[] = [];

  const sink = (position: number): void => {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && better(heap[child] as number, heap[child + 1] as number)) child++;
      if (better(heap[child] as number, position)) break;
      heap[i] = heap[child] as number;
      i = child;
    }
    heap[i] = position;
  };

  const rise = (position: number): void => {
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (better(position, heap[parent] as number)) break;
      heap[i] = heap[parent] as number;
      i = parent;
    }
    heap[i] = position;
  };

  for (let position = 0; position < scores.length; position++) {
    if (Number.isNaN(at(position))) continue;
    if (heap.length < count) rise(position);
    else if (count > 0 && better(position, heap[0] as number)) sink(position);
  }
  return Uint32Array.from(heap.sort((i, j) => (better(i, j) ? -1 : 1)));
}
