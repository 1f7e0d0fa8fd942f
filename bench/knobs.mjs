// What constraints do to selections out of a real history: node bench/knobs.mjs LOG, with rows {"id","trials",
// "successes":[..]}, one a prompt. In round t a prompt holds its visit number t, as in insight-wasm replay; the batch is
// selected by PromptState. Means over 10 draws of the prompts. Prints the table of docs/choosing-under-constraints.md.
import { readFileSync } from 'node:fs';
import { PromptState } from '../dist/state.js';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('expected LOG');
const rows = readFileSync(path, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const visits = rows.map(({ successes }) => successes.length).sort((a, b) => a - b);
const ROUNDS = visits[visits.length >> 1];
const COUNT = Math.max(1, Math.round(rows.length / 16));
const STARVED = Math.min(ROUNDS, Math.ceil((2 * rows.length) / COUNT));
const SEEDS = 10;

const NON_DEGENERATE = { kind: 'non-degenerate', rollouts: rows[0].trials };
const WMI = { kind: 'weighted-mutual-information', rollouts: rows[0].trials };
/** Groups as a reference model would make them: by the first group of rollouts. */
const groupOf = ({ successes, trials }) => (successes[0] === 0 ? 'hard' : successes[0] === trials ? 'easy' : 'mixed');

function replay(seed, { acquisition = NON_DEGENERATE, discount = 1, ...query }) {
  let x = seed;
  const random = (below) => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((x / 2 ** 32) * below);
  };
  const sample = rows.map((_, i) => ({ ...rows[random(rows.length)], id: `${seed}-${i}` }));
  const byId = new Map(sample.map((row) => [row.id, { row, last: -1 }]));
  const state = new PromptState({ discount }).import(sample.map((row) => ({ id: row.id, group: groupOf(row) })));
  const shares = { hard: 0, mixed: 0, easy: 0 };
  let [groups, mixed] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const exclude = sample.filter(({ successes }) => successes.length <= round).map(({ id }) => id);
    const batch = state.select(COUNT, { acquisition, exclude, ...query });
    state.observe(
      batch.map(({ id }) => {
        const known = byId.get(id);
        const successes = known.row.successes[round];
        known.last = round;
        groups++;
        mixed += Number(successes > 0 && successes < known.row.trials);
        shares[groupOf(known.row)]++;
        return { id, successes, trials: known.row.trials, step: round };
      }),
    );
  }
  const all = [...byId.values()];
  const seen = all.filter(({ last }) => last >= 0).length / all.length;
  const starved = all.filter(({ last }) => last < ROUNDS - STARVED).length / all.length;
  return { mixed: mixed / groups, seen, starved, hard: shares.hard / groups, filled: groups / (ROUNDS * COUNT) };
}

const CASES = [
  ['no constraint', {}],
  ['`--floor 0.1`', { floor: 0.1 }],
  ['`--floor 0.25`', { floor: 0.25 }],
  ['`--floor 0.5`', { floor: 0.5 }],
  ['`--cooldown 1`', { cooldown: 1 }],
  ['`--cooldown 4`', { cooldown: 4 }],
  ['`--max-visits 4`', { maxVisits: 4 }],
  ['`--max-visits 16`', { maxVisits: 16 }],
  ['`--quota hard=0.25`', { quotas: { hard: 0.25 } }],
  ['`--quota hard=0.25 --floor 0.25`', { quotas: { hard: 0.25 }, floor: 0.25 }],
  ['`--discount 0.9`', { discount: 0.9 }],
  ['`--discount 0.9 --floor 0.25`', { discount: 0.9, floor: 0.25 }],
  ['weighted mutual information', { acquisition: WMI }],
  ['the same, `--floor 0.25`', { acquisition: WMI, floor: 0.25 }],
];
console.log(
  `${rows.length} prompts, ${ROUNDS} rounds of ${COUNT}, ${SEEDS} draws; starved: not in the last ${STARVED} rounds\n`,
);
console.log('| | mixed | seen | starved | hard | slots filled |\n| --- | --- | --- | --- | --- | --- |');
for (const [name, options] of CASES) {
  const runs = Array.from({ length: SEEDS }, (_, i) => replay(i + 1, options));
  const percent = (key) => `${((100 * runs.reduce((sum, run) => sum + run[key], 0)) / SEEDS).toFixed(0)} %`;
  console.log(`| ${name} | ${['mixed', 'seen', 'starved', 'hard', 'filled'].map(percent).join(' | ')} |`);
}
