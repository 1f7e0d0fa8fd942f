// Sizes of the model, and where its numbers stand in memory. All addresses are of float32 unless a name says otherwise.

/** Width of the residual stream, of a head, of the hidden layer. */
export const WIDTH: usize = 64;
export const HEADS: usize = 4;
export const HEAD_WIDTH: usize = 16;
export const QKV: usize = 3 * WIDTH;
export const HIDDEN: usize = 128;
export const LAYERS: usize = 2;
/** Tokens of the input, and the first of them, which can also be written: ten digits, END, SEP, four never right. */
export const TOKENS: usize = 20;
export const OUTPUTS: usize = 16;
export const END: usize = 10;
export const POSITIONS: usize = 40;
/** Longest sequence; most rows (token positions) of one pass; most rollouts sampled side by side. */
export const MOST_LENGTH: usize = 24;
export const MOST_ROWS: usize = 256;
export const MOST_ROLLOUTS: usize = 64;

// Bytes of a row.
export const ROW: usize = 4 * WIDTH;
export const QKV_ROW: usize = 4 * QKV;
export const HIDDEN_ROW: usize = 4 * HIDDEN;
export const OUTPUT_ROW: usize = 4 * OUTPUTS;
export const CHANCES_ROW: usize = 4 * MOST_LENGTH;

// Offsets in bytes of the parameters, the same in weights, transposed weights, gradients and both moments.
export const TOKEN_EMBEDDING: usize = 0;
export const POSITION_EMBEDDING: usize = TOKEN_EMBEDDING + TOKENS * ROW;
export const FIRST_LAYER: usize = POSITION_EMBEDDING + POSITIONS * ROW;
// Inside a layer.
export const GAIN_1: usize = 0;
export const TO_QKV: usize = GAIN_1 + ROW;
export const TO_RESIDUAL: usize = TO_QKV + WIDTH * QKV_ROW;
export const GAIN_2: usize = TO_RESIDUAL + WIDTH * ROW;
export const TO_HIDDEN: usize = GAIN_2 + ROW;
export const FROM_HIDDEN: usize = TO_HIDDEN + WIDTH * HIDDEN_ROW;
export const LAYER_BYTES: usize = FROM_HIDDEN + HIDDEN * ROW;
export const LAST_GAIN: usize = FIRST_LAYER + LAYERS * LAYER_BYTES;
export const TO_OUTPUT: usize = LAST_GAIN + ROW;
export const PARAMETER_BYTES: usize = TO_OUTPUT + WIDTH * OUTPUT_ROW;

let top: usize = (__heap_base + 63) & ~63;

function take(bytes: usize): usize {
  const ptr = top;
  top += (bytes + 63) & ~63;
  return ptr;
}

export const weights = take(PARAMETER_BYTES);
export const transposed = take(PARAMETER_BYTES);
export const gradients = take(PARAMETER_BYTES);
export const moments1 = take(PARAMETER_BYTES);
export const moments2 = take(PARAMETER_BYTES);

// What the caller fills: bytes of a row each, but for the loss weights (float32) and the random words (u32).
export const tokens = take(MOST_ROWS);
export const positions = take(MOST_ROWS);
export const targets = take(MOST_ROWS);
export const lossWeights = take(4 * MOST_ROWS);
export const randomWords = take(4 * MOST_ROLLOUTS * MOST_LENGTH);
/** What `sample` leaves: bytes. */
export const sampled = take(MOST_ROLLOUTS * MOST_LENGTH);

// Activations of a pass, kept for the way back: one more `stream` than layers.
export const streams = take((LAYERS + 1) * MOST_ROWS * ROW);
export const middles = take(LAYERS * MOST_ROWS * ROW);
export const normed1 = take(LAYERS * MOST_ROWS * ROW);
export const normed2 = take(LAYERS * MOST_ROWS * ROW);
export const qkvs = take(LAYERS * MOST_ROWS * QKV_ROW);
export const chances = take(LAYERS * MOST_ROWS * HEADS * CHANCES_ROW);
export const attended = take(LAYERS * MOST_ROWS * ROW);
export const hiddens = take(LAYERS * MOST_ROWS * HIDDEN_ROW);
export const lastNormed = take(MOST_ROWS * ROW);
export const outputs = take(MOST_ROWS * OUTPUT_ROW);

// Gradients of activations.
export const dStream = take(MOST_ROWS * ROW);
export const dNormed = take(MOST_ROWS * ROW);
export const dAttended = take(MOST_ROWS * ROW);
export const dQkv = take(MOST_ROWS * QKV_ROW);
export const dHidden = take(MOST_ROWS * HIDDEN_ROW);
export const dOutput = take(MOST_ROWS * OUTPUT_ROW);

/** Queries, keys and values of the rollouts that are being sampled: by layer, rollout, position. */
export const CACHE_ROW: usize = MOST_LENGTH * QKV_ROW;
export const cache = take(LAYERS * MOST_ROLLOUTS * CACHE_ROW);

memory.grow(i32((top + 65535) >> 16) - memory.size());
