// Programs run in process groups of their own, each of which is ended whole: no browser outlives its row.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function signal(child, signal) {
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch {
    return false; // the group is no more
  }
}

process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(1));

/**
 * Starts a program in a group of its own; what it prints is kept in `child.output`.
 * @param {readonly string[]} command @param {import('node:child_process').SpawnOptions} [options]
 */
export function start([file, ...args], options = {}) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, detached: true });
  running.add(child);
  child.output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (t) => (child.output[name] += t));
  child.ended = new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: `${error}` }));
    child.on('close', (code, by) => resolve({ status: by ?? code }));
  });
  return child;
}

/** Ends the whole group: with a word first, for those that clean up. @param {ReturnType<typeof start>} child */
export async function end(child) {
  if (child.pid !== undefined && signal(child, 'SIGTERM')) {
    await Promise.race([child.ended, sleep(1000)]);
    signal(child, 'SIGKILL');
  }
  running.delete(child);
}

/**
 * Runs a program to its end and returns what it printed.
 * @param {readonly string[]} command @param {{ cwd?: string, env?: NodeJS.ProcessEnv, seconds?: number }} [options]
 */
export async function run(command, { seconds = 60, ...options } = {}) {
  const child = start(command, options);
  const { status } = await Promise.race([child.ended, sleep(1000 * seconds, { status: `no end in ${seconds} s` })]);
  await end(child);
  if (status !== 0) throw new Error(`${command[0]}: ${status}\n${child.output.stdout}${child.output.stderr}`);
  return child.output.stdout;
}
