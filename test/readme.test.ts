import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACQUISITION_TABLE, ACQUISITIONS, PARAMETER_TABLE } from '../src/acquisition.ts';
import { MISLED } from '../src/evaluate/caveat.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('every number of README is what the script writes from committed results', async () => {
  const { fill } = (await import('../scripts/readme.mjs' as string)) as { fill: (text: string) => string };
  expect(fill(readme)).toBe(readme);
});

test('README has at most 900 words', () => {
  expect(
    readme
      .replace(/<!--.*?-->|^\|.*$/gm, '')
      .split(/\s+/)
      .filter(Boolean).length,
  ).toBeLessThanOrEqual(900);
});

test('the page of benchmarks is what the script writes from committed results', async () => {
  const { benchmarks } = (await import('../scripts/readme.mjs' as string)) as { benchmarks: () => string };
  expect(readFileSync(new URL('../docs/benchmarks.md', import.meta.url), 'utf8')).toBe(benchmarks());
});

test('the figure is what the script draws from committed results', async () => {
  const { figure } = (await import('../scripts/figure.mjs' as string)) as { figure: () => string };
  expect(readFileSync(new URL('../docs/cost.svg', import.meta.url), 'utf8')).toBe(figure());
});

test('the page on choosing, and the caveat of replay, are what the results say', async () => {
  const { choosing } = (await import('../scripts/choosing.mjs' as string)) as { choosing: () => string };
  expect(readFileSync(new URL('../docs/choosing.md', import.meta.url), 'utf8')).toBe(choosing());
  const summary = JSON.parse(readFileSync(new URL('../experiments/results/summary.json', import.meta.url), 'utf8'));
  const { arms, against } = summary.A;
  const { wins, seeds } = against.epochs['non-degenerate-16'];
  const [mixed, epochs] = [arms['non-degenerate-16'], arms.epochs].map((arm) => Math.round(100 * arm.mixed));
  expect(MISLED).toEqual({ rule: 'non-degenerate', mixed, epochs, ahead: wins, seeds });
});

test('the table of prototype and counted run is what the script writes from both', async () => {
  const { fillPrototype } = (await import('../scripts/prototype.mjs' as string)) as {
    fillPrototype: (text: string) => string;
  };
  const page = readFileSync(new URL('../experiments/README.md', import.meta.url), 'utf8');
  expect(page.match(/^\| [\w.-]+ \| [+-]\.\d+/gm)?.length).toBeGreaterThan(10);
  expect(fillPrototype(page)).toBe(page);
});

test('the figures of the concepts are what the script draws', async () => {
  const { figures } = (await import('../scripts/concepts.mjs' as string)) as { figures: Record<string, () => string> };
  for (const [name, draw] of Object.entries(figures)) {
    expect(readFileSync(new URL(`../docs/concepts/${name}`, import.meta.url), 'utf8')).toBe(draw());
  }
});

test('README and docs name only commands and files that exist', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const root = new URL('../', import.meta.url);
  const pages = (readdirSync(new URL('docs', root), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`);
  for (const page of ['README.md', ...pages]) {
    const text = readFileSync(new URL(page, root), 'utf8');
    for (const [, name] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts, page).toHaveProperty([name as string]);
    for (const [, path] of text.matchAll(/\]\(((?!https?:)[^)#]+)[^)]*\)/g)) {
      expect(existsSync(new URL(path as string, new URL(page, root))), `${page}: ${path}`).toBe(true);
    }
  }
});

test('the page of the API lists the acquisitions and the defaults of their parameters as the tables have them', () => {
  const page = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\| .* \|$/gm)].map(([, kind, cell]) => [kind, cell]);
  const wanted = ACQUISITIONS.map((kind) => {
    const cells = ACQUISITION_TABLE[kind].parameters.map((name) => {
      const { default: value } = PARAMETER_TABLE[name];
      return value === undefined ? `\`${name}\`` : `\`${name}\` (${value})`;
    });
    return [kind, cells.join(', ')];
  });
  expect(rows).toEqual(wanted);
});
