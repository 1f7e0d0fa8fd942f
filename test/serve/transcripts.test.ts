import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { folder, program, root } from '../support/cli.ts';

/**
 * A line of a transcript: `start` starts serve with these flags, `send` is a request, `answer` has what an answer must
 * have (more may be there), `kill` ends the process with kill -9, `end` is the exit code after the end of stdin. $DIR is
 * the folder of the state.
 */
interface Line {
  readonly start?: string[];
  readonly send?: object;
  readonly answer?: object;
  readonly kill?: true;
  readonly end?: number;
}

const transcripts = join(root, 'test/serve/transcripts');

test.each(readdirSync(transcripts))('serve answers as in the transcript %s', async (name) => {
  const own = mkdtempSync(join(folder, 'transcript-'));
  const text = readFileSync(join(transcripts, name), 'utf8').replaceAll('$DIR', own);
  let child: ChildProcessWithoutNullStreams | undefined;
  let answers: AsyncIterator<string> | undefined;
  for (const [i, row] of text.trimEnd().split('\n').entries()) {
    const { start, send, answer, kill, end } = JSON.parse(row) as Line;
    if (start !== undefined) {
      child = spawn(process.execPath, [program, 'serve', '--state', join(own, 'pool.iws'), ...start]);
      answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    }
    if (send !== undefined) child?.stdin.write(`${JSON.stringify(send)}\n`);
    if (answer !== undefined) {
      const next = await answers?.next();
      expect(JSON.parse(String(next?.value)), `${name}:${i + 1}`).toMatchObject(answer);
    }
    if (kill || end !== undefined) {
      const closed = once(child as ChildProcessWithoutNullStreams, 'close');
      if (kill) child?.kill('SIGKILL');
      else child?.stdin.end();
      const [code] = await closed;
      if (end !== undefined) expect(code, `${name}:${i + 1}`).toBe(end);
    }
  }
});
