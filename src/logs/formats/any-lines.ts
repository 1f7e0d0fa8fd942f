import type { LinesFormat } from '../format.ts';
import { toRow } from '../mapping.ts';

/** Any records, by the fields of the mapping. */
export const plain: LinesFormat = {
  recognizes: () => true,
  open: (mapping) => (record, sink) => sink.row(toRow(record, mapping)),
};
