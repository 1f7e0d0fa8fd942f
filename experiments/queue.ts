// Jobs over worker threads, each when its base policy is there.
import { Worker } from 'node:worker_threads';
import type { Job, Result } from './jobs.ts';

/** What a worker is started with. */
export interface WorkerData {
  readonly smoke: boolean;
  readonly folder: string;
}

interface Options {
  readonly jobs: readonly Job[];
  readonly workers: number;
  readonly program: URL;
  readonly data: WorkerData;
  /** Called with each result, in the order in which they come. */
  readonly done: (job: Job, result: Result, seconds: number) => void;
}

/** Resolves when all jobs are done; rejects with the first error, and ends the other workers. */
export async function runQueue({ jobs, workers, program, data, done }: Options): Promise<void> {
  const waiting = [...jobs];
  const missing = new Set(jobs.flatMap((job) => (job.kind === 'base' ? [job.seed] : [])));
  const idle = new Set<() => void>();
  const next = (): Job | undefined => {
    const run = waiting.findIndex((job) => job.kind === 'run' && !missing.has(job.seed));
    const at = run >= 0 ? run : waiting.findIndex((job) => job.kind === 'base');
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
  const threads: Worker[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(program, { workerData: data });
      threads.push(worker);
      let job: Job | undefined;
      let started = 0;
      const take = () => {
        idle.delete(take);
        job = next();
        started = performance.now();
        if (job !== undefined) worker.postMessage(job);
        else if (waiting.length > 0) idle.add(take);
        else resolve();
      };
      worker.on('error', reject);
      worker.on('message', (result: Result) => {
        if (job?.kind === 'base') missing.delete(job.seed);
        done(job as Job, result, (performance.now() - started) / 1000);
        take();
        for (const wake of [...idle]) wake();
      });
      take();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
  } finally {
    await Promise.all(threads.map((worker) => worker.terminate()));
  }
}
