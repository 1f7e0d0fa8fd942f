import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonl, program } from '../support/cli.ts';

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

  test('an output that cannot be written is an error, named on stderr', ({ skip }) => {
    if (!existsSync('/dev/full')) {
      console.warn('SKIPPED: this system has no /dev/full');
      skip();
    }
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, 'simulate'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr.toString()).toMatch(/^insight-wasm: cannot write: ENOSPC/);
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
