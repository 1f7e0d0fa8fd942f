import type { Finding, FindingCode, Report } from './report.ts';

/** Groups that a log must have before it means something that none of them is all right or all wrong. */
const ENOUGH_GROUPS = 20;

/** What should make one doubt the log. */
export function toFindings(report: Omit<Report, 'findings'>): Finding[] {
  return [survivors, rewards, rule, steps, groups, files].flatMap((find) => find(report));
}

type Find = (report: Omit<Report, 'findings'>) => Finding[];

const finding = (code: FindingCode, message: string): Finding => ({ code, message });

const survivors: Find = ({ groups: { allRight, allWrong, mixed } }) =>
  allRight + allWrong === 0 && mixed >= ENOUGH_GROUPS
    ? [
        finding(
          'survivors',
          'No group is all right or all wrong: the log seems to hold only what a filter let through (dynamic sampling), ' +
            'which biases every posterior toward 0.5. Log all groups.',
        ),
      ]
    : [];

const rewards: Find = ({ rewards: { fields, values, others } }) => {
  const names = Object.keys(fields);
  const found: Finding[] = [];
  if (names.length > 1) {
    found.push(finding('several-rewards', `Rewards come from several fields, ${names.join(', ')}: name one.`));
  }
  if (values.length === 1) {
    found.push(finding('constant-reward', `All rewards are ${values[0]?.value}: nothing can be learned from them.`));
  }
  if (others > 0) {
    found.push(finding('continuous-reward', 'The reward is continuous: which of it is a success is yours to say.'));
  }
  return found;
};

const rule: Find = ({ rule: { threshold }, proposal, rewards: { others } }) => {
  if (proposal === null || others > 0) return [];
  if (!proposal.isClear) {
    const message = `The rewards leave open what a success is; reward >= ${threshold} is in use: state it.`;
    return [finding('unclear-rule', message)];
  }
  if (proposal.threshold === threshold) return [];
  const message = `The rewards suggest the threshold ${proposal.threshold}, and reward >= ${threshold} is in use.`;
  return [finding('other-rule', message)];
};

const steps: Find = ({ rows, unstepped }) =>
  unstepped > 0 && unstepped < rows
    ? [
        finding(
          'missing-steps',
          `${format(unstepped)} rows have no step, others have: below discount 1 rollouts without one are refused, and ` +
            'counts without one go before all others.',
        ),
      ]
    : [];

const groups: Find = ({ unstepped, groups: { count, rollouts, short, long } }) => {
  const found: Finding[] = [];
  const share = (part: number) => `${format(part)} of ${format(count)} groups`;
  if (rollouts === 1 && count > 0) {
    found.push(finding('single-rollouts', 'Most groups have one rollout: are prompts and steps read as meant?'));
  }
  if (short > 0) found.push(finding('short-groups', `${share(short)} have less than ${rollouts} rollouts.`));
  if (long > 0 && unstepped === 0) {
    found.push(
      finding(
        'long-groups',
        `${share(long)} have more than ${rollouts}: duplicate prompts in the dataset, or rollouts logged twice.`,
      ),
    );
  }
  return found;
};

const files: Find = ({ files, bad }) => {
  const found: Finding[] = [];
  if (files.every(({ rows }) => rows === 0)) found.push(finding('empty', 'There are no rollouts.'));
  if (bad.count > 0) {
    const message = `${format(bad.count)} records are bad, and were left out: other commands stop at them.`;
    found.push(finding('bad-records', message));
  }
  for (const { name, torn } of files) {
    if (torn === undefined) continue;
    found.push(finding('torn', `${name}:${torn}: the last line is half written, and was left out.`));
  }
  const names = new Map<string, string>();
  for (const { name, sha256, rows } of files) {
    if (sha256 === undefined || rows === 0) continue;
    const twin = names.get(sha256);
    if (twin !== undefined) {
      found.push(finding('twin', `${name} is the same as ${twin}: its rollouts count twice.`));
    }
    names.set(sha256, twin ?? name);
  }
  const formats = new Set(files.flatMap(({ format }) => format ?? []));
  if (formats.size > 1) {
    const message = `The files are of several formats, ${[...formats].join(', ')}: do their ids agree?`;
    found.push(finding('several-formats', message));
  }
  return found;
};

function format(count: number): string {
  return count.toLocaleString('en');
}
