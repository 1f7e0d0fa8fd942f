import { DataError } from '../../errors.ts';
import { sha256Of } from '../../sha256.ts';
import { contentKey } from '../content-key.ts';
import { bad, type Fields, find, getId, getNumber, getReward, isObject } from '../fields.ts';
import type { LinesFormat } from '../format.ts';
import type { Mapping } from '../mapping.ts';
import { NamedReward } from './named-reward.ts';
import { SeenRollouts } from './seen-rollouts.ts';
import { TaskIds } from './task-ids.ts';

const TASK = '_ng_task_index';
const ROLLOUT = '_ng_rollout_index';
const INPUT = 'responses_create_params.input';

/**
 * NeMo-Gym: `rollouts.jsonl`, a rollout a line; `*_reward_profiling.jsonl`, a task a line, with its rollouts once more;
 * `*_failures.jsonl`, what the infrastructure failed to run. A rollout may be logged again after a resume. It is told
 * by folder, agent, task, rollout and what came of it, and counts once, whichever runs of a reader meet it.
 */
export const nemoGym: LinesFormat = {
  uses: ['id', 'hash', 'reward', 'step', 'stepFromPath'],
  toJoin: `the log knows a prompt by the number of its row in the input file, or by "${INPUT}"`,
  recognizes: (first) =>
    Object.hasOwn(first, TASK) ||
    (isObject(first.responses_create_params) && Object.hasOwn(first, 'response')) ||
    isBareProfile(first),
  open(mapping, saved) {
    const { tasks, rollouts } = isObject(saved) ? saved : {};
    const ids = new TaskIds(tasks);
    const seen = new SeenRollouts(rollouts);
    const name = mapping.reward ?? 'reward';
    const named = new NamedReward(mapping.reward);
    return {
      read(record, sink, place) {
        if (isBareProfile(record)) return sink.skip('profile without rollouts');
        if (record._ng_failure_class != null || isTrue(record._ng_no_persist)) return sink.skip('failed');
        const agent = toText(of(record, 'agent_ref.name'));
        const run = agent === '' ? place.folder : `${place.folder}\n${agent}`;
        const step = mapping.step === undefined ? undefined : getNumber(record, mapping.step);
        for (const rollout of toRollouts(record)) {
          const index = rollout[TASK] ?? record[TASK];
          const value = find(rollout, name);
          const isScored = value !== undefined && value !== null && !Number.isNaN(value);
          if (value === undefined) named.look(rollout, false);
          if (!isScored) {
            sink.skip('no reward');
            continue;
          }
          named.look(rollout, true);
          const id = isKeyed(mapping)
            ? toKey(record, mapping)
            : ids.of(getId({ ...needIndex(index), [TASK]: index }, TASK), toMark(record), run, sink);
          const reward = getReward({ [name]: value }, name);
          const response = toText(find(rollout, 'response.id'));
          const isRepeat = seen.has(
            { folder: place.folder, agent, id, rollout: rollout[ROLLOUT], reward, response },
            sink,
          );
          if (isRepeat) sink.skip('read before');
          else sink.row({ id, step, isRollout: true, reward, rewardField: name });
        }
      },
      end: () => named.check(),
      seen: () => ({ tasks: ids.save(), rollouts: seen.save() }),
    };
  },
};

/** Profiles of before 2026-05 have means only, of rollouts that are logged elsewhere. */
function isBareProfile(record: Fields): boolean {
  return Object.hasOwn(record, 'mean/reward') && !Object.hasOwn(record, 'rollout_infos');
}

function toRollouts(record: Fields): readonly Fields[] {
  const { rollout_infos: infos } = record;
  if (infos === undefined) return [record];
  if (!Array.isArray(infos) || !infos.every(isObject)) throw bad('rollout_infos', 'an array of objects', infos);
  return infos;
}

/** A field of a rollout; a profile has it in its sample. */
function of(record: Fields, name: string): unknown {
  return find(record, name) ?? find(record, `sample.${name}`);
}

function isKeyed({ id, hash }: Mapping): boolean {
  return id !== undefined || hash !== undefined;
}

function toKey(record: Fields, { id = TASK, hash }: Mapping): string {
  const need = (name: string): unknown => {
    const value = of(record, name);
    if (value === undefined) throw new DataError('missing', `${JSON.stringify(name)} is missing`, { field: name });
    return value;
  };
  return hash === undefined ? getId({ [id]: need(id) }, id) : contentKey(hash.map(need));
}

/** Rollouts of before 2026-02-25 have no index. */
function needIndex(index: unknown): Fields {
  if (index !== undefined) return {};
  const reason = `"${TASK}" is missing, as in all rollouts of before 2026-02-25`;
  throw new DataError('missing', reason, { field: TASK, remedy: { hash: INPUT } });
}

/** Of the first message of a user: an environment may add others in each rollout. Empty if the input is not logged. */
function toMark(record: Fields): string {
  const input = of(record, INPUT);
  if (input === undefined || input === null) return '';
  const messages = Array.isArray(input) ? input : [input];
  const first = messages.find((message) => isObject(message) && message.role === 'user') ?? messages[0];
  const content = isObject(first) ? first.content : first;
  return sha256Of(JSON.stringify(content ?? null)).slice(0, 8);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}
