import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive, thisProcess } from '../../src/node/holder.ts';

describe('the holder of a lock', () => {
  test('that ended, and whose parent has not noticed, is not alive', async ({ skip }) => {
    if (!existsSync('/proc/self/stat')) {
      console.warn('SKIPPED: this system has no /proc, which shows processes that ended');
      skip();
    }
    // The shell becomes a program that never asks for the exit code of its child.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(String(line));
      const stat = (): string[] => {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return text.slice(text.lastIndexOf(')') + 2).split(' ');
      };
      while (stat()[0] !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(pid, 0); // the number is still taken
      expect(isAlive({ ...thisProcess(), pid, start: stat()[19] })).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test('is alive as this process, not under its number at another time, and unknown elsewhere', () => {
    const own = thisProcess();
    expect(isAlive(own)).toBe(true);
    if (own.start !== undefined) expect(isAlive({ ...own, start: '1' })).toBe(false);
    if (own.boot !== undefined) expect(isAlive({ ...own, boot: 'another' })).toBeUndefined();
    if (own.namespace !== undefined) expect(isAlive({ ...own, namespace: 'pid:[1]' })).toBeUndefined();
  });
});
