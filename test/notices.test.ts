import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from './support/node.ts';

const committed = readFileSync(`${root}THIRD_PARTY_NOTICES`, 'utf8');

test('THIRD_PARTY_NOTICES is what scripts/notices.mjs makes of the bundles', async () => {
  const { notices } = (await import('../scripts/notices.mjs' as string)) as { notices: () => string };
  expect(committed, 'run: npm run build && node scripts/notices.mjs').toBe(notices());
});

test('it lists every package whose code is in dist, and no other', () => {
  const code = readdirSync(`${root}dist`)
    .filter((file) => /\.c?js$/.test(file))
    .map((file) => readFileSync(`${root}dist/${file}`, 'utf8'))
    .join('\n');
  const bundled = [...code.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name);
  const listed = [...committed.matchAll(/^(\S+) \d+\.\d+\.\d+\S*(?: by [^(]+)? \(\S+\), under /gm)].map(
    ([, name]) => name,
  );
  expect(listed).toContain('@assemblyscript/loader');
  expect(listed.sort()).toEqual([...new Set(bundled)].sort());
});
