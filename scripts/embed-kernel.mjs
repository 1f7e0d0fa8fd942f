// Writes dist/kernel.wasm as base64 into the module that the default entry imports: no fetch, no path, no configuration.
import { readFileSync, writeFileSync } from 'node:fs';

const base64 = readFileSync('dist/kernel.wasm').toString('base64');
writeFileSync(
  'src/core/kernel-bytes.ts',
  `// Made by scripts/embed-kernel.mjs from assembly/.
const base64 =
  '${base64}';

/** The bytes of kernel.wasm. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
`,
);
