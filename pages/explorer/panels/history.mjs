import { area as areaOf, line as lineOf } from 'd3-shape';
import { acrossLines, axisName, below, frame, instead, linear, roundTicks } from '../axes.mjs';
import { $, count, percent, s } from '../dom.mjs';

/** Outcomes of each visit of a prompt, and what was believed before it. */
export function drawHistory({ id, points }, clock) {
  const place = $('history');
  $('history-title').textContent = `History of ${id}`;
  if (points.length === 0) {
    instead(place, 'This prompt was not visited.');
    return;
  }
  const last = points.at(-1);
  const { svg, height, area } = frame(place, {
    label:
      `${id}: ${points.length} ${points.length === 1 ? 'visit' : 'visits'}. At the last, ${last.successes} of ${last.trials} were right; ` +
      `${percent(last.mean)} was believed before, 90 % between ${percent(last.low)} and ${percent(last.high)}.`,
    height: 240,
    margin: { left: 52, right: 14, top: 12, bottom: 40 },
  });
  const times = points.map(({ time }) => time);
  const x = linear([times[0], last.time], [area.left + 6, area.right - 6]);
  const y = linear([0, 1], [area.bottom, area.top]);
  acrossLines(svg, area, y, [0, 0.5, 1], (value) => percent(value));
  const shape = (make) => make.x(({ time }) => x(time));
  const band = shape(areaOf())
    .y0(({ low }) => y(low))
    .y1(({ high }) => y(high));
  const mean = shape(lineOf()).y(({ mean: at }) => y(at));
  if (points.length === 1) {
    svg.append(
      s('line', { class: 'band-line', x1: x(last.time), x2: x(last.time), y1: y(last.low), y2: y(last.high) }),
      s('circle', { class: 'mean-dot', cx: x(last.time), cy: y(last.mean), r: 4 }),
    );
  } else svg.append(s('path', { class: 'band', d: band(points) }), s('path', { class: 'mean', d: mean(points) }));
  for (const { time, successes, trials } of points) {
    svg.append(
      s(
        'circle',
        { class: 'outcome', cx: x(time), cy: y(successes / trials), r: points.length > 150 ? 1.5 : 3 },
        s('title', {}, `${clock} ${time}: ${successes} of ${trials}`),
      ),
    );
  }
  below(svg, area, x, roundTicks(x.domain, area.right - area.left).filter(Number.isInteger), count);
  svg.append(axisName(area, height, clock));
}
