// The exports of kernel.wasm. All work on addresses the caller lays out above heapBase: src/core/layout.ts.
export { beginDraw, draw } from "./kernels/candidates";
export { scoreByCells, TABLE_BYTES as cellBytes } from "./kernels/cells";
export { scoreDraws } from "./kernels/draws";
export { gather, scatter, scatterBack } from "./kernels/gather";
export { countAbove, kthBest } from "./kernels/kth-best";
export { clearLattice, enterLattice, lookUpLattice } from "./kernels/lattice";
export { buildMaxima, mendMaxima, offerIndexed } from "./kernels/maxima";
export { scoreRandom, scoreRandomAt } from "./kernels/random";
export { score } from "./kernels/score";
export { beginTopK, endTopK, findNaN, limitTies, offerAt, offerNumbers, offerTopK } from "./kernels/top-k";
export { update } from "./kernels/update";

/** The first free address of the memory. */
export const heapBase: usize = __heap_base;
