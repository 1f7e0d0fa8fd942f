// The words of a double, for the steps that work on its bits. Low word first: every engine of today is little endian.
const real = new Float64Array(1);
const words = new Uint32Array(real.buffer);

export const lowWord = (x: number): number => {
  real[0] = x;
  return words[0] as number;
};

export const highWord = (x: number): number => {
  real[0] = x;
  return words[1] as number;
};

export const fromWords = (high: number, low: number): number => {
  words[0] = low;
  words[1] = high;
  return real[0] as number;
};
