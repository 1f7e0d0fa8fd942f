/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011): four words of 32
 * random bits for the counter (counter, attempt, 0, stream) under a key of 64 bits. Stateless, so that any part of a
 * stream can be had in any order and place.
 */
export function philox(counter: number, stream: number, seed: number, attempt = 0): [number, number, number, number] {
  let c0 = counter;
  let c1 = attempt;
  let c2 = 0;
  let c3 = stream;
  let k0 = seed >>> 0;
  let k1 = (seed / 2 ** 32) >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, 0xd2511f53);
    const high2 = multiplyHigh(c2, 0xcd9e8d57);
    const low0 = Math.imul(c0, 0xd2511f53) >>> 0;
    const low2 = Math.imul(c2, 0xcd9e8d57) >>> 0;
    c0 = (high2 ^ c1 ^ k0) >>> 0;
    c1 = low2;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** High 32 bits of the product of two unsigned words, in steps that stay below 2^53. */
function multiplyHigh(x: number, y: number): number {
  const low = x & 0xffff;
  const high = x >>> 16;
  return Math.floor((high * y + Math.floor((low * y) / 65_536)) / 65_536);
}

// Words of the generator belong to one purpose each: scores of 'random', candidate sets, draws of success rates.
export const SCORE_STREAM = 0;
export const CANDIDATE_STREAM = 1;
export const DRAW_STREAM = 4;
