import type { LinesFormat } from '../format.ts';
import { toRow } from '../mapping.ts';

/**
 * verl, `trainer.rollout_data_dir`: `{global_step}.jsonl`, one rollout a line. It writes no id of the dataset, and its
 * uid is new at each visit: a prompt is known by its text and its ground truth, which the oldest versions lack.
 */
export const verl: LinesFormat = {
  recognizes: (first) => ['input', 'output', 'score'].every((name) => Object.hasOwn(first, name)),
  open(mapping) {
    if (mapping.id !== undefined || mapping.hash !== undefined)
      return (record, sink) => sink.row(toRow(record, mapping));
    const withTruth = { ...mapping, hash: ['input', 'gts'] };
    const without = { ...mapping, hash: ['input'] };
    return (record, sink) => sink.row(toRow(record, Object.hasOwn(record, 'gts') ? withTruth : without));
  },
};
