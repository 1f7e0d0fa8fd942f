import { attend } from "./attention";
import {
  attended, cache, CACHE_ROW, chances, END, FIRST_LAYER, GAIN_1, hiddens, LAYER_BYTES, LAYERS, lastNormed, middles,
  MOST_LENGTH, MOST_ROLLOUTS, MOST_ROWS, normed1, normed2, OUTPUT_ROW, OUTPUTS, outputs, QKV, QKV_ROW, qkvs, randomWords, ROW,
  sampled, streams, TO_QKV, TO_RESIDUAL, weights, WIDTH,
} from "./layout";
import { addRows, apply, applyHidden, applyOutput, embed, forward } from "./model";
import { normalise } from "./norm";

/** Which rollouts have ended: bytes. */
const ended = memory.data(<i32>MOST_ROLLOUTS, 16);

/**
 * Samples `each` answers to each of `count` prompts of `length` tokens (`tokens`, `positions`) into `sampled`, a row of
 * MOST_LENGTH bytes each: up to `most` tokens, or to END and it. Token g of rollout r is a pure function of the weights,
 * the tokens before it and random word g of row r. A prompt is read once, whatever the number of its answers.
 */
export function sample(count: usize, length: usize, each: usize, most: usize, firstPosition: usize): void {
  const rollouts = count * each;
  forward(count, length);
  for (let l: usize = 0; l < LAYERS; l++) {
    for (let r: usize = 0; r < rollouts; r++) {
      const from = qkvs + (l * MOST_ROWS + (r / each) * length) * QKV_ROW;
      memory.copy(cache + (l * MOST_ROLLOUTS + r) * CACHE_ROW, from, length * QKV_ROW);
    }
  }
  memory.fill(ended, 0, rollouts);
  let open = rollouts;
  for (let g: usize = 0; ; g++) {
    for (let r: usize = 0; r < rollouts; r++) {
      if (load<u8>(ended + r)) continue;
      const row = g == 0 ? (r / each) * length + length - 1 : r;
      const token = draw(outputs + row * OUTPUT_ROW, load<u32>(randomWords + 4 * (r * MOST_LENGTH + g)));
      store<u8>(sampled + r * MOST_LENGTH + g, <u8>token);
      if (token == END) {
        store<u8>(ended + r, 1);
        open--;
      }
    }
    if (open == 0 || g + 1 == most) return;
    extend(rollouts, g, length, firstPosition);
  }
}

/** The first token whose chance, summed with those before it, exceeds the random share of the whole. */
function draw(p: usize, word: u32): usize {
  let total: f64 = 0;
  for (let k: usize = 0; k < OUTPUTS; k++) total += load<f32>(p + 4 * k);
  const share = (<f64>word / 4294967296.0) * total;
  let sum: f64 = 0;
  for (let k: usize = 0; k < OUTPUTS - 1; k++) {
    sum += load<f32>(p + 4 * k);
    if (share < sum) return k;
  }
  return OUTPUTS - 1;
}

/** `outputs` = chances after token g of each rollout; rollouts that have ended are carried along and never read. */
function extend(rollouts: usize, g: usize, length: usize, firstPosition: usize): void {
  for (let r: usize = 0; r < rollouts; r++) {
    embed(streams + r * ROW, load<u8>(sampled + r * MOST_LENGTH + g), firstPosition + g);
  }
  for (let l: usize = 0; l < LAYERS; l++) {
    const layer = weights + FIRST_LAYER + l * LAYER_BYTES;
    const block = cache + l * MOST_ROLLOUTS * CACHE_ROW;
    normalise(normed1, streams, layer + GAIN_1, rollouts);
    apply(block + (length + g) * QKV_ROW, CACHE_ROW, normed1, layer + TO_QKV, rollouts, QKV, WIDTH);
    for (let r: usize = 0; r < rollouts; r++) {
      attend(attended + r * ROW, chances, block + r * CACHE_ROW, length + g + 1);
    }
    apply(middles, ROW, attended, layer + TO_RESIDUAL, rollouts, WIDTH, WIDTH);
    addRows(middles, streams, rollouts);
    applyHidden(streams, middles, normed2, hiddens, layer, rollouts);
  }
  applyOutput(outputs, lastNormed, streams, rollouts);
}
