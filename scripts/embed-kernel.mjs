// From build/kernel.wasm, as asc left it, to what is shipped: dist/kernel.wasm, marked with a digest of itself, so that
// `createEngine` can tell the kernel of this release from others; and the modules that hold the digest and the bytes, as
// base64: no fetch, no path, no configuration.
// With --accept, assembly/kernel.sha256 too: any change of the kernel may change bits of scores, so it is to be meant.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The module with a custom section 'insight-wasm'. @param {Buffer} wasm @param {string} content */
function mark(wasm, content) {
  const text = (string) => [string.length, ...Buffer.from(string)]; // lengths below 128 are one byte in LEB128
  const section = [...text('insight-wasm'), ...Buffer.from(content)];
  return Buffer.concat([wasm, Buffer.from([0, section.length, ...section])]);
}

/** @param {Buffer} wasm @param {string} module @param {string} name of its function @param {string} type */
function embed(wasm, module, name, type) {
  writeFileSync(
    module,
    `// Made by scripts/embed-kernel.mjs.
const base64 =
  '${wasm.toString('base64')}';

/** The bytes of the module. */
export function ${name}()${type} {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
`,
  );
}

const compiled = readFileSync('build/kernel.wasm');
const id = sha256(compiled).slice(0, 16);
const kernel = mark(compiled, id);

mkdirSync('dist', { recursive: true });
writeFileSync('dist/kernel.wasm', kernel);
if (process.argv.includes('--accept')) writeFileSync('assembly/kernel.sha256', `${sha256(kernel)}  dist/kernel.wasm\n`);
writeFileSync(
  'src/core/kernel-id.ts',
  `// Made by scripts/embed-kernel.mjs.
/** The content of the custom section 'insight-wasm' of kernel.wasm. */
export const KERNEL_ID = '${id}';
`,
);
embed(kernel, 'src/core/kernel-bytes.ts', 'kernelBytes', ': Uint8Array<ArrayBuffer>');
embed(readFileSync('build/sum.wasm'), 'benchmark/sum-bytes.mjs', 'sumBytes', '');
