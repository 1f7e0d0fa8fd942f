// Reading a verl log as a run of 100,000 prompts leaves it: rollouts of 256 prompts a step, 8 each, a file a step. Writes
// the log to a temporary folder, runs a command on it, prints MB of JSON lines a second (start-up included) and the peak
// memory of the process. `node bench/ingest.mjs [--size MB] [--command 'select --count 256 --discount 0.9']`
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeLog } from './big-log.mjs';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '2000' }, command: { type: 'string', default: 'audit' } },
});
const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
try {
  const { bytes, rollouts } = writeLog(folder, Number(values.size) * 1e6);
  console.log(`${process.version}: ${rollouts.toLocaleString('en')} rollouts, ${(bytes / 1e6).toFixed(0)} MB`);
  const peak = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))`;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    const [command, ...flags] = values.command.split(' ');
    const { status, stderr } = spawnSync(process.execPath, ['--import', peak, program, command, folder, ...flags]);
    const seconds = (performance.now() - start) / 1000;
    if (status !== 0) throw new Error(String(stderr));
    const memory = Number(/peak (\d+)/.exec(String(stderr))[1]) / 1024;
    console.log(`${values.command}: ${(bytes / 1e6 / seconds).toFixed(0)} MB/s, peak memory ${memory.toFixed(0)} MiB`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
