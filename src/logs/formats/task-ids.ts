import { isObject } from '../fields.ts';
import type { Sink } from '../format.ts';

/** Tasks of one run: by index, which of the prompts with this index it is. */
type Tasks = Map<string, number>;

/** What is kept between runs of a reader. */
export interface SavedTasks {
  /** By index: the marks of its prompts, in order of appearance. */
  readonly marks: Readonly<Record<string, readonly string[]>>;
  /** By run and index: the place of the mark. */
  readonly runs: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Ids of prompts that a log knows by an index only. Two data sets both have an index 0: the first prompt with an index
 * has it as its id, others `index:mark`, where the mark is a hash of the prompt.
 */
export class TaskIds {
  readonly #marks = new Map<string, string[]>();
  readonly #runs = new Map<string, Tasks>();

  constructor(saved: unknown) {
    if (!isObject(saved)) return;
    const { marks, runs } = saved as unknown as SavedTasks;
    for (const [index, list] of Object.entries(marks)) this.#marks.set(index, [...list]);
    for (const [run, tasks] of Object.entries(runs)) this.#runs.set(run, new Map(Object.entries(tasks)));
  }

  /**
   * The id of the prompt with this index and mark.
   * @param mark a hash of the prompt; empty if it is not known: then it is the last prompt with this index in the run
   */
  of(index: string, mark: string, run: string, sink: Sink): string {
    let tasks = this.#runs.get(run);
    if (tasks === undefined) this.#runs.set(run, (tasks = new Map()));
    const known = mark === '' ? tasks.get(index) : undefined;
    const place = known ?? this.#place(index, mark, sink);
    tasks.set(index, place);
    return place === 0 ? index : `${index}:${this.#marks.get(index)?.[place] ?? ''}`;
  }

  #place(index: string, mark: string, sink: Sink): number {
    let marks = this.#marks.get(index);
    if (marks === undefined) this.#marks.set(index, (marks = []));
    if (mark === '' || marks.includes(mark)) return Math.max(0, marks.indexOf(mark));
    marks.push(mark);
    if (marks.length > 1) sink.note('index-is-no-id', index);
    return marks.length - 1;
  }

  save(): SavedTasks {
    const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
      [...map].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    return {
      marks: Object.fromEntries(sorted(this.#marks)),
      runs: Object.fromEntries(sorted(this.#runs).map(([run, tasks]) => [run, Object.fromEntries(sorted(tasks))])),
    };
  }
}
