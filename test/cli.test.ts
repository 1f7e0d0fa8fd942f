import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ACQUISITIONS, PARAMETERS, toRule } from '../src/acquisition.ts';
import { parseRow } from '../src/cli/read/jsonl.ts';
import { Tally } from '../src/cli/tally.ts';
import { type Acquisition, type PoolOptions, PosteriorPool, type SelectOptions } from '../src/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist/cli.js');
if (!existsSync(program)) throw new Error('test/cli.test.ts runs dist/cli.js: build it first with npm run build');

const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Fields = Readonly<Record<string, unknown>>;

function cli(args: readonly string[], input: string | Uint8Array = '', node: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, program, ...args], {
    input,
    maxBuffer: 1e9,
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** What a run that must succeed prints. */
function output(args: readonly string[], input?: string | Uint8Array): string {
  const { status, stdout, stderr } = cli(args, input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const jsonl = (rows: readonly Fields[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

interface Observation {
  readonly id: string;
  readonly successes: number;
  readonly trials: number;
}

/** What `select --json` should print: one update of the library an observation. */
function expected(
  observations: readonly Observation[],
  count: number,
  options: SelectOptions = {},
  poolOptions?: PoolOptions,
): string {
  const ids = [...new Set(observations.map(({ id }) => id))];
  const pool = new PosteriorPool(ids.length, poolOptions);
  for (const { id, successes, trials } of observations) {
    pool.update({ indices: [ids.indexOf(id)], successes: [successes], trials });
  }
  const { indices, scores } = pool.select(count, options);
  return jsonl(
    Array.from(indices, (index, i) => {
      const { mean, evidence } = pool.get(index);
      return { id: ids[index], score: scores[i], mean, evidence };
    }),
  );
}

/** Observations of 40 prompts at 3 steps, the same every time. */
const visits = Array.from({ length: 120 }, (_, i) => ({
  id: `p${(i * 7) % 40}`,
  step: Math.floor(i / 40),
  successes: (i * i * 5 + i) % 9,
  trials: 8,
}));
const rolloutRows = visits.flatMap(({ id, step, successes, trials }) =>
  Array.from({ length: trials }, (_, k) => ({ id, step, score: k < successes ? 1 : 0 })),
);
const historyRows = visits.slice(0, 40).map(({ id }) => {
  const own = visits.filter((visit) => visit.id === id);
  return { id, trials: 8, successes: own.map(({ successes }) => successes) };
});

describe('insight-wasm select', () => {
  const shapes: readonly [string, readonly Fields[]][] = [
    ['counts', visits],
    ['history', historyRows],
    ['history with trials a visit', historyRows.map((row) => ({ ...row, trials: row.successes.map(() => 8) }))],
    ['rollouts', rolloutRows],
    ['mixed', [...visits.slice(0, 40), ...rolloutRows.slice(320)]],
  ];

  test.each(shapes)('%s rows give the answer of the library', (_, rows) => {
    expect(output(['select', '-', '--count', '12', '--json'], jsonl(rows))).toBe(expected(visits, 12));
  });

  test.each(shapes)('%s rows give the answer of the library under a discount', (_, rows) => {
    const args = ['select', '-', '--count', '12', '--json', '--discount', '0.8', '--prior', '0.5,2'];
    const poolOptions = { discount: 0.8, prior: { alpha: 0.5, beta: 2 } };
    expect(output(args, jsonl(rows))).toBe(expected(visits, 12, {}, poolOptions));
  });

  test('with discount 1 the shape of the rows makes no difference, not to the last bit, under any prior', () => {
    const args = ['select', '-', '--json', '--prior', '0.1,0.7'];
    const [wanted, ...others] = shapes.map(([, rows]) => output(args, jsonl(rows)));
    for (const other of others) expect(other).toBe(wanted);
  });

  const samples: readonly Acquisition[] = [
    { kind: 'weighted-mutual-information', rollouts: 4, eta: 2, mu: 0.4 },
    { kind: 'mutual-information', rollouts: 16 },
    { kind: 'difficulty-weight', eta: 1, mu: 0.6 },
    { kind: 'variance-reduction', rollouts: 2 },
    { kind: 'inverse-evidence' },
    { kind: 'expected-difficulty', target: 0.25 },
    { kind: 'non-degenerate', rollouts: 3 },
    { kind: 'bernoulli-variance' },
    { kind: 'success-chance', rollouts: 5 },
    { kind: 'random', seed: 2 ** 53 - 1 },
  ];

  test.each(samples.map((sample) => [sample.kind, sample] as const))(
    '%s is the library, on both engines',
    (kind, acquisition) => {
      const flags = Object.entries(acquisition).flatMap(([name, value]) =>
        name === 'kind' ? [] : [`--${name}`, String(value)],
      );
      const args = ['select', '-', '--count', '12', '--json', '--acquisition', kind, ...flags];
      const log = jsonl(visits);
      expect(output(args, log)).toBe(expected(visits, 12, { acquisition }));
      expect(output([...args, '--engine', 'reference'], log)).toBe(expected(visits, 12, { acquisition }));
    },
  );

  test('all ten acquisitions are tried above, and named in the help with their defaults', () => {
    expect(samples.map(({ kind }) => kind)).toEqual(ACQUISITIONS);
    const help = output(['select', '--help']).replaceAll(/[,:]?\n {5,}/g, ' ');
    for (const kind of ACQUISITIONS.slice(0, -1)) {
      const rule = toRule({ kind } as Acquisition);
      const line = help.split('\n').find((text) => new RegExp(`^  (.*, )?${kind}\\b`).test(text));
      expect(line).toBeDefined();
      for (const name of PARAMETERS[kind]) {
        if (name !== 'precision') expect(line).toContain(`${name} ${rule[name]}`);
      }
    }
  });

  test('candidates are those the library draws from the seed', () => {
    const args = ['select', '-', '--count', '5', '--json', '--candidates', '9', '--seed', '3'];
    const wanted = expected(visits, 5, { candidates: { size: 9, seed: 3 } });
    expect(output(args, jsonl(visits))).toBe(wanted);
    expect(output([...args.slice(0, -1), '4'], jsonl(visits))).not.toBe(wanted);
  });

  test('selects 256 prompts, or all there are', () => {
    const log = (prompts: number) => jsonl(Array.from({ length: prompts }, (_, id) => ({ id, score: 1 })));
    expect(output(['select', '-', '--json'], log(300)).split('\n')).toHaveLength(256 + 1);
    expect(output(['select', '-', '--json'], log(3)).split('\n')).toHaveLength(3 + 1);
    expect(output(['select', '-', '--json'], '')).toBe('');
  });

  test('steps out of order give what sorted ones do', () => {
    const args = ['select', '-', '--json', '--discount', '0.7'];
    for (const rows of [visits, rolloutRows]) {
      const shuffled = rows.map((_, i) => rows[(i * 77) % rows.length] as Fields);
      const byId = (text: string) => text.split('\n').sort();
      expect(byId(output(args, jsonl(shuffled)))).toEqual(byId(output(args, jsonl(rows))));
    }
  });

  test('a file reads as stdin does: with a byte order mark, CRLF, blank lines and no newline at the end', () => {
    const path = join(folder, 'log.jsonl');
    writeFileSync(path, `\ufeff${jsonl(visits).replaceAll('\n', '\r\n\r\n \t\n')}`.trimEnd());
    expect(output(['select', path, '--json'])).toBe(output(['select', '-', '--json'], jsonl(visits)));
  });

  test('the reward is the first of score, reward and acc, or the named field; at least the threshold is a success', () => {
    const means = (rows: readonly Fields[], ...flags: string[]) =>
      output(['select', '-', '--json', '--acquisition', 'random', '--seed', '1', ...flags], jsonl(rows))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; mean: number })
        .sort((a, b) => Number(a.id) - Number(b.id))
        .map(({ mean }) => Math.round(mean * 3) - 1);
    const rewards = [0, 1, 0.1, 0.5, 0.49, -1, true, false];
    expect(means(rewards.map((score, id) => ({ id, score, acc: 1 })))).toEqual([0, 1, 0, 1, 0, 0, 1, 0]);
    expect(
      means(
        rewards.map((acc, id) => ({ id, acc })),
        '--threshold',
        '0.1',
      ),
    ).toEqual([0, 1, 1, 1, 1, 0, 1, 0]);
    expect(
      means(
        rewards.map((acc, id) => ({ id, score: 0, acc })),
        '--reward',
        'acc',
        '--threshold=-1',
      ),
    ).toEqual(new Array(8).fill(1));
    expect(means([{ id: 0, reward: 1, acc: 0 }], '--reward', 'reward')).toEqual([1]);
  });

  test('--step names the field of the step', () => {
    const named = visits.map(({ step, ...rest }) => ({ ...rest, step: -step, iteration: step }));
    const args = ['select', '-', '--json', '--discount', '0.8'];
    expect(output([...args, '--step', 'iteration'], jsonl(named))).toBe(output(args, jsonl(visits)));
  });

  test('ids are keys as strings: 1 and "1" are one prompt, __proto__ is one like any', () => {
    const ids = [1, '1', '__proto__', 'constructor', '', '__proto__', -0, 0];
    const log = ids.map((id) => `{"id":${Object.is(id, -0) ? '-0' : JSON.stringify(id)},"score":1}\n`).join('');
    const keys = ids.map((id) => ({ id: String(id), successes: 1, trials: 1 }));
    expect(output(['select', '-', '--json'], log)).toBe(expected(keys, 8));
  });

  test('more rollouts than one observation holds are split with discount 1, else refused', () => {
    const log = jsonl([{ id: 'a', step: 1, score: 0 }]).repeat(70_000) + jsonl([{ id: 'a', step: 2, score: 1 }]);
    expect(JSON.parse(output(['select', '-', '--json'], log))).toMatchObject({ mean: 2 / 70_003, evidence: 70_003 });
    expect(cli(['select', '-', '--discount', '0.5'], log)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'insight-wasm: prompt "a" has 70000 rollouts at step 1; at most 65535 count as one\n',
    });
  });

  test('the table is aligned, and harmless to a terminal', () => {
    const rows = [
      { id: 'ab', successes: 1, trials: 2 },
      { id: '\u001b[31m\u202e\ud800', successes: 90, trials: 100 },
      { id: 'x'.repeat(100), successes: 0, trials: 1000 },
    ];
    expect(output(['select', '-'], jsonl(rows))).toBe(
      [
        `rank  id${' '.repeat(64)}score            mean  evidence`,
        `   1  ab${' '.repeat(64)}0.119927       0.5000         4`,
        `   2  \\u{1b}[31m\\u{202e}\\u{d800}${' '.repeat(40)}0.00125568     0.8922       102`,
        `   3  ${'x'.repeat(63)}…  0.00000256553  0.0010      1002`,
        '',
      ].join('\n'),
    );
  });

  test('without Wasm the reference engine is offered, and works', () => {
    const withoutWasm = (...flags: string[]) => cli(['select', '-', ...flags], jsonl(visits), ['--jitless']);
    expect(withoutWasm()).toMatchObject({ status: 2, stdout: '' });
    expect(withoutWasm().stderr).toContain('use --engine reference');
    expect(withoutWasm('--engine', 'reference').stdout).toBe(output(['select', '-'], jsonl(visits)));
  });
});

describe('a wrong log', () => {
  const good = '{"id":"a","score":1}\n';
  const discounted = ['--discount', '0.9'];
  const cases: readonly [
    name: string,
    lines: string | Uint8Array,
    line: number,
    reason: string | RegExp,
    flags?: string[],
  ][] = [
    ['broken JSON', `${good}{"id":"a","score":1\n`, 2, /JSON/],
    ['NaN, which is no JSON', `${good}\n{"id":"a","score":NaN}\n`, 3, /NaN.*JSON/],
    ['a torn last line', `${good}{"id":"a","sco`, 2, /JSON/],
    ['nested arrays', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, 1, 'the row expected an object, got an array'],
    ['null', 'null', 1, 'the row expected an object, got null'],
    ['no id', '{"score":1}', 1, '"id" is missing'],
    [
      'an id of another type',
      '{"id":{},"score":1}',
      1,
      '"id" expected a string or an integer below 2^53, got an object',
    ],
    ['an id that no double holds', '{"id":9007199254740993,"score":1}', 1, /"id" expected .*, got 9007199254740992/],
    [
      'more successes than trials',
      '{"id":1,"successes":9,"trials":8}',
      1,
      '"successes" expected an integer in [0, 8], got 9',
    ],
    ['a fraction', '{"id":1,"successes":0.5,"trials":8}', 1, '"successes" expected an integer in [0, 8], got 0.5'],
    ['a negative', '{"id":1,"successes":-1,"trials":8}', 1, '"successes" expected an integer in [0, 8], got -1'],
    [
      'a number as text',
      '{"id":1,"successes":"NaN","trials":8}',
      1,
      '"successes" expected an integer in [0, 8], got "NaN"',
    ],
    ['no trials', '{"id":1,"successes":1}', 1, '"trials" is missing'],
    ['zero trials', '{"id":1,"successes":0,"trials":0}', 1, '"trials" expected an integer in [1, 65535], got 0'],
    [
      'too many trials',
      '{"id":1,"successes":[],"trials":65536}',
      1,
      '"trials" expected an integer in [1, 65535], got 65536',
    ],
    [
      'a bad visit',
      '{"id":1,"successes":[1,[2]],"trials":8}',
      1,
      '"successes[1]" expected an integer in [0, 8], got an array',
    ],
    [
      'bad trials of a visit',
      '{"id":1,"successes":[1,2],"trials":[8,null]}',
      1,
      '"trials[1]" expected an integer in [1, 65535], got null',
    ],
    [
      'histories of two lengths',
      '{"id":1,"successes":[1,2],"trials":[8]}',
      1,
      '"trials" expected as many as successes, 2, got 1',
    ],
    [
      'no reward',
      '{"id":1,"trials":8}',
      1,
      'expected "successes" and "trials", or a reward: score, reward, acc or --reward FIELD',
    ],
    ['no named reward', good, 1, '"hasOwnProperty" is missing', ['--reward', 'hasOwnProperty']],
    ['a reward that is text', '{"id":1,"acc":"yes"}', 1, '"acc" expected a finite number or a boolean, got "yes"'],
    ['a missing reward', '{"id":1,"score":null}', 1, '"score" expected a finite number or a boolean, got null'],
    ['an infinite reward', '{"id":1,"score":1e999}', 1, '"score" expected a finite number or a boolean, got Infinity'],
    [
      'a long value',
      `{"id":1,"score":"${'x'.repeat(1e6)}"}`,
      1,
      `"score" expected a finite number or a boolean, got "${'x'.repeat(39)}…"`,
    ],
    ['escapes', '{"id":1,"score":"\\u009b31m"}', 1, '"score" expected a finite number or a boolean, got "\\u{9b}31m"'],
    ['a step of another type', '{"id":1,"score":1,"step":"2"}', 1, '"step" expected a finite number, got "2"'],
    ['no named step', good, 1, '"epoch" is missing', ['--step', 'epoch']],
    ['no step under a discount', good, 1, /^"step" is missing, .*--step FIELD/, discounted],
    [
      'two orders under a discount',
      '{"id":"a","successes":1,"trials":2}\n{"id":"a","successes":1,"trials":2,"step":1}\n',
      2,
      'prompt "a" has rows with and without a step, and a discount below 1 needs one order',
      discounted,
    ],
    [
      'more rollouts than a posterior holds',
      '{"id":"a","successes":9,"trials":65535}\n'.repeat(229),
      229,
      'prompt "a" has more than 15,000,000 rollouts',
    ],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(good), Uint8Array.of(0x22, 0xc3, 0x28, 0x22)]),
      2,
      'not UTF-8',
    ],
  ];

  test.each(cases)('%s is refused by line and reason', (_, lines, line, reason, flags = []) => {
    const { status, stdout, stderr } = cli(['select', '-', ...flags], lines);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    const prefix = `insight-wasm: stdin:${line}: `;
    expect(stderr.slice(0, prefix.length)).toBe(prefix);
    expect(stderr.slice(-1)).toBe('\n');
    if (typeof reason === 'string') expect(stderr.slice(prefix.length, -1)).toBe(reason);
    else expect(stderr.slice(prefix.length, -1)).toMatch(reason);
  });

  test('a line of more than 256 MB is refused before it is all read', () => {
    const { status, stdout, stderr } = cli(['select', '-'], Buffer.alloc(2 ** 28 + 1, 'x'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe('insight-wasm: stdin:1: a line of more than 268,435,456 bytes\n');
  });

  test('a file is named', () => {
    const path = join(folder, 'wrong.jsonl');
    writeFileSync(path, `${jsonl(visits)}{}`);
    expect(cli(['select', path]).stderr).toBe(`insight-wasm: ${path}:121: "id" is missing\n`);
    expect(cli(['select', join(folder, 'none')])).toEqual({
      status: 1,
      stdout: '',
      stderr: `insight-wasm: ${join(folder, 'none')}: no such file\n`,
    });
    expect(cli(['select', folder])).toEqual({
      status: 1,
      stdout: '',
      stderr: `insight-wasm: ${folder}: is a directory\n`,
    });
  });
});

describe('a wrong command line', () => {
  const cases: readonly [args: string, reason: string][] = [
    ['', 'expected a command: select or simulate or bench'],
    ['__proto__', 'expected a command: select or simulate or bench, got __proto__'],
    ['select', 'expected one FILE, or - for stdin, got 0'],
    ['select a b', 'expected one FILE, or - for stdin, got 2'],
    ['select a --colour', "Unknown option '--colour'"],
    ['select a --count', "Option '--count <value>' argument missing"],
    ['select a --count ten', '--count expected a number, got "ten"'],
    ['select a --count=', '--count expected a number, got ""'],
    ['select a --count 1.5', '--count expected an integer in [0, 9007199254740991], got 1.5'],
    ['select a --count=-1', '--count expected an integer in [0, 9007199254740991], got -1'],
    [
      'select a --acquisition best',
      '--acquisition expected one of weighted-mutual-information, mutual-information, difficulty-weight, variance-reduction, inverse-evidence, expected-difficulty, non-degenerate, bernoulli-variance, success-chance, random, got "best"',
    ],
    ['select a --rollouts 257', '--rollouts expected an integer in [1, 256], got 257'],
    ['select a --acquisition non-degenerate --rollouts 1', '--rollouts expected an integer in [2, 256], got 1'],
    ['select a --eta=-1', '--eta expected a number in [0, 10000], got -1'],
    ['select a --mu 2', '--mu expected a number in [0, 1], got 2'],
    ['select a --acquisition expected-difficulty --target 2', '--target expected a number in [0, 1], got 2'],
    ['select a --target 0.5', '--acquisition weighted-mutual-information takes rollouts, eta, mu, not --target'],
    ['select a --acquisition inverse-evidence --eta 3', '--acquisition inverse-evidence takes no parameter, not --eta'],
    ['select a --acquisition random', '--acquisition random needs --seed'],
    ['select a --acquisition random --seed 0.5', '--seed expected an integer in [0, 9007199254740991], got 0.5'],
    [
      'select a --seed 1',
      '--seed is for --candidates and --acquisition random: weighted-mutual-information takes none',
    ],
    ['select a --candidates 10', '--candidates needs --seed'],
    ['select a --candidates=-1 --seed 1', '--candidates expected an integer in [0, 9007199254740991], got -1'],
    ['select a --prior 1', '--prior expected two numbers as A,B, got "1"'],
    ['select a --prior 1,x', '--prior expected a number, got "x"'],
    ['select a --prior 1,0', '--prior expected a number in [0.001, 1000000], got 0'],
    ['select a --discount 1.1', '--discount expected a number in [0, 1], got 1.1'],
    ['select a --threshold Infinity', '--threshold expected a number, got "Infinity"'],
    ['select a --engine gpu', '--engine expected one of wasm, reference, got "gpu"'],
    ['simulate x', 'expected only flags, got "x"'],
    ['simulate --prompts 0', '--prompts expected an integer in [1, 10000000], got 0'],
    ['simulate --rollouts 65536', '--rollouts expected an integer in [1, 65535], got 65536'],
    ['simulate --format csv', '--format expected one of rollouts, counts, history, got "csv"'],
  ];

  test.each(cases)('insight-wasm %s', (line, reason) => {
    const args = line.split(' ').filter(Boolean);
    const command = ['select', 'simulate'].includes(args[0] ?? '') ? `${args[0]} ` : '';
    expect(cli(args)).toEqual({
      status: 2,
      stdout: '',
      stderr: `insight-wasm: ${reason}; see insight-wasm ${command}--help\n`,
    });
  });

  test('help fits a screen, everywhere', () => {
    for (const args of [
      ['--help'],
      ['-h'],
      ['select', '--help'],
      ['select', '--bogus', '-h'],
      ['simulate', '--help'],
    ]) {
      const lines = output(args).split('\n');
      expect(lines[0]).toMatch(/^Usage: insight-wasm /);
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  test('--version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(output(['--version'])).toBe(`${version}\n`);
  });
});

describe('insight-wasm simulate', () => {
  test('examples/rollouts.jsonl is made by it', () => {
    const log = output(['simulate', '--prompts', '60', '--steps', '6', '--batch', '20']);
    expect(log).toBe(readFileSync(join(root, 'examples/rollouts.jsonl'), 'utf8'));
  });

  test('the three formats tell of the same run', () => {
    const flags = ['--prompts', '50', '--steps', '9', '--batch', '20', '--rollouts', '3', '--seed', '7'];
    const answers = ['rollouts', 'counts', 'history'].map((format) =>
      output(['select', '-', '--json', '--discount', '0.9'], output(['simulate', ...flags, '--format', format])),
    );
    expect(answers[0]?.split('\n').length).toBeGreaterThan(40);
    expect(answers[1]).toBe(answers[0]);
    expect(answers[2]).toBe(answers[0]);
  });

  test('rates are spread, with many near 0 and 1, and rise', () => {
    const flags = ['--prompts', '1000', '--batch', '1000', '--steps', '100', '--rollouts', '8', '--format', 'history'];
    const rows = output(['simulate', ...flags])
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { successes: number[] });
    const sums = (from: number, to: number) =>
      rows.map(({ successes }) => successes.slice(from, to).reduce((a, b) => a + b, 0));
    const share = (holds: (sum: number) => boolean) => sums(0, 10).filter(holds).length / rows.length;
    expect(rows).toHaveLength(1000);
    expect(share((sum) => sum <= 8)).toBeGreaterThan(0.15);
    expect(share((sum) => sum >= 72)).toBeGreaterThan(0.2);
    expect(share((sum) => sum > 16 && sum < 64)).toBeGreaterThan(0.2);
    const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(total(sums(90, 100))).toBeGreaterThan(1.2 * total(sums(0, 10)));
  });

  test('another seed is another log', () => {
    expect(output(['simulate', '--seed', '2'])).not.toBe(output(['simulate', '--seed', '1']));
  });
});

describe('streams', () => {
  test('a reader that has seen enough is no failure', async () => {
    const child = spawn(process.execPath, [program, 'simulate', '--steps', '100000'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const complaints: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(Buffer.concat(complaints).toString()).toBe('');
  });

  test('memory is that of the prompts, not of the log', async ({ skip }) => {
    if (process.platform !== 'linux') {
      console.warn('SKIPPED: peak memory of the command is read from /proc, which this system lacks');
      skip();
    }
    const row = (i: number) => ({
      id: `prompt-${i % 100}`,
      step: i % 7,
      input: 'x'.repeat(800),
      output: 'y'.repeat(1200),
      score: i % 3,
    });
    const block = jsonl(Array.from({ length: 500 }, (_, i) => row(i)));
    const child = spawn(process.execPath, [program, 'select', '-', '--json', '--count', '1'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let peak = 0;
    for (let sent = 0; sent < 160e6; sent += block.length) {
      if (!child.stdin.write(block)) await once(child.stdin, 'drain');
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]));
    }
    child.stdin.end();
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toHaveProperty('evidence');
    expect(peak).toBeGreaterThan(20_000);
    expect(peak).toBeLessThan(200_000);
  });
});

describe('the tally', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const step = fc.constantFrom(-1, 0, 0.5, 2);
  const trials = fc.integer({ min: 1, max: 9 });
  const right = fc.nat({ max: 9 });
  const rollout = fc.record({ id, step, score: fc.boolean() });
  const counts = fc.record({ id, step, successes: right, trials }).map(atMostTrials);
  const unstepped = fc.constantFrom('d', 'e');
  const later = fc.record({ id: unstepped, successes: right, trials }).map(atMostTrials);
  const history = fc
    .record({ id: unstepped, successes: fc.array(right, { maxLength: 4 }) })
    .map(({ id, successes }) => ({ id, successes, trials: 9 }));

  function atMostTrials<T extends { successes: number; trials: number }>(row: T): T {
    return { ...row, successes: Math.min(row.successes, row.trials) };
  }

  /** In order of step, then of the file; the rollouts of a prompt and step where the first of them stands. */
  function naive(rows: readonly (Fields & { id: string })[]): Observation[] {
    const all: (Observation & { step: number; group?: string })[] = [];
    for (const row of rows) {
      const at = { id: row.id, step: Number(row.step ?? 0) };
      const group = `${at.id} ${at.step}`;
      if (Array.isArray(row.successes)) {
        for (const successes of row.successes) all.push({ ...at, successes, trials: 9 });
      } else if ('trials' in row) {
        all.push({ ...at, successes: Number(row.successes), trials: Number(row.trials) });
      } else if (!all.some((known) => known.group === group)) {
        const own = rows.filter((other) => 'score' in other && `${other.id} ${other.step}` === group);
        all.push({ ...at, group, successes: own.filter(({ score }) => score).length, trials: own.length });
      }
    }
    return all.sort((a, b) => a.step - b.step);
  }

  test.each([1, 0.9, 0])('of any log is that of a naive model, with discount %d', (discount) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(rollout, rollout, counts, later, history), { maxLength: 40 }), (rows) => {
        const tally = new Tally(discount);
        for (const line of rows.map((row) => JSON.stringify(row))) {
          tally.add(parseRow(line, { reward: undefined, threshold: 0.5, step: undefined }));
        }
        const ids = [...new Set(rows.map(({ id }): string => id))];
        expect(tally.ids).toEqual(ids);
        const options = { discount, prior: { alpha: 2, beta: 1 } };
        const pool = new PosteriorPool(ids.length, options);
        for (const batch of tally.batches()) pool.update(batch);
        const model = new PosteriorPool(ids.length, options);
        let rollouts = 0;
        for (const { id, successes, trials } of naive(rows)) {
          model.update({ indices: [ids.indexOf(id)], successes: [successes], trials });
          rollouts += trials;
        }
        expect(pool.toBytes()).toEqual(model.toBytes());
        expect(tally.rollouts).toBe(rollouts);
      }),
      { numRuns: 500 },
    );
  });
});

describe('on real outcomes', () => {
  const data = join(root, '../shared/data');
  const missing = !existsSync(data);
  if (missing) console.warn(`SKIPPED: the command on real outcomes, for want of ${data}`);
  const read = (name: string): Fields[] =>
    readFileSync(join(data, `${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Fields);
  const select = (name: string, ...flags: string[]): string =>
    output(['select', join(data, `${name}.jsonl`), '--count', '20', '--json', ...flags]);

  test('a history of 500 steps gives the answer of the library', ({ skip }) => {
    if (missing) skip();
    const observations = read('grpo-history').flatMap(({ id, trials, successes }) =>
      (successes as number[]).map((right) => ({ id: String(id), successes: right, trials: Number(trials) })),
    );
    expect(select('grpo-history')).toBe(expected(observations, 20));
    expect(select('grpo-history', '--discount', '0.9')).toBe(expected(observations, 20, {}, { discount: 0.9 }));
  });

  test('counts and single rollouts of the same answers select the same', ({ skip }) => {
    if (missing) skip();
    expect(select('gsm8k-counts')).toBe(expected(read('gsm8k-counts') as unknown as Observation[], 20));
    expect(select('gsm8k-rollouts')).toBe(select('gsm8k-counts'));
  });

  test.for(['grpo-history', 'gsm8k-counts', 'gsm8k-rollouts'])(
    '%s: both engines print the same bytes',
    (name, { skip }) => {
      if (missing) skip();
      expect(select(name, '--engine', 'reference')).toBe(select(name));
    },
  );
});
