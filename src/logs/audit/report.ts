import type { BadRecord, Taken } from '../read-rows.ts';
import type { SuccessRule } from '../row.ts';
import type { SizeCount } from './group-sizes.ts';
import type { Proposal, ValueCount } from './propose-rule.ts';

/** Something that should make one doubt the log. */
export interface Finding {
  /** Stable across versions. */
  readonly code: FindingCode;
  /** A sentence. */
  readonly message: string;
}

export type FindingCode =
  | 'survivors'
  | 'several-rewards'
  | 'constant-reward'
  | 'continuous-reward'
  | 'unclear-rule'
  | 'other-rule'
  | 'missing-steps'
  | 'single-rollouts'
  | 'short-groups'
  | 'long-groups'
  | 'empty'
  | 'bad-records'
  | 'torn'
  | 'twin'
  | 'several-formats';

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
  readonly bad: { readonly count: number; readonly first: readonly BadRecord[] };
  /** What should make one doubt. */
  readonly findings: readonly Finding[];
}
