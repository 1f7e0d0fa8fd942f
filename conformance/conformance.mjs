// The conformance program: a function of the package's bits alone, so that its digest is the same wherever they are.
// `insight` is an entry of the package; `engine` replaces the entry's own. In three parts, between which a pool can move
// to another thread: begin, proceed, end.
import { ACQUISITIONS } from './acquisitions.mjs';
import { GOLDEN } from './golden.mjs';
import { uniform } from './random.mjs';

const SIZE = 5_000; // more than the 4,096 that pass through the stage of the kernel at once
const STEPS = 50;
const COUNT = 24;
const TRIALS = 8;

/** All of it. @returns {Promise<{ digest: string }>} */
export function conform(insight, engine) {
  return end(insight, proceed(insight, begin(insight, engine), engine), engine);
}

/** Golden values, stateless scores, and the first half of the steps. @returns {{ snapshot: Uint8Array, record: Uint8Array }} */
export function begin(insight, engine) {
  const record = [];
  checkGolden(insight, engine);
  const [alpha, beta] = [spread(SIZE, 1), spread(SIZE, 2)];
  for (const acquisition of ACQUISITIONS) {
    const scores = insight.score(alpha, beta, { acquisition, engine });
    const { indices } = insight.topK(scores, COUNT, { engine });
    record.push(scores, indices);
  }
  const pool = new insight.PosteriorPool(SIZE, { prior: { alpha: 0.7, beta: 1.6 }, discount: 0.9, engine });
  const some = Uint32Array.from({ length: SIZE / 4 }, (_, i) => 4 * i);
  pool.set({ indices: some, alpha: alpha.subarray(0, some.length), beta: beta.subarray(0, some.length) });
  takeSteps(pool, 0, STEPS / 2, record);
  return handOver(pool, record);
}

/** The second half of the steps, on the pool of the snapshot. */
export function proceed(insight, { snapshot, record }, engine) {
  const pool = insight.PosteriorPool.fromBytes(snapshot, { engine });
  const more = [record];
  takeSteps(pool, STEPS / 2, STEPS, more);
  return handOver(pool, more);
}

/** All scores of what has become of the pool, and the digest of everything. */
export async function end(insight, { snapshot, record }, engine) {
  const pool = insight.PosteriorPool.fromBytes(snapshot, { size: SIZE + 100, engine });
  const parts = [record, snapshot];
  for (const acquisition of ACQUISITIONS) {
    parts.push(pool.score({ acquisition }));
    const { indices, scores } = mergeShards(insight, pool, acquisition, engine);
    parts.push(indices, scores);
  }
  const digest = await crypto.subtle.digest('SHA-256', join(parts));
  return { digest: Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

/** The best candidates of a pool as two shards of it find them. */
function mergeShards(insight, pool, acquisition, engine) {
  const [cut, of] = [1_234, pool.size];
  const shards = [
    [0, cut],
    [cut, of],
  ].map(([offset, end]) => {
    const shard = new insight.PosteriorPool(end - offset, { offset, engine });
    shard.set({ alpha: pool.alpha.slice(offset, end), beta: pool.beta.slice(offset, end) });
    const selection = shard.select(COUNT, { acquisition, candidates: { size: 16 * COUNT, seed: cut, of } });
    shard.dispose();
    return { selection, offset };
  });
  return insight.mergeSelections(shards, COUNT);
}

/** Each step selects out of the whole pool, out of random and of given candidates, and updates what was selected. */
function takeSteps(pool, from, to, record) {
  for (let step = from; step < to; step++) {
    const random = uniform(step);
    const below = (n) => Math.floor(random() * n);
    const acquisition = ACQUISITIONS[Math.floor(step / 2) % ACQUISITIONS.length]; // twice: the second is incremental
    const exclude = Array.from({ length: COUNT }, () => below(SIZE));
    const listed = Uint32Array.from({ length: SIZE / 5 }, (_, i) => 5 * i + (step % 5));
    const selections = [
      pool.select(COUNT, { acquisition }),
      pool.select(COUNT, { acquisition, exclude }),
      pool.select(COUNT, { acquisition, candidates: { size: SIZE / 8, seed: step } }),
      pool.select(COUNT, { acquisition, candidates: { size: 16 * COUNT, seed: step }, exclude }),
      pool.select(COUNT, { acquisition, candidates: listed, exclude }),
    ];
    for (const [i, { indices, scores }] of selections.entries()) {
      record.push(indices, scores);
      const successes = Float32Array.from(indices, () => below(TRIALS + 1) / (i === 4 ? 3 : 1)); // rewards, once a step
      pool.update({ indices, successes, trials: TRIALS, ...(i === 3 && { discount: 1 }) });
    }
  }
}

/** The promise of 1 ulp, on values to 25 digits; expected-difficulty, which cancels, within 1e-9 of the rounded one. */
function checkGolden(insight, engine) {
  for (const { acquisition, alpha, beta, want } of GOLDEN) {
    const [got] = insight.score([alpha], [beta], { acquisition, engine });
    const ulp = 2 ** Math.max(Math.floor(Math.log2(Math.abs(want))) - 23, -149);
    const cancels = acquisition.kind === 'expected-difficulty';
    const error = Math.abs(got - (cancels ? Math.fround(want) : want));
    if (!(error <= (cancels ? 1e-9 : ulp))) {
      throw new Error(`${JSON.stringify(acquisition)} at (${alpha}, ${beta}) is ${got}, not ${want}`);
    }
  }
}

function handOver(pool, record) {
  const snapshot = pool.toBytes();
  pool.dispose();
  return { snapshot, record: join(record) };
}

/** The bytes of typed arrays, one after the other. */
function join(arrays) {
  const bytes = new Uint8Array(arrays.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** Posteriors spread evenly over the bit patterns of the domain, [1e-3, 2^24]. */
function spread(length, seed) {
  const random = uniform(seed);
  const [first, last] = new Uint32Array(Float32Array.of(1e-3, 2 ** 24).buffer);
  const bits = Uint32Array.from({ length }, () => first + 1 + Math.floor(random() * (last - first)));
  return new Float32Array(bits.buffer);
}
