// Writes every number of README.md, and docs/benchmarks.md, from committed results: bench/results/*.json and
// docs/accuracy.md. `node scripts/readme.mjs` rewrites the files; test/readme.test.ts holds them to what this would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { rulesOf, verdict, against as versus } from './choosing.mjs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const results = ['node-20', 'node-24', 'bun'].map((name) => JSON.parse(read(`bench/results/${name}.json`)));
const replay = JSON.parse(read('bench/results/replay.json'));
const runtimeOf = ({ runtime }) => runtime.split(',')[0];

const peers = JSON.parse(read('bench/results/peers.json'));
const US = 'insight-wasm';
const NOT_RUN = '-';

function standing(result, job, pool, points, name) {
  const row = result.rows.find((r) => r.job === job && r.pool === pool && r.points === points);
  return row?.standings.find((s) => s.name === name);
}

const times = (ratio) => `${ratio >= 10 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(1)}x`;
const ratios = (job, points, name) =>
  results.map((r) => {
    const found = standing(r, job, 'real', points, name);
    return found === undefined ? NOT_RUN : times(found.ratio);
  });

function duration(ms) {
  if (ms >= 1) return `${ms.toPrecision(3)} ms`;
  return `${(1000 * ms).toPrecision(3)} us`;
}

const bytes = (r, points) => r.rows.find((row) => row.job === 'memory' && row.points === points).standings[0].bytes;
const coldStart = (r) => r.rows.find((row) => row.job === 'cold start').standings[0].ms;

function worst() {
  const errors = read('docs/accuracy.md')
    .split('\n')
    .filter((line) => /\| (promised|beyond) \|/.test(line) && !line.includes('absolute'))
    .map((line) => Number(line.split('|')[4]));
  return Math.max(...errors).toFixed(2);
}

function golden() {
  const counts = read('docs/accuracy.md')
    .split('\n')
    .filter((line) => /\| (promised|beyond) \|/.test(line) && !line.includes('absolute'))
    .map((line) => Number(line.split('|')[3]));
  return counts.reduce((a, b) => a + b).toLocaleString('en');
}

/** A table in Markdown, its first line the header. */
function table(lines) {
  const rule = lines[0].map((_, i) => (i === 0 ? '---' : '---:'));
  return [lines[0], rule, ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const row = (title, job, points, name = US, pool = 'real') => [
  title,
  ...results.map((r) => {
    const found = standing(r, job, pool, points, name);
    return found === undefined ? NOT_RUN : duration(found.ms);
  }),
];
const against = (title, job, points, name) => [title, ...ratios(job, points, name)];
const slower = (...of) => [
  '… in the fastest plain JavaScript',
  ...ratios(...of).map((ratio) => `${ratio.slice(0, -1)} times as long`),
];
const header = ['', ...results.map(runtimeOf)];
const [MILLION, MANY] = [1_000_000, 5_000_000];

function numbers() {
  const [{ cpu, date, rounds }] = results;
  return `
${table([
  header,
  row('**training step**: select 256 of 5,000,000, update them', 'step', MANY),
  slower('step', MANY, 'fast JS + filter'),
  row('**rescore** 1,000,000 posteriors, any number of rollouts', 'score', MILLION),
  slower('score', MILLION, 'fast JS'),
])}

Weighted mutual information, one thread of ${cpu}, ${date}: CPU time, medians of ${rounds} interleaved rounds
(\`npm run bench\`; [all of it](docs/benchmarks.md)). A score is off by at most ${worst()} units in the last place
of a float32, of which rounding is 0.5: ${golden()} were checked ([accuracy](docs/accuracy.md)).
`;
}

/** What replay and training say of selection: the claims of docs/choosing.md. */
function saves() {
  const policy = (name) => Math.round(100 * replay.policies.find((one) => one.policy === name).informative.mean);
  const ours = policy('weighted-mutual-information');
  const cell = (regime, arm) => {
    const found = versus(regime, arm);
    return `${found.wins} of ${found.seeds}, ${found.speedUp.toFixed(2)}x: ${verdict(found)}`;
  };
  const pool = (regime, about) => [`${regime}: ${about}`, cell(regime, 'wmi-4'), cell(regime, 'non-degenerate-4')];
  return `
A group that is all right or all wrong is wasted. On the log of a real GRPO run (Qwen2.5-Math-1.5B, ${replay.prompts} prompts,
${replay.visits.toLocaleString('en')} visits), ${100 - policy('shuffled-epochs')} % of the groups of shuffled epochs are wasted, and ${100 - ours} % of those that the default rule,
weighted mutual information, picks out of all prompts at discount ${replay.discount} (\`replay\`). But fewer wasted groups are not more
learning, so we trained a small transformer by plain GRPO, in paired seeds. Against shuffled epochs:

${table([
  ['pool', 'weighted mutual information', '`non-degenerate`'],
  pool('A', '2,048 prompts, all learnable'),
  pool('B', '2,048, 70 % too hard'),
  pool('D', '8,192, 70 % too hard'),
])}

That is: seeds ahead in the mean success rate over all rollouts; how many times fewer rollouts to what shuffled epochs reach with half of
theirs (median); the verdict. Both rules choose among 4 x count random candidates. \`non-degenerate\` is the best of
${rulesOf('B').length} rules in B. D had too few seeds to show anything. Without \`candidates\` the package chooses among all prompts: that
was not trained, so the examples of training below pass them. [Which rule for which pool](docs/choosing.md) has the rest; no
large model was trained.
`;
}

/** docs/benchmarks.md. */
export function benchmarks() {
  const [{ cpu, date, rounds }] = results;
  const sizes = [10_000, 100_000, MILLION, MANY];
  const of = (points) => points.toLocaleString('en');
  const kOf = (name) => against(`rescore 1,000,000 at ${name}, against K = 8`, 'rollouts', MILLION, name);
  const selectors = ['JS filter', 'JS heap', 'JS quickselect', 'bare Wasm scan'];
  const steps = [...sizes, 50_000_000, 100_000_000];
  return `# Benchmarks

Written by \`node scripts/readme.mjs\` from bench/results. One thread of ${cpu}, ${date}; CPU time, medians of ${rounds}
interleaved rounds, of which the order turns around each time; ratios are taken within a round. Every answer is checked before it is
timed. Rivals are in benchmark/rivals and bench/peers.c. "x": how many times as long a point takes as ours.

    npm run bench -- --json bench/results/node-20.json        the same with other engines: node-24, bun
    npm run bench:peers -- --json bench/results/peers.json
    node scripts/readme.mjs

Weighted mutual information, K = 8, of pools at discount 0.9 unless a row says otherwise.

## Training step: select 256 of the whole pool, update them

${table([
  header,
  ...steps.map((points) => row(`of ${of(points)}`, 'step', points)),
  against('of 5,000,000, against one bare Wasm scan of the scores', 'step', MANY, 'bare Wasm scan'),
  against('… against a full rescore of ours', 'step', MANY, 'full Wasm rescore'),
  against('… against fast JS (Math.log), rescored and filtered', 'step', MANY, 'fast JS + filter'),
  row('**first selection** of 1,000,000 in a fresh process', 'first selection', MILLION),
  row('… of 5,000,000', 'first selection', MANY),
  against('… against fast JS + filter, in a fresh process too', 'first selection', MANY, 'fast JS + filter'),
])}

## The paper's step: 256 of 4,096 random candidates

${table([
  header,
  row('of 5,000,000', 'candidates', MANY),
  row('… in a pool that never scored the others', 'candidates', MANY, 'unscored'),
  row('of 50,000,000', 'candidates', 50_000_000),
])}

## Rescore

${table([
  header,
  ...sizes.map((points) => row(`${of(points)} posteriors`, 'score', points)),
  ...['fast JS', 'table-log JS', 'textbook JS'].map((name) =>
    against(`1,000,000, against ${name}`, 'score', MILLION, name),
  ),
  against('5,000,000, against fast JS', 'score', MANY, 'fast JS'),
  kOf('K = 64'),
  kOf('K = 256'),
  row('1,000,000 without discount (looked up by counts)', 'score', MILLION, US, 'lattice'),
])}

## topK: the best 256

${table([
  header,
  ...sizes.flatMap((points) => [
    row(`of ${of(points)} scores`, 'top 256', points),
    ...selectors.map((name) => against(`… against ${name}`, 'top 256', points, name)),
  ]),
])}

## Update

${table([
  header,
  row('256 of 1,000,000', 'update 256', MILLION),
  against('… against a JS loop that checks nothing', 'update 256', MILLION, 'unchecked JS loop'),
  row('1,000,000 of 5,000,000 in one batch', 'update bulk', MANY),
  against('… against a JS loop that checks nothing', 'update bulk', MANY, 'unchecked JS loop'),
])}

## Memory and start

${table([
  header,
  ['memory at 5,000,000, bytes a datapoint', ...results.map((r) => bytes(r, MANY))],
  ['import, pool, 1,000 observations, select, beyond an empty process', ...results.map((r) => duration(coldStart(r)))],
])}

## Peers, in the same run on ${runtimeOf({ runtime: peers.runtime })}

${table([
  ['', 'ns a point', 'ours', 'ratio'],
  ...peers.rows.map(({ job, peer, nsPerPoint, peerNsPerPoint, ratio }) => [
    `${job}: ${PEERS[peer]}`,
    peerNsPerPoint >= 1000 ? Math.round(peerNsPerPoint).toLocaleString('en') : peerNsPerPoint.toPrecision(3),
    nsPerPoint.toPrecision(3),
    times(ratio),
  ]),
])}

1,000,000 datapoints; ${[peers.compiler, peers.peer].filter(Boolean).join('; ')}.
`;
}

const PEERS = {
  'C AVX2+FMA': 'exact E-form in C, AVX2 + FMA, one thread',
  'C SSE4.1': 'the same, SSE4.1',
  'one-pass': 'numpy and scipy, the best one-pass form we know',
  textbook: 'numpy and scipy, Eq. 13 as it stands',
  top: 'numpy argpartition',
  step: 'numpy: rescore, argpartition, update',
};

/** README with each `<!-- name -->...<!-- /name -->` filled in. */
export function fill(readme) {
  return Object.entries({ saves, numbers }).reduce(
    (text, [name, make]) =>
      text.replace(new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`), (_, open, close) => open + make() + close),
    readme,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('../README.md', import.meta.url), fill(read('README.md')));
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), benchmarks());
}
