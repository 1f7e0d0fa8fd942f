import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support/cli.ts';
import { hasEnvironment, runModule } from './support/python.ts';

const LONGEST = 900_000;
const done = { status: 0, text: expect.stringMatching(/^\d+ passed(, \d+ (deselected|warnings?))* in /m) };

// tests/*.py need `dev`, and tests/on_NAME the environment NAME.
const trainers = readdirSync(join(root, 'python/requirements'))
  .map((file) => file.replace(/\.txt$/, ''))
  .filter((name) => name !== 'dev');

describe.skipIf(!hasEnvironment('dev'))('the Python package', () => {
  test('passes its tests', { timeout: LONGEST }, async () => {
    expect(await runModule('dev', 'pytest', '-m', 'not slow')).toMatchObject(done);
  });

  test('is typed, linted and formatted', { timeout: LONGEST }, async () => {
    expect(await runModule('dev', 'mypy', '--cache-dir=/dev/null')).toMatchObject({ status: 0 });
    expect(await runModule('dev', 'ruff', 'check', '--no-cache')).toMatchObject({ status: 0 });
    expect(await runModule('dev', 'ruff', 'format', '--check', '--no-cache')).toMatchObject({ status: 0 });
  });
});

describe.each(trainers.filter(hasEnvironment))('the Python package on %s', (name) => {
  test('passes its tests', { timeout: LONGEST }, async () => {
    expect(await runModule(name, 'pytest', `tests/on_${name}`, '-m', 'not slow')).toMatchObject(done);
  });
});
