// `npm run experiment`: all runs of the protocol, then the tables and figures. Killed, it goes on where it was.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { figuresOf } from './figure.ts';
import { doJob, type Job, jobNameOf, jobsOf, nameOf, type Result } from './jobs.ts';
import { Progress } from './progress.ts';
import { COUNTED, type Plan, type RegimeName, SMOKE } from './protocol.ts';
import { runQueue, type WorkerData } from './queue.ts';
import { REGIME_NAMES, readRegime } from './read-results.ts';
import { append, checkpointsIn, openJournal, replace } from './store.ts';
import { summaryOf } from './summary.ts';
import { tablesOf } from './table.ts';
import { newPolicy } from './wasm.ts';

const HELP = `node build/experiment.js [--regimes A,B] [--seeds 9,10] [--workers N] [--out FOLDER] [--work FOLDER] [--tables] [--smoke]
  --regimes  which of A, B, D (A,B)
  --seeds    some of the protocol's seeds (all): for a check on another engine
  --workers  runs at a time (the cores of the machine)
  --out      where the results go (experiments/results, with --smoke build/smoke)
  --work     where journal and base policies are kept until then (in build/, by program)
  --tables   only tables and figures, of the results that are there
  --smoke    a run of seconds, which is no result`;

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** A journal is of one program: with another, nothing of it is used. */
function programId(): string {
  const hash = createHash('sha256');
  for (const file of ['experiment.js', 'policy.wasm']) hash.update(readFileSync(join(ROOT, 'build', file)));
  return hash.digest('hex').slice(0, 16);
}

function restrict(plan: Plan, regimes: readonly string[], seeds: readonly number[] | undefined): Plan {
  const blocks = plan.blocks
    .filter(({ regime }) => regimes.includes(regime))
    .map((block) => ({ ...block, seeds: block.seeds.filter((seed) => seeds?.includes(seed) ?? true) }));
  return { ...plan, blocks };
}

/** Lines of JSON by file, in the order of the plan. */
function filesOf(plan: Plan, results: ReadonlyMap<string, Result>): Map<string, string> {
  const files = new Map<string, string>();
  for (const job of jobsOf(plan)) {
    const file = job.kind === 'base' ? 'bases.jsonl' : `${job.regime}.jsonl`;
    files.set(file, `${files.get(file) ?? ''}${JSON.stringify(results.get(nameOf(job)))}\n`);
  }
  return files;
}

/** Writes tables and figures of all results that there are in a folder. */
function describe(out: string): void {
  const summary = summaryOf(out);
  replace(join(out, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  replace(join(out, 'table.md'), tablesOf(summary));
  for (const regime of REGIME_NAMES) {
    const arms = readRegime(out, regime);
    if (!arms?.has('random')) continue;
    for (const [file, content] of figuresOf(regime, arms)) replace(join(out, file), content);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      regimes: { type: 'string', default: 'A,B' },
      seeds: { type: 'string' },
      workers: { type: 'string', default: `${availableParallelism()}` },
      out: { type: 'string' },
      work: { type: 'string' },
      tables: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const regimes = values.regimes.split(',') as RegimeName[];
  if (values.seeds !== undefined && values.out === undefined)
    throw new RangeError('"--seeds" needs "--out": a part is no result');
  const plan = restrict(values.smoke ? SMOKE : COUNTED, regimes, values.seeds?.split(',').map(Number));
  const folder = values.work ?? join(ROOT, 'build', values.smoke ? 'smoke-runs' : 'experiment-runs', programId());
  const out = values.out ?? join(ROOT, values.smoke ? 'build/smoke' : 'experiments/results');
  if (values.tables) return describe(out);
  if (jobsOf(plan).length === 0) throw new RangeError('no run of the protocol has these regimes and seeds');
  mkdirSync(folder, { recursive: true });
  mkdirSync(out, { recursive: true });
  const journal = join(folder, 'journal.jsonl');
  const results = new Map(openJournal(journal).map((result) => [jobNameOf(result), result]));
  const all = jobsOf(plan);
  const left = all.filter((job) => !results.has(nameOf(job)));
  const workers = Number(values.workers);
  const progress = new Progress(all.length, left, workers);
  await runQueue({
    jobs: left,
    workers,
    program: new URL(import.meta.url),
    data: { smoke: values.smoke, folder },
    done(job, result, seconds) {
      append(journal, result);
      results.set(nameOf(job), result);
      console.error(progress.line(job, seconds));
    },
  });
  for (const [file, content] of filesOf(plan, results)) replace(join(out, file), content);
  describe(out);
}

/** A worker does the jobs that it is sent, one at a time, in one policy. */
function work({ smoke, folder }: WorkerData): void {
  const policy = newPolicy();
  const checkpoints = checkpointsIn(folder);
  parentPort?.on('message', (job: Job) => {
    parentPort?.postMessage(doJob(job, smoke ? SMOKE : COUNTED, policy, checkpoints));
  });
}

if (isMainThread) await main();
else work(workerData as WorkerData);
