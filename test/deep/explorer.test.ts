import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExplorerPage, servePage } from '../browse/explorer.ts';
import { CHROMIUM, FIREFOX } from '../browse/puppet.ts';
import type { Tab } from '../browse/tab.ts';
import { WEBKIT } from '../browse/webkit.ts';
import { cli, jsonl, output, program, root } from '../support/cli.ts';

// What a person does with the explorer page in three browsers, and what the command says of the same.
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
const at = (name: string): string => join(folder, name);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const page = readFileSync(join(root, 'dist/explorer.html'), 'utf8');

interface Row {
  readonly id: string;
  readonly step: number;
  readonly score: number;
}

/** One log in all forms. */
function writeLogs(): void {
  const text = readFileSync(join(root, 'examples/rollouts.jsonl'), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  writeFileSync(at('log.jsonl'), text);
  writeFileSync(at('log.jsonl.gz'), gzipSync(text));
  copyFileSync(join(root, 'test/fixtures/rollouts.jsonl.zst'), at('log.jsonl.zst'));
  writeFileSync(
    at('log.csv'),
    `id,step,score\n${rows.map(({ id, step, score }) => `${id},${step},${score}\n`).join('')}`,
  );
  const column = (name: keyof Row, type: 'STRING' | 'INT32' | 'DOUBLE') => ({
    name,
    type,
    data: rows.map((row) => row[name]),
  });
  const columnData = [column('id', 'STRING'), column('step', 'INT32'), column('score', 'DOUBLE')];
  writeFileSync(at('log.parquet'), new Uint8Array(parquetWriteBuffer({ columnData, codec: 'SNAPPY' })));
  mkdirSync(at('run/steps'), { recursive: true });
  for (const step of new Set(rows.map((row) => row.step))) {
    writeFileSync(
      at(`run/steps/${step}.jsonl`),
      jsonl(rows.filter((row) => row.step === step).map((row) => ({ ...row }))),
    );
  }
  writeFileSync(at('run/notes.txt'), 'no log');
  output(['ingest', at('log.jsonl'), '--state', at('log.iws'), '--discount', '0.9', '--json']);
  writeFileSync(
    at('rewards.jsonl'),
    jsonl(rows.map(({ id, step, score }, i) => ({ id, step, reward: score === 1 ? 1 : [0, 0.2, 0.6][i % 3] }))),
  );
  writeFileSync(
    at('prompts.jsonl'),
    jsonl([...new Set(rows.map(({ id }) => id))].map((id) => ({ id, text: `What is ${id}?` }))),
  );
  writeFileSync(at('bad.jsonl'), `${text.split('\n').slice(0, 40).join('\n')}\n{"id":"x","step":1,"score":"high"}\n`);
  writeFileSync(at('no-id.jsonl'), '{"step":1,"score":1}\n');
  writeFileSync(at('empty.jsonl'), '');
  writeFileSync(at('one.jsonl'), jsonl([{ id: 'only', step: 1, successes: 3, trials: 8 }]));
  writeFileSync(at('ids.jsonl'), jsonl(Array.from({ length: 40 }, (_, i) => ({ id: `new-${i}` }))));
  output(['state', 'import', at('ids.jsonl'), '--state', at('unseen.iws')]);
}

/** What a command that changes nothing prints; each is run once, for all browsers. */
const printed = new Map<string, string>();
function say(...args: string[]): string {
  const key = JSON.stringify(args);
  const known = printed.get(key) ?? output(args);
  printed.set(key, known);
  return known;
}

/** A state of a log by the command. */
const states = new Map<string, string>();
function stateOf(logs: string, ...flags: string[]): string {
  if (logs.endsWith('.iws')) return logs;
  const key = JSON.stringify([logs, flags]);
  let state = states.get(key);
  if (state === undefined) {
    state = at(`state-${states.size}.iws`);
    output(['ingest', logs, '--state', state, '--json', ...flags]);
    states.set(key, state);
  }
  return state;
}

/** What the command says of a log: the numbers and the batch. */
function expected(
  logs: string,
  count: number,
  flags: { ingest?: string[]; select?: string[]; rollouts?: number } = {},
) {
  const { ingest = [], select = [], rollouts = 8 } = flags;
  const query = ['--state', stateOf(logs, ...ingest), ...select];
  const status = JSON.parse(say('status', ...query, '--count', String(count), '--json'));
  const all = JSON.parse(say('status', ...query, '--count', String(status.prompts), '--json'));
  return {
    numbers: {
      wasted: status.wasted,
      random: all.wasted,
      saved: (all.wasted - status.wasted) * status.selected * rollouts,
      learnable: Math.round(status.learnable * status.prompts),
    },
    ids: say('select', ...query, '--count', String(count), '--ids')
      .trim()
      .split('\n'),
  };
}

/** What `insight-wasm fit` says of a log. */
function expectedFit(logs: string): object {
  const { discount, prior, loss } = JSON.parse(say('fit', logs, '--json'));
  return { discount, prior, loss };
}

beforeAll(writeLogs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BROWSERS = [CHROMIUM, FIREFOX, WEBKIT];
for (const { name, isHere } of BROWSERS) {
  if (!isHere)
    console.warn(`SKIPPED: the explorer in ${name}, which is not here: test/runtimes/install.sh installs it`);
}

describe.each(BROWSERS.filter(({ isHere }) => isHere || process.env.REQUIRE_ALL))('in $name', ({ name, start }) => {
  let tab: Tab;
  let explorer: ExplorerPage;
  let server: Awaited<ReturnType<typeof servePage>>;

  beforeAll(async () => {
    server = await servePage(page);
    tab = await start();
    explorer = new ExplorerPage(tab);
  });

  afterAll(async () => {
    await tab?.close();
    server?.close();
  });

  test.each(['log.jsonl', 'log.jsonl.gz', 'log.jsonl.zst', 'log.csv', 'log.parquet', 'log.iws'])(
    'the four numbers, the next batch and the fit of %s are those of the command',
    async (file) => {
      await explorer.open(server.url);
      await explorer.give([at(file)]);
      const ids = await explorer.batch();
      const wanted = expected(at(file), ids.length);
      expect(ids).toEqual(wanted.ids);
      expect(await explorer.numbers()).toEqual(wanted.numbers);
      if (!file.endsWith('.iws')) {
        expect(await explorer.fit()).toEqual(expectedFit(at(file)));
      }
      expect(await explorer.errors()).toEqual([]);
    },
  );

  test('a folder is read as the command reads it', async () => {
    await explorer.open(server.url);
    if (name === 'Chromium') await explorer.give([at('run')], '#folder');
    else await explorer.during('opened', () => dropFolder(tab)); // their drivers pick no folder
    const ids = await explorer.batch();
    const wanted = expected(at('run'), ids.length);
    expect(ids).toEqual(wanted.ids);
    expect(await explorer.numbers()).toEqual(wanted.numbers);
    expect(await explorer.text('#command')).toContain('insight-wasm ingest run --state pool.iws');
  });

  test('every slider changes what is drawn, and the command line gives the same batch', async () => {
    await explorer.open(server.url);
    await explorer.give([at('log.jsonl')]);
    const before = await explorer.batch();
    await explorer.move('#slider-rollouts', 'ArrowRight', 4);
    await explorer.move('#slider-eta', 'ArrowLeft', 20);
    await explorer.move('#slider-mu', 'ArrowRight', 30);
    await explorer.move('#slider-discount', 'ArrowLeft', 50);
    await explorer.move('#slider-count', 'ArrowRight', 7);
    const settings = { rollouts: '12', eta: '1', mu: '0.6', discount: '0.95', count: '11' };
    const hash = new URLSearchParams((await tab.run<string>('return location.hash')).slice(1));
    expect(Object.fromEntries(hash)).toMatchObject(settings);
    const batch = await explorer.batch();
    expect(batch).not.toEqual(before);
    const { rollouts, eta, mu } = settings;
    const wanted = expected(at('log.jsonl'), 11, {
      ingest: ['--discount', '0.95'],
      select: ['--rollouts', rollouts, '--eta', eta, '--mu', mu],
      rollouts: Number(rollouts),
    });
    expect(batch).toEqual(wanted.ids);
    expect(await explorer.numbers()).toEqual(wanted.numbers);

    await tab.click('#copy');
    await explorer.until(`return document.querySelector('#copied').textContent !== ''`);
    expect(inShell(await explorer.text('#command'))).toEqual(batch);

    const url = await tab.run<string>('return location.href');
    await explorer.open(url);
    await explorer.give([at('log.jsonl')]);
    expect(await explorer.batch()).toEqual(batch);
    expect(await tab.run('return location.href')).toBe(url);
  });

  test('the step slider takes the pool back to an earlier step', async () => {
    await explorer.open(server.url);
    await explorer.give([at('log.jsonl')]);
    const lines = readFileSync(at('log.jsonl'), 'utf8').trim().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Row);
    const step = Math.max(...rows.map((row) => row.step)) - 2;
    await explorer.move('#slider-time', 'ArrowLeft', 2);
    expect(await explorer.text('#command-note')).toContain(`not only up to step ${step}`);
    const visited = new Set(rows.filter((row) => row.step <= step).map(({ id }) => id)).size;
    const all = new Set(rows.map(({ id }) => id)).size;
    expect(await explorer.text('#health-legend')).toContain(`unseen ${all - visited} `);
  });

  test('a click on another acquisition makes it the big one, and the waste of each is that of the command', async () => {
    await explorer.open(server.url);
    await explorer.during('compared', () => explorer.give([at('log.jsonl')]));
    const wasted = await tab.run<Record<string, string>>(`return Object.fromEntries(
      [...document.querySelectorAll('#multiples button')].map((button) => [button.dataset.kind, button.querySelector('.wasted').dataset.value]))`);
    expect(Object.keys(wasted)).toHaveLength(10);
    const count = (await explorer.batch()).length;
    const state = stateOf(at('log.jsonl'));
    for (const [kind, value] of Object.entries(wasted)) {
      const seed = kind === 'random' ? ['--seed', '1'] : [];
      const args = ['status', '--state', state, '--count', String(count), '--acquisition', kind, ...seed, '--json'];
      expect(JSON.parse(say(...args)).wasted, kind).toBe(Number(value));
    }
    await explorer.during('viewed', () => tab.click('[data-kind="random"]'));
    const random = expected(at('log.jsonl'), count, { select: ['--acquisition', 'random', '--seed', '1'] });
    expect(await explorer.batch()).toEqual(random.ids);
    expect(await explorer.text('#surface-title')).toBe('Score surface: random');
    expect(inShell(await explorer.text('#command'))).toEqual(random.ids);
  });

  test('the threshold is picked on the histogram of rewards', async () => {
    await explorer.open(server.url);
    await explorer.give([at('rewards.jsonl')]);
    await explorer.tab.run(`document.querySelector('#audit details').open = true; dispatchEvent(new Event('resize'))`);
    await explorer.during('viewed', () =>
      tab.run(`
        const svg = document.querySelector('#histogram svg');
        const { left, top, width } = svg.getBoundingClientRect();
        const at = { clientX: left + 0.75 * width, clientY: top + 40, bubbles: true };
        svg.dispatchEvent(new MouseEvent('click', at));`),
    );
    const threshold = Number(
      new URLSearchParams((await tab.run<string>('return location.hash')).slice(1)).get('threshold'),
    );
    expect(threshold).toBeGreaterThan(0.6);
    expect(threshold).toBeLessThan(1);
    const ids = await explorer.batch();
    const wanted = expected(at('rewards.jsonl'), ids.length, { ingest: ['--threshold', String(threshold)] });
    expect(ids).toEqual(wanted.ids);
    expect(await explorer.numbers()).toEqual(wanted.numbers);
    await explorer.move('#threshold', 'ArrowLeft', 60);
    expect(await explorer.text('#threshold-note')).not.toBe('');
    expect(inShell(await explorer.text('#command'))).toEqual(await explorer.batch());
  });

  test('a row explains itself, and a prompt that is searched for has its history', async () => {
    await explorer.open(server.url);
    await explorer.give([at('log.jsonl')]);
    const [first] = await explorer.batch();
    await tab.run(`document.querySelector('#batch button.row').focus()`);
    await tab.press('Enter');
    await explorer.until(`return document.querySelector('#why-0').textContent !== ''`);
    const explained = JSON.parse(
      output([
        'explain',
        first as string,
        '--state',
        stateOf(at('log.jsonl')),
        '--count',
        String((await explorer.batch()).length),
        '--json',
      ]),
    );
    expect(await explorer.text('#why-0')).toContain(explained.why);
    expect(await explorer.text('#history-title')).toBe(`History of ${first}`);

    const stepsOf = new Map<string, Set<number>>();
    for (const line of readFileSync(at('log.jsonl'), 'utf8').trim().split('\n')) {
      const { id, step } = JSON.parse(line) as Row;
      stepsOf.set(id, (stepsOf.get(id) ?? new Set()).add(step));
    }
    const [id, visits] = [...stepsOf].find(([one, { size }]) => size > 2 && one !== first) as [string, Set<number>];
    await tab.run(
      `const input = document.querySelector('#prompt');
      input.value = args[0];
      input.dispatchEvent(new Event('input'));`,
      id,
    );
    await explorer.until(`return document.querySelector('#history-title').textContent === 'History of ${id}'`);
    await explorer.until(`return document.querySelectorAll('#history .outcome').length === ${visits.size}`);
    expect(await tab.run(`return document.querySelectorAll('#history .band').length`)).toBe(1);
  });

  test('calibration and replay are those of the command', async () => {
    await explorer.open(server.url);
    await explorer.during('evaluated', () => explorer.give([at('log.jsonl')]));
    const { policies, caveat } = JSON.parse(say('replay', at('log.jsonl'), '--json'));
    const rows = await tab.run<string[][]>(`return [...document.querySelectorAll('#replay-table tbody tr')].map((row) =>
      [...row.children].map(({ textContent }) => textContent))`);
    expect(rows.map(([policy, mixed]) => [policy, mixed?.split(' ')[0]])).toEqual(
      policies.map((one: { policy: string; informative: { mean: number } }) => [
        one.policy,
        (100 * one.informative.mean).toFixed(1),
      ]),
    );
    expect(await explorer.text('#caveat')).toBe(caveat);
    expect(await tab.run(`return document.querySelectorAll('#calibration .bin').length`)).toBeGreaterThan(2);
    await explorer.during('viewed', () => tab.click('#use-fit'));
    const { discount } = JSON.parse(say('fit', at('log.jsonl'), '--json'));
    expect(await tab.run('return location.hash')).toContain(`discount=${discount}`);
  });

  test('ids, rows, joined rows and the state are saved as the command writes them', async () => {
    await explorer.open(server.url);
    await explorer.give([at('log.jsonl')]);
    const state = stateOf(at('log.jsonl'));
    const count = String((await explorer.batch()).length);
    const select = (...flags: string[]): string => say('select', '--state', state, '--count', count, ...flags);
    const text = async (saved: Promise<Uint8Array>): Promise<string> => Buffer.from(await saved).toString();
    expect(await text(explorer.saved('#save-ids'))).toBe(select('--ids'));
    expect(await text(explorer.saved('#save-rows'))).toBe(select('--json'));
    await tab.run('window.saved.length = 0');
    await tab.pick('#join', [at('prompts.jsonl')]);
    expect(await text(explorer.lastSaved())).toBe(select('--join', at('prompts.jsonl')));
    writeFileSync(at('saved.iws'), await explorer.saved('#save-state'));
    expect(output(['select', '--state', at('saved.iws'), '--count', count, '--json'])).toBe(select('--json'));
  });

  test('what cannot be read is said as the command says it, and what is open stays', async () => {
    await explorer.open(server.url);
    for (const file of ['no-id.jsonl', 'empty.jsonl']) {
      await explorer.give([at(file)]);
      const said = cli(['audit', at(file)])
        .stderr.trim()
        .replace('insight-wasm: ', '')
        .replace(`${folder}/`, '');
      expect(await explorer.text('#error'), file).toBe(said === '' ? 'the logs have no rollout' : said);
    }
    await explorer.give([at('log.jsonl')]);
    const batch = await explorer.batch();
    await explorer.give([at('no-id.jsonl')]);
    expect(await explorer.text('#error')).not.toBe('');
    expect(await explorer.batch()).toEqual(batch);
    await explorer.give([at('bad.jsonl')]);
    expect(await explorer.text('#findings')).toContain('bad.jsonl:41');
    expect(inShell(await explorer.text('#command'))).toEqual(await explorer.batch());
  });

  test.each(['one.jsonl', 'unseen.iws'])('%s looks right', async (file) => {
    await explorer.open(server.url);
    await explorer.during('compared', () => explorer.give([at(file)]));
    const ids = await explorer.batch();
    expect(ids).toEqual(expected(at(file), ids.length).ids);
    const shown = await tab.run<string>('return document.body.innerText');
    expect(shown).not.toMatch(/NaN|undefined|Infinity/);
    expect(await tab.run<string>(`return document.querySelector('#opened').innerHTML`)).not.toMatch(/="[^"]*NaN/);
    expect(await explorer.errors()).toEqual([]);
  });

  test('the example opens by a button and again by its address, and its command line makes it', async () => {
    await explorer.open(server.url);
    await explorer.during('opened', () => tab.click('#example'));
    const batch = await explorer.batch();
    expect(batch).toHaveLength(25);
    expect(inShell(await explorer.text('#command'))).toEqual(batch);
    const url = await tab.run<string>('return location.href');
    await tab.open('about:blank');
    await tab.open(url);
    await explorer.until(`return document.querySelectorAll('#batch button.row').length === 25`);
    expect(await explorer.batch()).toEqual(batch);
  });

  test('a report works from the disk and is of the same log', async () => {
    for (const [file, source] of [
      ['of-log.html', [at('log.jsonl')]],
      ['of-state.html', ['--state', at('log.iws')]],
    ] as const) {
      output(['report', ...source, '-o', at(file), '--count', '9']);
      await tab.open(pathToFileURL(at(file)).href);
      await explorer.until(`return document.querySelectorAll('#batch button.row').length === 9`);
      const wanted = expected(source.at(-1) as string, 9);
      expect(await explorer.batch()).toEqual(wanted.ids);
      expect(await explorer.numbers()).toEqual(wanted.numbers);
      if (file === 'of-log.html') {
        expect(await explorer.fit()).toEqual(expectedFit(at('log.jsonl')));
      }
    }
    await tab.open(pathToFileURL(join(root, 'dist/explorer.html')).href);
    await explorer.give([at('log.csv')]);
    const ids = await explorer.batch();
    expect(ids).toEqual(expected(at('log.csv'), ids.length).ids);
  });

  test('nothing leaves: the page may connect to nothing, and asks for nothing', async () => {
    await explorer.open(server.url);
    await explorer.give([at('log.jsonl')]);
    const refused = await tab.run<boolean>(`return fetch('/leak').then(() => false, () => true)`);
    expect(refused).toBe(true);
    await tab.run(`document.body.append(Object.assign(new Image(), { src: '/leak.png' }));
      await new Promise((resolve) => setTimeout(resolve, 200));`);
    expect(server.asked.filter((path) => path !== '/' && path !== '/favicon.ico')).toEqual([]);
  });

  test('axe finds no serious fault, open or not, in both tabs', async () => {
    const faults = async (): Promise<string[]> => {
      await tab.run(axe);
      return tab.run(`const { violations } = await axe.run(document, { resultTypes: ['violations'] });
        return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).slice(0, 3).join(' '));`);
    };
    await explorer.open(server.url);
    expect(await faults()).toEqual([]);
    await explorer.during('evaluated', () => explorer.give([at('rewards.jsonl')]));
    await tab.run(`for (const details of document.querySelectorAll('details')) details.open = true;`);
    expect(await faults()).toEqual([]);
    await tab.run(`document.querySelector('#tab-explorer').focus()`);
    await tab.press('ArrowRight');
    expect(await tab.run(`return document.querySelector('#bench').hidden`)).toBe(false);
    expect(await faults()).toEqual([]);
  });

  test('all that can be pressed is reached by the keyboard', async () => {
    await explorer.open(server.url);
    await explorer.during('evaluated', () => explorer.give([at('rewards.jsonl')]));
    const focusable = await tab.run<string[]>(`
      const all = document.querySelectorAll('#explorer button, #explorer input, #explorer select, #explorer summary');
      return [...all].filter((one) => one.checkVisibility?.() && !one.disabled && one.tabIndex < 0).map(({ id }) => id);`);
    expect(focusable).toEqual([]);
    if (name === 'WebKit') return; // its Tab key goes to text fields only, by a setting of the system
    await tab.run('document.activeElement.blur()');
    const reached = new Set<string>();
    for (let i = 0; i < 90; i++) {
      await tab.press('Tab');
      reached.add(
        await tab.run(
          `const one = document.activeElement; return one.id || one.dataset.kind || one.className || one.tagName`,
        ),
      );
    }
    const wanted = [
      'files',
      'folder',
      'example',
      'tab-explorer',
      'acquisition',
      'slider-rollouts',
      'slider-eta',
      'slider-mu',
    ];
    const further = [
      'slider-count',
      'slider-discount',
      'slider-time',
      'row',
      'save-ids',
      'join',
      'copy',
      'random',
      'prompt',
      'use-fit',
    ];
    expect([...reached]).toEqual(expect.arrayContaining([...wanted, ...further]));
  });

  test.each([360, 768, 1280, 1920])('fits a window of %i pixels, with no text below 11', async (width) => {
    await explorer.open(server.url);
    await tab.resize(width, 900);
    await explorer.during('evaluated', () => explorer.give([at('rewards.jsonl')]));
    await tab.run('await new Promise((resolve) => setTimeout(resolve, 300))');
    const [wide, inner] = await tab.run<[number, number]>('return [document.documentElement.scrollWidth, innerWidth]');
    expect(wide).toBeLessThanOrEqual(inner);
    const small = await tab.run<string[]>(`
      const texts = [...document.querySelectorAll('body *')].filter((one) =>
        [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '') && one.getClientRects().length > 0);
      return texts.filter((one) => parseFloat(getComputedStyle(one).fontSize) < 11).map(({ textContent }) => textContent);`);
    expect(small).toEqual([]);
    await tab.resize(1280, 900);
  });
});

/** Runs what the page says in a shell, in the folder of the logs, and returns the ids that are printed. */
function inShell(command: string): string[] {
  const work = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
  try {
    cpSync(folder, work, { recursive: true, filter: (path) => !path.endsWith('pool.iws') });
    const script = `set -e\ninsight-wasm() { "${process.execPath}" "${program}" "$@"; }\n${command} --ids`;
    const printed = execFileSync('bash', ['-c', script], {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = printed.trim().split('\n');
    const batch = lines.findIndex((line) => !/\s/.test(line)); // ingest says what it did first
    return lines.slice(batch);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Drops the folder `run` as a browser gives it to a page: entries, of which folders are read in parts. */
async function dropFolder(tab: Tab): Promise<void> {
  const steps = readdirSync(at('run/steps')).map((file) => [
    `/run/steps/${file}`,
    readFileSync(at(`run/steps/${file}`), 'utf8'),
  ]);
  const files = [...steps, ['/run/notes.txt', 'no log']];
  await tab.run(
    `const toFile = ([path, text]) => ({ isFile: true, fullPath: path, name: path.split('/').at(-1),
      file: (take) => take(new File([text], path.split('/').at(-1))) });
    const toFolder = (entries) => ({ isDirectory: true, createReader: () => {
      const left = [...entries];
      return { readEntries: (take) => take(left.splice(0, 2)) };
    } });
    const [notes, ...steps] = args[0].toReversed().map(toFile);
    const run = toFolder([toFolder(steps), notes]);
    const event = Object.assign(new Event('drop', { cancelable: true }), { dataTransfer: { items: [{ webkitGetAsEntry: () => run }] } });
    dispatchEvent(event);`,
    files,
  );
}
