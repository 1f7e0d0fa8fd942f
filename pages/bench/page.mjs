import committed from 'digest';
import version from 'version';
import { startWorker } from '../explorer/client.mjs';
import { $ } from '../explorer/dom.mjs';
import { drawChart, markPath } from './chart.mjs';
import { duration, prompts, SERIES, SIZES, shortCount } from './series.mjs';

const DECADES = SIZES.filter((size) => Number.isInteger(Math.log10(size)));

/** @type {Map<string, { size: number, ms: number }[]>} */
const results = new Map();
let hasRun = false;

/** Shows the tab: the first time it checks and measures. */
export function startBench() {
  draw();
  if (hasRun) return;
  hasRun = true;
  $('bench-again').onclick = run;
  new ResizeObserver(draw).observe($('chart'));
  run();
}

async function run() {
  results.clear();
  $('bench-again').disabled = true;
  $('bench-progress').textContent = `Measuring a pool of ${prompts(SIZES[0])}…`;
  draw();
  const outcome = {};
  const worker = startWorker();
  let error;
  try {
    await worker.ask('bench', {}, (progress) => {
      if (progress.result === undefined) showDigest(Object.assign(outcome, progress));
      else addResult(progress.result);
    });
  } catch ({ message }) {
    error = message;
    if (outcome.digest === undefined) showVerdict(false, `It failed here: ${message}`);
  }
  worker.end();
  $('bench-again').disabled = false;
  $('bench-progress').textContent = error === undefined ? summary() : `The measurement ended early: ${error}`;
  dispatchEvent(new CustomEvent('finished', { detail: { ...outcome, error, results: Object.fromEntries(results) } }));
}

function showDigest({ digest, refused, ms }) {
  $('digest').replaceChildren(
    ...digest.match(/.{8}/g).map((part) => Object.assign(document.createElement('span'), { textContent: part })),
  );
  const same = digest === committed;
  showVerdict(
    same,
    same
      ? 'Equal to the committed digest, bit for bit'
      : `Not the committed digest, which begins with ${committed.slice(0, 8)}`,
  );
  const facts = {
    Browser: browserName(),
    Engine: refused === undefined ? 'SIMD WebAssembly' : `reference engine, plain JavaScript (${refused})`,
    Package: `insight-wasm ${version}`,
    Took: `${duration(ms)} for all scores, selections and updates`,
  };
  $('bench-facts').replaceChildren(
    ...Object.entries(facts).flatMap(([term, text]) => [
      Object.assign(document.createElement('dt'), { textContent: term }),
      Object.assign(document.createElement('dd'), { textContent: text }),
    ]),
  );
}

function showVerdict(good, text) {
  $('verdict').textContent = `${good ? '✓' : '✗'} ${text}.`;
  $('verdict').className = good ? 'good' : 'bad';
}

function addResult({ key, size, ms }) {
  results.set(key, [...(results.get(key) ?? []), { size, ms }]);
  const next = SIZES[SIZES.indexOf(size) + 1];
  $('bench-progress').textContent = next === undefined ? '' : `Measuring a pool of ${prompts(next)}…`;
  draw();
}

function draw() {
  drawChart($('chart'), results);
  const cell = (tag, text, scope) =>
    Object.assign(document.createElement(tag), { textContent: text, ...(scope && { scope }) });
  const head = document.createElement('tr');
  head.append(cell('td', ''), ...DECADES.map((size) => cell('th', shortCount(size), 'col')));
  $('times').tHead.replaceChildren(head);
  $('times').tBodies[0].replaceChildren(
    ...SERIES.map(({ key, name, mark }) => {
      const row = Object.assign(document.createElement('tr'), { className: key });
      const title = cell('th', name, 'row');
      title.prepend(swatch(mark));
      row.append(title, ...DECADES.map((size) => cell('td', timeOf(key, size) ?? '–')));
      return row;
    }),
  );
}

function swatch(mark) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({ width: 11, height: 11, 'aria-hidden': 'true' }))
    svg.setAttribute(name, value);
  svg.append(markPath(mark, 5.5, 5.5));
  return svg;
}

const find = (key, size) => results.get(key)?.find((result) => result.size === size)?.ms;

function timeOf(key, size) {
  const ms = find(key, size);
  return ms === undefined ? undefined : duration(ms);
}

/** The largest pool in a sentence. */
function summary() {
  const size = SIZES.at(-1);
  const [javascript, changed] = ['javascript', 'changed'].map((key) => find(key, size));
  if (javascript === undefined || changed === undefined)
    return 'Wasm may not run here, so only JavaScript was measured.';
  const times = Number((javascript / changed).toPrecision(2)).toLocaleString('en');
  return `At ${prompts(size)} prompts a step takes ${duration(changed)}: ${times} times the speed of the fastest JavaScript.`;
}

function browserName() {
  const engines = [
    ['Firefox', /Firefox\/(\d+)/, 'SpiderMonkey'],
    ['Edge', /Edg\/(\d+)/, 'V8'],
    ['Chromium', /Chrome\/(\d+)/, 'V8'],
    ['WebKit', /AppleWebKit\/(\d+)/, 'JavaScriptCore'],
  ];
  for (const [name, pattern, engine] of engines) {
    const found = pattern.exec(navigator.userAgent);
    if (found) return `${name} ${found[1]} (${engine})`;
  }
  return navigator.userAgent;
}
