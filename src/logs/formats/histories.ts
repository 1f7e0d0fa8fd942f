import { DataError } from '../../errors.ts';
import { bad, type Fields } from '../fields.ts';
import type { LinesFormat } from '../format.ts';
import { toRow } from '../mapping.ts';

/** The fields of a record that was made of one entry of an object. */
export const ENTRY = 'entry';
export const VALUES = 'values';

/**
 * One JSON object `{id: [share of right answers at each visit]}`, as One-Shot-RLVR writes `acc_step_{n}.json`; it says
 * nothing of how many rollouts each share is of.
 */
export const histories: LinesFormat = {
  uses: ['trials'],
  toJoin: 'the names in the object are the ids',
  recognizes: isEntry,
  open(mapping) {
    return {
      read(record, sink) {
        const rates = record[VALUES];
        if (Array.isArray(rates) && rates.some((rate) => typeof rate === 'number' && rate > 1)) {
          const reason =
            'has numbers above 1, which are no shares: are they [alpha, beta] of posteriors? insight-wasm state import reads those';
          throw new DataError('value', reason);
        }
        if (typeof mapping.trials !== 'number') {
          const reason = 'has shares of right answers, and says nowhere how many rollouts each is of';
          throw new DataError('missing', reason, { field: 'trials', remedy: { trials: 'N' } });
        }
        if (!Array.isArray(rates)) throw bad(VALUES, 'an array of shares', rates);
        sink.row(toRow(record, { id: ENTRY, rate: VALUES, trials: mapping.trials }));
      },
    };
  },
};

function isEntry(record: Fields): boolean {
  return Object.keys(record).join() === `${ENTRY},${VALUES}`;
}
