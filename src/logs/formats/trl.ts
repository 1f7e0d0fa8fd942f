import { DataError } from '../../errors.ts';
import { contentKey } from '../content-key.ts';
import { type Fields, get, getId, getNumber, getReward } from '../fields.ts';
import type { TableFormat } from '../format.ts';
import type { Columns } from '../parquet.ts';

const OWN = ['step', 'prompt', 'completion', 'advantage', 'mode'];
const NUMERIC = ['BOOLEAN', 'INT32', 'INT64', 'FLOAT', 'DOUBLE'];

/**
 * TRL, `log_completions=True`: `completions/completions_{step}.parquet`, a column for each reward function and whatever
 * else the user logs. Where logging and generating differ in pace, a file has rows of the file before once more.
 */
export const trl: TableFormat = {
  recognizes: (columns) => ['step', 'prompt', 'completion'].every((name) => Object.hasOwn(columns, name)),
  open(mapping) {
    let reward = '';
    let own: readonly string[] = [];
    /** How often each rollout stands in the file before, less those met again; and in this file. */
    let before = new Map<string, number>();
    let current = new Map<string, number>();
    return {
      looksBack: true,
      choose(columns) {
        [before, current] = [current, new Map()];
        reward = mapping.reward ?? toReward(columns);
        own = Object.keys(columns).filter((column) => NUMERIC.includes(columns[column] ?? '') && !OWN.includes(column));
        const keys = mapping.hash ?? [mapping.id ?? 'prompt'];
        const wanted = new Set(['prompt', 'completion', mapping.step ?? 'step', reward, ...own, ...keys]);
        return [...wanted].filter((column) => Object.hasOwn(columns, column));
      },
      read(row, sink) {
        const rollout = contentKey([row.prompt, row.completion, own.map((column) => String(row[column]))]);
        current.set(rollout, (current.get(rollout) ?? 0) + 1);
        const again = before.get(rollout) ?? 0;
        if (again > 0) {
          before.set(rollout, again - 1);
          return sink.skip('again from the file before');
        }
        if (row[reward] === undefined || Number.isNaN(row[reward])) return sink.skip('not applicable');
        const id = mapping.id !== undefined ? getId(row, mapping.id) : toKey(row, mapping.hash ?? ['prompt']);
        const step = getNumber({ step: Number(get(row, mapping.step ?? 'step')) }, 'step');
        sink.row({ id, step, isRollout: true, reward: getReward(row, reward), rewardField: reward });
      },
    };
  },
};

function toKey(row: Fields, fields: readonly string[]): string {
  return contentKey(fields.map((name) => get(row, name)));
}

/** The file does not say which of its columns are rewards. */
function toReward(columns: Columns): string {
  const found = Object.keys(columns).filter((name) => NUMERIC.includes(columns[name] ?? '') && !OWN.includes(name));
  if (found.length === 1) return found[0] as string;
  const which = found.length === 0 ? 'no column that can be' : `${found.join(', ')}: any may be`;
  throw new DataError('no-reward', `has ${which} the reward`);
}
