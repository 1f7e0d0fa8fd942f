#!/usr/bin/env node
import { run } from './program.ts';
import { toScreen } from './screen.ts';

const { argv, env, stdin, stdout, stderr } = process;

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as head, is no failure.
  if (error.code !== 'EPIPE') stderr.write(`insight-wasm: cannot write: ${error.message}\n`);
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run(argv.slice(2), { stdin, stdout, stderr, screen: toScreen(stdout, env) });
