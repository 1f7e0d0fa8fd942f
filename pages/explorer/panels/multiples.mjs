import { linear, logarithmic } from '../axes.mjs';
import { $, h, percent } from '../dom.mjs';
import { drawShade } from '../shade.mjs';

const HEIGHT = 96;
const MOST_DOTS = 1500;

/** What each acquisition would pick; a click makes it the big one. @param {(kind: string) => void} onPick */
export function drawMultiples(multiples, { points }, { kind: chosen }, onPick) {
  const place = $('multiples');
  const focused = document.activeElement?.dataset?.kind;
  const few = thin(points);
  const buttons = multiples.map(({ kind, wasted, picks, surface }) => {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    const button = h(
      'button',
      { type: 'button', 'aria-pressed': String(kind === chosen), 'data-kind': kind, onclick: () => onPick(kind) },
      canvas,
      h('span', { className: 'name' }, kind === chosen ? `▸ ${kind}` : kind),
      h('span', { className: 'wasted', 'data-value': String(wasted) }, `${percent(wasted)} wasted`),
    );
    return { button, canvas, draw: () => draw(canvas, few, points.range, picks, surface) };
  });
  place.replaceChildren(...buttons.map(({ button }) => button));
  for (const { draw } of buttons) draw();
  if (focused !== undefined) place.querySelector(`[data-kind="${focused}"]`)?.focus();
}

function draw(canvas, points, range, picks, surface) {
  const width = canvas.parentElement.clientWidth;
  const x = linear([0, 1], [0, width]);
  const y = logarithmic(range, [HEIGHT, 0]);
  canvas.style.height = `${HEIGHT}px`;
  drawShade(
    canvas,
    { width, height: HEIGHT },
    { surface, points, picks, x, y },
    { dot: 1, ring: 2.2, most: MOST_DOTS },
  );
}

/** Every n-th, so that there are no more than so many: the small pictures say where, not how many. */
function thin({ mean, evidence }) {
  const stride = Math.max(1, Math.ceil(mean.length / MOST_DOTS));
  const few = (values) => values.filter((_, i) => i % stride === 0);
  return { mean: few(mean), evidence: few(evidence) };
}
