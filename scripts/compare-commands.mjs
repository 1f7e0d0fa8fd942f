// Runs every command of two builds on the same input and prints where they differ:
//   node scripts/compare-commands.mjs OLD/dist/cli.js NEW/dist/cli.js [FOLDER ...]
// A folder with a command.sh is one case; of any other every log below is given to every command (not bench, which
// prints times). What is compared: stdout, stderr, exit code, and the bytes of the state. Exit code 1 if any differs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const LOG = /\.(jsonl|csv|parquet|gz|zst)$/;
const SERVE = [
  '{"op":"select","count":3}',
  '{"op":"observe","observations":[{"id":"new one","step":99999,"successes":1,"trials":2}]}',
  '{"op":"select","count":3,"cooldown":1}',
  '{"op":"status"}',
  '{"op":"no such"}',
].join('\n');

/** Commands on one log; each runs in the folder of the log, on the state that the ones before have made. */
const COMMANDS = [
  'audit LOG',
  'audit LOG --json',
  'select LOG --count 20',
  'select LOG --count 20 --json --discount 0.9',
  'select LOG --engine reference --acquisition non-degenerate --candidates 50 --seed 1',
  'fit LOG',
  'fit LOG --json --prior 1,1',
  'replay LOG --seeds 2',
  'replay LOG --seeds 2 --json --discount 0.9',
  'ingest LOG --state p.iws --discount 0.9',
  'ingest LOG --state p.iws --json',
  'state show --state p.iws',
  'state show --state p.iws --json',
  'state export --state p.iws',
  'select --state p.iws --count 20',
  'select --state p.iws --count 20 --cooldown 1 --acquisition expected-difficulty',
  'status --state p.iws --json',
  'status --state p.iws',
  'explain FIRST --state p.iws',
  'serve --state p.iws',
  'state import LOG --hash step,id --state q.iws',
];

const [oldCli, newCli, ...folders] = process.argv.slice(2).map((path) => resolve(path));
if (newCli === undefined) throw new Error('expected OLD/dist/cli.js NEW/dist/cli.js [FOLDER ...]');
const scratch = mkdtempSync(join(tmpdir(), 'compare-'));
let runs = 0;
const differing = [];

/** Copies the folder for each build, and runs there what `body` lists. */
function compare(folder, body) {
  const results = [oldCli, newCli].map((cli) => {
    const copy = join(scratch, 'input');
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true });
    return body(cli, copy);
  });
  for (const [i, [name, answer]] of results[0].entries()) {
    runs++;
    if (answer === results[1][i]?.[1]) continue;
    differing.push(name);
    console.log(`DIFFERS ${name}\n--- old\n${answer.slice(0, 1500)}\n--- new\n${results[1][i]?.[1].slice(0, 1500)}`);
  }
}

const spawn = (file, args, options) => {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 30, ...options });
  return `${stdout}${stderr}exit ${status}`;
};

const digest = (path) =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'no state';

for (const folder of folders) {
  if (existsSync(join(folder, 'command.sh'))) {
    compare(folder, (cli, cwd) => [
      [folder, spawn('bash', ['command.sh'], { cwd, env: { ...process.env, CLI: `node ${cli}` } })],
    ]);
    continue;
  }
  const logs = readdirSync(folder, { recursive: true }).filter((name) => LOG.test(name));
  for (const log of logs) {
    compare(folder, (cli, cwd) => {
      rmSync(join(cwd, 'p.iws'), { force: true });
      let first = 'none';
      return COMMANDS.map((command) => {
        const args = command.split(' ').map((word) => (word === 'LOG' ? log : word === 'FIRST' ? first : word));
        const answer = spawn(process.execPath, [cli, ...args], { cwd, input: args[0] === 'serve' ? SERVE : '' });
        if (command.startsWith('state export'))
          first = JSON.parse(answer.startsWith('{') ? answer.split('\n')[0] : '{}').id ?? 'none';
        return [`${basename(folder)}: ${args.join(' ')}`, `${answer}\n${digest(join(cwd, 'p.iws'))}`];
      });
    });
  }
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${runs} runs compared, ${differing.length} differ`);
process.exitCode = differing.length === 0 ? 0 : 1;
