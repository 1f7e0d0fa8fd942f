// Writes compiled kernels as base64 into the modules that import them: no fetch, no path, no configuration.
import { readFileSync, writeFileSync } from 'node:fs';

/** @param {string} wasm @param {string} module @param {string} name of its function @param {string} type */
function embed(wasm, module, name, type) {
  writeFileSync(
    module,
    `// Made by scripts/embed-kernel.mjs.
const base64 =
  '${readFileSync(wasm).toString('base64')}';

/** The bytes of ${wasm.split('/').at(-1)}. */
export function ${name}()${type} {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
`,
  );
}

embed('dist/kernel.wasm', 'src/core/kernel-bytes.ts', 'kernelBytes', ': Uint8Array<ArrayBuffer>');
embed('build/sum.wasm', 'bench/sum-bytes.mjs', 'sumBytes', '');
