import { type Acquisition, type PosteriorPool, score } from '../../src/index.ts';

/** What a pool should do, said as simply as possible: arrays, a full rescore and a full sort at every selection. */
export class Model {
  alpha: Float32Array;
  beta: Float32Array;
  readonly prior = { alpha: 1, beta: 1.5 };
  readonly discount: number;

  constructor(size: number, discount: number) {
    this.alpha = new Float32Array(size).fill(this.prior.alpha);
    this.beta = new Float32Array(size).fill(this.prior.beta);
    this.discount = discount;
  }

  update(indices: readonly number[], successes: readonly number[], trials: number): void {
    const { discount: d, prior } = this;
    indices.forEach((index, i) => {
      this.alpha[index] = d * this.alpha[index]! + (1 - d) * prior.alpha + successes[i]!;
      this.beta[index] = d * this.beta[index]! + (1 - d) * prior.beta + (trials - successes[i]!);
    });
  }

  set(indices: readonly number[], alpha: readonly number[], beta: readonly number[]): void {
    indices.forEach((index, i) => {
      this.alpha[index] = alpha[i]!;
      this.beta[index] = beta[i]!;
    });
  }

  score(acquisition: Acquisition): Float32Array {
    return score(this.alpha, this.beta, { acquisition });
  }

  select(
    count: number,
    acquisition: Acquisition,
    from: readonly number[] | undefined,
    exclude: readonly number[],
  ): number[] {
    const scores = this.score(acquisition);
    const out = new Set(exclude);
    return (from ?? Array.from(scores.keys()))
      .filter((index) => !out.has(index))
      .sort((i, j) => scores[j]! - scores[i]! || i - j)
      .slice(0, count);
  }
}

/** One random step on a pool and its model; returns what differs, or nothing. `next` is uniform in [0, 1). */
export function step(
  pool: PosteriorPool,
  model: Model,
  rules: readonly Acquisition[],
  next: () => number,
): string | undefined {
  const { size } = pool;
  const below = (n: number): number => Math.floor(next() * n);
  const some = (most: number): number[] => Array.from({ length: below(most) }, () => below(size));
  const ascending = (indices: readonly number[]): number[] => [...new Set(indices)].sort((a, b) => a - b);
  // mostly the same rule, so that the index over its scores is used; at times another
  const acquisition = rules[next() < 0.9 ? 0 : below(rules.length)]!;
  switch (below(10)) {
    case 0:
    case 1:
    case 2: {
      const indices = next() < 0.1 ? some(2 * size) : some(40);
      const successes = indices.map(() => below(9));
      pool.update({ indices, successes, trials: 8 });
      model.update(indices, successes, 8);
      return undefined;
    }
    case 3: {
      const indices = some(20);
      const [alpha, beta] = [indices.map(() => 1 + below(5)), indices.map(() => 0.5 + 20 * next())];
      pool.set({ indices, alpha, beta });
      model.set(indices, alpha, beta);
      return undefined;
    }
    case 4: {
      const indices = next() < 0.2 ? undefined : some(30);
      pool.reset(indices);
      const all = indices ?? Array.from({ length: size }, (_, i) => i);
      model.set(
        all,
        all.map(() => model.prior.alpha),
        all.map(() => model.prior.beta),
      );
      return undefined;
    }
    case 5: {
      const scores = model.score(acquisition);
      return Buffer.from(scores.buffer).equals(Buffer.from(pool.score({ acquisition }).buffer)) ? undefined : 'score';
    }
    default: {
      const exclude = next() < 0.5 ? [] : some(next() < 0.2 ? 2 * size : 20);
      const candidates = next() < 0.7 ? undefined : ascending(some(size));
      const count = next() < 0.1 ? below(size + 2) : below(20);
      const { indices, scores } = pool.select(count, { acquisition, exclude, candidates });
      const want = model.select(count, acquisition, candidates, exclude);
      const all = model.score(acquisition);
      const same =
        indices.length === want.length && want.every((index, i) => indices[i] === index && scores[i] === all[index]);
      return same ? undefined : `select ${count} by ${acquisition.kind}`;
    }
  }
}
