import { frame, linear } from '../axes.mjs';
import { $, count, h, percent, s } from '../dom.mjs';

const BINS = 24;

/** What the audit finds, warnings first, and the histogram of rewards on which the threshold is picked. */
export function drawAudit(report, { threshold }, onThreshold) {
  const { findings, bad, rows, prompts, rollouts, successes, files, steps, groups, skipped, proposal } = report;
  const doubts = findings.filter(({ changesNumbers }) => changesNumbers);
  const others = findings.filter(({ changesNumbers }) => !changesNumbers);
  const torn = files.filter(({ torn: line }) => line !== undefined);
  const item = (mark, text) => h('li', {}, h('span', { className: 'mark' }, mark), text);
  $('findings').replaceChildren(
    ...doubts.map(({ message }) => item('Warning: ', message)),
    ...bad.first.slice(0, 5).map(({ name, line, reason }) => item('Bad record: ', `${name}:${line}: ${reason}`)),
    ...(bad.count > 5 ? [item('Bad records: ', `${count(bad.count - 5)} more`)] : []),
    ...torn.map(({ name, torn: line }) =>
      item('Torn: ', `${name}:${line}: the last line is half written, and is not counted`),
    ),
    ...others.map(({ message }) => item('Note: ', message)),
  );
  $('findings').hidden = $('findings').children.length === 0;
  const tried = groups.allRight + groups.allWrong + groups.mixed;
  const left = Object.entries(skipped).map(([reason, n]) => `${count(n)} ${reason}`);
  const facts = {
    rows: count(rows),
    prompts: count(prompts),
    steps: steps.count === 0 ? 'none' : `${count(steps.count)} (${steps.first} to ${steps.last})`,
    rollouts: count(rollouts),
    right: rollouts === 0 ? '–' : percent(successes / rollouts, 1),
    groups: `${count(groups.count)}, most of ${groups.rollouts}`,
    'all right, all wrong, mixed':
      tried === 0 ? '–' : [groups.allRight, groups.allWrong, groups.mixed].map((n) => percent(n / tried)).join(', '),
    ...(left.length > 0 && { 'left out': left.join(', ') }),
  };
  $('facts').replaceChildren(
    ...Object.entries(facts).flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]),
  );
  $('audit-summary').textContent =
    doubts.length + bad.count === 0
      ? 'What was read: nothing to warn of'
      : `What was read: ${count(doubts.length)} ${doubts.length === 1 ? 'warning' : 'warnings'}${bad.count > 0 ? `, ${count(bad.count)} bad ${bad.count === 1 ? 'record' : 'records'} left out` : ''}`;
  drawRewards(report, threshold, proposal, onThreshold);
}

function drawRewards({ rewards, rollouts }, threshold, proposal, onThreshold) {
  const { values, fields, others } = rewards;
  $('rewards').hidden = values.length === 0;
  if (values.length === 0) return;
  const [least, most] = [values[0].value, values.at(-1).value];
  const bins = toBins(values, least, most);
  const largest = Math.max(...bins.map(({ count: n }) => n));
  const place = $('histogram');
  const { svg, area } = frame(place, {
    label: `Rewards (${Object.keys(fields).join(', ')}) from ${least} to ${most}; a success is a reward of ${threshold} or more.`,
    height: 120,
    margin: { left: 14, right: 14, top: 20, bottom: 24 },
  });
  const room = (most - least || 1) * 0.04;
  const x = linear([least - room, most + room], [area.left, area.right]);
  const y = linear([0, largest], [area.bottom, area.top]);
  const width = Math.max(3, Math.min(40, (area.right - area.left) / (bins.length * 1.25)));
  for (const { from, to, count: n } of bins) {
    const middle = x((from + to) / 2);
    const isRight = from >= threshold;
    svg.append(
      s(
        'rect',
        { class: isRight ? 'right' : 'wrong', x: middle - width / 2, width, y: y(n), height: area.bottom - y(n) },
        s(
          'title',
          {},
          `${from === to ? from : `${from.toPrecision(3)} to ${to.toPrecision(3)}`}: ${count(n)} rollouts`,
        ),
      ),
    );
  }
  const at = Math.min(area.right, Math.max(area.left, x(threshold)));
  svg.append(
    s('line', { class: 'threshold', x1: at, x2: at, y1: area.top - 6, y2: area.bottom }),
    s('text', { x: x(least), y: area.bottom + 16, 'text-anchor': 'middle' }, String(Number(least.toPrecision(4)))),
    s('text', { x: x(most), y: area.bottom + 16, 'text-anchor': 'middle' }, String(Number(most.toPrecision(4)))),
    s(
      'text',
      { x: at, y: 10, 'text-anchor': at > (area.left + area.right) / 2 ? 'end' : 'start' },
      `success ≥ ${threshold}`,
    ),
  );
  svg.onclick = ({ offsetX }) => {
    const value = x.domain[0] + ((offsetX - area.left) / (area.right - area.left)) * (x.domain[1] - x.domain[0]);
    onThreshold(Number(value.toPrecision(3)));
  };
  const input = $('threshold');
  Object.assign(input, { min: least, max: most + room, step: (most - least || 1) / 100 });
  if (document.activeElement !== $('threshold-number')) $('threshold-number').value = threshold;
  input.value = threshold;
  const right = values.reduce((sum, { value, count: n }) => sum + (value >= threshold ? n : 0), 0);
  const proposed =
    proposal !== null && proposal.threshold !== threshold ? ` The rewards suggest ${proposal.threshold}.` : '';
  $('threshold-note').textContent =
    `${percent(right / rollouts, 1)} of the rollouts are successes.${proposed}` +
    `${others > 0 ? ' Of the first thousand values; there are more.' : ''}`;
}

/** A bar for each value or, of many, for each of so many ranges. */
function toBins(values, least, most) {
  if (values.length <= BINS) return values.map(({ value, count: n }) => ({ from: value, to: value, count: n }));
  const width = (most - least) / BINS;
  const bins = Array.from({ length: BINS }, (_, i) => ({
    from: least + i * width,
    to: least + (i + 1) * width,
    count: 0,
  }));
  for (const { value, count: n } of values) bins[Math.min(BINS - 1, Math.floor((value - least) / width))].count += n;
  return bins;
}
