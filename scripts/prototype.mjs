// Writes the table of experiments/README.md that compares the counted run with the prototype: what PROTOCOL.md expected
// beside experiments/results/summary.json. `node scripts/prototype.mjs` rewrites it; test/readme.test.ts holds it to that.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const read = (path) => readFileSync(new URL(`../experiments/${path}`, import.meta.url), 'utf8');
const summary = JSON.parse(read('results/summary.json'));

/** Rows of an arm and its cells in A, B and D, under "What is expected". */
const [, expected] = read('PROTOCOL.md').split('## What is expected');
const rows = [...expected.split('## ')[0].matchAll(/^\| ([a-z][\w.-]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)].filter(
  ([, arm]) => arm !== 'arm',
);

function here(regime, arm) {
  const found = summary[regime].against.random[arm];
  if (found === undefined) return '-';
  const { mean, wins, seeds } = found;
  const all = summary[regime].arms.random.seeds;
  return `${mean < 0 ? '-' : '+'}${Math.abs(mean).toFixed(3).slice(1)}, ${wins}${seeds === all ? '' : ` of ${seeds}`}`;
}

const REGIMES = ['A', 'B', 'D'];

function table() {
  const lines = [
    ['arm', ...REGIMES.flatMap((regime) => [`${regime}, prototype`, `${regime}, here`])],
    ['---', ...REGIMES.flatMap(() => ['---', '---'])],
    ...rows.map(([, arm, ...prototype]) => [arm, ...REGIMES.flatMap((regime, i) => [prototype[i], here(regime, arm)])]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** experiments/README.md with the table filled in. */
export const fillPrototype = (readme) =>
  readme.replace(
    /(<!-- prototype -->\n)[\s\S]*?(<!-- \/prototype -->)/,
    (_, open, close) => `${open}\n${table()}\n\n${close}`,
  );

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('../experiments/README.md', import.meta.url), fillPrototype(read('README.md')));
}
