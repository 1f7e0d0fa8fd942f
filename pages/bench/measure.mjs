// One training step in four ways: the best 256 of the pool by weighted mutual information, then their update.
import { sameScores } from '../../benchmark/agree.mjs';
import { scoreTableLog } from '../../benchmark/rivals/table-log.mjs';
import { scoreTextbook } from '../../benchmark/rivals/textbook.mjs';
import { topKByFilter } from '../../benchmark/rivals/top-k.mjs';
import { updateLoop } from '../../benchmark/rivals/update.mjs';
import { uniform } from '../../conformance/random.mjs';
import { SERIES } from './series.mjs';

const COUNT = 256;
const TRIALS = 8;
const DISCOUNT = 0.9;
const [ETA, MU] = [3, 0.3];
const ROUNDS = 3;
const SAMPLE_MS = 30; // browsers' clocks step by up to 1 ms
const SLOW_MS = 250; // what takes longer is timed once
const MOST_MS = 1_500; // and what would take longer than this, not at all

/**
 * Times every series at every size, and hands on each result as it comes.
 * @param {object} insight the package @param {object | undefined} engine instead of Wasm, which then is not measured
 * @param {readonly number[]} sizes @param {(result: { key: string, size: number, ms: number }) => void} tell
 */
export function measure(insight, engine, sizes, tell) {
  const compared = SERIES.filter(({ wasm }) => !(wasm && engine)).map(({ key }) => key);
  const last = new Map();
  for (const size of sizes) {
    const steps = stepsOf(insight, engine, columnsOf(size));
    const keys = compared.filter((key) => {
      const before = last.get(key);
      return before === undefined || (before.ms * size) / before.size < MOST_MS;
    });
    const samples = new Map(keys.map((key) => [key, [sample(steps[key])]])); // the first also warms the compilers up
    for (let round = 0; round < ROUNDS; round++) {
      for (const [key, times] of samples) if (times[0] < SLOW_MS) times.push(sample(steps[key]));
    }
    for (const [key, times] of samples) {
      const result = { key, size, ms: Math.min(...times) };
      last.set(key, result);
      tell(result);
    }
  }
}

/** Posteriors of datapoints of a uniform success rate after 16 to 72 rollouts. @param {number} size */
function columnsOf(size) {
  const random = uniform(size);
  const [alpha, beta] = [new Float32Array(size), new Float32Array(size)];
  for (let i = 0; i < size; i++) {
    const rate = random();
    const rollouts = 16 + 56 * random();
    alpha[i] = 1 + rate * rollouts;
    beta[i] = 1 + (1 - rate) * rollouts;
  }
  return { alpha, beta };
}

/** A step of each series, all of them checked to choose the same scores. */
function stepsOf(insight, engine, { alpha, beta }) {
  const size = alpha.length;
  const pool = () => new insight.PosteriorPool(size, { discount: DISCOUNT, engine }).set({ alpha, beta });
  const expected = pool().select(COUNT).scores;
  const successesOf = (indices) => Uint16Array.from(indices, (index) => (index * 2_654_435_761) % (TRIALS + 1));

  const inJavaScript = (name, scorer) => {
    const plain = { alpha: alpha.slice(), beta: beta.slice() };
    const scores = new Float32Array(size);
    const step = () => {
      scorer(plain.alpha, plain.beta, scores, ETA, MU);
      const indices = topKByFilter(scores, COUNT);
      const chosen = Float32Array.from(indices, (index) => scores[index]);
      updateLoop(plain, indices, successesOf(indices), TRIALS, DISCOUNT);
      return chosen;
    };
    return { step, check: () => sameScores(name, step(), expected) };
  };
  const inPool = (name, etaOf) => {
    const own = pool();
    let nth = 0;
    const step = () => {
      const acquisition = { kind: 'weighted-mutual-information', eta: etaOf(nth++) };
      const { indices, scores } = own.select(COUNT, { acquisition });
      own.update({ indices, successes: successesOf(indices), trials: TRIALS });
      return scores;
    };
    return { step, check: () => sameScores(name, step(), expected) };
  };

  return {
    textbook: inJavaScript('textbook', scoreTextbook),
    javascript: inJavaScript('fastest', scoreTableLog),
    rescored: inPool('rescored', (nth) => ETA + (nth % 2) * 1e-9), // another rule each time, so that all is scored anew
    changed: inPool('changed', () => ETA),
  };
}

/** Milliseconds of one step. The first call of a step checks its answer. */
function sample(contestant) {
  const from = performance.now();
  if (contestant.check !== undefined) {
    contestant.check();
    contestant.check = undefined;
  } else contestant.step();
  let calls = 1;
  let passed = performance.now() - from;
  for (; passed < SAMPLE_MS; calls++) {
    contestant.step();
    passed = performance.now() - from;
  }
  return passed / calls;
}
