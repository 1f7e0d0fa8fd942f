import { DataError } from '../../errors.ts';
import { contentKey } from '../content-key.ts';
import { bad, type Fields, find, get, getId, getNumber, isObject } from '../fields.ts';
import type { LinesFormat } from '../format.ts';
import type { Mapping } from '../mapping.ts';
import { NamedReward } from './named-reward.ts';

/**
 * prime-rl, file monitor: `rollouts/step_{n}/train/all/traces.jsonl`, or the newer `traces/stream/{n}.jsonl`; an
 * episode a line, each trainable trace of it a rollout. What failed was not measured, and is left out. The traces of
 * verifiers' evaluations look the same.
 */
export const primeRl: LinesFormat = {
  uses: ['id', 'hash', 'reward', 'step', 'evaluations', 'stepFromPath'],
  toJoin: 'the key of a prompt is "task.key", which the environment sets: let it be the id of the data set',
  recognizes: (first) => Array.isArray(first.traces) && isObject(first.task),
  open(mapping) {
    const named = new NamedReward(mapping.reward);
    const wantsEvaluation = mapping.evaluations === true;
    return {
      read(episode, sink, place) {
        if (/[\\/]effective[\\/][^\\/]*$/.test(place.name)) {
          const reason = 'holds survivors only, which bias every posterior: read all/ instead of effective/';
          throw new DataError('value', reason);
        }
        const isEvaluation = (find(episode, 'run.work.type') ?? find(episode, 'run.type')) === 'eval';
        if (isEvaluation !== wantsEvaluation) return sink.skip(isEvaluation ? 'evaluation' : 'training');
        if (episode.ok !== true) return sink.skip('not ok');
        if (!Array.isArray(episode.traces)) throw bad('traces', 'an array', episode.traces);
        const step = toStep(episode, mapping);
        for (const trace of episode.traces as unknown[]) {
          if (!isObject(trace)) throw bad('traces', 'an array of objects', trace);
          if (trace.ok === false) sink.skip('not ok');
          else if (find(trace, 'agent.trainable') === false && !isEvaluation) sink.skip('not trainable');
          else {
            const reward = toReward(trace, mapping.reward, named);
            if (reward === undefined) sink.skip('not scored');
            else sink.row({ id: toId(trace, episode, mapping), step, isRollout: true, ...reward });
          }
        }
      },
      end: () => named.check(),
    };
  },
};

/** An evaluation may have none, and the path may say it. */
function toStep(episode: Fields, { step, evaluations, stepFromPath }: Mapping): number | undefined {
  const name = step ?? 'run.work.step';
  if ((evaluations || stepFromPath) && step === undefined && find(episode, name) === undefined) return undefined;
  return getNumber(episode, name);
}

/** A trace of several agents may have a task of its own. Its hash changes with what is local to a run: the key is better. */
function toId(trace: Fields, episode: Fields, { id, hash }: Mapping): string {
  const of = (name: string): Fields => (find(trace, name) === undefined ? episode : trace);
  if (hash !== undefined) return contentKey(hash.map((name) => get(of(name), name)));
  if (id !== undefined) return getId(of(id), id);
  const task = isObject(trace.task) ? trace.task : isObject(episode.task) ? episode.task : {};
  return getId({ task }, find(task, 'key') == null ? 'task.hash' : 'task.key');
}

/** The weighted sum, or one named score; undefined if there is none, since null is a score that was not run. */
function toReward(
  trace: Fields,
  name: string | undefined,
  named: NamedReward,
): { reward: number; rewardField: string } | undefined {
  const { rewards } = trace;
  if (!isObject(rewards)) throw bad('rewards', 'an object', rewards);
  if (name !== undefined) named.look(rewards, Object.hasOwn(rewards, name));
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
