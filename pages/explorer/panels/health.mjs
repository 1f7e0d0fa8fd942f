import { area as areaOf, stack } from 'd3-shape';
import { acrossLines, axisName, below, frame, instead, linear, roundTicks, spread } from '../axes.mjs';
import { $, count, percent, s } from '../dom.mjs';

/** From the bottom up. */
const ORDER = ['learnable', 'hopeless', 'unseen', 'saturated'];

/** Shares of the pool over the run, one on the other. */
export function drawHealth(points, clock) {
  const place = $('health-over-time');
  if (points.length < 2) {
    instead(place, `There is one ${clock} only: nothing changes.`);
    return;
  }
  const [first, last] = [points[0], points.at(-1)];
  const say = (point) => ORDER.map((kind) => `${kind} ${percent(point[kind])}`).join(', ');
  const { svg, height, area } = frame(place, {
    label: `Health of the pool from ${clock} ${first.time}: ${say(first)}; to ${clock} ${last.time}: ${say(last)}.`,
    height: 250,
    margin: { left: 52, right: 78, top: 12, bottom: 40 },
  });
  const x = linear([first.time, last.time], [area.left, area.right]);
  const y = linear([0, 1], [area.bottom, area.top]);
  const layers = stack().keys(ORDER)(points);
  const shape = areaOf()
    .x(({ data }) => x(data.time))
    .y0(([low]) => y(low))
    .y1(([, high]) => y(high));
  for (const layer of layers) svg.append(s('path', { class: `layer ${layer.key}`, d: shape(layer) }));
  const names = layers
    .map((layer) => ({ key: layer.key, share: last[layer.key], y: (y(layer.at(-1)[0]) + y(layer.at(-1)[1])) / 2 }))
    .filter(({ share }) => share > 0.005);
  for (const { key, y: at } of spread(names, 15, area.top + 6, area.bottom - 2)) {
    svg.append(s('text', { class: 'name', x: area.right + 6, y: at, dy: '0.35em' }, key));
  }
  acrossLines(svg, { ...area, right: area.left }, y, [0, 0.5, 1], (value) => percent(value));
  below(svg, area, x, roundTicks(x.domain, area.right - area.left).filter(Number.isInteger), count);
  svg.append(axisName(area, height, clock));
}
