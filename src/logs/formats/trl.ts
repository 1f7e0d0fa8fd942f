import { DataError } from '../../errors.ts';
import { contentKey } from '../content-key.ts';
import { type Fields, find, get, getId, getNumber, getReward, isObject } from '../fields.ts';
import type { Sink, TableFormat } from '../format.ts';
import type { Mapping } from '../mapping.ts';
import type { Columns } from '../parquet/file.ts';
import type { Rollout } from '../row.ts';
import { checkColumns } from './columns.ts';
import { groupSize, type LoggedRow, repeatedRows } from './repeated-block.ts';

/** What InsightMixin of the Python package logs beside: the prompt's id, and the step at which it was observed. */
const [OUR_ID, OUR_STEP] = ['insight_id', 'insight_step'];
const OWN = ['step', 'prompt', 'completion', 'advantage', 'mode', OUR_ID, OUR_STEP];
const NUMERIC = ['BOOLEAN', 'INT32', 'INT64', 'FLOAT', 'DOUBLE'];

/** A row of a file: what to make of it, and what it is compared by. */
interface FileRow extends LoggedRow {
  readonly line: number;
  /** Why it is left out, or the rollout. */
  readonly outcome: string | Rollout;
}

/**
 * TRL, `log_completions=True`: `completions/completions_{step}.parquet`, a column for each reward function and whatever
 * else the user logs. TRL writes a queue of the latest rollouts: where logging and generating differ in pace, a file
 * begins with the block of rows that the file before ended with.
 */
export const trl: TableFormat = {
  uses: ['id', 'hash', 'reward', 'step', 'evaluations', 'stepFromPath'],
  toJoin: 'TRL logs no id: log it as a column of its own, which a reward function does with log_extra',
  recognizes: (columns) => ['step', 'prompt', 'completion'].every((name) => Object.hasOwn(columns, name)),
  open(given, seen) {
    let mapping = given;
    let reward = '';
    let own: readonly string[] = [];
    let before: readonly FileRow[] = [];
    let rows: FileRow[] = [];
    let size = isObject(seen) && typeof seen.size === 'number' ? seen.size : 0;
    return {
      looksBack: true,
      choose(columns) {
        checkColumns(columns, given);
        mapping = withOurs(columns, given);
        reward = mapping.reward ?? toReward(columns);
        own = Object.keys(columns).filter((column) => NUMERIC.includes(columns[column] ?? '') && column !== 'step');
        const named = [mapping.step ?? 'step', reward, ...(mapping.hash ?? [mapping.id ?? 'prompt'])];
        const wanted = new Set([
          'prompt',
          'completion',
          'mode',
          ...own,
          ...named.map((name) => toColumn(columns, name)),
        ]);
        return [...wanted].filter((column) => Object.hasOwn(columns, column));
      },
      read(row, _, { line }) {
        const outcome = toOutcome(row, reward, mapping);
        const prompt = contentKey([row.prompt]);
        const content = contentKey([prompt, row.completion, own.map((column) => String(row[column]))]);
        rows.push({ prompt, content, reward: find(row, reward), line, outcome });
      },
      endFile(sink) {
        size = groupSize(rows, size);
        const { count, isDoubtful } = repeatedRows(before, rows, size);
        if (isDoubtful) sink.note('doubtful-repeats', `${count} rows`);
        const repeats = isDoubtful ? 0 : count;
        for (const [i, { outcome, line }] of rows.entries()) {
          take(i < repeats ? 'again from the file before' : outcome, line, sink);
        }
        [before, rows] = [rows, []];
      },
      seen: () => ({ size }),
    };
  },
};

/** The columns of InsightMixin are taken where they are, and nothing else is named. */
function withOurs(columns: Columns, mapping: Mapping): Mapping {
  const has = (name: string): boolean => Object.hasOwn(columns, name);
  const id = mapping.id ?? (mapping.hash === undefined && has(OUR_ID) ? OUR_ID : undefined);
  return { ...mapping, id, step: mapping.step ?? (has(OUR_STEP) ? OUR_STEP : undefined) };
}

function take(outcome: string | Rollout, line: number, sink: Sink): void {
  if (typeof outcome === 'string') sink.skip(outcome);
  else sink.row(outcome, line);
}

function toOutcome(row: Fields, reward: string, mapping: Mapping): string | Rollout {
  const isEvaluation = row.mode === 'eval' || row.mode === 'evaluation';
  if (row.mode !== undefined && isEvaluation !== (mapping.evaluations === true)) {
    return isEvaluation ? 'evaluation' : 'training';
  }
  const value = find(row, reward);
  if (value === undefined || Number.isNaN(value)) return 'not applicable';
  const id = mapping.id !== undefined ? getId(row, mapping.id) : toKey(row, mapping.hash ?? ['prompt']);
  const step = getNumber({ step: Number(get(row, mapping.step ?? 'step')) }, 'step');
  return { id, step, isRollout: true, reward: getReward(row, reward), rewardField: reward };
}

function toKey(row: Fields, fields: readonly string[]): string {
  return contentKey(fields.map((name) => get(row, name)));
}

/** The column that a name, perhaps with dots, goes into. */
function toColumn(columns: Columns, name: string): string {
  return Object.hasOwn(columns, name) ? name : (name.split('.', 1)[0] as string);
}

/** The file does not say which of its columns are rewards. */
function toReward(columns: Columns): string {
  const found = Object.keys(columns).filter((name) => NUMERIC.includes(columns[name] ?? '') && !OWN.includes(name));
  if (found.length === 1) return found[0] as string;
  const which = found.length === 0 ? 'no column that can be' : `${found.join(', ')}: any may be`;
  throw new DataError('no-reward', `has ${which} the reward`, { remedy: found[0] ? { reward: found[0] } : undefined });
}
