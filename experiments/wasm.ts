import { readFileSync } from 'node:fs';
import { Policy } from './policy.ts';

/** A policy with no weights yet; policy.wasm is where the build puts it, beside the bundle too. */
export function newPolicy(): Policy {
  return new Policy(readFileSync(new URL('../build/policy.wasm', import.meta.url)));
}
