import type { BadRecord, Taken } from '../read-options.ts';
import type { SuccessRule } from '../row.ts';
import type { SizeCount } from './group-sizes.ts';
import type { Proposal, ValueCount } from './propose-rule.ts';

/** Something that should make one doubt the log. */
export interface Finding {
  /** Stable across versions. */
  readonly code: FindingCode;
  /** What was found, and what to do about it. */
  readonly message: string;
  /** Whether posteriors come out wrong, or may, if nothing is done. */
  readonly changesNumbers: boolean;
}

/** All findings, the worst first, and whether they change the numbers that other commands give. */
export const FINDINGS = {
  empty: true,
  'single-prompt': true,
  'unusual-groups': true,
  'index-is-no-id': true,
  'several-runs': true,
  twin: true,
  survivors: true,
  'doubtful-repeats': true,
  'session-rewards': true,
  'continuous-reward': true,
  'other-rule': true,
  'several-rewards': true,
  'bad-records': true,
  'unclear-rule': false,
  'constant-reward': false,
  'missing-steps': false,
  'several-formats': false,
  'several-folders': false,
  'changing-ids': false,
  failed: false,
  repeats: false,
  padding: false,
  'single-rollouts': false,
  'long-groups': false,
  'short-groups': false,
  torn: false,
} as const satisfies Readonly<Record<string, boolean>>;

export type FindingCode = keyof typeof FINDINGS;

/** Of visits that have a step, or of all if none has. */
export interface Shape {
  /** Steps of 16 rollouts or more that all are of one prompt, and an example. */
  readonly singlePrompt: { readonly steps: number; readonly step: number | null; readonly rollouts: number };
  /** Prompts that were seen in more than one step. */
  readonly recurring: number;
}

/** What a log holds, before anything of it is believed. */
export interface Report {
  readonly files: readonly Taken[];
  readonly rows: number;
  readonly prompts: number;
  readonly steps: { readonly count: number; readonly first: number | null; readonly last: number | null };
  /** Rows without a step. */
  readonly unstepped: number;
  readonly rollouts: number;
  readonly successes: number;
  /** Rewards, if the log has single rollouts. */
  readonly rewards: {
    /** How many were read from each field. */
    readonly fields: Readonly<Record<string, number>>;
    /** Distinct values, rising; of a log with more than 1,000 the first 1,000 that were met. */
    readonly values: readonly ValueCount[];
    readonly others: number;
  };
  readonly rule: SuccessRule;
  /** Whether the rule was given, and is not the default. */
  readonly isRuleGiven: boolean;
  readonly proposal: Proposal | null;
  readonly groups: {
    readonly count: number;
    /** Rollouts that a group should have: as said, or the most common size. */
    readonly rollouts: number;
    readonly short: number;
    readonly long: number;
    readonly sizes: readonly SizeCount[];
    /** Of groups of two or more. */
    readonly allRight: number;
    readonly allWrong: number;
    readonly mixed: number;
  };
  readonly skipped: Readonly<Record<string, number>>;
  /** What readers noted, of all files: see Taken. */
  readonly notes: Taken['notes'];
  /** What steps and prompts have to do with each other. */
  readonly shape: Shape;
  readonly bad: { readonly count: number; readonly first: readonly BadRecord[] };
  /** What should make one doubt. */
  readonly findings: readonly Finding[];
}
