import type { Prior } from '../index.ts';
import type { History } from './history.ts';

/** What decides all posteriors of a history. */
export interface Belief {
  readonly discount: number;
  readonly prior: Prior;
}

/** No factor of a Beta-binomial is below 1e-12 in the domain of posteriors: a product that is left here stays a double. */
const SMALL = 1e-280;

/**
 * One-step-ahead log loss in nats, a sum for each prompt: -ln P(S | K, alpha, beta) of every visit under the posterior
 * before it (Eq. 12), which then takes the visit in (Eq. 6). Rising factorials are products of their factors, so that
 * nothing cancels at any evidence; a logarithm is taken where the product gets small, and not for each visit.
 */
export function promptLosses(history: History, belief: Belief): Float64Array {
  const { prompts, starts, successes, trials, logOrders } = history;
  const { discount, prior } = belief;
  const pull = 1 - discount;
  const losses = new Float64Array(prompts);
  for (let prompt = 0; prompt < prompts; prompt++) {
    let { alpha, beta } = prior;
    let logs = 0;
    let product = 1;
    for (let visit = starts[prompt] as number; visit < (starts[prompt + 1] as number); visit++) {
      const right = successes[visit] as number;
      const wrong = (trials[visit] as number) - right;
      const n = alpha + beta;
      for (let i = 0; i < right; i++) {
        product *= (alpha + i) / (n + i);
        if (product < SMALL) [logs, product] = [logs + Math.log(product), 1];
      }
      for (let i = 0; i < wrong; i++) {
        product *= (beta + i) / (n + right + i);
        if (product < SMALL) [logs, product] = [logs + Math.log(product), 1];
      }
      alpha = discount * alpha + pull * prior.alpha + right;
      beta = discount * beta + pull * prior.beta + wrong;
    }
    losses[prompt] = -(logs + Math.log(product) + (logOrders[prompt] as number));
  }
  return losses;
}
