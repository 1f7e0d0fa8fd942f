import { find } from '../fields.ts';
import type { LinesFormat } from '../format.ts';
import { ALL_OPTIONS, toRow } from '../mapping.ts';

/** A row that fills up a batch: a copy of another, and no rollout. */
const PADDING = /^pad[0-9a-f]{32}(?:_\d+)*$/;
/** `{group}_{session}_{output}`: all outputs of a session are one rollout, and have its reward. */
const OUTPUT = /^(.+_\d+)_\d+$/;

/**
 * verl, `trainer.rollout_data_dir`: `{global_step}.jsonl`, one rollout a line; V1 a line for each output of an agent's
 * session, and padding. It writes no id of the dataset, and its uid is new at each visit: a prompt is known by its text
 * and its ground truth, which the oldest versions lack.
 */
export const verl: LinesFormat = {
  uses: ALL_OPTIONS,
  toJoin:
    'verl logs no id: let the reward function return one (what it returns is logged with each rollout), or import the ' +
    'data set with the "input" and "gts" that are logged',
  recognizes: (first) => ['input', 'output', 'score'].every((name) => Object.hasOwn(first, name)),
  open(mapping) {
    const isKeyed = mapping.id !== undefined || mapping.hash !== undefined;
    const withTruth = { ...mapping, hash: ['input', 'gts'] };
    const without = { ...mapping, hash: ['input'] };
    let file = '';
    /** The sessions of the file, with the score of each. */
    let sessions = new Map<string, unknown>();
    return {
      looksBack: true,
      read(record, sink, place) {
        const { uid } = record;
        if (typeof uid === 'string') {
          if (PADDING.test(uid)) return sink.skip('padding');
          if (file !== place.name) [file, sessions] = [place.name, new Map()];
          const session = OUTPUT.exec(uid)?.[1];
          if (session !== undefined) {
            const score = find(record, mapping.reward ?? 'score');
            if (sessions.has(session)) {
              if (!Object.is(sessions.get(session), score)) sink.note('session-rewards', uid);
              return sink.skip('further outputs of a session');
            }
            sessions.set(session, score);
          }
        }
        const keyed = isKeyed ? mapping : Object.hasOwn(record, 'gts') ? withTruth : without;
        sink.row(toRow(record, keyed));
      },
    };
  },
};
