import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from './cli.ts';

const venvs = process.env.INSIGHT_WASM_VENVS ?? join(homedir(), '.cache/insight-wasm-venvs');

/** Whether python/install.sh has made an environment; without it its tests are skipped, or fail under REQUIRE_ALL. */
export function hasEnvironment(name: string): boolean {
  if (existsSync(join(venvs, name, 'versions'))) return true;
  if (process.env.REQUIRE_ALL)
    throw new Error(`no environment ${name}, which REQUIRE_ALL demands: run python/install.sh`);
  console.warn(`SKIPPED: the Python tests of ${name}, for want of its environment: python/install.sh makes it`);
  return false;
}

/** Runs a module of an environment in python/. */
export async function runModule(name: string, ...args: string[]): Promise<{ status: number | null; text: string }> {
  const child = spawn(join(venvs, name, 'bin/python'), ['-m', ...args], {
    cwd: join(root, 'python'),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, text };
}
