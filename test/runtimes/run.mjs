// Runs every row of the matrix over the packed package and prints one table: npm run test:runtimes
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, type } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { readDigest, writeDigest } from './program.mjs';
import { flipped, makeProject } from './project.mjs';
import { ROWS } from './rows.mjs';
import { Missing } from './tools.mjs';

const USAGE = `Usage: npm run test:runtimes -- [options]

  --rows TEXT      only rows whose name contains TEXT
  --flip TEXT      flip the lowest bit of one score in the rows whose name contains TEXT
  --json FILE      write the table as JSON
  --write-digest   make the digest of this Node and of the reference engine the committed one
  --list           print the names of the rows

REQUIRE_ALL=1 demands every row. INSIGHT_WASM_RUNTIMES: where runtimes are installed.`;

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    flip: { type: 'string' },
    json: { type: 'string' },
    'write-digest': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** @returns {Promise<{ name: string, version: string, status: string, digest?: string, why?: string, seconds: number }>} */
async function outcome({ name, program, find, run }, project) {
  const expected = readDigest(program);
  const from = performance.now();
  const row = (version, status, rest) => ({
    name,
    version,
    status,
    ...rest,
    seconds: (performance.now() - from) / 1000,
  });
  let version = '';
  try {
    const tool = await find();
    version = tool.version;
    const { digest, error, ...notes } = await run(tool, project);
    if (error !== undefined) return row(version, 'failed', { why: error });
    return row(version, digest === expected ? 'ok' : 'differs', { digest, ...notes });
  } catch (error) {
    if (error instanceof Missing) return row(version, 'not run', { why: error.message });
    return row(version, 'failed', { why: String(error.stack) });
  }
}

function print({ name, version, status, digest, why = '', seconds }) {
  const cells = [name.padEnd(46), version.padEnd(14), (digest ?? '').slice(0, 16).padEnd(17), status.padEnd(8)];
  console.log(`${cells.join(' ')} ${seconds.toFixed(1).padStart(5)} s  ${why}`.trimEnd());
}

/** The whole matrix as vitest's JSON reporter counts, for whoever adds them up. */
function writeCounts(file, passed, failed, pending) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: pending }));
}

async function matrix() {
  const rows = ROWS.filter(({ name }) => name.includes(options.rows));
  if (rows.length === 0) throw new RangeError(`"--rows" expected part of a row's name, got "${options.rows}"`);
  const expected = readDigest();
  const project = await makeProject();
  const wrong = options.flip === undefined ? project : flipped(project);
  console.log(`committed digest ${expected}\n`);
  const table = [];
  for (const row of rows) {
    const flip = options.flip !== undefined && row.name.includes(options.flip);
    table.push(await outcome(row, flip ? wrong : project));
    print(table.at(-1));
  }
  const count = (status) => table.filter((row) => row.status === status).length;
  const [passed, notRun] = [count('ok'), count('not run')];
  const failed = table.length - passed - notRun;
  console.log(`\n${passed} ok, ${failed} failed or different, ${notRun} not run`);
  if (rows.length === ROWS.length) writeCounts('test-results/runtimes.json', passed, failed, notRun);
  if (options.json !== undefined) save(options.json, expected, table);
  return failed === 0 && (notRun === 0 || !process.env.REQUIRE_ALL);
}

function save(file, digest, table) {
  const rows = table.map(({ seconds: _, ...row }) => `    ${JSON.stringify(row)}`);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const head = {
    package: version,
    digest,
    doors: readDigest('doors'),
    training: readDigest('training'),
    system: `${type()}, ${arch()}`,
    date: new Date().toISOString().slice(0, 10),
  };
  writeFileSync(file, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${rows.join(',\n')}\n  ]\n}\n`);
}

/** The digest on purpose: of the kernel and of its twin, which must agree. */
async function makeDigest() {
  const project = await makeProject();
  const programs = ['This Node', 'This Node, reference engine', 'This Node, a log and a state', 'This Node, training'];
  const rows = programs.map((wanted) => ROWS.find(({ name }) => name === wanted));
  const [core, reference, doors, training] = await Promise.all(rows.map((row) => outcome(row, project)));
  for (const { digest, why } of [doors, training]) if (digest === undefined) throw new Error(why);
  if (core.digest === undefined || core.digest !== reference.digest) {
    throw new Error(`the kernel gives ${core.digest ?? core.why}, its twin ${reference.digest ?? reference.why}`);
  }
  writeDigest(core.digest);
  writeDigest(doors.digest, 'doors');
  writeDigest(training.digest, 'training');
  console.log(core.digest, doors.digest, training.digest);
  return true;
}

if (options.help) console.log(USAGE);
else if (options.list) for (const { name } of ROWS) console.log(name);
else process.exit((await (options['write-digest'] ? makeDigest() : matrix())) ? 0 : 1);
