// Draws the figures of docs/concepts.md with the package itself: `node scripts/concepts.mjs` after `npm run build`.
// test/readme.test.ts holds the files to what this would write.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { score } from 'insight-wasm';
import { logBeta } from 'insight-wasm/reference';
import { figure, line, names } from './frame.mjs';

const COLORS = ['#0369a1', '#047857', '#c2410c', '#7c3aed'];
const POINTS = 200;
const percent = (value) => `${Math.round(100 * value)} %`;
const RATE = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: percent };

/** Curves over [0, 1]; the value at an end that is not finite is left out. */
function curves({ title, note, high, ticks, label, height = 300 }, lines) {
  const y = { low: 0, high, ticks, label };
  return figure({ title, note, x: RATE, y, height }, (scale) => {
    const drawn = lines.map(({ values }, i) => {
      const points = values
        .map((value, at) => ({ value, at: at / POINTS }))
        .filter(({ value }) => Number.isFinite(value) && value <= high)
        .map(({ value, at }) => `${scale.x(at)},${scale.y(value)}`);
      return line(points, COLORS[i]);
    });
    const ends = lines.map(({ name, nameAt }, i) => ({ name, color: COLORS[i], end: nameAt }));
    return [...drawn, names(scale, ends)].join('\n');
  });
}

const grid = Array.from({ length: POINTS + 1 }, (_, i) => i / POINTS);

/** Density of Beta(alpha, beta). */
function density(alpha, beta) {
  return grid.map((rate) =>
    Math.exp((alpha - 1) * Math.log(rate) + (beta - 1) * Math.log(1 - rate) - logBeta(alpha, beta)),
  );
}

const scores = (evidence, acquisition) =>
  Array.from(
    score(
      grid.map((mean) => Math.max(1e-3, evidence * mean)),
      grid.map((mean) => Math.max(1e-3, evidence * (1 - mean))),
      { acquisition },
    ),
  );

const whole = (value) => `${value}`;

export const figures = {
  'posterior.svg': () =>
    curves(
      {
        title: 'Posterior: what a visit says about the success rate',
        note: 'Success rate. Density of Beta(1, 1), and of it after 8 rollouts.',
        ...{ high: 9, ticks: [0, 3, 6, 9], label: whole },
      },
      [
        { name: 'nothing seen: Beta(1, 1)', values: grid.map(() => 1), nameAt: 1 },
        { name: '3 of 8 right: Beta(4, 6)', values: density(4, 6), nameAt: 2.6 },
        { name: '8 of 8 right: Beta(9, 1)', values: density(9, 1), nameAt: 8.8 },
      ],
    ),
  'evidence.svg': () =>
    curves(
      {
        title: 'Evidence: how many rollouts the posterior remembers',
        note: 'Success rate. Posteriors of one mean, 40 %.',
        ...{ high: 9, ticks: [0, 3, 6, 9], label: whole },
      },
      [
        { name: 'evidence 5: Beta(2, 3)', values: density(2, 3), nameAt: 1.7 },
        { name: 'evidence 20: Beta(8, 12)', values: density(8, 12), nameAt: 3.7 },
        { name: 'evidence 100: Beta(40, 60)', values: density(40, 60), nameAt: 8.2 },
      ],
    ),
  'mean.svg': () => {
    const weight = scores(1000, { kind: 'difficulty-weight' });
    const most = Math.max(...weight);
    return curves(
      {
        title: 'Mean: which prompts can teach at all',
        note: 'Mean of the posterior. A group all right or all wrong has no gradient in GRPO.',
        ...{ high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: percent },
      },
      [
        { name: 'chance of a mixed group of 8', values: grid.map((m) => 1 - m ** 8 - (1 - m) ** 8), nameAt: 0.93 },
        { name: 'difficulty weight, of its most', values: weight.map((value) => value / most), nameAt: 0.55 },
      ],
    );
  },
  'score.svg': () => {
    const lines = [2, 5, 20, 100].map((evidence) => ({
      name: `evidence ${evidence}`,
      values: scores(evidence, { kind: 'weighted-mutual-information' }),
    }));
    const most = Math.max(...lines[0].values);
    return curves(
      {
        title: 'Score: what eight more rollouts would teach, times the weight',
        note: 'Mean of the posterior. Weighted mutual information of K = 8, of the largest shown.',
        ...{ high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: percent },
      },
      lines.map(({ name, values }) => {
        const shares = values.map((value) => value / most);
        return { name, values: shares, nameAt: Math.max(...shares) };
      }),
    );
  },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, draw] of Object.entries(figures)) {
    writeFileSync(new URL(`../docs/concepts/${name}`, import.meta.url), draw());
  }
}
