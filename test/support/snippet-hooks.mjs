import { readFileSync } from 'node:fs';

/** What `?url` and `?module` behind the name of a Wasm file make of it. */
const WAYS = {
  '?url': (base64) => `export default 'data:application/wasm;base64,${base64}';`,
  '?module': (base64) => `export default new WebAssembly.Module(Buffer.from('${base64}', 'base64'));`,
};

export async function resolve(specifier, context, next) {
  const [name, way] = specifier.replace(/^npm:/, '').split(/(?=\?)/);
  const resolved = await next(name, context);
  return way in WAYS ? { ...resolved, format: 'module', url: resolved.url + way } : resolved;
}

export async function load(url, context, next) {
  const { search } = new URL(url);
  if (!(search in WAYS)) return next(url, context);
  const base64 = readFileSync(new URL(url)).toString('base64');
  return { format: 'module', source: WAYS[search](base64), shortCircuit: true };
}
