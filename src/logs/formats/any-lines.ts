import type { LinesFormat } from '../format.ts';
import { ALL_OPTIONS, toRow } from '../mapping.ts';

/** Any records, by the fields of the mapping. */
export const plain: LinesFormat = {
  uses: ALL_OPTIONS,
  toJoin: 'log the id of the data set with each rollout',
  recognizes: () => true,
  open: (mapping) => ({ read: (record, sink) => sink.row(toRow(record, mapping)) }),
};
