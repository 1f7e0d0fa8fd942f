import type { Format } from '../format.ts';
import { toRow } from '../mapping.ts';

/** Any JSON lines, by the fields of the mapping. */
export const jsonl: Format = {
  recognizes: () => true,
  open: (mapping) => (record, sink) => sink.row(toRow(record, mapping)),
};
