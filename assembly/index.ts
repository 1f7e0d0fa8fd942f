// The exports of kernel.wasm. All work on addresses the caller lays out above heapBase: src/core/layout.ts.
export { beginDraw, draw } from "./kernels/candidates";
export { buildMaxima, offerIndexed, replaceScores } from "./kernels/maxima";
export { scoreRandom, scoreRandomAt } from "./kernels/random";
export { score } from "./kernels/score";
export { beginTopK, endTopK, findNaN, offerAt, offerTopK } from "./kernels/top-k";
export { gather, update } from "./kernels/update";

/** The first free address of the memory. */
export const heapBase: usize = __heap_base;
