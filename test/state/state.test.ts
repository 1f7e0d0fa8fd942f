import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawCandidates } from '../../src/candidates.ts';
import { type Acquisition, PosteriorPool, type SelectOptions } from '../../src/index.ts';
import { lock } from '../../src/node/lock.ts';
import { Store } from '../../src/node/store.ts';
import { State } from '../../src/state/state.ts';
import { KeyTable } from '../../src/state/table/keys.ts';
import { cli, folder, jsonl, visits as mixedVisits } from '../support/cli.ts';
import { outputHere, runHere } from '../support/run.ts';

const at = (name: string): string => join(folder, name);
const state = at('pool.iws');
const here = (command: string, ...args: string[]): Promise<string> => outputHere([command, ...args, '--state', state]);
const json = async <T>(command: string, ...args: string[]): Promise<T> =>
  JSON.parse(await here(command, ...args, '--json'));

/** What the state should hold: visits of 44 prompts, and ten prompts that were not visited. */
const visits = [0, 1, 2].flatMap((step) => [
  ...mixedVisits.filter((visit) => visit.step === step),
  { id: 'easy', step, successes: 8, trials: 8 },
  { id: 'hard', step, successes: 0, trials: 8 },
  // The chance of a group of 4 that is all right, or all wrong, is 5/9.
  ...(step === 2 ? [4, 0].map((successes) => ({ id: `edge${successes}`, step, successes, trials: 4 })) : []),
]);
const unseen = Array.from({ length: 10 }, (_, i) => `u${i}`);
const keys = KeyTable.from([...visits.map(({ id }) => id), ...unseen]);
const names = Array.from({ length: keys.size }, (_, i) => keys.at(i));
const pool = new PosteriorPool(keys.size, { discount: 0.8 });
for (const { id, successes, trials } of visits) {
  pool.update({ indices: [names.indexOf(id)], successes: [successes], trials });
}
const lastSteps = new Map(visits.map(({ id, step }) => [id, step]));

function wanted(count: number, options: SelectOptions = {}): string[] {
  return Array.from(pool.select(count, options).indices, (index) => names[index] as string);
}

async function selected(...args: string[]): Promise<string[]> {
  const lines = (await here('select', ...args, '--json')).split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

const indicesOf = (ids: readonly string[]): number[] => ids.map((id) => names.indexOf(id)).sort((a, b) => a - b);

beforeAll(async () => {
  writeFileSync(at('visits.jsonl'), jsonl(visits));
  writeFileSync(at('unseen.jsonl'), jsonl([...unseen, 'u0', 'p0'].map((id) => ({ id, text: 'x' }))));
  await here('ingest', at('visits.jsonl'), '--discount', '0.8');
  await here('state', 'import', at('unseen.jsonl'), '--id', 'id');
  writeFileSync(at('some.txt'), 'p1\np2\r\nu3\n\np9\n');
});

const some = ['p1', 'p2', 'u3', 'p9'];

describe('insight-wasm select --state', () => {
  test('is the library on prompts in order of hash', async () => {
    const { indices, scores } = pool.select(12);
    const rows = Array.from(indices, (index, i) => {
      const { mean, evidence } = pool.get(index);
      return { id: names[index], score: scores[i], mean, evidence };
    });
    expect(await here('select', '--count', '12', '--json')).toBe(jsonl(rows));
    expect((await here('select', '--count', '2')).split('\n')[1]).toContain(names[indices[0] as number]);
    expect(await here('select', '--count', '12', '--ids')).toBe(rows.map(({ id }) => `${id}\n`).join(''));
  });

  test('takes acquisitions, candidates, --only, --exclude and --cooldown, and all of them together', async () => {
    const acquisition: Acquisition = { kind: 'mutual-information', rollouts: 4 };
    const flags = ['--acquisition', 'mutual-information', '--rollouts', '4', '--count', '7'];
    expect(await selected(...flags)).toEqual(wanted(7, { acquisition }));
    const candidates = { size: 20, seed: 3 };
    const drawn = ['--candidates', '20', '--seed', '3'];
    expect(await selected('--count', '7', ...drawn)).toEqual(wanted(7, { candidates }));
    const only = ['--only', at('some.txt')];
    expect(await selected(...only)).toEqual(wanted(4, { candidates: indicesOf(some) }));
    const exclude = ['--exclude', at('some.txt')];
    expect(await selected(...exclude)).toEqual(wanted(54, { exclude: indicesOf(some) }));
    const recent = (steps: number) => names.filter((name) => (lastSteps.get(name) ?? -9) > 2 - steps);
    expect(await selected('--cooldown', '1')).toEqual(wanted(54, { exclude: indicesOf(recent(1)) }));
    expect(await selected('--cooldown', '0')).toEqual(wanted(54));
    expect(await selected('--cooldown', '9')).toEqual(unseen.sort((a, b) => names.indexOf(a) - names.indexOf(b)));
    expect(await selected(...only, ...exclude)).toEqual([]);
    const two = Array.from(drawCandidates(4, 2, 5), (position) => indicesOf(some)[position] as number);
    expect(await selected(...only, '--candidates', '2', '--seed', '5')).toEqual(wanted(2, { candidates: two }));
  });

  test('a key of --only that the state lacks is named, one of --exclude is counted, and none that is known is an error', async () => {
    writeFileSync(at('unknown.txt'), 'p1\nnobody\n');
    const { status, stdout, stderr } = await runHere(['select', '--state', state, '--only', at('unknown.txt')]);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'insight-wasm: prompt "nobody" is not in the state\n',
    });
    const excluded = await runHere(['select', '--state', state, '--exclude', at('unknown.txt'), '--ids']);
    expect(excluded.stderr).toBe(
      'insight-wasm: 1 of the 2 prompts to leave out are not in the state: prompt\n"nobody" is the first\n',
    );
    expect(excluded.stdout.trimEnd().split('\n')).not.toContain('p1');
    writeFileSync(at('quoted.txt'), '"p1"\n p2\n');
    for (const command of ['select', 'status']) {
      expect(await runHere([command, '--state', state, '--exclude', at('quoted.txt')])).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringContaining('none of the 2 prompts to leave out is in the state'),
      });
    }
    expect((await runHere(['select', '--state', state, '--only', at('no.txt')])).stderr).toContain('no.txt: ENOENT');
  });

  test('--join writes the rows of the data set as they are, in the order of the selection', async () => {
    const rows = names.map((id, i) => `{ "n": ${i}, "id" :"${id}","x":1e2}`);
    writeFileSync(at('data.jsonl'), `${rows.join('\r\n')}\r\n`);
    const best = wanted(9).map((id) => rows[names.indexOf(id)]);
    expect(await here('select', '--count', '9', '--join', at('data.jsonl'))).toBe(`${best.join('\n')}\n`);
    writeFileSync(at('named.jsonl'), names.map((prompt) => `${JSON.stringify({ meta: { prompt } })}\n`).join(''));
    expect(await here('select', '--count', '1', '--join', at('named.jsonl'), '--id', 'meta.prompt')).toBe(
      `{"meta":{"prompt":"${wanted(1)[0]}"}}\n`,
    );
  });

  test('--join with a repeated row writes the first, and says so; a key without a row is named', async () => {
    const [first, second] = wanted(2) as [string, string];
    writeFileSync(at('data.jsonl'), jsonl([{ id: first, n: 1 }, { id: 'x' }, { id: first, n: 2 }, { id: 'x' }]));
    const join = ['select', '--state', state, '--join', at('data.jsonl')];
    expect(await runHere([...join, '--count', '1'])).toEqual({
      status: 0,
      stdout: jsonl([{ id: first, n: 1 }]),
      stderr: 'insight-wasm: 1 of the prompts have more than one row: the first is written\n',
    });
    expect(await runHere([...join, '--count', '2'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(`data.jsonl: no row for prompt "${second}"`),
    });
    writeFileSync(at('data.jsonl'), `${jsonl([{ id: first }])}{"id":`);
    expect((await runHere([...join, '--count', '1'])).stderr).toContain('data.jsonl:2: the last line is half written');
  });

  test('--join reads Parquet, also by a hash of its fields, and writes JSON', async () => {
    const columns = [
      { name: 'id', data: names, type: 'STRING' as const },
      { name: 'big', data: names.map((_, i) => BigInt(i)), type: 'INT64' as const },
    ];
    writeFileSync(at('data.parquet'), Buffer.from(parquetWriteBuffer({ columnData: columns })));
    const [first] = wanted(1) as [string];
    const row = { id: first, big: names.indexOf(first) };
    expect(await here('select', '--count', '1', '--join', at('data.parquet'))).toBe(jsonl([row]));
    const hashed = at('hashed.iws');
    await outputHere(['state', 'import', at('data.parquet'), '--hash', 'id,big', '--state', hashed]);
    const args = ['select', '--count', '1', '--state', hashed, '--join', at('data.parquet'), '--hash', 'id,big'];
    expect(JSON.parse(await outputHere(args))).toHaveProperty('big');
  });

  test.each(['', 'a\nb', 'a\r', 'a\0'])('--ids writes no id that --only would not read back: %j', async (id) => {
    const log = jsonl([{ id, successes: 1, trials: 2 }]);
    expect(await runHere(['select', '-', '--ids'], log)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('is no line of a file of ids: --json writes any id'),
    });
    expect(JSON.parse(await outputHere(['select', '-', '--json'], log))).toMatchObject({ id });
  });

  test('LOGS and --state exclude each other, and so do their flags', async () => {
    const cases: [string[], string][] = [
      [['x', '--state', state], 'LOGS and --state exclude each other: insight-wasm ingest adds logs'],
      [['--state', state, '--discount', '1'], '--discount is for LOGS'],
      [['--state', state, '--trials', '8'], '--trials is for LOGS'],
      [['--state', state, '--id', 'x'], '--id is for LOGS and --join'],
      [['--state', state, '--join', 'x', '--json'], '--join, --json and --ids exclude each other'],
      [['x', '--ids', '--json'], '--join, --json and --ids exclude each other'],
      [['--state', state, '--join', 'x', '--id', 'a', '--hash', 'b'], '--id and --hash exclude each other'],
      [['--state', state, '--cooldown=-1'], '--cooldown expected an integer in [0, 9007199254740991], got -1'],
      [['x', '--join', 'y'], '--join needs --state'],
      [['x', '--cooldown', '1'], '--cooldown needs --state'],
    ];
    for (const [args, reason] of cases) {
      const { status, stderr } = await runHere(['select', ...args]);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: `insight-wasm: ${reason}; see insight-wasm select --help\n`,
      });
    }
  });
});

describe('insight-wasm explain', () => {
  interface Explanation {
    readonly score: number;
    readonly factors: { readonly difficultyWeight: number; readonly mutualInformation: number };
    readonly rank: number;
    readonly chosen: boolean;
    readonly why: string;
  }

  test('the factors make up the score, and ranks are those of a full selection', async () => {
    const all = wanted(keys.size);
    for (const id of ['p1', 'u3', 'p30']) {
      const told = await json<Explanation>('explain', id, '--count', '5');
      expect(told).toMatchObject(pool.get(names.indexOf(id)).mean === 0.5 ? { mean: 0.5 } : { id });
      expect(told.score).toBe(pool.score()[names.indexOf(id)]);
      expect(told.factors.difficultyWeight * told.factors.mutualInformation).toBeCloseTo(told.score, 6);
      expect(told.rank).toBe(all.indexOf(id) + 1);
      expect(told.chosen).toBe(told.rank <= 5);
    }
  });

  test('the factors of a draw from the posterior make up its score', async () => {
    const told = await json<Explanation>('explain', 'p1', '--seed', '3');
    expect(told.factors.difficultyWeight * told.factors.mutualInformation).toBeCloseTo(told.score, 6);
    expect(told.score).not.toBe((await json<Explanation>('explain', 'p1')).score);
  });

  test('says why a prompt is chosen or not', async () => {
    const all = wanted(keys.size);
    const why = async (id: string, ...args: string[]) => (await json<Explanation>('explain', id, ...args)).why;
    const [first, last] = [all[0] as string, all.at(-1) as string];
    const { scores } = pool.select(5);
    expect(await why(first, '--count', '5')).toBe('number 1 of the 5 selected');
    expect(await why(last, '--count', '5')).toBe(
      `its score is below that of the last one selected, ${scores[4]?.toPrecision(6)}`,
    );
    expect(await why('p1', '--exclude', at('some.txt'))).toBe('excluded');
    expect(await why(all.find((name) => !some.includes(name)) as string, '--only', at('some.txt'))).toBe(
      'not among those to select from',
    );
    const recent = names.find((name) => lastSteps.get(name) === 2) as string;
    expect(await why(recent, '--cooldown', '1')).toBe('cooling down');
    const drawn = drawCandidates(keys.size, 3, 1);
    const other = names.find((_, i) => !drawn.includes(i)) as string;
    expect(await why(other, '--candidates', '3', '--seed', '1')).toBe('not drawn as a candidate');
    expect(await why(first, '--count', '0')).toBe('nothing was to be selected');
    const tied = unseen.sort((a, b) => names.indexOf(a) - names.indexOf(b));
    const flags = ['--acquisition', 'inverse-evidence', '--count', '9'];
    expect(await why(tied[9] as string, ...flags)).toContain('a tie with the last one selected');
    expect(await why(tied[8] as string, ...flags)).toBe('number 9 of the 9 selected');
  });

  test('is readable, and an unknown key is an error', async () => {
    expect(await here('explain', 'u3', '--count', '1')).toMatch(
      /^prompt {5}u3\nposterior {2}mean 0\.5000, evidence 2\.00\nvisits {5}0\nscore .* = difficultyWeight .* x mutual/,
    );
    expect(await runHere(['explain', 'nobody', '--state', state])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('prompt "nobody" is not in it'),
    });
    expect(await runHere(['explain', '--state', state])).toMatchObject({ status: 2 });
    expect(await runHere(['explain', 'a'])).toMatchObject({ status: 2 });
  });
});

describe('insight-wasm status', () => {
  test('shares follow their definitions, and the waste that of the selection', async () => {
    const mixed = pool.score({ acquisition: { kind: 'non-degenerate', rollouts: 4 } });
    const anyRight = pool.score({ acquisition: { kind: 'success-chance', rollouts: 4 } });
    const seen = names.map((name, i) => ({ name, i })).filter(({ name }) => lastSteps.has(name));
    const saturated = seen.filter(({ i }) => (anyRight[i] as number) - (mixed[i] as number) > 0.5).length;
    const hopeless = seen.filter(({ i }) => 1 - (anyRight[i] as number) > 0.5).length;
    expect(saturated).toBeGreaterThan(0);
    expect(hopeless).toBeGreaterThan(0);
    const indices = [...pool.select(8, { acquisition: { kind: 'weighted-mutual-information', rollouts: 4 } }).indices];
    const told = await json<Record<string, number>>('status', '--count', '8', '--rollouts', '4');
    expect(told).toEqual({
      prompts: 54,
      step: 2,
      saturated: saturated / 54,
      hopeless: hopeless / 54,
      learnable: (44 - saturated - hopeless) / 54,
      unseen: 10 / 54,
      selected: 8,
      wasted: expect.closeTo(indices.reduce((sum, i) => sum + 1 - (mixed[i] as number), 0) / 8, 12),
    });
    expect(await here('status', '--count', '0')).toContain('next batch  empty');
    expect(await here('status')).toMatch(/^prompts {5}54, last step 2\nlearnable +[\d.]+ %\n/);
  });

  test('of a state without prompts is empty', async () => {
    const path = at('empty.iws');
    writeFileSync(at('nothing.jsonl'), '');
    await outputHere(['state', 'import', at('nothing.jsonl'), '--state', path]);
    expect(JSON.parse(await outputHere(['status', '--state', path, '--json']))).toMatchObject({
      prompts: 0,
      wasted: null,
    });
    expect(await outputHere(['select', '--state', path, '--json'])).toBe('');
  });
});

describe('insight-wasm state', () => {
  test('what is exported is imported to the same bits, and goes on as the first would', async () => {
    const [rows, copy] = [at('rows.jsonl'), at('copy.iws')];
    rmSync(copy, { force: true });
    writeFileSync(rows, await here('state', 'export'));
    await outputHere(['state', 'import', rows, '--state', copy, '--discount', '0.8']);
    expect(await outputHere(['state', 'export', '--state', copy])).toBe(readFileSync(rows, 'utf8'));
    const original = at('original.iws');
    writeFileSync(original, readFileSync(state));
    writeFileSync(at('more.jsonl'), jsonl(visits.slice(84).flatMap((row) => [row, { ...row, step: 3 }])));
    for (const path of [original, copy]) await outputHere(['ingest', at('more.jsonl'), '--state', path]);
    expect(await outputHere(['state', 'export', '--state', copy])).toBe(
      await outputHere(['state', 'export', '--state', original]),
    );
  });

  test('posteriors from elsewhere are imported, and the next step adds to them', async () => {
    const [rows, path] = [at('rows.jsonl'), at('mopps.iws')];
    writeFileSync(rows, jsonl([{ index: 7, alpha: 2.5, beta: 0.1 }]));
    await outputHere([
      'state',
      'import',
      rows,
      '--id',
      'index',
      '--state',
      path,
      '--discount',
      '0.5',
      '--prior',
      '1,1',
    ]);
    writeFileSync(at('next.jsonl'), jsonl([{ id: '7', step: 1, successes: 1, trials: 2 }]));
    await outputHere(['ingest', at('next.jsonl'), '--state', path]);
    expect(JSON.parse(await outputHere(['state', 'export', '--state', path]))).toMatchObject({
      id: '7',
      alpha: 2.75,
      beta: Math.fround(0.5 * Math.fround(0.1) + 0.5 + 1),
      visits: 2,
    });
  });

  test.each([
    ['{"id":"a","alpha":1}', '"beta" is missing'],
    ['{"id":"a","alpha":0,"beta":1}', '"alpha" expected a number in [0.001, 16777216], got 0'],
    ['{"id":"a","alpha":1,"beta":1,"visits":-1}', '"visits" expected an integer in [0, 4294967295], got -1'],
    ['{"id":"a","alpha":1,"beta":1,"step":"1"}', '"step" expected a finite number, got "1"'],
    ['{"id":"a","alpha":1,"beta":1,"open":1}', '"open" expected an object, got 1'],
    ['{"id":"a","alpha":1,"beta":1,"open":{"trials":1,"successes":2,"alpha":1,"beta":1}}', '"open.successes" expected'],
    ['{"id":"a","alpha":1,"beta":1,"open":{"trials":1,"successes":1,"alpha":1,"beta":1}}', 'are not what "open" makes'],
    ['{"id":"a","alpha":1,"beta":1}\n{"id":"a"}', ':2: prompt "a" is there twice'],
    ['{"id":"p1","alpha":1,"beta":1}', 'prompt "p1" is in the state, and keeps its posterior'],
    ['{"prompt":"a"}', ':1: "id" is missing'],
    ['{"id":"\\udead"}', 'half of a surrogate pair is no text'],
    ['[', 'JSON'],
  ])('import of %s is refused, and changes nothing', async (line, reason) => {
    writeFileSync(at('bad.jsonl'), `${line}\n`);
    const before = readFileSync(state);
    const { status, stdout, stderr } = await runHere(['state', 'import', at('bad.jsonl'), '--state', state]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(readFileSync(state).equals(before)).toBe(true);
  });

  test('show says what it was made with, and which logs it has read', async () => {
    expect(await json('state', 'show')).toMatchObject({
      prompts: 54,
      step: 2,
      discount: 0.8,
      prior: { alpha: 1, beta: 1 },
      rule: { threshold: '0.5' },
      logs: [{ path: at('visits.jsonl'), bytes: jsonl(visits).length }],
    });
    expect(await here('state', 'show')).toContain(`log        ${at('visits.jsonl')}, `);
  });

  test('a wrong command line is refused', () => {
    const cases: [string[], string][] = [
      [['state'], 'expected state show, log, export, import, compact, rebuild, got ""'],
      [['state', 'drop', '--state', state], 'expected state show, log, export, import, compact, rebuild, got "drop"'],
      [['state', 'show'], 'expected --state FILE'],
      [['state', 'show', 'x', '--state', state], 'show takes no "x"'],
      [['state', 'import', '--state', state], 'expected one ROWS, got 0'],
      [['status'], 'expected --state FILE'],
    ];
    for (const [args, reason] of cases) {
      expect(cli(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(reason) });
    }
  });
});

describe('insight-wasm state, of a process that was killed', () => {
  const path = at('killed.iws');
  const serve = (...observations: object[]) =>
    outputHere(['serve', '--state', path, '--discount', '0.9'], `${JSON.stringify({ op: 'observe', observations })}\n`);

  test('log prints what serve took, in order, and fit reads it', async () => {
    await serve({ id: 'a', step: 1, successes: 1, trials: 4 }, { id: 'b', step: 1, successes: 2, trials: 4, key: 'k' });
    await serve({ id: 'a', step: 2, successes: 3, trials: 4 });
    const log = await outputHere(['state', 'log', '--state', path]);
    expect(log).toBe(
      jsonl([
        { n: 0, id: 'a', step: 1, successes: 1, trials: 4 },
        { n: 1, id: 'b', step: 1, successes: 2, trials: 4, key: 'k' },
        { n: 2, id: 'a', step: 2, successes: 3, trials: 4 },
      ]),
    );
    expect(JSON.parse(await outputHere(['fit', '-', '--json'], log))).toHaveProperty('discount');
  });

  test('compact puts the journal into the file, and show says what is where', async () => {
    rmSync(path, { force: true });
    rmSync(`${path}.history`, { force: true });
    const held = lock(path);
    const { store } = Store.open(path, held);
    store.begin(State.unseen({ discount: 0.9, prior: { alpha: 1, beta: 1 } }));
    store.append([{ id: 'a', step: 1, successes: 1, trials: 4 }]);
    held.release(); // as after kill -9: nothing is folded
    const show = async () => JSON.parse(await outputHere(['state', 'show', '--state', path, '--json'])) as object;
    expect(await show()).toMatchObject({ prompts: 1, observations: 1, journal: 1 });
    expect(await outputHere(['state', 'show', '--state', path])).toContain('journal    1 that the file does not have');
    const exported = await outputHere(['state', 'export', '--state', path]);
    expect(await outputHere(['state', 'compact', '--state', path])).toBe(
      `${path}: 1 observations of the journal put in\n`,
    );
    expect(await show()).toMatchObject({ prompts: 1, observations: 1, journal: 0 });
    expect(existsSync(`${path}.journal`)).toBe(false);
    expect(await outputHere(['state', 'export', '--state', path])).toBe(exported);
    expect(await outputHere(['state', 'compact', '--state', path])).toContain(': 0 observations');
    expect(await runHere(['state', 'compact', '--state', at('nowhere.iws')])).toMatchObject({ status: 1 });
    expect(await runHere(['state', 'log', '--state', path, '--rate', 'x'])).toMatchObject({ status: 2 });
  });

  test('import starts prompts at the rate of a reference model', async () => {
    const warm = at('warm.iws');
    writeFileSync(
      at('rates.jsonl'),
      jsonl([
        { id: 'a', pass: 0.25 },
        { id: 'b', pass: 1 },
      ]),
    );
    const flags = ['--state', warm, '--rate', 'pass', '--prior', '1,2', '--discount', '0.5'];
    await outputHere(['state', 'import', at('rates.jsonl'), ...flags]);
    const rows = async () =>
      (await outputHere(['state', 'export', '--state', warm]))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
    expect(await rows()).toContainEqual({ id: 'a', alpha: 3, beta: 8, visits: 0 });
    expect(await rows()).toContainEqual({ id: 'b', alpha: 9, beta: 2, visits: 0 });
    rmSync(warm);
    await outputHere(['state', 'import', at('rates.jsonl'), ...flags, '--weight', '2']);
    expect(await rows()).toContainEqual({ id: 'a', alpha: 1.5, beta: 3.5, visits: 0 });
    writeFileSync(at('rates.jsonl'), jsonl([{ id: 'c', pass: 1.5 }]));
    const wrong = await runHere(['state', 'import', at('rates.jsonl'), ...flags]);
    expect(wrong).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"pass" expected a rate in [0, 1], got 1.5'),
    });
    expect(await runHere(['state', 'import', at('rates.jsonl'), '--state', warm, '--weight', '2'])).toMatchObject({
      status: 2,
    });
  });
});
