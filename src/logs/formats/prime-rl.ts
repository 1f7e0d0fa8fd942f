import { DataError } from '../../errors.ts';
import { bad, type Fields, find, getId, getNumber, isObject } from '../fields.ts';
import type { LinesFormat } from '../format.ts';
import type { Mapping } from '../mapping.ts';

/**
 * prime-rl, file monitor: `rollouts/step_{n}/train/all/traces.jsonl`, or the newer `traces/stream/{n}.jsonl`; an
 * episode a line, each trainable trace of it a rollout. What failed was not measured, and is left out.
 */
export const primeRl: LinesFormat = {
  recognizes: (first) => Array.isArray(first.traces) && isObject(first.task),
  open: (mapping) => (episode, sink, place) => {
    if (/[\\/]effective[\\/][^\\/]*$/.test(place.name)) {
      throw new DataError('value', 'holds survivors only, which bias every posterior: read all/ instead of effective/');
    }
    if ((find(episode, 'run.work.type') ?? find(episode, 'run.type')) === 'eval') return sink.skip('evaluation');
    if (episode.ok !== true) return sink.skip('not ok');
    if (!Array.isArray(episode.traces)) throw bad('traces', 'an array', episode.traces);
    const step = getNumber(episode, mapping.step ?? 'run.work.step');
    for (const trace of episode.traces as unknown[]) {
      if (!isObject(trace)) throw bad('traces', 'an array of objects', trace);
      if (trace.ok === false) sink.skip('not ok');
      else if (find(trace, 'agent.trainable') === false) sink.skip('not trainable');
      else {
        const reward = toReward(trace, mapping.reward);
        if (reward === undefined) sink.skip('not scored');
        else sink.row({ id: toId(trace, episode, mapping), step, isRollout: true, ...reward });
      }
    }
  },
};

/** A trace of several agents may have a task of its own. */
function toId(trace: Fields, episode: Fields, { id }: Mapping): string {
  if (id !== undefined) return getId(find(trace, id) === undefined ? episode : trace, id);
  const task = isObject(trace.task) ? trace.task : isObject(episode.task) ? episode.task : {};
  return getId({ task }, find(task, 'hash') === undefined ? 'task.key' : 'task.hash');
}

/** The weighted sum, or one named score; undefined if there is none, since null is a score that was not run. */
function toReward(trace: Fields, name: string | undefined): { reward: number; rewardField: string } | undefined {
  const { rewards } = trace;
  if (!isObject(rewards)) throw bad('rewards', 'an object', rewards);
  const scored = Object.entries(rewards).filter(([key, entry]) => entry !== null && (name ?? key) === key);
  if (scored.length === 0) return undefined;
  let reward = 0;
  for (const [key, entry] of scored) {
    if (!isObject(entry)) throw bad(`rewards.${key}`, 'an object or null', entry);
    const weight = entry.weight === undefined || name !== undefined ? 1 : getNumber(entry, 'weight');
    reward += getNumber(entry, 'score') * weight;
  }
  return { reward, rewardField: name === undefined ? 'rewards' : `rewards.${name}` };
}
