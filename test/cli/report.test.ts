import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli, root } from '../support/cli.ts';

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
  mkdirSync(join(folder, 'rollouts'));
  log = join(folder, 'rollouts', 'log.jsonl');
  copyFileSync(join(root, 'examples/rollouts.jsonl'), log);
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a page is not written over what it is made of', () => {
  const before = readFileSync(log);
  const twin = join(folder, 'twin.html');
  linkSync(log, twin);
  for (const args of [
    [log, '-o', log],
    [join(folder, 'rollouts'), '-o', log],
    [log, '-o', twin],
  ]) {
    expect(cli(['report', ...args])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is what the page is made of'),
    });
  }
  expect(readFileSync(log)).toEqual(before);
  const state = join(folder, 'pool.iws');
  cli(['ingest', log, '--state', state]);
  expect(cli(['report', '--state', state, '-o', state])).toMatchObject({ status: 2 });
  expect(cli(['status', '--state', state])).toMatchObject({ status: 0 });
});

test('a page is a file', () => {
  expect(cli(['report', log, '-o', '-'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is a file, not stdout'),
  });
  expect(cli(['report', log, '-o', folder])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is no file'),
  });
});

test('a page replaces the page before it', () => {
  const page = join(folder, 'report.html');
  writeFileSync(page, 'of yesterday');
  expect(cli(['report', log, '-o', page])).toMatchObject({ status: 0 });
  expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/i);
});
