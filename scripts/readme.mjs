// Writes every number of README.md from committed results: bench/results/*.json and docs/accuracy.md.
// `node scripts/readme.mjs` rewrites the file; test/readme.test.ts holds it to what this would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const results = ['node-20', 'node-24', 'bun'].map((name) => JSON.parse(read(`bench/results/${name}.json`)));
const runtimeOf = ({ runtime }) => runtime.split(',')[0];

const peers = JSON.parse(read('bench/results/peers.json'));
const US = 'insight-wasm';

function standing(result, job, pool, points, name) {
  const row = result.rows.find((r) => r.job === job && r.pool === pool && r.points === points);
  return row.standings.find((s) => s.name === name);
}

const times = (ratio) => `${ratio >= 10 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(1)}x`;
const ratios = (job, points, name) => results.map((r) => times(standing(r, job, 'real', points, name).ratio));

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
    .filter((line) => /\| (promised|beyond) \|/.test(line))
    .map((line) => Number(line.split('|')[3]));
  return counts.reduce((a, b) => a + b).toLocaleString('en');
}

/** The factor between the pools of 5 and of 50 million. */
const growth = (r) => {
  const us = (points) => standing(r, 'step', 'real', points, US).ms;
  return us(50_000_000) / us(5_000_000);
};

function headline() {
  const [node20] = results;
  const step = (points) => duration(standing(node20, 'step', 'real', points, US).ms);
  return (
    `A training step, select 256 of 5,000,000 and update them, takes ${step(5_000_000)} on one thread of ` +
    `${runtimeOf(node20)} (${step(50_000_000)} of 50,000,000), where the fastest plain JavaScript we could write takes ` +
    `${ratios('step', 5_000_000, 'fast JS + filter').join(' / ')} as long (Node 20 / Node 24 / Bun). A full rescore is ` +
    `${ratios('score', 1_000_000, 'fast JS').join(' / ')} as fast as that JavaScript, ` +
    `${ratios('score', 1_000_000, 'textbook JS').join(' / ')} as Eq. 13 written as in a textbook.`
  );
}

/** A table in Markdown, its first line the header. */
function table(lines) {
  const rule = lines[0].map((_, i) => (i === 0 ? '---' : '---:'));
  return [lines[0], rule, ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function numbers() {
  const row = (title, job, points, name = US, pool = 'real') => [
    title,
    ...results.map((r) => duration(standing(r, job, pool, points, name).ms)),
  ];
  const against = (title, job, points, name) => [title, ...ratios(job, points, name)];
  const [million, many, most] = [1_000_000, 5_000_000, 50_000_000];
  const lines = [
    ['', ...results.map(runtimeOf)],
    row('**training step**: select 256 of 5,000,000, update them', 'step', many),
    against('… against one bare Wasm scan of the scores', 'step', many, 'bare Wasm scan'),
    against('… against a full rescore of ours', 'step', many, 'full Wasm rescore'),
    against('… against fast JS (Math.log), rescored and filtered', 'step', many, 'fast JS + filter'),
    row('… of 50,000,000', 'step', most),
    row('**paper’s step**: 256 of 4,096 random candidates of 5,000,000', 'candidates', many),
    row('… in a pool that never scored the others', 'candidates', many, 'unscored'),
    against('… against one bare Wasm scan of the scores', 'candidates', many, 'bare Wasm scan'),
    row('**rescore** 1,000,000 posteriors', 'score', million),
    against('… against fast JS (Math.log)', 'score', million, 'fast JS'),
    against('… against JS with a table logarithm', 'score', million, 'table-log JS'),
    against('… against textbook JS', 'score', million, 'textbook JS'),
    row('… without discount (by table, the same bits)', 'score', million, US, 'lattice'),
    row('**topK**: 256 of 1,000,000 scores', 'top 256', million),
    against('… against a JS filter', 'top 256', million, 'JS filter'),
    against('… against a JS heap', 'top 256', million, 'JS heap'),
    row('**update** 256 of 1,000,000', 'update 256', million),
    against('… against a JS loop that checks nothing', 'update 256', million, 'unchecked JS loop'),
    row('update 1,000,000 of 5,000,000 in one batch', 'update bulk', many),
    against('… against a JS loop that checks nothing', 'update bulk', many, 'unchecked JS loop'),
    ['memory at 5,000,000, bytes a datapoint', ...results.map((r) => bytes(r, many))],
    ['cold start: import, pool, 1,000 observations, select', ...results.map((r) => duration(coldStart(r)))],
  ];
  const [{ cpu, date, rounds }] = results;
  const peer = (job, name) => times(peers.rows.find((r) => r.job === job && r.peer === name).ratio);
  return `
${table(lines)}

Weighted mutual information, K = 8, one thread of ${cpu}, ${date}: medians of ${rounds} interleaved rounds
(\`npm run bench -- --json bench/results/node-20.json\`, then \`node scripts/readme.mjs\`). Rivals are in bench/rivals, and
their answers are checked before they are timed. Most of the lead over the textbook is algebra, which JavaScript shares;
what SIMD adds is the ratio to JavaScript with a logarithm of its own. From 5 to 50 million datapoints a step takes
${results.map((r) => `${growth(r).toFixed(1)}x`).join(' / ')} as long: cache misses, not work.

The same work in numpy and scipy (${peers.peer}; \`npm run bench:peers\`, 1,000,000 datapoints): a rescore takes
${peer('rescore', 'one-pass')} as long in the best one-pass form we know, ${peer('rescore', 'textbook')} as Eq. 13 stands, and a training step
${peer('step', 'step')} as long. Measure your own machine: \`npx insight-wasm bench\`.
`;
}

/** README with each `<!-- name -->...<!-- /name -->` filled in. */
export function fill(readme) {
  return Object.entries({ worst, golden, headline, numbers }).reduce(
    (text, [name, make]) =>
      text.replace(new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`), (_, open, close) => open + make() + close),
    readme,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('../README.md', import.meta.url), fill(read('README.md')));
}
