// What the user has set: in the hash of the URL, for the worker, and as a command line.
import { ACQUISITION_TABLE, ACQUISITIONS, PARAMETER_TABLE } from '../../src/acquisition.ts';
import { toNext } from '../../src/cli/text/next.ts';

/** How logs are read: names as the flags of the command have them. */
export const READING = ['id', 'hash', 'reward', 'step', 'successes', 'trials', 'rate', 'step-from-path', 'evaluations'];
export const SWITCHES = ['step-from-path', 'evaluations'];

/** The parameters with sliders: where these begin and end. */
export const SLIDERS = {
  rollouts: { label: 'K, rollouts a group', least: 1, most: 64, step: 1 },
  eta: { label: 'η, sharpness', least: 0, most: 10, step: 0.1 },
  mu: { label: 'μ, mean sought', least: 0, most: 1, step: 0.01 },
  target: { label: 'target mean', least: 0, most: 1, step: 0.01 },
};
const PARAMETERS = [...Object.keys(SLIDERS), 'seed'];

const number = (text) => (text !== null && text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined);

/** All that the hash can say; undefined: the default. */
export function fromHash(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const kind = query.get('acquisition');
  const [alpha, beta] = (query.get('prior') ?? '').split(',').map(number);
  const text = (name) => query.get(name) ?? undefined;
  return {
    kind: ACQUISITIONS.includes(kind) ? kind : ACQUISITIONS[0],
    parameters: Object.fromEntries(PARAMETERS.map((name) => [name, number(query.get(name))])),
    count: number(query.get('count')),
    discount: number(query.get('discount')),
    prior: alpha > 0 && beta > 0 ? { alpha, beta } : undefined,
    threshold: number(query.get('threshold')),
    time: number(query.get('at')),
    prompt: text('prompt'),
    example: query.has('example'),
    tab: text('tab'),
    reading: Object.fromEntries(READING.map((name) => [name, text(name)])),
  };
}

export function toHash({ kind, parameters, count, discount, prior, threshold, time, prompt, example, tab, reading }) {
  const query = new URLSearchParams();
  const set = (name, value) => value !== undefined && query.set(name, value);
  if (example) query.set('example', '');
  if (kind !== ACQUISITIONS[0]) query.set('acquisition', kind);
  for (const name of PARAMETERS) set(name, parameters[name]);
  set('count', count);
  set('discount', discount);
  set('prior', prior && `${prior.alpha},${prior.beta}`);
  set('threshold', threshold);
  set('at', time);
  set('prompt', prompt);
  set('tab', tab);
  for (const name of READING) set(name, reading[name]);
  return `#${query}`;
}

export const defaultOf = (name) => PARAMETER_TABLE[name].default ?? 1;

/** With all defaults, as the worker wants it. @param {number} prompts of what is open */
export function complete({ kind, parameters, count, discount, prior, threshold, time }, prompts) {
  return {
    kind,
    parameters: Object.fromEntries(PARAMETERS.map((name) => [name, parameters[name] ?? defaultOf(name)])),
    count: count ?? Math.min(256, Math.max(1, Math.round(prompts / 16))), // the paper selects one of 16 candidates
    discount: discount ?? 1,
    prior: prior ?? { alpha: 1, beta: 1 },
    threshold: threshold ?? 0.5,
    isThresholdGiven: threshold !== undefined,
    time,
  };
}

/** The mapping of the readers. */
export function toMapping(reading) {
  const { hash, trials, 'step-from-path': stepFromPath, evaluations, ...fields } = reading;
  const named = Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
  return {
    ...named,
    ...(hash && { hash: hash.split(',') }),
    ...(trials && { trials: /^\d+$/.test(trials) ? Number(trials) : trials }),
    ...(stepFromPath !== undefined && { stepFromPath: true }),
    ...(evaluations !== undefined && { evaluations: true }),
  };
}

const command = (...given) =>
  toNext(...given)
    .join('\n')
    .replace(/^next: /, '');

/** The commands that give the batch which the page shows. */
export function toCommand(settings, source) {
  const { kind, parameters, discount, prior, threshold, reading } = settings;
  const full = complete(settings, source.prompts);
  const { reads, parameters: takes } = ACQUISITION_TABLE[kind];
  const given = Object.fromEntries(
    takes.filter((name) => name !== 'seed' || reads === 'seed').map((name) => [name, full.parameters[name]]),
  );
  const select = (state) =>
    command('select', [], {
      state,
      count: full.count,
      acquisition: kind,
      ...Object.fromEntries(
        Object.entries(given).filter(([name]) => parameters[name] !== undefined || name === 'seed'),
      ),
    });
  if (source.kind === 'state') return select(source.name);
  const flags = Object.entries(reading).filter(([, value]) => value !== undefined && value !== '');
  const ingest = command('ingest', source.operands, {
    state: 'pool.iws',
    ...Object.fromEntries(flags.map(([name, value]) => [name, SWITCHES.includes(name) ? true : value])),
    threshold,
    discount,
    prior: prior && `${prior.alpha},${prior.beta}`,
    'skip-bad': source.bad || undefined,
  });
  return [...(source.before ?? []), ingest, select('pool.iws')].join(' &&\n');
}
