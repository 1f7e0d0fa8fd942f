// Draws docs/surface.svg: the score surface with a pool upon it, of a simulated run.
// `npm run build && node scripts/surface.mjs` rewrites the file; test/page.test.ts holds it to what this would write.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { simulate } from '../dist/evaluate.js';
import { score } from '../dist/index.js';
import { PromptState } from '../dist/state.js';

const FIGURE = new URL('../docs/surface.svg', import.meta.url);
const RUN = { prompts: 400, steps: 30, batch: 64, rollouts: 8, seed: 1 };
const DISCOUNT = 0.9;
const COUNT = 25;

const BOX = { left: 62, right: 700, top: 64, bottom: 392, width: 720, height: 440 };
const ROWS = 41;
const STOPS = 16;
/** Evidence at the lower and the upper edge. */
const EVIDENCE = [1.85, 80];

const number = (value, digits = 1) => String(Number(value.toFixed(digits)));
const x = (mean) => BOX.left + mean * (BOX.right - BOX.left);
const y = (evidence) => {
  const share = Math.log(evidence / EVIDENCE[0]) / Math.log(EVIDENCE[1] / EVIDENCE[0]);
  return BOX.bottom - share * (BOX.bottom - BOX.top);
};
const percent = (share) => `${Math.round(100 * share)} %`;

/** The posteriors after the run. */
function trained() {
  const state = new PromptState({ discount: DISCOUNT });
  for (const groups of simulate(RUN)) {
    state.observe(
      groups.map(({ id, step, outcomes }) => ({
        id,
        step,
        successes: outcomes.filter(Boolean).length,
        trials: outcomes.length,
      })),
    );
  }
  return state;
}

/** A strip for each range of evidence, shaded by the score over the mean. */
function shade() {
  const height = (BOX.bottom - BOX.top) / ROWS;
  const middle = (row) => EVIDENCE[1] * (EVIDENCE[0] / EVIDENCE[1]) ** ((row + 0.5) / ROWS);
  const points = Array.from({ length: ROWS * (STOPS + 1) }, (_, i) => {
    const [mean, evidence] = [(i % (STOPS + 1)) / STOPS, middle(Math.floor(i / (STOPS + 1)))];
    return [Math.max(1e-3, mean * evidence), Math.max(1e-3, (1 - mean) * evidence)];
  });
  const scores = score(
    points.map(([alpha]) => alpha),
    points.map(([, beta]) => beta),
  );
  const most = Math.max(...scores);
  const strips = Array.from({ length: ROWS }, (_, row) => {
    const stops = Array.from({ length: STOPS + 1 }, (_, i) => {
      const opacity = number(scores[row * (STOPS + 1) + i] / most, 2);
      return `<stop offset="${number(i / STOPS, 4)}" stop-opacity="${opacity}"/>`;
    });
    const top = BOX.top + row * height;
    return [
      `<linearGradient id="s${row}">${stops.join('')}</linearGradient>`,
      `<path fill="url(#s${row})" d="M${BOX.left},${number(top)}H${BOX.right}V${number(top + height)}H${BOX.left}z"/>`,
    ];
  });
  return `<defs>${strips.map(([gradient]) => gradient).join('\n')}</defs>\n${strips.map(([, strip]) => strip).join('\n')}`;
}

/** What the figure is to be. */
export function surface() {
  const state = trained();
  const { prompts, wasted } = state.status(COUNT);
  const random = state.status(prompts).wasted;
  const dots = Array.from(state.alpha, (alpha, i) => {
    const evidence = alpha + state.beta[i];
    return `M${number(x(alpha / evidence))},${number(y(evidence))}h0`;
  });
  const rings = state
    .select(COUNT)
    .map(({ mean, evidence }) => `<circle cx="${number(x(mean))}" cy="${number(y(evidence))}" r="6"/>`);
  const across = [0, 0.25, 0.5, 0.75, 1].map(
    (mean) => `<text x="${number(x(mean))}" y="${BOX.bottom + 18}" text-anchor="middle">${mean}</text>`,
  );
  const up = [2, 5, 10, 20, 50].map(
    (evidence) => `<text x="${BOX.left - 8}" y="${number(y(evidence) + 4)}" text-anchor="end">${evidence}</text>`,
  );
  const title = `Which of ${prompts} prompts next? The ${COUNT} ringed ones`;
  const note =
    `Wasted groups (all right or all wrong): ${percent(wasted)} expected of these, ${percent(random)} at random. ` +
    'Shade: the score. Simulated.';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX.width} ${BOX.height}" role="img" aria-label="${title}. ${note}">
<style>
svg{background:#fff}text{font:12px system-ui,sans-serif;fill:#57534b}.title{font-size:15px;font-weight:600;fill:#1d1b18}
stop{stop-color:#1c6b63}.dots{stroke:#1d1b18;stroke-opacity:.6;stroke-width:4.6;stroke-linecap:round}.edge{stroke:#fff;stroke-width:4}.ring{stroke:#d4143f;stroke-width:2}
@media(prefers-color-scheme:dark){svg{background:#161512}text{fill:#aaa499}.title{fill:#ebe8e1}stop{stop-color:#35b39d}.dots{stroke:#f4f1ea}.edge{stroke:#161512}.ring{stroke:#ff6f86}}
</style>
<text class="title" x="16" y="24">${title}</text>
<text x="16" y="44">${note}</text>
${shade()}
<path class="dots" d="${dots.join('')}"/>
<g class="edge" fill="none">${rings.join('')}</g>
<g class="ring" fill="none">${rings.join('')}</g>
${across.join('')}
${up.join('')}
<text x="${number(x(0.5))}" y="${BOX.height - 10}" text-anchor="middle">mean success rate</text>
<text transform="translate(22 ${(BOX.top + BOX.bottom) / 2}) rotate(-90)" text-anchor="middle">evidence (rollouts remembered)</text>
</svg>
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(FIGURE, surface());
