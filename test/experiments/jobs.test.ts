import { expect, test } from 'vitest';
import { doJob, type Job, jobsOf, nameOf } from '../../experiments/jobs.ts';
import { Progress } from '../../experiments/progress.ts';
import { COUNTED, SMOKE } from '../../experiments/protocol.ts';
import { newPolicy } from '../../experiments/wasm.ts';

/** Checkpoints in memory; from write `fatal` on, the process dies. */
function checkpoints(fatal = Number.POSITIVE_INFINITY) {
  const kept = new Map<number, { step: number; bytes: Uint8Array }>();
  let writes = 0;
  return {
    kept,
    read: (seed: number) => kept.get(seed),
    write(seed: number, step: number, bytes: Uint8Array) {
      if (++writes >= fatal) throw new Error('killed');
      kept.set(seed, { step, bytes });
    },
  };
}

test('a base policy whose training was cut short goes on from its checkpoint to the same weights', () => {
  const job: Job = { kind: 'base', seed: 4 };
  const whole = doJob(job, SMOKE, newPolicy(), checkpoints());
  const cut = checkpoints(2);
  expect(() => doJob(job, SMOKE, newPolicy(), cut)).toThrow('killed');
  expect(cut.kept.get(4)?.step).toBe(50);
  const { kept, read } = cut;
  const resumed = doJob(job, SMOKE, newPolicy(), { ...checkpoints(), read, write: () => {} });
  expect(kept.size).toBe(1);
  expect(resumed).toEqual(whole);
});

test('a run does not depend on what the policy was used for before', () => {
  const policy = newPolicy();
  const store = checkpoints();
  doJob({ kind: 'base', seed: 5 }, SMOKE, policy, store);
  const run = (arm: 'random' | 'dynamic') => doJob({ kind: 'run', regime: 'A', seed: 5, arm }, SMOKE, policy, store);
  const first = run('random');
  run('dynamic');
  expect(run('random')).toEqual(first);
  const other = newPolicy();
  expect(doJob({ kind: 'run', regime: 'A', seed: 5, arm: 'random' }, SMOKE, other, store)).toEqual(first);
});

test('a run without its base policy is refused', () => {
  const job: Job = { kind: 'run', regime: 'A', seed: 5, arm: 'random' };
  expect(() => doJob(job, SMOKE, newPolicy(), checkpoints())).toThrow('no base policy of seed 5');
});

test('the plan has each job once, every run after its base', () => {
  const jobs = jobsOf(COUNTED);
  const names = jobs.map(nameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(jobs.filter(({ kind }) => kind === 'base').map(({ seed }) => seed)).toEqual(
    Array.from({ length: 16 }, (_, i) => 9 + i),
  );
  jobs.forEach(({ kind, seed }, at) => {
    if (kind === 'run') expect(names.indexOf(`base ${seed}`)).toBeLessThan(at);
  });
  const inRegime = (name: string) => jobs.filter((job) => job.kind === 'run' && job.regime === name).length;
  expect(['A', 'B', 'D'].map(inRegime)).toEqual([16 * 14, 16 * 14 + 8 * 2, 8 * 11]);
});

test('progress counts what was done before, and tells the time left from what jobs took', () => {
  const jobs: Job[] = ['random', 'epochs', 'wmi-4'].map(
    (arm) => ({ kind: 'run', regime: 'B', seed: 9, arm }) as unknown as Job,
  );
  const progress = new Progress(10, jobs, 2);
  expect(progress.line(jobs[0]!, 60)).toBe('8/10  B random 9  60.0 s  about 1 min left');
  expect(progress.line(jobs[1]!, 300)).toBe('9/10  B epochs 9  300.0 s  about 2 min left');
});
