import { axisName, below, linear, logarithmic, logTicks } from '../axes.mjs';
import { $, count, h, s } from '../dom.mjs';
import { drawShade } from '../shade.mjs';

const MARGIN = { left: 52, right: 10, top: 8, bottom: 42 };

/** Finds the prompt nearest to a place, within so many pixels. */
const REACH = 8;

/** The big picture. @param {(id: string) => void} onPick a prompt was clicked */
export function drawSurface(view, settings, onPick) {
  const place = $('surface');
  const width = Math.max(200, place.clientWidth);
  const height = Math.round(Math.min(520, Math.max(300, width * 0.62)));
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const area = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  const { points, batch, surface, ids } = view;
  const x = linear([0, 1], [0, inner.width]);
  const y = logarithmic(points.range, [inner.height, 0]);
  const picks = { mean: batch.map(({ mean }) => mean), evidence: batch.map(({ evidence }) => evidence) };

  const canvas = h('canvas', { className: 'shade' });
  Object.assign(canvas.style, {
    left: `${area.left}px`,
    top: `${area.top}px`,
    width: `${inner.width}px`,
    height: `${inner.height}px`,
  });
  drawShade(canvas, inner, { surface, points, picks, x, y }, { dot: 2.4, ring: 5 });

  const svg = s('svg', { width, height, role: 'img', 'aria-label': describe(view, settings) });
  for (const value of logTicks(points.range)) {
    const at = area.top + y(value);
    svg.append(
      s('line', { class: 'tick', x1: area.left - 4, x2: area.left, y1: at, y2: at }),
      s('text', { x: area.left - 8, y: at, dy: '0.35em', 'text-anchor': 'end' }, count(value)),
    );
  }
  below(svg, area, (value) => area.left + x(value), [0, 0.25, 0.5, 0.75, 1], String);
  svg.append(
    axisName(area, height, 'mean success rate'),
    s(
      'text',
      { transform: `translate(11 ${(area.top + area.bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' },
      'evidence (rollouts remembered)',
    ),
  );
  const hint = h('div', { className: 'hint', hidden: true });
  place.replaceChildren(canvas, svg, hint);
  $('surface-title').textContent = `Score surface: ${settings.kind}`;
  $('surface-note').textContent =
    points.stride > 1
      ? `Drawn: every ${points.stride}th of ${count(points.of)} prompts. All are counted.`
      : points.of > 5000
        ? 'Shade: the score. Darker squares: more prompts. Ringed: the next batch.'
        : 'Every prompt by what is believed of it. Shade: the score. Ringed: the next batch.';
  if (ids === undefined) return;

  const nearest = ({ offsetX, offsetY }) => {
    let [best, least] = [-1, REACH ** 2];
    for (let i = 0; i < ids.length; i++) {
      const distance = (x(points.mean[i]) - offsetX) ** 2 + (y(points.evidence[i]) - offsetY) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  };
  canvas.onpointermove = (event) => {
    const at = nearest(event);
    hint.hidden = at < 0;
    canvas.style.cursor = at < 0 ? '' : 'pointer';
    if (at < 0) return;
    hint.textContent = `${ids[at]}: mean ${points.mean[at].toFixed(3)}, evidence ${points.evidence[at].toFixed(1)}`;
    const left = Math.min(area.left + x(points.mean[at]) + 10, width - hint.offsetWidth - 4);
    Object.assign(hint.style, { left: `${Math.max(0, left)}px`, top: `${area.top + y(points.evidence[at]) + 10}px` });
  };
  canvas.onpointerleave = () => {
    hint.hidden = true;
  };
  canvas.onclick = (event) => {
    const at = nearest(event);
    if (at >= 0) onPick(ids[at]);
  };
}

function describe({ points, batch, surface }, { kind }) {
  const means = batch.map(({ mean }) => mean);
  const picked =
    means.length === 0
      ? 'No prompt is picked.'
      : `The ${count(means.length)} picked have a mean from ${Math.min(...means).toFixed(2)} to ${Math.max(...means).toFixed(2)}.`;
  const shade = surface === null ? 'All scores are drawn at random.' : '';
  return `${count(points.of)} prompts by mean success rate and evidence, on the score of ${kind}. ${picked} ${shade} The table of the next batch has the same in numbers.`;
}
