import { Bench } from 'tinybench';

/**
 * One way to do a job. `run` returns a number that depends on its result, so that no engine can leave the work out.
 * `sampleMs`: how long a sample takes at least; calls are repeated within it, one after another.
 * @typedef {{ name: string, points: number, run: () => number, sampleMs?: number }} Contestant
 */

/**
 * Medians over the rounds; `ratio` is how many times the first contestant's time a point this one takes, `spread` the
 * median absolute deviation of the time, relative.
 * @typedef {{ name: string, points: number, ms: number, nsPerPoint: number, spread: number, ratio: number }} Standing
 */

const SAMPLE_MS = 2;
const WARM_UP_MS = 100;

let sink = 0;

/** CPU time of this process in milliseconds: another load on the machine does not lengthen it, as it does wall time. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Times contestants in turn, round by round, so that all meet the same state of the machine: only ratios taken within
 * a round are comparable. tinybench times one task after another; so its first task here runs whole rounds, and the
 * others hand in what those rounds measured.
 * @param {Contestant[]} contestants the first is what the others are compared to
 * @param {number} rounds
 * @returns {Standing[]}
 */
export function race(contestants, rounds) {
  const bench = new Bench({ iterations: rounds, time: 0, warmup: false, throws: true, now: cpuTime });
  const lanes = contestants.map((contestant) => ({ ...contestant, repeats: 1, samples: /** @type {number[]} */ ([]) }));
  const [first, ...others] = lanes;

  let depth = 0;
  const round = () => {
    lanes.reverse(); // so that none always follows the same neighbour
    depth = (depth + 17) % 40;
    for (const lane of lanes) lane.samples.push(below(depth, () => sample(bench, lane)));
  };
  // Compilers warm up, and the samples get their length.
  for (const start = bench.now(); bench.now() - start < WARM_UP_MS * lanes.length; ) {
    round();
    for (const lane of lanes) {
      const length = lane.sampleMs ?? SAMPLE_MS;
      lane.repeats = Math.ceil(length / Math.max(lane.samples.pop(), length / 1e5));
    }
  }

  bench.add(first.name, () => {
    round();
    return { overriddenDuration: first.samples.at(-1) };
  });
  for (const lane of others) {
    let i = 0;
    bench.add(lane.name, () => ({ overriddenDuration: lane.samples[i++] }));
  }
  bench.runSync();
  if (Number.isNaN(sink)) throw new Error('a contestant returned NaN');

  return [first, ...others].map(({ name, points, samples }) => {
    const { p50, mad } = bench.getTask(name).result.latency;
    const ratios = samples.map((ms, i) => ms / points / (first.samples[i] / first.points));
    return { name, points, ms: p50, nsPerPoint: (p50 * 1e6) / points, spread: mad / p50, ratio: median(ratios) };
  });
}

/** @param {Bench} bench @param {{ run: () => number, repeats: number }} lane */
function sample(bench, { run, repeats }) {
  const start = bench.now();
  for (let i = 0; i < repeats; i++) sink += run();
  return (bench.now() - start) / repeats;
}

/**
 * Runs `measure` so many frames down the stack. One stack position in ten makes the kernel up to 1.4 times slower on V8
 * (measured; its 16-byte spill slots may lie across a page there); over the rounds such luck evens out.
 * @param {number} frames @param {() => number} measure
 * @returns {number}
 */
function below(frames, measure) {
  return frames === 0 ? measure() : below(frames - 1, measure) + 0; // the sum keeps it from being a tail call
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
