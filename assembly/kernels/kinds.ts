// The acquisitions by number: NUMBERS in src/core/rules.ts. 'random', which reads no posterior, has none.
export const WEIGHTED_MUTUAL_INFORMATION = 0;
export const MUTUAL_INFORMATION = 1;
export const DIFFICULTY_WEIGHT = 2;
export const VARIANCE_REDUCTION = 3;
export const INVERSE_EVIDENCE = 4;
export const EXPECTED_DIFFICULTY = 5;
export const NON_DEGENERATE = 6;
export const BERNOULLI_VARIANCE = 7;
export const SUCCESS_CHANCE = 8;
