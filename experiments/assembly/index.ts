// The exports of policy.wasm: a transformer with its training, on memory that the caller fills and reads.
export { gradientNorm, step } from "./adam";
export {
  END, gradients, lossWeights, MOST_LENGTH, MOST_ROLLOUTS, MOST_ROWS, moments1, moments2, OUTPUTS, outputs, PARAMETER_BYTES,
  POSITIONS, positions, randomWords, sampled, targets, TOKENS, tokens, weights, WIDTH,
} from "./layout";
export { backward, forward, refresh } from "./model";
export { sample } from "./sample";
export { softmax } from "./softmax";
