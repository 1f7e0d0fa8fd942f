import type { Report } from './audit.ts';

/** Groups that a log must have before it means something that none of them is all right or all wrong. */
const ENOUGH_GROUPS = 20;

/** What should make one doubt the log, each a sentence. */
export function toFindings(report: Omit<Report, 'findings'>): string[] {
  return [survivors, rewards, rule, steps, groups, files].flatMap((find) => find(report));
}

type Find = (report: Omit<Report, 'findings'>) => string[];

const survivors: Find = ({ groups: { allRight, allWrong, mixed } }) =>
  allRight + allWrong === 0 && mixed >= ENOUGH_GROUPS
    ? [
        'No group is all right or all wrong: the log seems to hold only what a filter let through (dynamic sampling), ' +
          'which biases every posterior toward 0.5. Log all groups.',
      ]
    : [];

const rewards: Find = ({ rewards: { fields, values, others } }) => {
  const names = Object.keys(fields);
  const found: string[] = [];
  if (names.length > 1) found.push(`Rewards come from several fields, ${names.join(', ')}: name one with --reward.`);
  if (values.length === 1) found.push(`All rewards are ${values[0]?.value}: nothing can be learned from them.`);
  if (others > 0) found.push('The reward is continuous: which of it is a success is yours to say (--threshold).');
  return found;
};

const rule: Find = ({ rule: { threshold }, proposal, rewards: { others } }) => {
  if (proposal === null || others > 0) return [];
  if (!proposal.isClear) {
    return [`The rewards leave open what a success is; reward >= ${threshold} is in use: state it with --threshold.`];
  }
  return proposal.threshold === threshold
    ? []
    : [`The rewards suggest --threshold ${proposal.threshold}, and reward >= ${threshold} is in use.`];
};

const steps: Find = ({ rows, unstepped }) =>
  unstepped > 0 && unstepped < rows
    ? [`${format(unstepped)} rows have no step, others have: below discount 1 they fit no order.`]
    : [];

const groups: Find = ({ unstepped, groups: { count, rollouts, short, long } }) => {
  const found: string[] = [];
  const share = (part: number) => `${format(part)} of ${format(count)} groups`;
  if (rollouts === 1 && count > 0) found.push('Most groups have one rollout: are prompts and steps read as meant?');
  if (short > 0) found.push(`${share(short)} have less than ${rollouts} rollouts.`);
  if (long > 0 && unstepped === 0) {
    found.push(
      `${share(long)} have more than ${rollouts}: duplicate prompts in the dataset, or rollouts logged twice.`,
    );
  }
  return found;
};

const files: Find = ({ files, bad }) => {
  const found: string[] = [];
  if (files.every(({ rows }) => rows === 0)) found.push('There are no rollouts.');
  if (bad.count > 0)
    found.push(`${format(bad.count)} records are bad, and were left out: other commands stop at them.`);
  for (const { name, torn } of files) {
    if (torn !== undefined) found.push(`${name}:${torn}: the last line is half written, and was left out.`);
  }
  const names = new Map<string, string>();
  for (const { name, sha256, rows } of files) {
    const twin = names.get(sha256);
    if (twin !== undefined && rows > 0) found.push(`${name} is the same as ${twin}: its rollouts count twice.`);
    names.set(sha256, twin ?? name);
  }
  const formats = new Set(files.flatMap(({ format }) => format ?? []));
  if (formats.size > 1) found.push(`The files are of several formats, ${[...formats].join(', ')}: do their ids agree?`);
  return found;
};

function format(count: number): string {
  return count.toLocaleString('en');
}
