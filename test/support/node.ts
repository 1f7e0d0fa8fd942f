import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a Node with these flags prints when it runs a program, which may import the package by its name. */
export function node(flags: readonly string[], program: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags], {
    input: program,
    encoding: 'utf8',
    cwd: root,
  });
  if (status !== 0) throw new Error(`node ${flags.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout;
}
