import { instantiateSync } from '@assemblyscript/loader';
import { CapacityError } from '../errors.ts';
import type { AcquisitionKind } from '../types.ts';
import { explain } from './compile.ts';

/** The exports of kernel.wasm: assembly/index.ts. Addresses and counts are unsigned 32-bit integers. */
export type Kernel = {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: WebAssembly.Global;
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
  scoreRandom(outPtr: number, count: number, first: number, seedLow: number, seedHigh: number): void;
  scoreRandomAt(outPtr: number, count: number, indicesPtr: number, seedLow: number, seedHigh: number): void;
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
  ): number;
  gather(count: number, indicesPtr: number, columnPtr: number, outPtr: number): void;
  beginTopK(heapPtr: number, count: number, least: number): void;
  offerTopK(scoresPtr: number, count: number, first: number): void;
  endTopK(): number;
  offerAt(scoresPtr: number, indicesPtr: number, count: number): void;
  beginDraw(): void;
  draw(from: number, to: number, total: number, size: number, seedLow: number, seedHigh: number, outPtr: number): void;
  buildMaxima(scoresPtr: number, maximaPtr: number, blocks: number, upperPtr: number, upper: number): void;
  replaceScores(
    count: number,
    indicesPtr: number,
    fromPtr: number,
    scoresPtr: number,
    maximaPtr: number,
    upperPtr: number,
  ): void;
  offerIndexed(
    heapPtr: number,
    count: number,
    scoresPtr: number,
    maximaPtr: number,
    blocks: number,
    upperPtr: number,
    upper: number,
  ): void;
  findNaN(scoresPtr: number, count: number): number;
};

/** The acquisitions by their number in assembly/kernels/score.ts; 'random' has a kernel of its own. */
export const KINDS: readonly AcquisitionKind[] = [
  'weighted-mutual-information',
  'mutual-information',
  'difficulty-weight',
  'variance-reduction',
  'inverse-evidence',
  'expected-difficulty',
  'non-degenerate',
  'bernoulli-variance',
  'success-chance',
];

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
