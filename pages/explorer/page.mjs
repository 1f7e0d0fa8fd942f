import version from 'version';
import { startBench } from '../bench/page.mjs';
import { $, count, h } from './dom.mjs';
import { copy, download } from './downloads.mjs';
import { Explorer } from './explorer.mjs';
import { filesOf, toOpen, toOperands } from './files.mjs';
import { makeReading } from './panels/controls.mjs';
import { fromHash, toMapping } from './settings.mjs';
import { makeTabs } from './tabs.mjs';

const EXAMPLE = 'example.jsonl';
const SIMULATION = { prompts: 400, steps: 60, batch: 64, rollouts: 8, seed: 1 };
const FLAGS = Object.entries(SIMULATION).map(([name, value]) => `--${name} ${value}`);

/** What `insight-wasm report` has put into this page, if it has. */
const report = $('about').textContent.trim() === '' ? undefined : JSON.parse($('about').textContent);
const explorer = new Explorer(fromHash(location.hash.length > 1 ? location.hash : (report?.hash ?? '')));
/** What opens the same once more, under other settings. */
let again;

async function open(operation, given, about) {
  const size = (given.files ?? []).reduce((sum, file) => sum + file.size, 0) || 1;
  again = () => open(operation, { ...given, reading: toReading() }, about);
  $('error').textContent = '';
  $('progress').textContent = 'Reading…';
  try {
    await explorer.open(operation, given, about, ({ bytes, rows }) => {
      $('progress').textContent = `Reading… ${Math.floor((100 * bytes) / size)} %, ${count(rows)} rows`;
    });
    document.body.classList.add('is-open');
    reading.show(explorer.settings.reading);
  } catch (error) {
    $('error').textContent = error.message;
  }
  $('progress').textContent = '';
  dispatchEvent(new CustomEvent('opened'));
}

const toReading = () => ({ mapping: toMapping(explorer.settings.reading) });

function openFiles(given) {
  const files = toOpen([...given]);
  if (files.length === 0) {
    $('error').textContent = 'There is no log in this folder.';
    return;
  }
  explorer.settings.example = undefined;
  const operands = toOperands(files);
  const name = operands.length > 2 ? `${operands[0]} and ${operands.length - 1} more` : operands.join(' and ');
  open('open', { name, files, reading: toReading() }, { operands });
}

function openExample() {
  explorer.settings.example = true;
  const before = [`insight-wasm simulate ${FLAGS.join(' ')} \\\n  > ${EXAMPLE}`];
  open('example', { name: EXAMPLE, simulation: SIMULATION }, { operands: [EXAMPLE], before });
}

function openReport() {
  open('report', { about: report, data: $('data').textContent }, { operands: report.operands });
}

const reading = makeReading((fields) => {
  explorer.settings.reading = fields;
  again?.();
});

for (const id of ['files', 'folder']) {
  $(id).onchange = () => {
    if ($(id).files.length > 0) openFiles($(id).files);
    $(id).value = '';
  };
}
$('example').onclick = openExample;

let depth = 0;
addEventListener('dragenter', (event) => {
  event.preventDefault();
  if (++depth === 1) document.body.classList.add('is-over');
});
addEventListener('dragleave', () => {
  if (--depth === 0) document.body.classList.remove('is-over');
});
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', async (event) => {
  event.preventDefault();
  depth = 0;
  document.body.classList.remove('is-over');
  openFiles(await filesOf(event.dataTransfer));
});

const setThreshold = (text) =>
  text !== '' && Number.isFinite(Number(text)) && explorer.set({ threshold: Number(text) });
$('threshold').oninput = () => setThreshold($('threshold').value);
$('threshold-number').onchange = () => setThreshold($('threshold-number').value);

$('prompt').oninput = async () => {
  const text = $('prompt').value;
  const found = await explorer.find(text);
  $('found').replaceChildren(...found.map((id) => h('option', { value: id })));
  if (found.includes(text)) explorer.showPrompt(text);
};
$('prompt').onchange = async () => {
  const found = await explorer.find($('prompt').value);
  if (found.length > 0) explorer.showPrompt(found.includes($('prompt').value) ? $('prompt').value : found[0]);
};

$('save-ids').onclick = () => download('batch.txt', explorer.batch.map(({ id }) => `${id}\n`).join(''), 'text/plain');
$('save-rows').onclick = () => {
  const lines = explorer.batch.map(
    ({ id, score, mean, evidence }) => `${JSON.stringify({ id, score, mean, evidence })}\n`,
  );
  download('batch.jsonl', lines.join(''), 'application/jsonl');
};
$('save-state').onclick = async () => download('pool.iws', await explorer.save());
$('join').onchange = async () => {
  const [file] = $('join').files;
  $('join').value = '';
  try {
    const { rows, repeated } = await explorer.join(file);
    download('batch.jsonl', rows.map((row) => `${row}\n`).join(''), 'application/jsonl');
    const more = repeated > 0 ? ` ${repeated} of the prompts have more than one row: the first is taken.` : '';
    $('save-note').textContent = `${count(rows.length)} rows of ${file.name}.${more}`;
  } catch (error) {
    $('save-note').textContent = error.message;
  }
};
$('copy').onclick = async () => {
  $('copied').textContent = await copy($('command'));
};

let width = innerWidth;
let waiting;
const redrawSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => explorer.redraw(), 100);
};
addEventListener('resize', () => {
  if (innerWidth !== width) redrawSoon();
  width = innerWidth;
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawSoon);

const chooseTab = makeTabs({ 'tab-explorer': () => explorer.redraw(), 'tab-bench': startBench }, (id) =>
  explorer.keep({ tab: id === 'tab-bench' ? 'bench' : undefined }),
);
if (explorer.settings.tab === 'bench') chooseTab('tab-bench');
$('version').textContent = version;
if (report !== undefined) openReport();
else if (explorer.settings.example) openExample();
