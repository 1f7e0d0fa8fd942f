import { contentKey } from '../content-key.ts';
import { getId } from '../fields.ts';
import type { LinesFormat } from '../format.ts';
import { ALL_OPTIONS, toRow } from '../mapping.ts';
import { TaskIds } from './task-ids.ts';

/**
 * verifiers, `results.jsonl` of its evaluations, and rollouts that prime-rl logged through it: a rollout a line, with
 * the number of its row in the data set, `example_id` or `id`.
 */
export const verifiers: LinesFormat = {
  uses: ALL_OPTIONS,
  toJoin: 'the id of a prompt is the number of its row in the data set of the environment',
  recognizes: (first) =>
    Array.isArray(first.prompt) &&
    Object.hasOwn(first, 'completion') &&
    Object.hasOwn(first, 'reward') &&
    (Object.hasOwn(first, 'example_id') || (Object.hasOwn(first, 'id') && Object.hasOwn(first, 'generation_ms'))),
  open(mapping, saved) {
    const ids = new TaskIds(saved);
    const isKeyed = mapping.id !== undefined || mapping.hash !== undefined;
    return {
      read(record, sink, place) {
        if (isKeyed) return sink.row(toRow(record, mapping));
        const name = Object.hasOwn(record, 'example_id') ? 'example_id' : 'id';
        const row = toRow(record, { ...mapping, id: name });
        const mark = contentKey([record.prompt]).slice(0, 8);
        // Runs of one environment stand in any number of files: what is told apart is the prompt.
        const id = ids.of(getId(record, name), mark, `${place.folder}\n${mark}`, sink);
        sink.row({ ...row, id });
      },
      seen: () => ids.save(),
    };
  },
};
