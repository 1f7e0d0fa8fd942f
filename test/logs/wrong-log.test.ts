import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, folder, jsonl, visits } from '../support/cli.ts';

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
    ['a word that no language writes', `${good}\n{"id":"a","score":NaNs}\n`, 3, /JSON/],
    ['nested arrays', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, 1, 'the row expected an object, got an array'],
    ['null', 'null', 1, 'the row expected an object, got null'],
    ['no id', '{"score":1}', 1, '"id" is missing; the fields are score; try --id FIELD or --hash FIELDS'],
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
      'expected "successes" and "trials", or a reward: acc, score, reward; the fields are id, trials; ' +
        '--reward FIELD names its field',
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
      'a rollout without a step among steps, under a discount',
      '{"id":"a","successes":1,"trials":2,"step":1}\n{"id":"a","score":1}\n',
      2,
      /^"step" is missing, .*--step FIELD/,
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
    expect(cli(['select', path]).stderr).toContain(`insight-wasm: ${path}:121: "id" is missing; the fields are `);
    expect(cli(['select', join(folder, 'none')])).toEqual({
      status: 1,
      stdout: '',
      stderr: `insight-wasm: ${join(folder, 'none')}: no such file\n`,
    });
  });
});
