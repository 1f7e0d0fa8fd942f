import { folderOf } from '../path-facts.ts';
import { isContinuous } from './propose-rule.ts';
import { FINDINGS, type Finding, type FindingCode, type Report } from './report.ts';

/** Groups that a log must have before it means something that none of them is all right or all wrong. */
const ENOUGH_GROUPS = 20;
/** Prompts that a log must have before it means something that none of them comes again. */
const ENOUGH_PROMPTS = 20;
/** How many times the usual size a group must have to be more than a prompt that is in the data set twice. */
const UNUSUAL = 4;

type Facts = Omit<Report, 'findings'>;
type Find = (report: Facts) => Finding[];

/** What should make one doubt the log, the worst first. */
export function toFindings(report: Facts): Finding[] {
  const order = Object.keys(FINDINGS);
  return [survivors, rewards, rule, steps, groups, prompts, notes, left, files]
    .flatMap((find) => find(report))
    .sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
}

const finding = (code: FindingCode, message: string): Finding => ({ code, message, changesNumbers: FINDINGS[code] });

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

const rewards: Find = ({ rewards: { fields, values, others }, rollouts, isRuleGiven }) => {
  const names = Object.keys(fields);
  const found: Finding[] = [];
  if (names.length > 1) {
    found.push(finding('several-rewards', `Rewards come from several fields, ${names.join(', ')}: name one.`));
  }
  if (values.length === 1) {
    found.push(finding('constant-reward', `All rewards are ${values[0]?.value}: nothing can be learned from them.`));
  }
  if (isContinuous(values, others, rollouts)) {
    const message = 'The reward is continuous: which of it is a success is yours to say.';
    found.push({ ...finding('continuous-reward', message), changesNumbers: !isRuleGiven });
  }
  return found;
};

const rule: Find = ({ rule: { threshold }, proposal, isRuleGiven }) => {
  if (proposal === null) return [];
  if (!proposal.isClear) {
    const message = `The rewards leave open what a success is; reward >= ${threshold} is in use: state it.`;
    return isRuleGiven ? [] : [finding('unclear-rule', message)];
  }
  if (proposal.threshold === threshold) return [];
  const message = `The rewards suggest the threshold ${proposal.threshold}, and reward >= ${threshold} is in use.`;
  return [{ ...finding('other-rule', message), changesNumbers: !isRuleGiven }];
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

const groups: Find = ({ unstepped, groups: { count, rollouts, short, long, sizes } }) => {
  const found: Finding[] = [];
  const share = (part: number) => `${format(part)} of ${format(count)} groups`;
  if (rollouts === 1 && count > 0) {
    found.push(finding('single-rollouts', 'Most groups have one rollout: are prompts and steps read as meant?'));
  }
  if (short > 0) {
    const message = `${share(short)} have less than ${rollouts} rollouts: were some filtered, failed or lost?`;
    found.push(finding('short-groups', message));
  }
  if (long > 0 && unstepped === 0) {
    found.push(
      finding(
        'long-groups',
        `${share(long)} have more than ${rollouts}: duplicate prompts in the dataset, or rollouts logged twice.`,
      ),
    );
  }
  const unusual = sizes.filter(({ size }) => rollouts > 1 && size >= UNUSUAL * rollouts);
  if (unusual.length > 0 && unstepped === 0) {
    const groups = unusual.reduce((sum, size) => sum + size.groups, 0);
    const message =
      `${share(groups)} have ${UNUSUAL} times the usual ${rollouts} rollouts or more, up to ` +
      `${format(unusual.at(-1)?.size ?? 0)}: several prompts seem to share one id. Log an id of the data set.`;
    found.push(finding('unusual-groups', message));
  }
  return found;
};

const prompts: Find = ({ prompts, steps, shape: { singlePrompt, recurring } }) => {
  const found: Finding[] = [];
  if (singlePrompt.steps > 0) {
    const more = singlePrompt.steps === 1 ? '' : `, and ${format(singlePrompt.steps - 1)} more steps are like that`;
    const message =
      `All ${format(singlePrompt.rollouts)} rollouts of step ${singlePrompt.step} are of one prompt${more}: is the ` +
      'prompt in an image, or in a field that is not read? Log an id.';
    found.push(finding('single-prompt', message));
  }
  if (recurring === 0 && steps.count >= 3 && prompts >= ENOUGH_PROMPTS) {
    const message =
      `None of the ${format(prompts)} prompts is in more than one step: either this is less than an epoch, or the id is ` +
      'new at each visit. Name a field that stays the same, or hash the prompt.';
    found.push(finding('changing-ids', message));
  }
  return found;
};

/** What readers noted, with what to do. */
const NOTES = {
  'index-is-no-id': (count, example) =>
    `An index alone is no id here: ${format(count)} prompts have the index of another one (${example} is one). Their ids ` +
    'are INDEX:HASH; a hash of the prompt is the better id.',
  'several-runs': (count, example) =>
    `One folder holds several runs: ${format(count)} rollouts have the number of another one (${example}). All count; ` +
    'keep each run in a folder of its own.',
  'doubtful-repeats': (count, example) =>
    `${format(count)} files begin with what the file before ended with (${example} at first), and nothing proves that ` +
    'they were logged twice: they count. Log once per generation: logging_steps = steps_per_generation.',
  'session-rewards': (count, example) =>
    `${format(count)} outputs have another reward than the first output of their session (${example} is one): the first ` +
    'counts.',
  'bad-records': (count, example) =>
    `${format(count)} records are bad, and were left out, as you asked for. The first is ${example}`,
} as const satisfies Readonly<Record<string, (count: number, example: string) => string>>;

const notes: Find = ({ notes }) =>
  (Object.keys(NOTES) as (keyof typeof NOTES)[]).flatMap((code) => {
    const note = notes[code];
    return note === undefined ? [] : [finding(code, NOTES[code](note.count, note.example))];
  });

/** Reasons for which rollouts are left out, and what they say of the log. */
const LEFT: Readonly<Record<string, readonly [code: FindingCode, message: string]>> = {
  failed: ['failed', 'rollouts failed for reasons of the infrastructure, and do not count: roll them out again.'],
  'again from the file before': [
    'repeats',
    'rows are those of the file before once more, and count once. Others may be lost: log once per generation, ' +
      'logging_steps = steps_per_generation.',
  ],
  padding: ['padding', 'rows fill up batches, and do not count: nothing needs to be done.'],
};

const left: Find = ({ skipped }) =>
  Object.entries(LEFT).flatMap(([reason, [code, message]]) => {
    const count = skipped[reason] ?? 0;
    return count === 0 ? [] : [finding(code, `${format(count)} ${message}`)];
  });

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
      found.push(finding('twin', `${name} is the same as ${twin}: its rollouts count twice. Give one of them.`));
    }
    names.set(sha256, twin ?? name);
  }
  const formats = new Set(files.flatMap(({ format }) => format ?? []));
  if (formats.size > 1) {
    const message = `The files are of several formats, ${[...formats].join(', ')}: do their ids agree?`;
    found.push(finding('several-formats', message));
  }
  return [...found, ...severalFolders(files)];
};

/** verl writes validation into a folder like that of training, and nothing in the files tells them apart. */
function severalFolders(files: Facts['files']): Finding[] {
  const folders = new Map<string, string>();
  for (const { name, format } of files) {
    if (format !== 'verl') continue;
    const folder = folderOf(name);
    const file = name.slice(folder.length).replace(/^[\\/]/, '');
    const other = folders.get(file);
    if (other !== undefined && other !== folder) {
      const message = `${other} and ${folder} have files of the same steps: is one of them validation? The files do not say.`;
      return [finding('several-folders', message)];
    }
    folders.set(file, folder);
  }
  return [];
}

function format(count: number): string {
  return count.toLocaleString('en');
}
