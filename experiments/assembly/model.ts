// A transformer with RMS norm before each part, ReLU and no biases; forward and back over whole sequences.
import { attendAll, attendAllBack } from "./attention";
import {
  attended, CHANCES_ROW, chances, dAttended, dHidden, dNormed, dOutput, dQkv, dStream, FIRST_LAYER, FROM_HIDDEN, GAIN_1,
  GAIN_2, gradients, HEADS, HIDDEN, HIDDEN_ROW, hiddens, LAST_GAIN, lastNormed, LAYER_BYTES, LAYERS, lossWeights, middles,
  MOST_ROWS, normed1, normed2, OUTPUT_ROW, OUTPUTS, outputs, POSITION_EMBEDDING, positions, QKV, QKV_ROW, qkvs, ROW, streams,
  targets, TO_HIDDEN, TO_OUTPUT, TO_QKV, TO_RESIDUAL, TOKEN_EMBEDDING, tokens, transposed, weights, WIDTH,
} from "./layout";
import { normalise, normaliseBack } from "./norm";
import { product, transpose } from "./product";
import { softmax } from "./softmax";

/** y = x W of `rows` dense rows. */
// @ts-ignore: decorator
@inline export function apply(y: usize, yRow: usize, x: usize, w: usize, rows: usize, cols: usize, inner: usize): void {
  product(y, yRow, x, 4 * inner, 4, w, rows, cols, inner, false);
}

/** y += x. */
export function addRows(y: usize, x: usize, rows: usize): void {
  const end = y + rows * ROW;
  for (; y < end; y += 16, x += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
}

/** The embedding of one token at one position. */
export function embed(x: usize, token: usize, position: usize): void {
  const token0 = weights + TOKEN_EMBEDDING + token * ROW;
  const position0 = weights + POSITION_EMBEDDING + position * ROW;
  for (let k: usize = 0; k < ROW; k += 16) {
    v128.store(x + k, f32x4.add(v128.load(token0 + k), v128.load(position0 + k)));
  }
}

/** max(0, x) in place. */
export function rectify(x: usize, rows: usize): void {
  const end = x + rows * HIDDEN_ROW;
  for (; x < end; x += 16) v128.store(x, f32x4.pmax(f32x4.splat(0), v128.load(x)));
}

/** Second half of a layer: out = middle + W2 max(0, W1 norm(middle)). */
export function applyHidden(out: usize, middle: usize, normed: usize, hidden: usize, layer: usize, rows: usize): void {
  normalise(normed, middle, layer + GAIN_2, rows);
  apply(hidden, HIDDEN_ROW, normed, layer + TO_HIDDEN, rows, HIDDEN, WIDTH);
  rectify(hidden, rows);
  apply(out, ROW, hidden, layer + FROM_HIDDEN, rows, WIDTH, HIDDEN);
  addRows(out, middle, rows);
}

/** Chances of the next token, a row of OUTPUTS for each row of the stream. */
export function applyOutput(out: usize, normed: usize, stream: usize, rows: usize): void {
  normalise(normed, stream, weights + LAST_GAIN, rows);
  apply(out, OUTPUT_ROW, normed, weights + TO_OUTPUT, rows, OUTPUTS, WIDTH);
  for (let i: usize = 0; i < rows; i++) softmax(out + i * OUTPUT_ROW, OUTPUTS);
}

/** `outputs` = chances of the next token after each of `tokens`: `count` sequences of `length`. */
export function forward(count: usize, length: usize): void {
  const rows = count * length;
  for (let i: usize = 0; i < rows; i++) embed(streams + i * ROW, load<u8>(tokens + i), load<u8>(positions + i));
  for (let l: usize = 0; l < LAYERS; l++) {
    const layer = weights + FIRST_LAYER + l * LAYER_BYTES;
    const block = l * MOST_ROWS;
    const stream = streams + block * ROW;
    const middle = middles + block * ROW;
    const qkv = qkvs + block * QKV_ROW;
    const out = attended + block * ROW;
    normalise(normed1 + block * ROW, stream, layer + GAIN_1, rows);
    apply(qkv, QKV_ROW, normed1 + block * ROW, layer + TO_QKV, rows, QKV, WIDTH);
    attendAll(out, chances + block * HEADS * CHANCES_ROW, qkv, count, length);
    apply(middle, ROW, out, layer + TO_RESIDUAL, rows, WIDTH, WIDTH);
    addRows(middle, stream, rows);
    const next = stream + MOST_ROWS * ROW;
    applyHidden(next, middle, normed2 + block * ROW, hiddens + block * HIDDEN_ROW, layer, rows);
  }
  applyOutput(outputs, lastNormed, streams + LAYERS * MOST_ROWS * ROW, rows);
}

/** dW += x' dy. */
// @ts-ignore: decorator
@inline function addOuter(dw: usize, x: usize, dy: usize, rows: usize, cols: usize, inner: usize): void {
  product(dw, 4 * cols, x, 4, 4 * inner, dy, inner, cols, rows, true);
}

/**
 * Adds to `gradients` those of sum over rows of lossWeight times -ln of the chance of the target; after `forward` of the
 * same sequences. Rows of weight 0 need no target.
 */
export function backward(count: usize, length: usize): void {
  const rows = count * length;
  for (let i: usize = 0; i < rows; i++) {
    const w = load<f32>(lossWeights + 4 * i);
    const p = outputs + i * OUTPUT_ROW;
    const d = dOutput + i * OUTPUT_ROW;
    for (let k: usize = 0; k < OUTPUT_ROW; k += 16) v128.store(d + k, f32x4.mul(f32x4.splat(w), v128.load(p + k)));
    if (w == 0) continue;
    const target = d + 4 * <usize>load<u8>(targets + i);
    store<f32>(target, load<f32>(target) - w);
  }
  addOuter(gradients + TO_OUTPUT, lastNormed, dOutput, rows, OUTPUTS, WIDTH);
  apply(dNormed, ROW, dOutput, transposed + TO_OUTPUT, rows, WIDTH, OUTPUTS);
  memory.fill(dStream, 0, rows * ROW);
  const last = streams + LAYERS * MOST_ROWS * ROW;
  normaliseBack(dStream, gradients + LAST_GAIN, dNormed, last, weights + LAST_GAIN, rows);
  for (let l = LAYERS; l > 0; l--) layerBack(l - 1, count, length);
  for (let i: usize = 0; i < rows; i++) {
    const d = dStream + i * ROW;
    addRows(gradients + TOKEN_EMBEDDING + <usize>load<u8>(tokens + i) * ROW, d, 1);
    addRows(gradients + POSITION_EMBEDDING + <usize>load<u8>(positions + i) * ROW, d, 1);
  }
}

/** `dStream`: from the gradient of what the layer gives to that of what it was given. */
function layerBack(l: usize, count: usize, length: usize): void {
  const rows = count * length;
  const offset = FIRST_LAYER + l * LAYER_BYTES;
  const layer = weights + offset;
  const back = transposed + offset;
  const gradient = gradients + offset;
  const block = l * MOST_ROWS;
  const hidden = hiddens + block * HIDDEN_ROW;

  addOuter(gradient + FROM_HIDDEN, hidden, dStream, rows, WIDTH, HIDDEN);
  apply(dHidden, HIDDEN_ROW, dStream, back + FROM_HIDDEN, rows, HIDDEN, WIDTH);
  const end = rows * HIDDEN_ROW;
  for (let k: usize = 0; k < end; k += 16) {
    const open = f32x4.gt(v128.load(hidden + k), f32x4.splat(0));
    v128.store(dHidden + k, v128.and(v128.load(dHidden + k), open));
  }
  addOuter(gradient + TO_HIDDEN, normed2 + block * ROW, dHidden, rows, HIDDEN, WIDTH);
  apply(dNormed, ROW, dHidden, back + TO_HIDDEN, rows, WIDTH, HIDDEN);
  normaliseBack(dStream, gradient + GAIN_2, dNormed, middles + block * ROW, layer + GAIN_2, rows);

  addOuter(gradient + TO_RESIDUAL, attended + block * ROW, dStream, rows, WIDTH, WIDTH);
  apply(dAttended, ROW, dStream, back + TO_RESIDUAL, rows, WIDTH, WIDTH);
  attendAllBack(dQkv, dAttended, chances + block * HEADS * CHANCES_ROW, qkvs + block * QKV_ROW, count, length);
  addOuter(gradient + TO_QKV, normed1 + block * ROW, dQkv, rows, QKV, WIDTH);
  apply(dNormed, ROW, dQkv, back + TO_QKV, rows, WIDTH, QKV);
  normaliseBack(dStream, gradient + GAIN_1, dNormed, streams + block * ROW, layer + GAIN_1, rows);
}

/** Brings `transposed` up to date; call it after any change of `weights`. */
export function refresh(): void {
  for (let l: usize = 0; l < LAYERS; l++) {
    const offset = FIRST_LAYER + l * LAYER_BYTES;
    transposeAt(offset + TO_QKV, WIDTH, QKV);
    transposeAt(offset + TO_RESIDUAL, WIDTH, WIDTH);
    transposeAt(offset + TO_HIDDEN, WIDTH, HIDDEN);
    transposeAt(offset + FROM_HIDDEN, HIDDEN, WIDTH);
  }
  transposeAt(TO_OUTPUT, WIDTH, OUTPUTS);
}

function transposeAt(offset: usize, rows: usize, cols: usize): void {
  transpose(transposed + offset, weights + offset, rows, cols);
}
