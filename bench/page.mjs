// The explorer page in Chromium: a log of 52 MB, and a state of a million prompts, from the moment that they are picked
// until numbers, surface and next batch are drawn. The longest task of the page's own thread is what a person feels.
// `npm run build && node bench/page.mjs [--size MB] [--prompts N] [--rounds N] [--shots FOLDER]`
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { PromptState } from '../dist/state.js';
import { writeLog } from './big-log.mjs';

const WIDTHS = [360, 768, 1280, 1920];
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '52' },
    prompts: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    shots: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const page = new URL('../dist/explorer.html', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
const browser = await puppeteer.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', '--disable-gpu'],
  headless: true,
});
try {
  const { bytes } = writeLog(folder, Number(values.size) * 1e6);
  const logs = readdirSync(folder).map((name) => join(folder, name));
  await measure(`${(bytes / 1e6).toFixed(0)} MB of log`, logs);
  const state = join(folder, 'pool.iws');
  writeFileSync(state, bigState(Number(values.prompts)));
  await measure(`${Number(values.prompts).toLocaleString('en')} prompts of a state`, [state]);
  if (values.shots !== undefined) await shoot(values.shots, logs);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** Prompts of any success rate after up to 64 rollouts. */
function bigState(prompts) {
  const state = new PromptState({ discount: 0.9 });
  state.import(
    (function* () {
      for (let i = 0; i < prompts; i++) {
        const rate = ((i * 7919) % 1000) / 999;
        const rollouts = 8 * ((i * 104_729) % 9);
        yield { id: `prompt-${i}`, alpha: 1 + rate * rollouts, beta: 1 + (1 - rate) * rollouts, visits: rollouts / 8 };
      }
    })(),
  );
  return state.toBytes();
}

/** Opens the page and notes when what was drawn, and the tasks of 50 ms and more, which browsers call long. */
async function openPage(width = 1280, scheme = 'light') {
  const tab = await browser.newPage();
  await tab.setViewport({ width, height: 900 });
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await tab.goto(page);
  await tab.evaluate(() => {
    window.times = {};
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ entryTypes: ['longtask'] });
    document.querySelector('#files').addEventListener('change', () => (window.picked = performance.now()), true);
    for (const name of ['viewed', 'compared', 'evaluated']) {
      addEventListener(name, () => (window.times[name] ??= performance.now() - window.picked));
    }
  });
  return tab;
}

async function give(tab, files, last) {
  await (await tab.$('#files')).uploadFile(...files);
  await tab.waitForFunction((name) => window.times[name] !== undefined, { timeout: 120_000 }, last);
  return tab.evaluate(() => ({ ...window.times, longest: window.longest }));
}

async function measure(name, files) {
  for (let round = 0; round < Number(values.rounds); round++) {
    const tab = await openPage();
    const { viewed, compared, longest } = await give(tab, files, 'compared');
    const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
    const task = longest < 50 ? 'under 50 ms' : `${Math.round(longest)} ms`;
    console.log(`${name}: drawn in ${seconds(viewed)}, all acquisitions in ${seconds(compared)}; longest task ${task}`);
    await tab.close();
  }
}

/** The page at four widths in both themes, of the example and of the log. */
async function shoot(into, logs) {
  for (const scheme of ['light', 'dark']) {
    for (const width of WIDTHS) {
      for (const [name, files] of [
        ['example', undefined],
        ['log', logs],
      ]) {
        const tab = await openPage(width, scheme);
        if (files === undefined) {
          await tab.click('#example');
          await tab.waitForFunction(() => window.times.evaluated !== undefined, { timeout: 120_000 });
        } else await give(tab, files, 'evaluated');
        await new Promise((resolve) => setTimeout(resolve, 500));
        const path = join(into, `${name}-${width}-${scheme}.png`);
        await tab.screenshot({ path, fullPage: true });
        console.log(path);
        await tab.close();
      }
    }
  }
}
