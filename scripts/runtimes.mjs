// Writes docs/runtimes.md out of a committed run of the matrix, test/runtimes/results.json.
// `node scripts/runtimes.mjs` rewrites the page; test/runtimes.test.ts holds it to what this would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The page. @returns {string} */
export function runtimesPage() {
  const {
    digest,
    doors,
    training,
    system,
    date,
    package: version,
    rows,
  } = JSON.parse(read('test/runtimes/results.json'));
  const lines = rows.map(
    ({ name, version, status, why = '' }) => `| ${name} | ${version} | ${status}${why === '' ? '' : `: ${why}`} |`,
  );
  const same = rows.filter((row) => [digest, doors, training].includes(row.digest)).length;
  const refusals = new Set(rows.flatMap(({ refusal }) => (refusal === undefined ? [] : [`- ${refusal}.`])));
  return `# Runtimes

The package as npm packs it, version ${version}, installed into an empty project and run with no configuration. Each row
runs one program (conformance/conformance.mjs): stateless scores and top-k over the whole domain, a pool with
50 seeded steps of selections and updates, every acquisition with its defaults and off them, snapshots, a sample of the
golden values, and a SHA-256 of the bytes of every score, selection and posterior. Rows named *a log and a state* run
conformance/doors.mjs: one log as JSON lines, gzip, zstd and Parquet through \`insight-wasm/logs\`, \`/state\` and
\`/evaluate\`. Rows named *training* run the beginning of experiments/, a transformer that is trained by selections of
the package, and digest all of its weights. ${same} of ${rows.length} rows gave the committed digest of their program,

    ${digest}
    ${doors}
    ${training}

on ${system}, ${date}.

| where | version | digest |
| --- | --- | --- |
${lines.join('\n')}

*Worker* rows begin a pool in one thread, proceed in the other and end in the first: it moves as a transferred snapshot.
*CSP without Wasm* and *without SIMD* rows expect the UnsupportedError that the default engine throws there, and then run
the reference engine. Browser rows that do run the kernel are served with \`script-src 'self' 'wasm-unsafe-eval'\`.
The error says one of:

${[...refusals].join('\n')}

## Run it

    npm run test:runtimes

prints this table and fails if a digest differs. Runtimes and bundlers, in the exact versions of
test/runtimes/versions.json, come from npm when a row first needs them; browsers must be installed (on Debian:
test/runtimes/install.sh). What is missing is printed as not run; with \`REQUIRE_ALL=1\` that fails too.
\`--rows TEXT\` picks rows, \`--flip TEXT\` flips one bit of one score in some of them, to see the run fail.
Where bits change on purpose, \`npm run test:runtimes -- --write-digest\` commits to new ones; this page is
\`npm run test:runtimes -- --json test/runtimes/results.json && node scripts/runtimes.mjs\`.

## In your browser

    npm run build:page

writes dist/explorer.html, one file that needs no server and no network. Its tab *This browser* runs the conformance program
and measures a training step at pools of a thousand to a million prompts in the browser that opens it. The rows *The page*
open it, compare its digest and look at its layout at 1000, 600 and 320 pixels.
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('../docs/runtimes.md', import.meta.url), runtimesPage());
}
