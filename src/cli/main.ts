#!/usr/bin/env node
import { run } from './program.ts';

const { argv, env, stdin, stdout, stderr } = process;

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as head, is no failure.
  if (error.code !== 'EPIPE') stderr.write(`insight-wasm: cannot write: ${error.message}\n`);
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const color = stdout.isTTY && !env.NO_COLOR;
process.exitCode = await run(argv.slice(2), { stdin, stdout, stderr, color });
