import { instantiateSync } from '@assemblyscript/loader';
import { CapacityError } from '../pool-errors.ts';
import { explain } from './compile.ts';

/** The exports of kernel.wasm: assembly/index.ts. Addresses and counts are unsigned 32-bit integers. */
export type Kernel = {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: WebAssembly.Global;
  readonly cellBytes: WebAssembly.Global;
  score(
    kind: number,
    alphaPtr: number,
    betaPtr: number,
    outPtr: number,
    count: number,
    rollouts: number,
    etaOrTarget: number,
    mu: number,
  ): void;
  scoreByCells(
    kind: number,
    alphaPtr: number,
    betaPtr: number,
    outPtr: number,
    count: number,
    rollouts: number,
    eta: number,
    mu: number,
    weightsPtr: number,
    tablePtr: number,
  ): void;
  scoreDraws(
    kind: number,
    alphaPtr: number,
    betaPtr: number,
    indicesPtr: number,
    outPtr: number,
    count: number,
    etaOrTarget: number,
    mu: number,
    first: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  clearLattice(): void;
  lookUpLattice(
    alphaPtr: number,
    betaPtr: number,
    outPtr: number,
    count: number,
    priorAlpha: number,
    priorBeta: number,
    indicesPtr: number,
    offsetsPtr: number,
    alphasPtr: number,
    betasPtr: number,
  ): number;
  enterLattice(count: number, indicesPtr: number, offsetsPtr: number, scoresPtr: number, outPtr: number): void;
  scoreRandom(outPtr: number, count: number, first: number, seedLow: number, seedHigh: number): void;
  scoreRandomAt(
    outPtr: number,
    count: number,
    indicesPtr: number,
    first: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  update(
    count: number,
    indicesPtr: number,
    successesPtr: number,
    trialsPtr: number,
    alphaPtr: number,
    betaPtr: number,
    discount: number,
    priorAlpha: number,
    priorBeta: number,
    oldAlphaPtr: number,
    oldBetaPtr: number,
    newAlphaPtr: number,
    newBetaPtr: number,
  ): number;
  gather(count: number, indicesPtr: number, columnPtr: number, outPtr: number): void;
  scatter(count: number, indicesPtr: number, fromPtr: number, columnPtr: number): void;
  scatterBack(count: number, indicesPtr: number, fromPtr: number, columnPtr: number): void;
  beginTopK(keysPtr: number, most: number, count: number, least: number): void;
  limitTies(some: number): void;
  offerTopK(scoresPtr: number, count: number, first: number): void;
  offerNumbers(scoresPtr: number, count: number, first: number): number;
  offerAt(scoresPtr: number, indicesPtr: number, count: number): void;
  endTopK(): number;
  countAbove(ptr: number, count: number, most: number): number;
  kthBest(ptr: number, count: number, k: number, slack: number): number;
  beginDraw(total: number): void;
  draw(from: number, to: number, total: number, size: number, seedLow: number, seedHigh: number, outPtr: number): void;
  buildMaxima(belowPtr: number, blocks: number, maximaPtr: number): void;
  mendMaxima(changes: number, indicesPtr: number, scoresPtr: number, size: number, maximaPtr: number): void;
  offerIndexed(keysPtr: number, most: number, count: number, scoresPtr: number, size: number, maximaPtr: number): void;
  findNaN(scoresPtr: number, count: number): number;
};

/** Asks for the module on the first call and makes a new instance, with its own memory, on every call. */
export function kernelSource(module: () => WebAssembly.Module): () => Kernel {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    compiled ??= module();
    try {
      return instantiateSync<Kernel>(compiled).instance.exports as unknown as Kernel;
    } catch (cause) {
      if (cause instanceof WebAssembly.CompileError) throw explain(cause); // a policy, in WebKit
      throw new CapacityError('no room for another Wasm memory: dispose of pools that are not used', { cause });
    }
  };
}
