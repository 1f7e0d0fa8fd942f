import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What this Node prints when it runs a program given as text, which may import the package by its name. */
export function node(flags: readonly string[], program: string): string {
  return run(flags, root, program);
}

/** What this Node prints when it runs a file of a folder. */
export function nodeFile(args: readonly string[], folder: string): string {
  return run(args, folder, '');
}

function run(args: readonly string[], cwd: string, input: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8', cwd });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout;
}
