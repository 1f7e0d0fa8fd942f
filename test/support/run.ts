import { Readable, Writable } from 'node:stream';
import { expect } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { Screen } from '../../src/cli/screen.ts';

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer | string, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command line in this process, for tests that need many. */
export async function runHere(args: readonly string[], input: string | Uint8Array = '', screen?: Screen) {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const status = await run(args, { stdin: Readable.from([Buffer.from(input)]), stdout, stderr, screen });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

/** What a run that must succeed prints. */
export async function outputHere(args: readonly string[], input?: string | Uint8Array): Promise<string> {
  const { status, stdout, stderr } = await runHere(args, input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}
