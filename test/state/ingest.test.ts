import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { PosteriorPool } from '../../src/index.ts';
import { thisProcess } from '../../src/node/holder.ts';
import { cli, type Fields, folder, historyRows, jsonl, program, rolloutRows, visits } from '../support/cli.ts';
import { outputHere, runHere } from '../support/run.ts';

const at = (name: string): string => join(folder, name);
const [log, state] = [at('log.jsonl'), at('pool.iws')];

beforeEach(() => {
  for (const path of [log, state, at('other.iws'), at('logs')]) rmSync(path, { recursive: true, force: true });
});

const ingest = (...flags: string[]): Promise<string> => outputHere(['ingest', log, '--state', state, ...flags]);

interface Exported {
  readonly id: string;
  readonly alpha: number;
  readonly beta: number;
  readonly visits: number;
  readonly step?: number;
}

async function exported(path = state): Promise<Exported[]> {
  const lines = (await outputHere(['state', 'export', '--state', path])).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Exported);
}

describe('insight-wasm ingest', () => {
  test.each([
    ['counts', visits],
    ['rollouts', rolloutRows],
    ['histories', historyRows],
  ])('%s give the posteriors of the library', async (_, rows) => {
    for (const discount of [1, 0.8]) {
      rmSync(state, { force: true });
      writeFileSync(log, jsonl(rows));
      await ingest('--discount', String(discount), '--prior', '0.5,2');
      const ids = [...new Set(visits.map(({ id }) => id))];
      const pool = new PosteriorPool(ids.length, { discount, prior: { alpha: 0.5, beta: 2 } });
      for (const { id, successes, trials } of visits) {
        pool.update({ indices: [ids.indexOf(id)], successes: [successes], trials });
      }
      const found = await exported();
      expect(found).toHaveLength(40);
      for (const { id: key, alpha, beta, visits: visited } of found) {
        const { alpha: wanted, beta: other } = pool.get(ids.indexOf(key));
        expect([key, alpha, beta, visited]).toEqual([key, wanted, other, 3]);
      }
    }
  });

  const rows = fc
    .array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
        // Of the last row but for a few: so that steps rise, and groups are long.
        rise: fc.constantFrom(0, 0, 0, 1, 2.5),
        score: fc.boolean(),
        trials: fc.constantFrom(0, 0, 3),
      }),
      { maxLength: 30 },
    )
    .map((drawn) => {
      let step = -2;
      return drawn.map(({ id, rise, score, trials }) => {
        step += rise;
        return trials === 0 ? { id, step, score } : { id, step, successes: score ? trials : 1, trials };
      });
    });

  test('any split of a growing log over runs makes the same bytes as one run', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.constantFrom(1, 0.9, 0),
        async (drawn, cuts, discount) => {
          for (const path of [log, state, at('other.iws')]) rmSync(path, { force: true });
          const bytes = Buffer.from(jsonl(drawn));
          const flags = ['--discount', String(discount), '--prior', '0.3,0.7'];
          // Cut anywhere, also within a line.
          const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          for (const end of ends) {
            writeFileSync(log, bytes.subarray(0, end));
            const { status } = await runHere(['ingest', log, '--state', state, ...flags]);
            // A log without a whole row is an error, and makes no state.
            expect(status).toBe(end < bytes.indexOf('}') + 1 || end === 0 ? 1 : 0);
          }
          if (drawn.length === 0) return;
          await outputHere(['ingest', log, '--state', at('other.iws'), ...flags]);
          expect(readFileSync(state).equals(readFileSync(at('other.iws')))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('any split of the steps over files and runs gives the same posteriors', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), async (drawn, isCut) => {
        if (drawn.length === 0) return;
        rmSync(at('logs'), { recursive: true, force: true });
        for (const path of [log, state, at('other.iws')]) rmSync(path, { force: true });
        mkdirSync(at('logs'));
        writeFileSync(log, jsonl(drawn));
        await outputHere(['ingest', log, '--state', at('other.iws'), '--discount', '0.9']);
        let part: Fields[] = [];
        for (const [i, row] of drawn.entries()) {
          part.push(row);
          if (!isCut[i] && i < drawn.length - 1) continue;
          // A distinct field, as files of the very same bytes are refused.
          writeFileSync(at(`logs/${i}.jsonl`), jsonl(part.map((fields) => ({ ...fields, file: i }))));
          await outputHere(['ingest', at('logs'), '--state', state, '--discount', '0.9']);
          part = [];
        }
        if (drawn.length > 0) expect(await exported()).toEqual(await exported(at('other.iws')));
      }),
      { numRuns: 30 },
    );
  });

  test('running it twice changes nothing, not even the file', async () => {
    writeFileSync(log, jsonl(visits));
    expect(await ingest()).toContain(
      `${state}: 120 rows added; 40 prompts, 40 of them new, last step 2\nnext: insight-wasm select`,
    );
    const before = readFileSync(state);
    expect(JSON.parse(await ingest('--json'))).toEqual({
      rows: 0,
      late: 0,
      skipped: {},
      prompts: 40,
      newPrompts: 0,
      logs: 1,
      moved: 0,
      step: 2,
    });
    expect(readFileSync(state).equals(before)).toBe(true);
  });

  test('prompts are in order of hash, whatever the order of the log', async () => {
    writeFileSync(log, jsonl(visits));
    await ingest();
    const keys = (await exported()).map(({ id }) => id);
    writeFileSync(log, jsonl([...visits].reverse()));
    await outputHere(['ingest', log, '--state', at('other.iws')]);
    expect((await exported(at('other.iws'))).map(({ id }) => id)).toEqual(keys);
    expect(keys).not.toEqual([...keys].sort());
  });

  test('rollouts that are left out are told', async () => {
    const trace = (ok: boolean) => ({ rewards: { r: { score: 1, weight: 1 } }, ok, agent: { trainable: true } });
    const episode = (hash: string, ok: boolean) => ({
      task: { hash },
      env: { id: 'e' },
      group: { id: 'g' },
      run: { work: { step: 1 } },
      ok,
      traces: [trace(ok)],
    });
    writeFileSync(log, jsonl([episode('a', true), episode('a', false), episode('b', false)]));
    expect(await ingest()).toMatch(/: 1 rows added, 2 skipped: [^;]+; 1 prompts, 1 of them new, last step 1\n/);
  });

  test('a link to a state stays one, and is locked as the state is', async () => {
    writeFileSync(log, jsonl(visits));
    await ingest();
    const link = at('other.iws');
    symlinkSync(state, link);
    appendFileSync(log, jsonl([{ id: 'a', step: 9, score: 1 }]));
    writeFileSync(`${state}.lock`, JSON.stringify({ ...thisProcess(), pid: process.ppid, start: undefined }));
    expect((await runHere(['ingest', log, '--state', link])).stderr).toContain('in use by');
    rmSync(`${state}.lock`);
    await outputHere(['ingest', log, '--state', link]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await exported()).toHaveLength(41);
  });

  test('a log is one log by whatever names it is reached', async () => {
    mkdirSync(at('logs/42'), { recursive: true });
    symlinkSync('42', at('logs/latest'));
    const row = jsonl([{ id: 'a', score: 1, step: 1 }]);
    writeFileSync(at('logs/42/1.jsonl'), row);
    await outputHere(['ingest', at('logs/latest'), '--state', state]);
    appendFileSync(at('logs/42/1.jsonl'), row);
    await outputHere(['ingest', at('logs'), at('logs/latest'), '--state', state]);
    expect(await exported()).toMatchObject([{ id: 'a', alpha: 3, beta: 1 }]);
  });

  test('a state keeps the mode of its file', async () => {
    writeFileSync(log, jsonl([{ id: 'a', score: 1, step: 1 }]));
    await ingest();
    chmodSync(state, 0o660);
    appendFileSync(log, jsonl([{ id: 'b', score: 1, step: 1 }]));
    await ingest();
    expect(statSync(state).mode & 0o777).toBe(0o660);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ended by %s it leaves no lock and no state', async (signal) => {
    const child = spawn(process.execPath, [program, 'ingest', '-', '--state', state]);
    child.stdin.write(jsonl(visits)); // and no end
    while (!existsSync(`${state}.lock`)) await setTimeout(20);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([{ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal], null]);
    expect([state, `${state}.lock`].filter(existsSync)).toEqual([]);
  });

  test('a half written last line waits for its end, with a warning', async () => {
    writeFileSync(log, `${jsonl(visits)}{"id":"late","st`);
    expect((await runHere(['ingest', log, '--state', state])).stderr).toContain('log.jsonl:121: the last line is half');
    appendFileSync(log, 'ep":9,"score":1}\n');
    expect(await ingest()).toBe(`${state}: 1 rows added; 41 prompts, 1 of them new, last step 9\n`);
  });

  test('half of a surrogate pair in some field is looked for in no state, and stops nothing', async () => {
    writeFileSync(log, '{"id":"a"}\n');
    await outputHere(['state', 'import', log, '--state', state]);
    writeFileSync(log, '{"id":"a","answer":"\\ud800","score":1}\n');
    expect(await outputHere(['ingest', log, '--state', state])).toContain('1 rows added; 1 prompts, 0 of them new');
  });

  test('the rule, the discount and the prior stay, and need not be repeated', async () => {
    writeFileSync(log, jsonl([{ prompt: 'a', step: 1, r: 0.4 }]));
    await ingest('--id', 'prompt', '--reward', 'r', '--threshold', '0.3', '--discount', '0.5', '--prior', '2,3');
    appendFileSync(log, jsonl([{ prompt: 'a', step: 2, r: 0.2 }]));
    await ingest();
    expect(await exported()).toMatchObject([{ id: 'a', alpha: 2.5, beta: 4, visits: 2, step: 2 }]);
    await ingest('--threshold', '0.30', '--discount', '.5', '--prior', '2.0,3');
  });

  test.each([
    [['--discount', '0.6'], '--discount 0.6 does not fit the state, which was made with 0.5'],
    [['--prior', '1,1'], '--prior 1,1 does not fit the state, which was made with 2,3'],
    [['--threshold', '0.6'], '--threshold 0.6 does not fit the state, which was made with 0.5'],
    [['--reward', 'acc'], '--reward acc does not fit the state, which was made with the default'],
    [['--hash', 'prompt'], '--hash prompt does not fit the state, which was made with the default'],
  ])('%s on a state made otherwise is refused, and changes nothing', async (flags, reason) => {
    writeFileSync(log, jsonl(visits));
    await ingest('--discount', '0.5', '--prior', '2,3');
    appendFileSync(log, jsonl([{ id: 'b', step: 9, score: 1 }]));
    await expectRefused(flags, reason);
  });

  async function expectRefused(flags: readonly string[], reason: string | RegExp): Promise<void> {
    const before = readFileSync(state);
    const { status, stdout, stderr } = await runHere(['ingest', log, '--state', state, ...flags]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(readFileSync(state).equals(before)).toBe(true);
    expect(existsSync(`${state}.lock`)).toBe(false);
  }

  test('a log that was rewritten or cut is refused, and a copy of it adds nothing', async () => {
    writeFileSync(log, jsonl(visits));
    await ingest();
    writeFileSync(log, jsonl(visits).replace('"p7"', '"q7"'));
    await expectRefused([], 'log.jsonl: what was taken of it before has been rewritten');
    writeFileSync(log, jsonl(visits.slice(1)));
    await expectRefused([], 'log.jsonl: is shorter than what was taken of it before');
    writeFileSync(log, jsonl(visits));
    renameSync(log, at('copy.jsonl'));
    writeFileSync(log, '');
    const known = ': 0 rows added, 1 logs known under other names; 40 prompts, 0 of them new';
    expect((await runHere(['ingest', log, at('copy.jsonl'), '--state', state])).stdout).toContain(known);
    rmSync(log);
    renameSync(at('copy.jsonl'), log);
    const piped = await runHere(['ingest', '-', '--state', state], jsonl(visits));
    expect(piped.stderr).toContain('stdin: its first');
    expect(await ingest()).toContain(known);
  });

  test('a row of a step that is older than the last one of its prompt is put in before that one, and counted', async () => {
    writeFileSync(log, jsonl([{ id: 'a', step: 5, successes: 1, trials: 4 }]));
    await ingest('--discount', '0.5');
    const late = [
      { id: 'b', step: 1, score: 1 },
      { id: 'a', step: 3, successes: 3, trials: 3 },
      { id: 'a', step: 3, successes: 0, trials: 1 },
    ];
    appendFileSync(log, jsonl(late));
    expect(await ingest()).toBe(`${state}: 3 rows added, 2 of them late; 2 prompts, 1 of them new, last step 5\n`);
    // 1,1 -> step 3: 4,2 -> step 5: 0.5 * 4 + 0.5 + 1, 0.5 * 2 + 0.5 + 3
    expect(await exported()).toContainEqual(
      expect.objectContaining({ id: 'a', alpha: 3.5, beta: 4.5, visits: 2, step: 5 }),
    );
    const ordered = jsonl([...late, { id: 'a', step: 5, successes: 1, trials: 4 }]);
    writeFileSync(log, ordered);
    await outputHere(['ingest', log, '--state', at('other.iws'), '--discount', '0.5']);
    expect(await exported(at('other.iws'))).toEqual(await exported());
    appendFileSync(log, jsonl([{ id: 'a', step: 6, successes: 2, trials: 2 }]));
    expect(JSON.parse(await outputHere(['ingest', log, '--state', at('other.iws'), '--json']))).toMatchObject({
      late: 0,
    });
  });

  test('with discount 1 no row is late, as order makes no difference', async () => {
    writeFileSync(log, jsonl([{ id: 'a', step: 5, score: 1 }]));
    await ingest();
    appendFileSync(log, jsonl([{ id: 'a', step: 4, score: 1 }]));
    expect(JSON.parse(await ingest('--json'))).toMatchObject({ rows: 1, late: 0 });
    expect(await exported()).toContainEqual(expect.objectContaining({ id: 'a', alpha: 3, step: 5 }));
  });

  test('more of a late group, which the state has seen in part, is the same visit', async () => {
    const [whole, parts] = [at('other.iws'), state];
    const group = (step: number, successes: number, trials: number) => ({ id: 'a', step, successes, trials });
    const logs: [string, object[][]][] = [
      [whole, [[group(1, 2, 8), group(2, 5, 8), group(4, 3, 8)]]],
      // Of step 2 a part comes in time, and the rest after step 4.
      [
        parts,
        [[group(1, 2, 8)], [group(2, 1, 3)], [group(4, 1, 2)], [group(2, 4, 4)], [group(4, 2, 6)], [group(2, 0, 1)]],
      ],
    ];
    for (const [path, runs] of logs) {
      rmSync(log, { force: true });
      for (const run of runs) {
        appendFileSync(log, jsonl(run as Fields[]));
        await outputHere(['ingest', log, '--state', path, '--discount', '0.75']);
      }
    }
    expect(await exported(parts)).toEqual(await exported(whole));
  });

  test('--reward-scale counts rewards in part, and stays what it was', async () => {
    const scores = [1, 0.1, 0, 0.55];
    writeFileSync(log, jsonl(scores.map((score) => ({ id: 'a', step: 1, score }))));
    await ingest('--reward-scale', '0.1,1', '--discount', '0.9').then(
      () => expect.unreachable('0 is outside of the scale'),
      () => {},
    );
    await ingest('--reward-scale=-0.5,1.5', '--discount', '0.9');
    const successes = scores.reduce((sum, score) => sum + (score + 0.5) / 2, 0);
    const [{ alpha, beta } = { alpha: 0, beta: 0 }] = await exported();
    expect(alpha).toBe(Math.fround(1 + Math.fround(successes)));
    expect(beta).toBe(Math.fround(1 + (4 - Math.fround(successes))));
    await expectRefused(
      ['--reward-scale', '0,1'],
      '--reward-scale 0,1 does not fit the state, which was made with -0.5,1.5',
    );
    const usage = await runHere(['ingest', log, '--state', state, '--reward-scale', '1,0']);
    expect(usage).toMatchObject({ status: 2, stderr: expect.stringContaining('expected two numbers A,B with A < B') });
    expect(await runHere(['ingest', log, '--state', state, '--reward-scale', '0,1', '--threshold', '1'])).toMatchObject(
      {
        status: 2,
      },
    );
  });

  test('within one run steps may come in any order', async () => {
    writeFileSync(log, jsonl(rolloutRows));
    await ingest('--discount', '0.7');
    const shuffled = rolloutRows.map((_, i) => rolloutRows[(i * 77) % rolloutRows.length] as Fields);
    writeFileSync(log, jsonl(shuffled));
    await outputHere(['ingest', log, '--state', at('other.iws'), '--discount', '0.7']);
    expect(await exported(at('other.iws'))).toEqual(await exported());
  });

  const hostile: readonly [string, string | Uint8Array, string | RegExp, string[]?][] = [
    ['bytes that are no text', Uint8Array.of(123, 255, 254, 10), 'log.jsonl:2: not UTF-8'],
    ['no JSON', '{"id":"a","score":nan}\n', /log.jsonl:2: .*JSON/],
    ['arrays in arrays', `${'['.repeat(1e5)}${']'.repeat(1e5)}\n`, 'the row expected an object, got an array'],
    ['an id of half a character', '{"id":"\\ud800","score":1,"step":1}\n', 'half of a surrogate pair is no text'],
    ['no step under a discount', '{"id":"a","score":1}\n', '"step" is missing', ['--discount', '0.9']],
    ['an endless step', '{"id":"a","score":1,"step":1e999}\n', '"step" expected a finite number, got Infinity'],
    [
      'a group too large',
      '{"id":"a","step":9,"successes":1,"trials":65535}\n'.repeat(2),
      'prompt "a" has more than 65,535 rollouts at step 9',
      ['--discount', '0.9'],
    ],
    [
      'too much of a prompt',
      '{"id":"a","step":9,"successes":1,"trials":65535}\n'.repeat(229),
      'prompt "a" has more than 15,000,000 rollouts',
    ],
  ];

  test.each(hostile)('%s: an error, and the state as it was', async (_, lines, reason, flags = []) => {
    const first = jsonl([{ id: 'p0', step: 2, score: 1 }]);
    writeFileSync(log, first);
    await ingest(...flags);
    appendFileSync(log, lines);
    await expectRefused([], reason);
  });

  test('needs LOGS and a state, and tries the flags before it reads', () => {
    const usage = (...args: string[]) => cli(['ingest', ...args]);
    expect(usage('--state', state)).toMatchObject({ status: 2, stderr: expect.stringContaining('expected LOGS') });
    expect(usage(log)).toMatchObject({ status: 2, stderr: expect.stringContaining('expected --state FILE') });
    expect(usage(log, '--state', state, '--discount', '2')).toMatchObject({ status: 2 });
    expect(usage(log, '--state', state, '--threshold', 'x')).toMatchObject({ status: 2 });
    expect(usage(at('missing.jsonl'), '--state', state)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('missing.jsonl: no such file'),
    });
    expect(existsSync(state)).toBe(false);
    expect(usage(log, '--state', at('no/such/folder/pool.iws')).stderr).toContain('no/such/folder/pool.iws: ENOENT');
  });
});
