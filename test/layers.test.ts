import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function imports(folder: string, pattern: RegExp): [file: string, imported: string][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join(root, folder, file), 'utf8').matchAll(pattern)].map((match): [string, string] => {
        const from = match[1] as string;
        const target = from.startsWith('.')
          ? relative(join(root, folder), join(root, folder, dirname(file), from))
          : from;
        return [file.replaceAll('\\', '/'), target.replaceAll('\\', '/').replace(/\.ts$/, '')];
      }),
    );
}

/** What each part of src may import: docs/design.md, the picture of layers. */
const LAYERS: readonly [RegExp, RegExp][] = [
  [/^(errors|kernel\.wasm\.d)\.ts$/, /^$/],
  [/^(types|validate|random|crc32)\.ts$/, /^(errors|types)$/],
  [/^(acquisition|candidates|merge|snapshot)\.ts$/, /^(errors|types|validate|random|crc32)$/],
  [/^pool\.ts$/, /^(errors|types|validate|acquisition|candidates|snapshot)$/],
  [/^stateless\.ts$/, /^(pool|types|validate|acquisition)$/],
  [/^api\.ts$/, /^(errors|types|merge|pool|stateless)$/],
  [/^core\//, /^(core\/.*|errors|types|validate|acquisition|candidates|@assemblyscript\/loader)$/],
  [/^reference\//, /^(reference\/.*|errors|types|validate|random|candidates)$/],
  [/^(index|slim|workerd)\.ts$/, /^(api|kernel\.wasm|core\/.*|pool|stateless|types|validate)$/],
  [/^reference\.ts$/, /^(api|reference\/.*|pool|stateless|types)$/],
  [
    /^cli\//,
    /^(cli\/.*|index|reference|types|acquisition|candidates|random|validate|\.\.\/package\.json|\.\.\/bench\/benchmark\.mjs|core\/kernel-bytes|hyparquet|fzstd|node:.*)$/,
  ],
];

test('imports in src go one way', () => {
  const edges = imports('src', /^(?:import|export)[^;]*?from '([^']+)'/gms);
  expect(edges.length).toBeGreaterThan(40);
  for (const [file, imported] of edges) {
    const layer = LAYERS.find(([files]) => files.test(file));
    expect(layer, `${file} belongs to no layer`).toBeDefined();
    expect(imported, `${file} must not import ${imported}`).toMatch(layer![1]);
  }
});

test('imports in assembly go from index to kernels to math', () => {
  const edges = imports('assembly', /^(?:import|export)[^;]*?from "([^"]+)"/gms);
  expect(edges.length).toBeGreaterThan(10);
  for (const [file, imported] of edges) {
    const allowed = file.startsWith('math/')
      ? /^math\//
      : file.startsWith('kernels/')
        ? /^(math|kernels)\//
        : /^kernels\//;
    expect(imported, `${file} must not import ${imported}`).toMatch(allowed);
  }
});
