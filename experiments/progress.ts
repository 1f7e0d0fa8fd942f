// How far a run is, and how long the rest will take.
import { type Job, nameOf } from './jobs.ts';

/** What a job costs against a run of B on the same machine: rough, as only the time left is made from it. */
export function costOf(job: Job): number {
  if (job.kind === 'base') return 6;
  const byArm = job.arm === 'oracle' ? 5 : 1;
  return byArm * (job.regime === 'A' ? 0.7 : 1);
}

/** Makes lines like `12/449  A wmi-16 9  13.2 s  about 52 min left`. */
export class Progress {
  readonly #all: number;
  readonly #workers: number;
  #count: number;
  #left: number;
  #cost = 0;
  #seconds = 0;

  constructor(all: number, left: readonly Job[], workers: number) {
    this.#all = all;
    this.#count = all - left.length;
    this.#left = left.reduce((sum, job) => sum + costOf(job), 0);
    this.#workers = workers;
  }

  line(job: Job, seconds: number): string {
    const cost = costOf(job);
    this.#count++;
    this.#cost += cost;
    this.#seconds += seconds;
    this.#left -= cost;
    const minutes = Math.ceil(((this.#seconds / this.#cost) * this.#left) / this.#workers / 60);
    return `${this.#count}/${this.#all}  ${nameOf(job)}  ${seconds.toFixed(1)} s  about ${minutes} min left`;
  }
}
