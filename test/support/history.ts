import fc from 'fast-check';
import { type History, toHistory } from '../../src/evaluate/history.ts';
import type { Prior } from '../../src/index.ts';
import { Visits } from '../../src/logs/visits.ts';
import { updatePosterior } from '../../src/reference.ts';

export interface Visit {
  readonly successes: number;
  readonly trials: number;
}

/** The history of a log with these visits of each prompt, oldest first. */
export function historyOf(prompts: readonly (readonly Visit[])[]): History {
  const log = new Visits();
  for (const [i, visits] of prompts.entries()) {
    const successes = visits.map((visit) => visit.successes);
    const trials = visits.map((visit) => visit.trials);
    log.add({ id: `p${i}`, step: undefined, isRollout: false, successes, trials });
  }
  return toHistory(log);
}

export function visits(mostTrials = 12, most = 8): fc.Arbitrary<Visit[]> {
  const visit = fc
    .integer({ min: 1, max: mostTrials })
    .chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.nat(trials) }));
  return fc.array(visit, { minLength: 1, maxLength: most });
}

/** Uniform in [0, 1), the same every time: mulberry32. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A log drawn from the very model that is fitted: each visit from its predictive Beta-binomial, a rollout at a time. */
export function drawLog(
  random: () => number,
  { prompts, visits, trials }: { readonly prompts: number; readonly visits: number; readonly trials: number },
  discount: number,
  prior: Prior,
): Visit[][] {
  return Array.from({ length: prompts }, () => {
    let { alpha, beta } = prior;
    return Array.from({ length: visits }, () => {
      let successes = 0;
      for (let i = 0; i < trials; i++) if (random() * (alpha + beta + i) < alpha + successes) successes++;
      ({ alpha, beta } = updatePosterior(alpha, beta, successes, trials, discount, prior.alpha, prior.beta));
      return { successes, trials };
    });
  });
}
