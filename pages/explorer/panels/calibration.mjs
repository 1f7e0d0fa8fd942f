import { frame, instead, linear } from '../axes.mjs';
import { $, count, h, percent, s } from '../dom.mjs';

/** Predicted against observed; the area of a circle is the visits in it. */
export function drawCalibration({ error, bins }) {
  const place = $('calibration');
  const filled = bins.filter(({ predicted }) => predicted !== null);
  if (filled.length === 0) return instead(place, 'Nothing was predicted yet.');
  const size = Math.min(300, Math.max(200, place.clientWidth));
  const { svg, height, area } = frame(place, {
    label: `Predicted against observed in ${filled.length} bins: they differ by ${percent(error, 1)} in the mean. ${filled
      .map(({ predicted, observed }) => `${percent(predicted)} predicted, ${percent(observed)} observed`)
      .join('; ')}.`,
    height: size,
    margin: { left: 44, right: Math.max(12, place.clientWidth - size - 12), top: 12, bottom: 42 },
  });
  const x = linear([0, 1], [area.left + 12, area.right - 12]);
  const y = linear([0, 1], [area.bottom - 12, area.top + 12]);
  for (const value of [0, 0.5, 1]) {
    svg.append(
      s('text', { x: area.left - 6, y: y(value), dy: '0.35em', 'text-anchor': 'end' }, String(value)),
      s('text', { x: x(value), y: area.bottom + 16, 'text-anchor': 'middle' }, String(value)),
    );
  }
  svg.append(s('line', { class: 'diagonal', x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
  const most = Math.max(...filled.map(({ visits }) => visits));
  for (const { visits, predicted, observed, from, to } of filled) {
    svg.append(
      s(
        'circle',
        { class: 'bin', cx: x(predicted), cy: y(observed), r: Math.max(2.5, 13 * Math.sqrt(visits / most)) },
        s(
          'title',
          {},
          `${from} to ${to}: ${count(visits)} visits, predicted ${predicted.toFixed(3)}, observed ${observed.toFixed(3)}`,
        ),
      ),
    );
  }
  svg.append(
    s('text', { x: (area.left + area.right) / 2, y: height - 4, 'text-anchor': 'middle' }, 'predicted'),
    s(
      'text',
      { transform: `translate(11 ${(area.top + area.bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' },
      'observed',
    ),
  );
}

/** What the log says of discount and prior. @param {() => void} use */
export function drawFit({ discount, discountError, prior, loss, fitted, notes }, isUsed, use) {
  const error = discountError === null ? '' : ` ± ${discountError.toFixed(3)}`;
  $('fit').replaceChildren(
    h(
      'p',
      { id: 'fitted', 'data-value': JSON.stringify({ discount, prior, loss }) },
      `The log fits best with discount ${discount}${error} and prior Beta(${prior.alpha}, ${prior.beta})`,
      `${fitted.discount ? '' : '; it does not say which discount'}.`,
    ),
    ...notes.map((note) => h('p', { className: 'note' }, `${note[0].toUpperCase()}${note.slice(1)}.`)),
    h('button', { type: 'button', id: 'use-fit', disabled: isUsed, onclick: use }, isUsed ? 'In use' : 'Use these'),
  );
}
