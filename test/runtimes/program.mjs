// The programs of the matrix as they run: those of conformance/, and beside them a sample of the golden values, the logs
// that the program of the doors reads, and the training of experiments/ as one file with its kernel.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { parquetWriteBuffer } from 'hyparquet-writer';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The committed digest of a program: of the conformance program, `doors` or `training`. */
export const readDigest = (program = 'digest') => readFileSync(file(`${program}.txt`), 'utf8').trim();

/** @param {string} digest @param {string} [program] */
export const writeDigest = (digest, program = 'digest') => writeFileSync(file(`${program}.txt`), `${digest}\n`);

/** Writes the programs into a folder. @param {string} folder */
export function writePrograms(folder) {
  cpSync(file('../../conformance'), folder, { recursive: true });
  const points = goldenSample().map((point) => `  ${JSON.stringify(point)},\n`);
  writeFileSync(join(folder, 'golden.mjs'), `export const GOLDEN = [\n${points.join('')}];\n`);
  writeFileSync(join(folder, 'doors-input.mjs'), doorsInput());
  writeTraining(folder);
}

function writeTraining(folder) {
  const entryPoints = [file('../../experiments/train-briefly.ts')];
  buildSync({ entryPoints, bundle: true, format: 'esm', outfile: join(folder, 'training.mjs') });
  const kernel = readFileSync(file('../../build/policy.wasm')).toString('base64');
  writeFileSync(
    join(folder, 'training-input.mjs'),
    `export const policyBytes = () => Uint8Array.from(atob('${kernel}'), (letter) => letter.charCodeAt(0));\n`,
  );
}

/** One log in the four forms that need code of their own, and a state of it, as base64. */
function doorsInput() {
  const text = readFileSync(file('../../examples/rollouts.jsonl'));
  const rows = String(text)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const column = (name, type) => ({ name, type, data: rows.map((row) => row[name]) });
  const columnData = [column('id', 'STRING'), column('step', 'INT32'), column('score', 'DOUBLE')];
  const logs = {
    'log.jsonl': text,
    'log.jsonl.gz': gzipSync(text),
    'log.jsonl.zst': readFileSync(file('../fixtures/rollouts.jsonl.zst')),
    'log.parquet': new Uint8Array(parquetWriteBuffer({ columnData, codec: 'SNAPPY' })),
  };
  const toBase64 = (bytes) => Buffer.from(bytes).toString('base64');
  const texts = Object.fromEntries(Object.entries(logs).map(([name, bytes]) => [name, toBase64(bytes)]));
  const state = toBase64(readFileSync(file('../fixtures/pool.iws')));
  return `export const LOGS = ${JSON.stringify(texts)};\nexport const STATE = '${state}';\n`;
}

/** Which acquisition the columns of a golden file are of. */
const COLUMNS = {
  'random_points.json': {
    mi: ({ K }) => ({ kind: 'mutual-information', rollouts: K }),
    wmi: ({ K, eta, mu }) => ({ kind: 'weighted-mutual-information', rollouts: K, eta: Number(eta), mu: Number(mu) }),
    weight: ({ eta, mu }) => ({ kind: 'difficulty-weight', eta: Number(eta), mu: Number(mu) }),
    evr: ({ K }) => ({ kind: 'variance-reduction', rollouts: K }),
  },
  'acquisitions.json': {
    inverse_evidence: () => ({ kind: 'inverse-evidence' }),
    expected_difficulty: ({ target }) => ({ kind: 'expected-difficulty', target: Number(target) }),
    non_degenerate: ({ K }) => ({ kind: 'non-degenerate', rollouts: K }),
    bernoulli_variance: () => ({ kind: 'bernoulli-variance' }),
    success_chance: ({ K }) => ({ kind: 'success-chance', rollouts: K }),
  },
};
const OF_EACH = 6;

/** A few values of each column, evenly through the file, of rows in the domain where 1 ulp is promised. */
function goldenSample() {
  return Object.entries(COLUMNS).flatMap(([name, acquisitions]) => {
    const { columns, rows } = JSON.parse(readFileSync(file(`../golden/${name}`), 'utf8'));
    const points = rows
      .map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])))
      .filter(({ alpha, beta, K }) => K > 1 && K <= 64 && [alpha, beta].every((x) => x >= 1e-3 && x <= 1e6));
    return Object.entries(acquisitions).flatMap(([column, toAcquisition], nth) =>
      Array.from({ length: OF_EACH }, (_, i) => {
        const point = points[Math.floor(((i + nth / 10) * points.length) / OF_EACH)];
        const { alpha, beta } = point;
        return {
          acquisition: toAcquisition(point),
          alpha: Number(alpha),
          beta: Number(beta),
          want: Number(point[column]),
        };
      }),
    );
  });
}
