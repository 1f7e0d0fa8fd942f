import { $, count, h, percent } from '../dom.mjs';

const MOST_ROWS = 500;
const COLUMNS = ['#', 'prompt', 'mean', 'evidence', 'score'];

/** The next batch; a row explains itself. @param {(id: string) => Promise<object>} explain @param {(id: string) => void} show */
export function drawBatch({ batch, forecast }, explain, show) {
  const rows = batch.slice(0, MOST_ROWS).flatMap(({ id, mean, evidence, score }, i) => {
    const why = h('tr', { className: 'why', hidden: true, id: `why-${i}` });
    const button = h(
      'button',
      { type: 'button', className: 'row', 'aria-expanded': 'false', 'aria-controls': `why-${i}` },
      id,
    );
    button.onclick = async () => {
      const isOpen = button.getAttribute('aria-expanded') === 'true';
      button.setAttribute('aria-expanded', String(!isOpen));
      why.hidden = isOpen;
      if (isOpen) return;
      show(id);
      why.replaceChildren(h('td', { colSpan: COLUMNS.length }, toSentence(await explain(id))));
    };
    const cells = [String(i + 1), button, mean.toFixed(3), evidence.toFixed(1), toScore(score)];
    return [h('tr', {}, ...cells.map((cell, c) => h('td', { className: c === 1 ? 'id' : '' }, cell))), why];
  });
  $('batch').tBodies[0].replaceChildren(...rows);
  const more = batch.length - MOST_ROWS;
  $('batch-note').textContent =
    batch.length === 0
      ? 'There is no prompt to select.'
      : `${count(batch.length)} of ${count(forecast.prompts)} prompts, best first. Press a row to see why.${more > 0 ? ` ${count(more)} more are in the download.` : ''}`;
}

const toScore = (score) => (score !== 0 && Math.abs(score) < 1e-3 ? score.toExponential(2) : score.toPrecision(4));

/** Why a prompt was chosen, in words. */
function toSentence({ mean, evidence, visits, step, score, factors, rank, why, acquisition }) {
  const seen =
    visits === 0
      ? 'It was never visited'
      : `${count(visits)} ${visits === 1 ? 'visit' : 'visits'}${step === null ? '' : `, the last at step ${count(step)}`}`;
  const { difficultyWeight, mutualInformation } = factors;
  const product =
    difficultyWeight === undefined
      ? ''
      : ` = difficulty weight ${difficultyWeight.toPrecision(3)} × mutual information ${mutualInformation.toPrecision(3)}`;
  return (
    `Number ${count(rank)} of all by ${acquisition}: ${why}. Score ${toScore(score)}${product}. ` +
    `${seen}; ${percent(mean)} right is believed, on evidence worth ${evidence.toFixed(1)} rollouts.`
  );
}
