import { $, count, h, percent } from '../dom.mjs';

export const KINDS = ['unseen', 'hopeless', 'learnable', 'saturated'];
const MEANING = {
  unseen: 'never visited',
  hopeless: 'the next group is more likely all wrong than not',
  learnable: 'visited, and neither hopeless nor saturated',
  saturated: 'the next group is more likely all right than not',
};

/** Four numbers and the health of the pool. */
export function drawNumbers({ forecast, random }, { rollouts }) {
  const { prompts, selected, wasted } = forecast;
  const learnable = Math.round(forecast.learnable * prompts);
  const saved = wasted === null || random === null ? null : (random - wasted) * selected * rollouts;
  const facts = [
    ['wasted', percent(wasted), `of the next ${count(selected)} ${selected === 1 ? 'group' : 'groups'} wasted`, wasted],
    ['random', percent(random), 'if drawn at random', random],
    ['saved', saved === null ? '–' : count(Math.round(saved)), 'rollouts saved a step', saved],
    ['learnable', count(learnable), learnable === 1 ? 'learnable prompt' : 'learnable prompts', learnable],
  ];
  $('numbers').replaceChildren(
    ...facts.map(([name, text, what, value]) =>
      h('div', { id: `number-${name}`, 'data-value': String(value) }, h('dd', {}, text), h('dt', {}, what)),
    ),
  );
  const shown = KINDS.filter((kind) => forecast[kind] > 0);
  $('health').replaceChildren(
    ...shown.map((kind) => {
      const part = h('span', { className: `part ${kind}`, title: `${kind}: ${MEANING[kind]}` });
      part.style.flexGrow = forecast[kind];
      return part;
    }),
  );
  const inWords = KINDS.map((kind) => `${kind} ${percent(forecast[kind])}`).join(', ');
  $('health').setAttribute('aria-label', `Health of the pool: ${inWords}`);
  $('health-legend').replaceChildren(
    ...KINDS.map((kind) =>
      h(
        'li',
        { title: MEANING[kind] },
        h('span', { className: `swatch ${kind}`, 'aria-hidden': 'true' }),
        `${kind} `,
        h('b', {}, count(Math.round(forecast[kind] * prompts))),
        ` (${percent(forecast[kind])})`,
      ),
    ),
  );
}
