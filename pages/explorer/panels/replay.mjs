import { area as areaOf, curveMonotoneX, line as lineOf } from 'd3-shape';
import { acrossLines, axisName, below, frame, linear, roundTicks, spread } from '../axes.mjs';
import { $, count, h, percent, s } from '../dom.mjs';

/** The lines that have a name; the others are thin. */
const NAMED = ['weighted-mutual-information', 'non-degenerate', 'random', 'difficulty-weight', 'mutual-information'];
const NAMES_FROM = 520;
const SMOOTH = 3;

/** Mixed share by round of what each policy picks, and how far the seeds differ. */
export function drawReplay(comparison, chosen) {
  const { rounds, policies, caveat, notes, seeds, count: size } = comparison;
  const place = $('replay');
  const isNamed = place.clientWidth >= NAMES_FROM;
  const wanted = [...new Set([chosen, ...NAMED])].slice(0, 5);
  const shown = policies.filter(({ policy }) => wanted.includes(policy));
  const { svg, height, area } = frame(place, {
    label: `Share of mixed groups over ${rounds} rounds: ${policies.map(({ policy, informative }) => `${policy} ${percent(informative.mean)}`).join(', ')}.`,
    height: 270,
    margin: { left: 52, right: isNamed ? 206 : 14, top: 12, bottom: 40 },
  });
  const x = linear([1, Math.max(2, rounds)], [area.left, area.right]);
  const y = linear([0, 1], [area.bottom, area.top]);
  acrossLines(svg, area, y, [0, 0.5, 1], (value) => percent(value));
  const ends = [];
  for (const [nth, { policy, informative, byRound }] of shown.entries()) {
    const { mean, sd } = byRound.informative;
    const points = smooth(mean)
      .map((at, i) => ({ round: i + 1, at, sd: sd[i] }))
      .filter(({ at }) => !Number.isNaN(at));
    if (points.length === 0) continue;
    const isChosen = policy === chosen;
    const style = isChosen ? 'chosen' : `policy-${nth}`;
    const spreadOf = areaOf()
      .curve(curveMonotoneX)
      .x(({ round }) => x(round))
      .y0(({ at, sd: around }) => y(Math.max(0, at - around)))
      .y1(({ at, sd: around }) => y(Math.min(1, at + around)));
    const line = lineOf()
      .curve(curveMonotoneX)
      .x(({ round }) => x(round))
      .y(({ at }) => y(at));
    svg.append(
      s('path', { class: `spread ${style}`, d: spreadOf(points) }),
      s('path', { class: `policy ${style}`, d: line(points) }, s('title', {}, policy)),
    );
    ends.push({ policy, style, y: y(points.at(-1).at), mean: informative.mean });
  }
  if (isNamed) {
    for (const { policy, style, y: at } of spread(ends, 15, area.top + 4, area.bottom)) {
      svg.append(s('text', { class: `name ${style}`, x: area.right + 6, y: at, dy: '0.35em' }, policy));
    }
  }
  below(svg, area, x, roundTicks([1, rounds], area.right - area.left).filter(Number.isInteger), count);
  svg.append(axisName(area, height, 'round'));
  $('replay-table').tBodies[0].replaceChildren(
    ...policies.map(({ policy, informative, gain }) =>
      h(
        'tr',
        { className: policy === chosen ? 'chosen' : '' },
        h('th', { scope: 'row' }, policy),
        h('td', {}, `${percent(informative.mean, 1)} ± ${(100 * informative.sd).toFixed(1)}`),
        h('td', {}, `${gain.mean < 0 ? '−' : '+'}${Math.abs(100 * gain.mean).toFixed(1)}`),
      ),
    ),
  );
  $('replay-notes').replaceChildren(
    h(
      'p',
      { className: 'note' },
      `${count(size)} groups a round, ${seeds} seeds. Shaded: one standard deviation over them. Lines: means of ${SMOOTH} rounds.`,
    ),
    ...notes.map((note) => h('p', { className: 'note' }, `! ${note[0].toUpperCase()}${note.slice(1)}.`)),
    h('p', { className: 'note', id: 'caveat' }, caveat),
  );
}

/** Means of a round and those beside it. */
function smooth(values) {
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - 1), i + 2).filter((value) => !Number.isNaN(value));
    return near.reduce((a, b) => a + b, 0) / near.length;
  });
}
