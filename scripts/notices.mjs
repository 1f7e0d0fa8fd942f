// THIRD_PARTY_NOTICES: the packages that went into the bundles of dist, each with its licence.
// `npm run build && node scripts/notices.mjs` rewrites the file; test/notices.test.ts holds it to what this would write.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** Packages without a licence file of their own, and the package from the same repository that has it. */
const LICENCE_OF = { '@assemblyscript/loader': 'assemblyscript' };
/** What some licences want told. */
const REMARKS = {
  '@assemblyscript/loader': 'Changed: its polyfill of Object.hasOwn is left out.',
  pako: 'A port of zlib, (C) 1995-2013 Jean-loup Gailly and Mark Adler.',
  hyparquet: 'In it parts of SnappyJS, Copyright (c) 2016 Zhipeng Jia, under the same license.',
};

/** The folders, below the root, of the packages of which at least one byte is in an output. */
function bundledPackages() {
  const outputs = ['esm', 'workerd', 'cli', 'explorer'].flatMap((name) =>
    Object.values(JSON.parse(read(`build/bundle-${name}.json`)).outputs),
  );
  const inputs = outputs
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = inputs.map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort();
}

function licenceText(folder) {
  const file = readdirSync(new URL(folder, root)).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file: name a package that has it in LICENCE_OF`);
  return read(`${folder}/${file}`);
}

function notice(folder) {
  const { name, version, license, author, homepage, repository } = JSON.parse(read(`${folder}/package.json`));
  const by = (author?.name ?? author ?? '').replace(/ *[<(].*/, '');
  const url = repository?.url ?? `https://github.com/${repository}`; // npm lets the owner and the name stand for it
  const where = homepage ?? url.replace(/^git\+|\.git$/g, '');
  const notices = existsSync(new URL(`${folder}/NOTICE`, root)) ? [read(`${folder}/NOTICE`)] : [];
  return [
    `${name} ${version}${by && ` by ${by}`} (${where}), under ${license}.`,
    REMARKS[name],
    licenceText(LICENCE_OF[name] ? `node_modules/${LICENCE_OF[name]}` : folder),
    ...notices,
  ]
    .filter(Boolean)
    .map((text) => text.replace(/^\s*\n|\s+$/g, ''))
    .join('\n\n');
}

/** The whole file. */
export function notices() {
  const parts = [
    'The files in dist/ contain parts of these packages. Nothing else is installed with insight-wasm.',
    ...bundledPackages().map(notice),
  ];
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('THIRD_PARTY_NOTICES', root), notices());
}
