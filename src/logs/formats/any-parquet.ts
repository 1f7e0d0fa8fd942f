import type { TableFormat } from '../format.ts';
import { fieldsOf, REWARDS, toRow } from '../mapping.ts';

/** Any Parquet, by the fields of the mapping. Its columns may be null: a reward that is null or NaN was not measured. */
export const parquet: TableFormat = {
  recognizes: () => true,
  open(mapping) {
    let filled = mapping;
    return {
      looksBack: false,
      choose(columns) {
        const has = (name: string) => Object.hasOwn(columns, name);
        const hasCounts = (mapping.rate ?? mapping.successes) !== undefined || (!mapping.reward && has('successes'));
        filled = hasCounts ? mapping : { ...mapping, reward: mapping.reward ?? REWARDS.find(has) };
        const fields = fieldsOf(filled);
        return Object.keys(columns).filter((column) => fields.some((name) => `${name}.`.startsWith(`${column}.`)));
      },
      read(row, sink) {
        const { reward } = filled;
        if (reward !== undefined && (row[reward] === undefined || Number.isNaN(row[reward]))) sink.skip('no reward');
        else sink.row(toRow(row, filled));
      },
    };
  },
};
