// The model of experiments/assembly in plain doubles, as short as it can be written: what the kernel is judged by.
import { ANSWER_POSITION, promptOf, type Task } from '../../experiments/tasks.ts';

const WIDTH = 64;
const HEADS = 4;
const SIZE = 16;

type Rows = number[][];

/** The vector times a matrix of `cols` columns that stands at `offset`. */
function times(x: readonly number[], weights: Float64Array, offset: number, cols: number): number[] {
  const y = new Array<number>(cols).fill(0);
  x.forEach((value, i) => {
    for (let j = 0; j < cols; j++) y[j]! += value * weights[offset + i * cols + j]!;
  });
  return y;
}

function normalise(x: readonly number[], weights: Float64Array, gain: number): number[] {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / WIDTH + 1e-5);
  return x.map((value, i) => value * scale * weights[gain + i]!);
}

function softmax(x: readonly number[]): number[] {
  const most = Math.max(...x);
  const powers = x.map((value) => Math.exp(value - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function attend(qkv: Rows, t: number): number[] {
  const out: number[] = [];
  for (let head = 0; head < HEADS; head++) {
    const at = head * SIZE;
    const dot = (s: number) => {
      let sum = 0;
      for (let k = at; k < at + SIZE; k++) sum += qkv[t]![k]! * qkv[s]![WIDTH + k]!;
      return sum / 4;
    };
    const chances = softmax(Array.from({ length: t + 1 }, (_, s) => dot(s)));
    for (let k = at; k < at + SIZE; k++) {
      out.push(chances.reduce((sum, chance, s) => sum + chance * qkv[s]![2 * WIDTH + k]!, 0));
    }
  }
  return out;
}

const plus = (x: readonly number[], y: readonly number[]) => x.map((value, i) => value + y[i]!);

/** Chances of the 16 next tokens after each token of the prompt and the answer so far. */
export function chancesAfter(weights: Float64Array, task: Task, answer: readonly number[]): Rows {
  const prompt = promptOf(task);
  const tokens = [...prompt.tokens, ...answer];
  const positions = [...prompt.positions, ...answer.map((_, g) => ANSWER_POSITION + g)];
  const row = (at: number) => [...weights.subarray(at * WIDTH, (at + 1) * WIDTH)];
  let stream = tokens.map((token, i) => plus(row(token), row(20 + positions[i]!)));
  let at = 60 * WIDTH;
  for (let layer = 0; layer < 2; layer++) {
    const toQkv = at + WIDTH;
    const toResidual = toQkv + 3 * WIDTH * WIDTH;
    const gain2 = toResidual + WIDTH * WIDTH;
    const toHidden = gain2 + WIDTH;
    const fromHidden = toHidden + 2 * WIDTH * WIDTH;
    const qkv = stream.map((x) => times(normalise(x, weights, at), weights, toQkv, 3 * WIDTH));
    stream = stream.map((x, t) => plus(x, times(attend(qkv, t), weights, toResidual, WIDTH)));
    stream = stream.map((x) => {
      const hidden = times(normalise(x, weights, gain2), weights, toHidden, 2 * WIDTH).map((h) => Math.max(0, h));
      return plus(x, times(hidden, weights, fromHidden, WIDTH));
    });
    at = fromHidden + 2 * WIDTH * WIDTH;
  }
  return stream.map((x) => softmax(times(normalise(x, weights, at), weights, at + WIDTH, 16)));
}

/** -ln of the chance of an answer. */
export function lossOf(weights: Float64Array, task: Task, answer: readonly number[]): number {
  const chances = chancesAfter(weights, task, answer.slice(0, -1));
  const first = promptOf(task).tokens.length - 1;
  return answer.reduce((loss, token, g) => loss - Math.log(chances[first + g]![token]!), 0);
}
