// Writes every number of README.md from committed results: bench/results/*.json and docs/accuracy.md.
// `node scripts/readme.mjs` rewrites the file; test/readme.test.ts holds it to what this would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const results = ['node-20', 'node-24', 'bun'].map((name) => JSON.parse(read(`bench/results/${name}.json`)));
const runtimeOf = ({ runtime }) => runtime.split(',')[0];

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

function headline() {
  const [node20] = results;
  const { nsPerPoint } = standing(node20, 'score', 'real', 1_000_000, 'insight-wasm');
  const perSecond = Math.round(1e3 / nsPerPoint);
  return (
    `${perSecond} million weighted-MI scores a second on one thread of ${runtimeOf(node20)}: ` +
    `${ratios('score', 1_000_000, 'fast JS').join(' / ')} the fastest JavaScript we could write with Math.log ` +
    `(Node 20 / Node 24 / Bun), ${ratios('score', 1_000_000, 'textbook JS').join(' / ')} Eq. 13 as a textbook writes it.`
  );
}

function numbers() {
  const header = ['', ...results.map(runtimeOf)];
  const row = (title, job, points) => [
    title,
    ...results.map((r) => duration(standing(r, job, 'real', points, 'insight-wasm').ms)),
  ];
  const against = (title, job, points, name) => [title, ...ratios(job, points, name)];
  const table = [
    row('score 1,000,000 posteriors', 'score', 1_000_000),
    against('… against fast JS (Math.log)', 'score', 1_000_000, 'fast JS'),
    against('… against JS with a table logarithm', 'score', 1_000_000, 'table-log JS'),
    against('… against textbook JS', 'score', 1_000_000, 'textbook JS'),
    row('training step: select 256 of 5,000,000, update them', 'step', 5_000_000),
    against('… against fast JS, rescored and filtered', 'step', 5_000_000, 'fast JS + filter'),
    against('… against one bare Wasm scan of the scores', 'step', 5_000_000, 'bare Wasm scan'),
    row('the same out of 4,096 random candidates', 'candidates', 5_000_000),
    row('topK: 256 of 1,000,000 scores', 'top 256', 1_000_000),
    against('… against a JS filter', 'top 256', 1_000_000, 'JS filter'),
    against('… against a JS heap', 'top 256', 1_000_000, 'JS heap'),
    row('update 256 of 1,000,000', 'update 256', 1_000_000),
    against('… against a JS loop that checks nothing', 'update 256', 1_000_000, 'unchecked JS loop'),
  ];
  const lines = [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...table];
  const [{ cpu, date, rounds }] = results;
  return `
${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

Weighted mutual information, K = 8, real-valued pool, one thread of ${cpu}, ${date}: medians of ${rounds} interleaved runs
(\`npm run bench -- --json bench/results/node-20.json\`, then \`node scripts/readme.mjs\`). Rivals are in bench/rivals, and
their answers are checked before they are timed. Most of the lead over the textbook is algebra, which JavaScript shares;
what SIMD adds is the ratio to JavaScript with a logarithm of its own.
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
