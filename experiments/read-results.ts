// Results as the tables and figures need them: by regime and arm, paired by seed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARMS, type ArmName } from './arms.ts';
import type { Result } from './jobs.ts';

export type Run = Exclude<Result, { kind: 'base' }>;

/** The runs of each arm, by seed, the arms in the order of ARMS; undefined if there is no such file. */
export function readRegime(folder: string, regime: string): Map<ArmName, Map<number, Run>> | undefined {
  const file = join(folder, `${regime}.jsonl`);
  if (!existsSync(file)) return undefined;
  const runs = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run);
  const arms = new Map<ArmName, Map<number, Run>>();
  for (const arm of Object.keys(ARMS) as ArmName[]) {
    const ofArm = runs.filter((run) => run.arm === arm);
    if (ofArm.length > 0) arms.set(arm, new Map(ofArm.map((run) => [run.seed, run])));
  }
  return arms;
}

/** Runs of an arm and of its baseline with the same seed. */
export function pairs(arm: ReadonlyMap<number, Run>, base: ReadonlyMap<number, Run>): [Run, Run][] {
  return [...arm].flatMap(([seed, run]): [Run, Run][] => {
    const other = base.get(seed);
    return other === undefined ? [] : [[run, other]];
  });
}

/** Names of the regimes that there may be. */
export const REGIME_NAMES = ['A', 'B', 'D'];
