import { expect, test } from 'vitest';
import * as core from '../src/index.ts';
import * as reference from '../src/reference.ts';
import { ACQUISITIONS, anyPosterior, sameBytes, seeded } from './support/engines.ts';

const SIZE = 1_000_000;
const random = seeded(7);
const alpha = Float32Array.from({ length: SIZE }, () => anyPosterior(random));
const beta = Float32Array.from({ length: SIZE }, () => anyPosterior(random));
const ours = new core.PosteriorPool(SIZE).set({ alpha, beta });
const theirs = new reference.PosteriorPool(SIZE).set({ alpha, beta });

test.each(ACQUISITIONS)('the engines agree to the bit on 10^6 random posteriors: %j', (acquisition) => {
  const scores = ours.score({ acquisition });
  expect(sameBytes(scores, theirs.score({ acquisition }))).toBe(true);
  expect(scores.some(Number.isNaN)).toBe(false);
  expect(ours.select(10_000, { acquisition })).toEqual(theirs.select(10_000, { acquisition }));
});

test('the engines agree to the bit on every number of rollouts', () => {
  const candidates = Uint32Array.from({ length: 200 }, (_, i) => i);
  for (let rollouts = 1; rollouts <= 256; rollouts++) {
    for (const kind of ['mutual-information', 'success-chance'] as const) {
      const options = { acquisition: { kind, rollouts }, candidates };
      expect(sameBytes(ours.score(options), theirs.score(options)), `${kind} ${rollouts}`).toBe(true);
    }
  }
});

test('the engines agree to the bit on 10^6 updates in one batch', () => {
  const pools = [core, reference].map(
    ({ PosteriorPool }) => new PosteriorPool(10_000, { discount: 0.97, prior: { alpha: 0.3, beta: 2 } }),
  );
  const trials = Uint16Array.from({ length: SIZE }, () => 1 + Math.floor(random() * 16));
  const batch = {
    indices: Uint32Array.from(trials, () => Math.floor(random() * 10_000)),
    successes: trials.map((most) => Math.floor(random() * (most + 1))),
    trials,
  };
  const [a, b] = pools.map((pool) => pool.update(batch).toBytes());
  expect(sameBytes(a!, b!)).toBe(true);
});
