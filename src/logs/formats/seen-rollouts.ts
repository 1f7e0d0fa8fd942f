import { sha256Of } from '../../sha256.ts';
import { isObject } from '../fields.ts';
import type { Sink } from '../format.ts';

/** What tells one rollout from another. */
export interface RolloutIdentity {
  /** Of the log: each run has one of its own, or should. */
  readonly folder: string;
  /** Empty if it is not logged. */
  readonly agent: string;
  /** Of the prompt. */
  readonly id: string;
  /** Its number in the group. */
  readonly rollout: unknown;
  readonly reward: number;
  /** Id of the model's response; empty if it is not logged. */
  readonly response: string;
}

/** One rollout that was seen: the reward and a hash of the response, or nothing. */
interface Seen {
  readonly agent: string;
  readonly reward: number;
  response: string;
}

/** Rollouts that were read, so that one that is logged again counts once. */
export class SeenRollouts {
  /** By folder; by prompt and number. */
  readonly #folders = new Map<string, Map<string, Seen[]>>();
  readonly #responses = new Set<string>();

  constructor(saved: unknown) {
    if (!isObject(saved)) return;
    for (const [folder, rollouts] of Object.entries(saved)) {
      const entries = Object.entries(rollouts as Record<string, [string, number, string][]>);
      const toSeen = ([agent, reward, response]: [string, number, string]): Seen => {
        if (response !== '') this.#responses.add(response);
        return { agent, reward, response };
      };
      this.#folders.set(folder, new Map(entries.map(([key, list]) => [key, list.map(toSeen)])));
    }
  }

  /** Whether the rollout was seen before; it is from now on. */
  has({ folder, agent, id, rollout, reward, response: name }: RolloutIdentity, sink: Sink): boolean {
    const response = name === '' ? '' : sha256Of(name).slice(0, 12);
    if (response !== '' && this.#responses.has(response)) return true;
    const isNumbered = typeof rollout === 'number' || typeof rollout === 'string';
    if (!isNumbered && response === '') return false;
    let rollouts = this.#folders.get(folder);
    if (rollouts === undefined) this.#folders.set(folder, (rollouts = new Map()));
    const key = `${id} ${isNumbered ? rollout : ''}`;
    const seen = rollouts.get(key) ?? [];
    rollouts.set(key, seen);
    if (response !== '') this.#responses.add(response);
    const same = seen.find(
      (other) =>
        other.reward === reward &&
        (other.response === '' || response === '') &&
        (other.agent === agent || other.agent === '' || agent === ''),
    );
    if (isNumbered && same !== undefined) {
      same.response ||= response; // of a profile nothing but the reward was known
      return true;
    }
    if (isNumbered && seen.length > 0) sink.note('several-runs', `prompt ${id}, rollout ${rollout}, in ${folder}`);
    seen.push({ agent, reward, response });
    return false;
  }

  /** By folder, then by prompt and number: agent, reward and response of each. */
  save(): Record<string, Record<string, [string, number, string][]>> {
    const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
      [...map].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    const toTuple = ({ agent, reward, response }: Seen): [string, number, string] => [agent, reward, response];
    return Object.fromEntries(
      sorted(this.#folders).map(([folder, rollouts]) => [
        folder,
        Object.fromEntries(sorted(rollouts).map(([key, seen]) => [key, seen.map(toTuple).sort(compare)])),
      ]),
    );
  }
}

function compare(a: readonly unknown[], b: readonly unknown[]): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : Number(x > y);
}
