import { bad, type Fields, getId, getNumber, getReward, isObject } from '../fields.ts';
import type { LinesFormat } from '../format.ts';

const TASK = '_ng_task_index';
const ROLLOUT = '_ng_rollout_index';

/**
 * NeMo-Gym: `rollouts.jsonl`, a rollout a line, and `*_reward_profiling.jsonl`, a task a line. A folder may hold both,
 * or a rollout once more after a resume: of each task and rollout in a folder the first counts.
 */
export const nemoGym: LinesFormat = {
  recognizes: (first) => Object.hasOwn(first, TASK),
  open(mapping) {
    /** Of each task in a folder: bit i is set if rollout i has been read. */
    const seen = new Map<string, bigint>();
    const reward = mapping.reward ?? 'reward';
    const isNew = (task: string, rollout: unknown): boolean => {
      if (typeof rollout !== 'number' || !Number.isInteger(rollout) || rollout < 0 || rollout > 65_535) return true;
      const before = seen.get(task) ?? 0n;
      const bit = 1n << BigInt(rollout);
      seen.set(task, before | bit);
      return (before & bit) === 0n;
    };
    return (record, sink, place) => {
      const id = getId(record, mapping.id ?? TASK);
      const step = mapping.step === undefined ? undefined : getNumber(record, mapping.step);
      for (const rollout of toRollouts(record)) {
        if (rollout[reward] === undefined || rollout[reward] === null) sink.skip('no reward');
        else if (!isNew(`${folderOf(place.name)}\n${id}`, rollout[ROLLOUT])) sink.skip('read before');
        else sink.row({ id, step, isRollout: true, reward: getReward(rollout, reward), rewardField: reward });
      }
    };
  },
};

function toRollouts(record: Fields): readonly Fields[] {
  const { rollout_infos: infos } = record;
  if (infos === undefined) return [record];
  if (!Array.isArray(infos) || !infos.every(isObject)) throw bad('rollout_infos', 'an array of objects', infos);
  return infos;
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.search(/[\\/][^\\/]*$/)));
}
