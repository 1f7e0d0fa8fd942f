// The policy that is trained, as policy.wasm holds it: forward and back, sampling, Adam, exact success rates.
import { sha256Of } from '../src/sha256.ts';
import { Stream } from './streams.ts';
import { ANSWER_POSITION, END, promptOf, type Task } from './tasks.ts';

/** What policy.wasm exports: see assembly/index.ts. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  forward(count: number, length: number): void;
  backward(count: number, length: number): void;
  refresh(): void;
  sample(count: number, length: number, each: number, most: number, firstPosition: number): void;
  step(rate: number, c1: number, c2: number, clip: number): void;
  gradientNorm(): number;
}

type Name =
  | 'tokens'
  | 'positions'
  | 'targets'
  | 'lossWeights'
  | 'randomWords'
  | 'sampled'
  | 'outputs'
  | 'weights'
  | 'gradients'
  | 'moments1'
  | 'moments2'
  | 'PARAMETER_BYTES'
  | 'MOST_ROWS'
  | 'MOST_LENGTH'
  | 'MOST_ROLLOUTS'
  | 'OUTPUTS'
  | 'WIDTH'
  | 'TOKENS'
  | 'POSITIONS';

/** Addresses and sizes. */
type Layout = { readonly [N in Name]: number };

/** An answer to a task and the weight of its loss, -ln of its chance. */
export interface Weighted {
  readonly task: Task;
  readonly answer: readonly number[];
  readonly weight: number;
}

export interface AdamOptions {
  readonly rate: number;
  /** Largest norm of the gradient. */
  readonly clip: number;
}

const BETA_1 = 0.9;
const BETA_2 = 0.98;

export class Policy {
  readonly #kernel: Kernel;
  readonly #at: Layout;
  readonly weights: Float32Array;
  readonly gradients: Float32Array;
  readonly #moments: readonly Float32Array[];
  readonly #tokens: Uint8Array;
  readonly #positions: Uint8Array;
  readonly #targets: Uint8Array;
  readonly #lossWeights: Float32Array;
  readonly #words: Uint32Array;
  readonly #sampled: Uint8Array;
  readonly #outputs: Float32Array;
  /** b1^t and b2^t after t steps. */
  #powers: [number, number] = [1, 1];

  /** @param wasm policy.wasm */
  constructor(wasm: BufferSource) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    this.#kernel = exports as unknown as Kernel;
    const { memory, ...rest } = exports as { memory: WebAssembly.Memory } & Record<string, unknown>;
    const globals = Object.entries(rest).filter(([, value]) => value instanceof WebAssembly.Global);
    this.#at = Object.fromEntries(
      globals.map(([name, global]) => [name, (global as WebAssembly.Global).value]),
    ) as unknown as Layout;
    const { MOST_ROWS, MOST_ROLLOUTS, MOST_LENGTH, OUTPUTS, PARAMETER_BYTES } = this.#at;
    const bytes = (at: number, length: number) => new Uint8Array(memory.buffer, at, length);
    const reals = (at: number, length: number) => new Float32Array(memory.buffer, at, length);
    const parameters = PARAMETER_BYTES / 4;
    this.weights = reals(this.#at.weights, parameters);
    this.gradients = reals(this.#at.gradients, parameters);
    this.#moments = [reals(this.#at.moments1, parameters), reals(this.#at.moments2, parameters)];
    this.#tokens = bytes(this.#at.tokens, MOST_ROWS);
    this.#positions = bytes(this.#at.positions, MOST_ROWS);
    this.#targets = bytes(this.#at.targets, MOST_ROWS);
    this.#lossWeights = reals(this.#at.lossWeights, MOST_ROWS);
    this.#words = new Uint32Array(memory.buffer, this.#at.randomWords, MOST_ROLLOUTS * MOST_LENGTH);
    this.#sampled = bytes(this.#at.sampled, MOST_ROLLOUTS * MOST_LENGTH);
    this.#outputs = reals(this.#at.outputs, MOST_ROWS * OUTPUTS);
  }

  /** Fresh weights: embeddings uniform in +-0.1, matrices by their width (Glorot, Bengio 2010), gains 1. */
  initialise(seed: number): void {
    const stream = new Stream('weights', seed);
    const { WIDTH, TOKENS, POSITIONS, OUTPUTS } = this.#at;
    let at = 0;
    const fill = (count: number, bound: number) => {
      for (let i = 0; i < count; i++) this.weights[at++] = bound * (2 * stream.fraction() - 1);
    };
    const matrix = (rows: number, cols: number) => fill(rows * cols, Math.sqrt(6 / (rows + cols)));
    const gain = () => this.weights.fill(1, at, (at += WIDTH));
    fill((TOKENS + POSITIONS) * WIDTH, 0.1);
    while (at + WIDTH + WIDTH * OUTPUTS < this.weights.length) {
      gain();
      matrix(WIDTH, 3 * WIDTH);
      matrix(WIDTH, WIDTH);
      gain();
      matrix(WIDTH, 2 * WIDTH);
      matrix(2 * WIDTH, WIDTH);
    }
    gain();
    matrix(WIDTH, OUTPUTS);
    this.#kernel.refresh();
    this.forget();
  }

  /** Puts the optimiser back to its start. */
  forget(): void {
    this.gradients.fill(0);
    for (const moments of this.#moments) moments.fill(0);
    this.#powers = [1, 1];
  }

  /** The chance that each task is answered right, exact: the product of the chances of its tokens. */
  rates(tasks: readonly Task[]): Float64Array {
    const rates = new Float64Array(tasks.length);
    this.#passes(
      tasks,
      ({ digits }) => digits.length,
      (chunk, length) => {
        const prompt = length + 3;
        const rows = prompt + length;
        chunk.forEach((at, i) => {
          const task = tasks[at] as Task;
          this.#put(i * rows, rows, task, task.answer);
        });
        this.#kernel.forward(chunk.length, rows);
        chunk.forEach((at, i) => {
          const { answer } = tasks[at] as Task;
          rates[at] = answer.reduce((chance, token, g) => chance * this.#chance(i * rows + prompt - 1 + g, token), 1);
        });
      },
    );
    return rates;
  }

  /** Adds the gradients of these losses. */
  accumulate(answers: readonly Weighted[]): void {
    this.#passes(
      answers,
      ({ task }) => task.digits.length,
      (chunk, length) => {
        const prompt = length + 3;
        const rows = prompt + length;
        this.#lossWeights.fill(0);
        chunk.forEach((at, i) => {
          const { task, answer, weight } = answers[at] as Weighted;
          this.#put(i * rows, rows, task, answer);
          const first = i * rows + prompt - 1;
          this.#targets.set(answer, first);
          this.#lossWeights.fill(weight, first, first + answer.length);
        });
        this.#kernel.forward(chunk.length, rows);
        this.#kernel.backward(chunk.length, rows);
      },
    );
  }

  /** One step of Adam along the accumulated gradients, which are 0 after it. */
  step({ rate, clip }: AdamOptions): void {
    const [p1, p2] = this.#powers;
    this.#powers = [p1 * BETA_1, p2 * BETA_2];
    this.#kernel.step(rate, 1 - this.#powers[0], 1 - this.#powers[1], clip);
  }

  /**
   * `each` answers to each task, up to one token more than it has digits, or to END. `word(at, rollout, place)` is the
   * random word of 32 bits behind the token at this place of this rollout of task `at`.
   */
  sample(
    tasks: readonly Task[],
    each: number,
    word: (at: number, rollout: number, place: number) => number,
  ): number[][][] {
    const answers: number[][][] = tasks.map(() => []);
    const { MOST_LENGTH, MOST_ROLLOUTS } = this.#at;
    const most = Math.floor(MOST_ROLLOUTS / each);
    this.#passes(
      tasks,
      ({ digits }) => digits.length,
      (whole, length) => {
        for (let start = 0; start < whole.length; start += most) {
          const chunk = whole.slice(start, start + most);
          const prompt = length + 3;
          chunk.forEach((at, i) => {
            this.#put(i * prompt, prompt, tasks[at] as Task, []);
            for (let rollout = 0; rollout < each; rollout++) {
              const row = (i * each + rollout) * MOST_LENGTH;
              for (let place = 0; place <= length; place++) this.#words[row + place] = word(at, rollout, place);
            }
          });
          this.#kernel.sample(chunk.length, prompt, each, length + 1, ANSWER_POSITION);
          chunk.forEach((at, i) => {
            answers[at] = Array.from({ length: each }, (_, rollout) => this.#answerAt(i * each + rollout, length));
          });
        }
      },
    );
    return answers;
  }

  /** Weights, moments and the powers of Adam: all that the next step depends on. */
  save(): Uint8Array<ArrayBuffer> {
    const columns = [this.weights, ...this.#moments];
    const bytes = new Uint8Array(16 + 3 * this.weights.byteLength);
    new Float64Array(bytes.buffer, 0, 2).set(this.#powers);
    columns.forEach((column, i) => {
      new Float32Array(bytes.buffer, 16 + i * column.byteLength, column.length).set(column);
    });
    return bytes;
  }

  load(saved: Uint8Array): void {
    const bytes = new Uint8Array(saved); // aligned
    if (bytes.length !== 16 + 3 * this.weights.byteLength) throw new RangeError('a checkpoint of another policy');
    const [p1, p2] = new Float64Array(bytes.buffer, 0, 2);
    this.#powers = [p1 as number, p2 as number];
    [this.weights, ...this.#moments].forEach((column, i) => {
      column.set(new Float32Array(bytes.buffer, 16 + i * column.byteLength, column.length));
    });
    this.gradients.fill(0);
    this.#kernel.refresh();
  }

  /** SHA-256 of all weights. */
  digest(): string {
    return sha256Of(new Uint8Array(this.weights.slice().buffer));
  }

  /** The items in chunks of one length that fit into a pass. */
  #passes<T>(
    items: readonly T[],
    lengthOf: (item: T) => number,
    pass: (chunk: number[], length: number) => void,
  ): void {
    const byLength = new Map<number, number[]>();
    items.forEach((item, at) => {
      const length = lengthOf(item);
      const group = byLength.get(length);
      if (group === undefined) byLength.set(length, [at]);
      else group.push(at);
    });
    for (const [length, group] of [...byLength].sort(([a], [b]) => a - b)) {
      const most = Math.floor(this.#at.MOST_ROWS / (2 * length + 3));
      for (let start = 0; start < group.length; start += most) pass(group.slice(start, start + most), length);
    }
  }

  /** Puts the prompt and the answer but for its last token at `start`, `rows` in all. */
  #put(start: number, rows: number, task: Task, answer: readonly number[]): void {
    const { tokens, positions } = promptOf(task);
    this.#tokens.fill(0, start, start + rows);
    this.#tokens.set(tokens, start);
    this.#positions.set(positions, start);
    for (let g = 0; g < rows - tokens.length; g++) {
      this.#tokens[start + tokens.length + g] = answer[g] ?? 0;
      this.#positions[start + tokens.length + g] = ANSWER_POSITION + g;
    }
  }

  #chance(row: number, token: number): number {
    return this.#outputs[row * this.#at.OUTPUTS + token] as number;
  }

  #answerAt(row: number, length: number): number[] {
    const start = row * this.#at.MOST_LENGTH;
    const written = [...this.#sampled.subarray(start, start + length + 1)];
    const end = written.indexOf(END);
    return end < 0 ? written : written.slice(0, end + 1);
  }
}
