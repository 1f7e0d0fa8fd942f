import { expect, test } from 'vitest';
import { type Acquisition, PosteriorPool } from '../../src/index.ts';
import { seeded } from '../support/engines.ts';
import { Model, step } from '../support/model.ts';

test('100,000 random commands do what a naive model does', () => {
  const rules: readonly Acquisition[] = [
    { kind: 'weighted-mutual-information' },
    { kind: 'non-degenerate', rollouts: 4 },
    { kind: 'bernoulli-variance' },
    { kind: 'mutual-information', rollouts: 3 },
  ];
  const next = seeded(2_026);
  for (let round = 0; round < 500; round++) {
    const size = 1 + Math.floor(next() ** 2 * 9_000);
    const discount = next() < 0.5 ? 1 : 0.9;
    const model = new Model(size, discount);
    let pool = new PosteriorPool(size, { discount, prior: model.prior });
    for (let i = 0; i < 200; i++) {
      if (next() < 0.02) pool = PosteriorPool.fromBytes(pool.toBytes());
      expect(step(pool, model, rules, next), `round ${round}, command ${i}`).toBeUndefined();
    }
    pool.dispose();
  }
});
