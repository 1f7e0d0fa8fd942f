// The entry without a kernel of its own: the bytes from a file, or a URL to fetch.
import * as insight from 'insight-wasm/slim';
import { conform } from './conformance.mjs';
import { report } from './report.mjs';

report(async () => {
  const url = import.meta.resolve('insight-wasm/kernel.wasm');
  if (!url.startsWith('file:')) return conform(insight, await insight.loadEngine(url));
  const { readFileSync } = await import('node:fs');
  return conform(insight, insight.createEngine(readFileSync(new URL(url))));
});
