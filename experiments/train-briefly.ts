// Some runs of the smoke plan in one process, for runtimes without files: see test/runtimes.
import { sha256Of } from '../src/sha256.ts';
import { doJob, jobsOf } from './jobs.ts';
import { Policy } from './policy.ts';
import { SMOKE } from './protocol.ts';

/** A base policy and the runs of four arms: SHA-256 of their results. @param wasm policy.wasm */
export function trainBriefly(wasm: BufferSource): { digest: string } {
  const policy = new Policy(wasm);
  const kept = new Map<number, { step: number; bytes: Uint8Array }>();
  const checkpoints = {
    read: (seed: number) => kept.get(seed),
    write: (seed: number, step: number, bytes: Uint8Array) => void kept.set(seed, { step, bytes }),
  };
  const arms = ['random', 'dynamic', 'thompson-4', 'wmi-drawn-16'] as const;
  const plan = { ...SMOKE, blocks: [{ regime: 'A', arms, seeds: [1] }] as const };
  const results = jobsOf(plan).map((job) => JSON.stringify(doJob(job, plan, policy, checkpoints)));
  return { digest: sha256Of(results.join('\n')) };
}
