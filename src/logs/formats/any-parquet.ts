import { find } from '../fields.ts';
import type { TableFormat } from '../format.ts';
import { ALL_OPTIONS, fieldsOf, REWARDS, toRow } from '../mapping.ts';
import { checkColumns } from './columns.ts';

/** Any Parquet, by the fields of the mapping. Its columns may be null: a reward that is null or NaN was not measured. */
export const parquet: TableFormat = {
  uses: ALL_OPTIONS,
  toJoin: 'log the id of the data set in a column',
  recognizes: () => true,
  open(mapping) {
    let filled = mapping;
    return {
      choose(columns) {
        checkColumns(columns, mapping);
        const has = (name: string) => Object.hasOwn(columns, name);
        const hasCounts = (mapping.rate ?? mapping.successes) !== undefined || (!mapping.reward && has('successes'));
        filled = hasCounts ? mapping : { ...mapping, reward: mapping.reward ?? REWARDS.find(has) };
        const fields = fieldsOf(filled);
        return Object.keys(columns).filter((column) => fields.some((name) => `${name}.`.startsWith(`${column}.`)));
      },
      read(row, sink) {
        const reward = filled.reward === undefined ? 0 : find(row, filled.reward);
        if (reward === undefined || Number.isNaN(reward)) sink.skip('no reward');
        else sink.row(toRow(row, filled));
      },
    };
  },
};
