import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../support/node.ts';

const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DIGEST = readFileSync(new URL('digest.txt', import.meta.url), 'utf8').trim();
const NAMES = ['A.jsonl', 'B.jsonl', 'bases.jsonl'];
const journal = join(folder, 'work', 'journal.jsonl');
const out = join(folder, 'out');

const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0);

function start() {
  const program = join(root, 'build/experiment.js');
  const flags = ['--smoke', '--workers', '2', '--work', join(folder, 'work'), '--out', out];
  return spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
}

describe('a smoke run of all arms', () => {
  test('killed by SIGKILL and resumed, with half a line in its journal, gives the bytes of one that was not', async () => {
    const killed = start();
    const ended = new Promise((resolve) => killed.on('exit', resolve));
    while (lines() < 6 && killed.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    killed.kill('SIGKILL');
    await ended;
    expect(existsSync(join(out, 'A.jsonl'))).toBe(false);
    const before = lines();
    expect(before).toBeLessThan(33);
    appendFileSync(journal, '{"regime":"A","arm":"ran');

    const resumed = start();
    let progress = '';
    resumed.stderr.on('data', (chunk) => {
      progress += chunk;
    });
    expect(await new Promise((resolve) => resumed.on('exit', resolve)), progress).toBe(0);
    expect(progress.trim().split('\n')).toHaveLength(33 - before);
    const hash = createHash('sha256');
    for (const name of NAMES) hash.update(readFileSync(join(out, name)));
    expect(hash.digest('hex')).toBe(DIGEST);
  });

  test('tells of every run its curve, its groups and its weights, and no time', () => {
    const runs = readFileSync(join(out, 'A.jsonl'), 'utf8').trim().split('\n');
    expect(runs).toHaveLength(28);
    for (const line of runs) {
      const run = JSON.parse(line);
      expect(Object.keys(run)).toEqual('regime arm seed rates rollouts mixed groups steps distinct weights'.split(' '));
      expect(run.rates).toHaveLength(run.rollouts.length);
      expect(run.rollouts.at(-1)).toBe(768);
      expect(8 * run.groups[0]).toBe(768);
    }
  });

  test('has one base for all arms of a seed, and arms that differ', () => {
    const runs = readFileSync(join(out, 'A.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const seed of [1, 2]) {
      const ofSeed = runs.filter((run) => run.seed === seed);
      expect(new Set(ofSeed.map(({ rates }) => rates[0])).size).toBe(1);
      expect(new Set(ofSeed.map(({ weights }) => weights)).size).toBeGreaterThan(9);
    }
  });

  test('ends with tables and figures, which can be made again from the results alone', () => {
    const made = [
      'table.md',
      'summary.json',
      ...['A', 'B'].flatMap((name) => ['curves', 'seeds', 'mixed'].map((of) => `${name}-${of}.svg`)),
    ];
    const before = made.map((name) => readFileSync(join(out, name), 'utf8'));
    expect(before[0]).toMatch(
      /^\| WMI, 16 M \(the paper\) \| [+-]0\.\d{4} \[[+-]0\.\d{4}, [+-]0\.\d{4}\] \| \d\/2 \|/m,
    );
    for (const svg of before.slice(2)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const name of made) rmSync(join(out, name));
    const program = join(root, 'build/experiment.js');
    expect(spawnSync(process.execPath, [program, '--tables', '--out', out]).status).toBe(0);
    expect(made.map((name) => readFileSync(join(out, name), 'utf8'))).toEqual(before);
  });

  test('ends with an error where a worker does, and has refused parts without a place of their own', () => {
    const program = join(root, 'build/experiment.js');
    const run = (...flags: string[]) =>
      spawnSync(process.execPath, [program, '--smoke', ...flags], { encoding: 'utf8' });
    const work = join(folder, 'foreign');
    mkdirSync(work);
    writeFileSync(join(work, 'base-1.bin'), 'not a checkpoint');
    const broken = run('--seeds', '1', '--work', work, '--out', join(folder, 'none'));
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain('a checkpoint of another policy');
    expect(run('--seeds', '1').stderr).toContain('"--seeds" needs "--out"');
    expect(run('--regimes', 'X').stderr).toContain('no run of the protocol');
  });
});
