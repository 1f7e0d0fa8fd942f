// Cost against pool size on two logarithmic axes, as SVG of the width of its place.
import { SERIES, SIZES, shortCount } from './series.mjs';

const NS = 'http://www.w3.org/2000/svg';
const LINE = 16; // height of a line of text
const NAMES_FROM = 560; // pixels of width, from which names stand at the ends of the lines
const NAMES = 165; // pixels they take
const INSET = 14; // of the points, from the axes

/** @typedef {ReadonlyMap<string, readonly { size: number, ms: number }[]>} Results by series, sizes rising */

function element(name, attributes, text) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/** The mark of a series around a point. */
export function markPath(mark, x, y, r = 4) {
  const path = {
    square: `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    triangle: `M${x} ${y - r * 1.2}l${r * 1.2} ${r * 2.1}h${-r * 2.4}z`,
    diamond: `M${x} ${y - r * 1.35}l${r * 1.35} ${r * 1.35}l${-r * 1.35} ${r * 1.35}l${-r * 1.35} ${-r * 1.35}z`,
    circle: `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  }[mark];
  return element('path', { class: 'mark', d: path });
}

/** @param {HTMLElement} place @param {Results} results */
export function drawChart(place, results) {
  const width = place.clientWidth;
  const named = width >= NAMES_FROM;
  const height = Math.max(280, Math.min(420, width * 0.6));
  const area = { left: 60, right: width - (named ? NAMES : 12), top: 30, bottom: height - 50 };
  const times = [...results.values()].flat().map(({ ms }) => ms);
  const low = Math.floor(Math.log10(Math.min(...times, 0.01)));
  const high = Math.ceil(Math.log10(Math.max(...times, 1000)));
  const x = logScale(SIZES[0], SIZES.at(-1), area.left + INSET, area.right - INSET);
  const y = logScale(10 ** low, 10 ** high, area.bottom, area.top);

  const svg = element('svg', {
    width,
    height,
    role: 'img',
    'aria-label': 'Time of a step against the size of the pool; the table below has the same numbers.',
  });
  for (let power = low; power <= high; power++) {
    const at = y(10 ** power);
    svg.append(
      element('line', { class: 'grid', x1: area.left, x2: area.right, y1: at, y2: at }),
      element('text', { x: area.left - 8, y: at, dy: '0.35em', 'text-anchor': 'end' }, axisDuration(power)),
    );
  }
  for (let size = SIZES[0]; size <= SIZES.at(-1); size *= 10) {
    svg.append(
      element('line', { class: 'grid', x1: x(size), x2: x(size), y1: area.top, y2: area.bottom }),
      element('text', { x: x(size), y: area.bottom + 20, 'text-anchor': 'middle' }, shortCount(size)),
    );
  }
  svg.append(
    element('text', { x: 0, y: 12 }, 'time of a step'),
    element('text', { x: area.right, y: height - 10, 'text-anchor': 'end' }, 'prompts in the pool'),
  );

  const ends = [];
  for (const { key, name, mark } of SERIES) {
    const points = results.get(key) ?? [];
    if (points.length === 0) continue;
    const places = points.map(({ size, ms }) => [x(size), y(ms)]);
    const group = element('g', { class: key });
    group.append(element('path', { class: 'line', d: `M${places.map((place) => place.join(' ')).join('L')}` }));
    for (const [px, py] of places) group.append(markPath(mark, px, py));
    svg.append(group);
    ends.push({ key, name, x: places.at(-1)[0], y: places.at(-1)[1] });
  }
  if (named) for (const end of spreadOut(ends)) svg.append(nameOf(end));
  place.replaceChildren(svg);
}

/** A power of ten of milliseconds. */
const axisDuration = (power) =>
  power >= 3 ? `${10 ** (power - 3)} s` : power >= 0 ? `${10 ** power} ms` : `${10 ** (power + 3)} µs`;

const nameOf = ({ key, name, x, y }) => {
  const group = element('g', { class: key });
  group.append(element('text', { class: 'name', x: x + 12, y, dy: '0.35em' }, name));
  return group;
};

/** Names a line apart at least, as near to the ends of their lines as that lets them be. */
function spreadOut(ends) {
  const sorted = ends.toSorted((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) {
    sorted[i] = { ...sorted[i], y: Math.max(sorted[i].y, sorted[i - 1].y + LINE) };
  }
  return sorted;
}

function logScale(from, to, start, end) {
  const [a, b] = [Math.log10(from), Math.log10(to)];
  return (value) => start + ((Math.log10(value) - a) / (b - a)) * (end - start);
}
