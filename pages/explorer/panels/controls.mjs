import { ACQUISITION_TABLE, ACQUISITIONS, PARAMETER_TABLE } from '../../../src/acquisition.ts';
import { $, h } from '../dom.mjs';
import { READING, SLIDERS, SWITCHES } from '../settings.mjs';

const MOST_COUNT = 2048;

/**
 * A slider and a number that are one.
 * @param {{ name: string, label: string, least: number, most: number, step: number, widest?: number }} what
 * @param {(value: number) => void} onChange
 */
function slider({ name, label, least, most, step, widest = most }, onChange) {
  const range = h('input', { type: 'range', id: `slider-${name}`, min: least, max: most, step });
  const number = h('input', {
    type: 'number',
    id: `number-of-${name}`,
    min: least,
    max: widest,
    step,
    'aria-label': `${label}, as a number`,
  });
  range.oninput = () => {
    number.value = range.value;
    onChange(Number(range.value));
  };
  number.onchange = () => {
    if (number.value === '' || !number.validity.valid) {
      number.reportValidity();
      return;
    }
    range.value = number.value;
    onChange(Number(number.value));
  };
  const element = h('div', { className: 'slider' }, h('label', { for: range.id }, label), number, range);
  return {
    element,
    set(value, isEnabled = true) {
      if (document.activeElement !== number) number.value = value;
      range.value = value;
      range.disabled = number.disabled = !isEnabled;
      element.hidden = false;
    },
    limit(from, to, by = step) {
      Object.assign(range, { min: from, max: to, step: by });
      Object.assign(number, { min: from, max: Math.max(to, widest), step: by });
    },
    hide() {
      element.hidden = true;
    },
  };
}

/** All that can be set. @param {(change: object) => void} onChange */
export function makeControls(onChange) {
  const kind = h('select', { id: 'acquisition', onchange: () => onChange({ kind: kind.value }) });
  kind.append(...ACQUISITIONS.map((name) => h('option', { value: name }, name)));
  const parameter = Object.fromEntries(
    Object.entries(SLIDERS).map(([name, what]) => [
      name,
      slider({ name, ...what, widest: name === 'rollouts' ? PARAMETER_TABLE.rollouts.most : what.most }, (value) =>
        onChange({ parameters: { [name]: value } }),
      ),
    ]),
  );
  const count = slider(
    { name: 'count', label: 'prompts a batch', least: 1, most: 256, step: 1, widest: 1e6 },
    (value) => onChange({ count: value }),
  );
  const discount = slider({ name: 'discount', label: 'discount', least: 0, most: 1, step: 0.001 }, (value) =>
    onChange({ discount: value }),
  );
  const time = slider({ name: 'time', label: 'step', least: 0, most: 1, step: 1 }, (value) =>
    onChange({ time: value }),
  );
  $('controls').replaceChildren(
    h('div', { className: 'slider' }, h('label', { for: 'acquisition' }, 'acquisition'), kind),
    ...Object.values(parameter).map(({ element }) => element),
    count.element,
    discount.element,
    time.element,
  );
  return {
    show(settings, source) {
      kind.value = settings.kind;
      const takes = ACQUISITION_TABLE[settings.kind].parameters;
      for (const [name, { set, hide }] of Object.entries(parameter)) {
        if (takes.includes(name)) set(settings.parameters[name]);
        else hide();
      }
      parameter.rollouts.limit(ACQUISITION_TABLE[settings.kind].leastRollouts ?? 1, SLIDERS.rollouts.most);
      count.limit(1, Math.max(1, Math.min(source.prompts, MOST_COUNT)));
      count.set(settings.count);
      discount.set(source.kind === 'state' ? source.discount : settings.discount, source.kind !== 'state');
      if (source.kind === 'state' || source.first === source.last) time.hide();
      else {
        time.element.querySelector('label').textContent = `as of ${source.clock}`;
        time.limit(
          source.first,
          source.last,
          Number.isInteger(source.first) && Number.isInteger(source.last) ? 1 : 'any',
        );
        time.set(settings.time ?? source.last);
      }
    },
  };
}

const HINTS = {
  id: 'field of the id',
  hash: 'fields of which the id is made, such as prompt,gts',
  reward: 'field of the reward',
  step: 'field of the step',
  successes: 'field of the successes',
  trials: 'field of the trials, or a number',
  rate: 'field of the share of successes',
  'step-from-path': 'the step is the number in the path',
  evaluations: 'take evaluations in place of training',
};

/** Which fields are read, by the names of the command's flags. @param {(reading: object) => void} onRead */
export function makeReading(onRead) {
  const inputs = READING.map((name) => [
    name,
    h('input', { id: `read-${name}`, type: SWITCHES.includes(name) ? 'checkbox' : 'text' }),
  ]);
  const form = $('reading');
  form.replaceChildren(
    ...inputs.map(([name, input]) =>
      h('label', { className: input.type }, h('b', {}, name), input, h('span', {}, HINTS[name])),
    ),
    h('button', { type: 'submit' }, 'Read again'),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const value = (input) =>
      input.type === 'checkbox' ? (input.checked ? '' : undefined) : input.value.trim() || undefined;
    onRead(Object.fromEntries(inputs.map(([name, input]) => [name, value(input)])));
  };
  return {
    show(reading) {
      for (const [name, input] of inputs) {
        if (input.type === 'checkbox') input.checked = reading[name] !== undefined;
        else input.value = reading[name] ?? '';
      }
    },
  };
}
