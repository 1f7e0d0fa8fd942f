// Draws docs/cost.svg out of committed results: what a training step costs by the size of the pool.
// `node scripts/figure.mjs` rewrites the file; test/readme.test.ts holds it to what this would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const RESULTS = new URL('../bench/results/node-20.json', import.meta.url);
const FIGURE = new URL('../docs/cost.svg', import.meta.url);

const BOX = { left: 64, right: 520, top: 56, bottom: 372, width: 720, height: 424 };
/** Decades of the axes: datapoints, and milliseconds. */
const X = [4, 8];
const Y = [-2, 6];

const LINES = [
  { name: 'textbook JS + filter', label: 'textbook JS', color: '#b45309' },
  { name: 'fast JS + filter', label: 'best JS', color: '#7c3aed' },
  { name: 'full Wasm rescore', label: 'Wasm, full rescore', color: '#0369a1' },
  { name: 'insight-wasm', label: 'Wasm, incremental', color: '#047857' },
];

const x = (points) => BOX.left + ((Math.log10(points) - X[0]) / (X[1] - X[0])) * (BOX.right - BOX.left);
const y = (ms) => BOX.bottom - ((Math.log10(ms) - Y[0]) / (Y[1] - Y[0])) * (BOX.bottom - BOX.top);
const at = ([points, ms]) => `${x(points).toFixed(1)},${y(ms).toFixed(1)}`;

function duration(ms) {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3)).toLocaleString('en')} s`;
  return ms >= 1 ? `${ms.toPrecision(2)} ms` : `${Math.round(1000 * ms)} µs`;
}

const decade = (exponent, unit) => {
  const names = {
    '-2': '10 µs',
    '-1': '100 µs',
    0: '1 ms',
    1: '10 ms',
    2: '100 ms',
    3: '1 s',
    4: '10 s',
    5: '100 s',
    6: '1,000 s',
  };
  return unit === 'ms' ? names[exponent] : (10 ** exponent).toLocaleString('en');
};

/** Measured points of a line, and the largest size at the cost a datapoint of the last of them, if it was not measured. */
function pointsOf(rows, name, largest) {
  const measured = rows.flatMap(({ points, standings }) => {
    const standing = standings.find((s) => s.name === name);
    return standing === undefined ? [] : [[points, standing.ms]];
  });
  const [points, ms] = measured.at(-1);
  return { measured, beyond: points < largest ? [largest, (ms / points) * largest] : undefined };
}

/** @param {{ runtime: string, cpu: string, rows: any[] }} results */
export function draw({ runtime, cpu, rows }) {
  const steps = rows.filter(({ job, pool }) => job === 'step' && pool === 'real');
  const largest = Math.max(...steps.map(({ points }) => points));
  const grid = [];
  for (let e = X[0]; e <= X[1]; e++) {
    const at = x(10 ** e).toFixed(1);
    grid.push(`<path class="grid" d="M${at},${BOX.top}V${BOX.bottom}"/>`);
    grid.push(`<text x="${at}" y="${BOX.bottom + 18}" text-anchor="middle">${decade(e, 'points')}</text>`);
  }
  for (let e = Y[0]; e <= Y[1]; e++) {
    const at = y(10 ** e).toFixed(1);
    grid.push(`<path class="grid" d="M${BOX.left},${at}H${BOX.right}"/>`);
    grid.push(`<text x="${BOX.left - 8}" y="${Number(at) + 4}" text-anchor="end">${decade(e, 'ms')}</text>`);
  }
  const lines = LINES.map(({ name, label, color }) => {
    const { measured, beyond } = pointsOf(steps, name, largest);
    const last = beyond ?? measured.at(-1);
    const dots = measured.map(([points, ms]) => {
      const [cx, cy] = at([points, ms]).split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`;
    });
    const dashed =
      beyond &&
      `<path d="M${at(measured.at(-1))}L${at(beyond)}" stroke="${color}" stroke-dasharray="2 5" class="line"/>`;
    return [
      `<path d="M${measured.map(at).join('L')}" stroke="${color}" class="line"/>`,
      dashed ?? '',
      ...dots,
      `<text x="${(x(last[0]) + 12).toFixed(1)}" y="${(y(last[1]) + 4).toFixed(1)}"><tspan class="name">${label}</tspan> ${duration(last[1])}</text>`,
    ].join('');
  });
  const title = 'A training step: select the best 256 of the pool, update them';
  const note = `${runtime.split(',')[0]}, one thread of ${cpu}, K = 8. Dotted: not measured, at the cost a datapoint of the last dot.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX.width} ${BOX.height}" role="img" aria-label="${title}">
<style>
svg{background:#fff}text{font:12px system-ui,sans-serif;fill:#475569}.title{font-size:15px;font-weight:600;fill:#0f172a}.name{font-weight:600;fill:#0f172a}
.grid{stroke:#e2e8f0}.line{fill:none;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
@media(prefers-color-scheme:dark){svg{background:#0f172a}text{fill:#94a3b8}.title,.name{fill:#f1f5f9}.grid{stroke:#334155}.line,circle{filter:brightness(1.5)}}
</style>
<text class="title" x="16" y="24">${title}</text>
<text x="16" y="42">time of a step by the datapoints of the pool</text>
${grid.join('\n')}
${lines.join('\n')}
<text x="16" y="${BOX.height - 12}">${note}</text>
</svg>
`;
}

/** What the figure is to be. */
export const figure = () => draw(JSON.parse(readFileSync(RESULTS, 'utf8')));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(FIGURE, figure());
