import { escapeControls } from '../escape-controls.ts';

/** What asks a process to end, with its number; SIGHUP comes when a terminal is closed. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type Signal = keyof typeof SIGNALS;

/**
 * Runs `body`, and then `end`, once, however it ends: by itself, by an error, or by a signal that ends the process. A
 * signal is waited for before `body` takes what `end` lets go of, and until after that.
 * @param toCode the exit code of the process by the number of the signal
 */
export async function untilEnd<T>(
  body: () => T | Promise<T>,
  end: () => void,
  toCode: (signal: number) => number = (signal) => 128 + signal,
): Promise<T> {
  let isOver = false;
  const once = (): void => {
    if (isOver) return;
    isOver = true;
    end();
  };
  const stop = (signal: Signal): void => process.exit(toCode(SIGNALS[signal]));
  const signals = Object.keys(SIGNALS) as Signal[];
  const atExit = (): void => {
    try {
      once();
    } catch (error) {
      process.stderr.write(`insight-wasm: ${escapeControls((error as Error).message)}\n`);
      process.exitCode = 1;
    }
  };
  process.on('exit', atExit);
  for (const signal of signals) process.on(signal, stop);
  try {
    return await body();
  } finally {
    try {
      once();
    } finally {
      process.off('exit', atExit);
      for (const signal of signals) process.off(signal, stop);
    }
  }
}
