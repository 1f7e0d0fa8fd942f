import { readdirSync, readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { root } from './support/node.ts';

const committed = readFileSync(`${root}THIRD_PARTY_NOTICES`, 'utf8');

test('THIRD_PARTY_NOTICES is what scripts/notices.mjs makes of the bundles', async () => {
  const { notices } = (await import('../scripts/notices.mjs' as string)) as { notices: () => string };
  expect(committed, 'run: npm run build && node scripts/notices.mjs').toBe(notices());
});

test('it lists every package whose code is in a bundle, and no other', () => {
  const files = readdirSync(`${root}build`).filter((file) => /^bundle-.*\.json$/.test(file));
  const outputs = files.flatMap((file) =>
    Object.values((JSON.parse(readFileSync(`${root}build/${file}`, 'utf8')) as Metafile).outputs),
  );
  const code = outputs.flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );
  const bundled = code.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'insight-wasm');
  const listed = [...committed.matchAll(/^(\S+) \d+\.\d+\.\d+\S*(?: by [^(]+)? \(\S+\), under /gm)].map(
    ([, name]) => name,
  );
  expect(files).toHaveLength(4);
  expect(listed).toContain('@assemblyscript/loader');
  expect(['insight-wasm', ...listed].sort()).toEqual([...new Set(bundled)].sort());
});
