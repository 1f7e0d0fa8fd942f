import { ticks } from 'd3-array';
import { h, s } from './dom.mjs';

/** A scale from a domain to pixels. @returns {((value: number) => number) & { domain: [number, number] }} */
export function linear([from, to], [low, high]) {
  const scale = (value) => (to === from ? (low + high) / 2 : low + ((value - from) / (to - from)) * (high - low));
  return Object.assign(scale, { domain: [from, to] });
}

export function logarithmic([from, to], range) {
  const scale = linear([Math.log(from), Math.log(to)], range);
  return Object.assign((value) => scale(Math.log(value)), { domain: [from, to] });
}

/** 1, 2, 5, 10, 20 and so on. */
export function logTicks([from, to]) {
  const all = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
    for (const digit of [1, 2, 5]) all.push(Number((digit * 10 ** power).toPrecision(1)));
  }
  const inside = all.filter((value) => value >= from && value <= to);
  return inside.length > 8 ? inside.filter((value) => Number.isInteger(Math.log10(value))) : inside;
}

/** An SVG as wide as its place, with room for axes. @param {{ label: string, height: number, margin: object }} options */
export function frame(place, { label, height, margin }) {
  const width = Math.max(200, place.clientWidth);
  const area = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  const svg = s('svg', { width, height, role: 'img', 'aria-label': label });
  place.replaceChildren(svg);
  return { svg, width, height, area };
}

/** Lines across, each with its value at the left. */
export function acrossLines(svg, area, scale, values, format) {
  for (const value of values) {
    const y = scale(value);
    svg.append(
      s('line', { class: 'grid', x1: area.left, x2: area.right, y1: y, y2: y }),
      s('text', { x: area.left - 8, y, dy: '0.35em', 'text-anchor': 'end' }, format(value)),
    );
  }
}

/** Values below an area. */
export function below(svg, area, scale, values, format) {
  for (const value of values) {
    svg.append(s('text', { x: scale(value), y: area.bottom + 17, 'text-anchor': 'middle' }, format(value)));
  }
}

/** Integers or round numbers, about as many as fit. */
export function roundTicks([from, to], width) {
  const all = ticks(from, to, Math.max(2, Math.min(8, Math.floor(width / 70))));
  return all;
}

export const axisName = (area, height, text) =>
  s('text', { x: (area.left + area.right) / 2, y: height - 4, 'text-anchor': 'middle' }, text);

/** Places of names beside lines' ends, a line apart at least. @param {readonly { y: number }[]} ends */
export function spread(ends, height, least, most) {
  const sorted = ends.toSorted((a, b) => a.y - b.y).map((end) => ({ ...end }));
  for (let i = 1; i < sorted.length; i++) sorted[i].y = Math.max(sorted[i].y, sorted[i - 1].y + height);
  let floor = most;
  for (let i = sorted.length - 1; i >= 0 && sorted[i].y > floor; i--) {
    sorted[i].y = floor;
    floor -= height;
  }
  for (const end of sorted) end.y = Math.max(least, end.y);
  return sorted;
}

/** What stands in the place of a picture that cannot be drawn. */
export const instead = (place, text) => place.replaceChildren(h('p', { className: 'instead' }, text));
