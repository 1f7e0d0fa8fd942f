import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface File {
  /** Below src or assembly. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function read(folder: string): File[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      const specifiers = [...text.matchAll(/^(?:import|export)[^;]*?from ['"]([^'"]+)['"]|\bimport\('([^']+)'\)/gms)];
      const imports = specifiers.map(([, fixed, dynamic]) => {
        const from = (fixed ?? dynamic) as string;
        if (!from.startsWith('.')) return from;
        return relative(join(root, folder), join(root, folder, dirname(path), from)).replace(/\.ts$/, '');
      });
      return { path: path.replaceAll('\\', '/'), text, imports: imports.map((name) => name.replaceAll('\\', '/')) };
    });
}

const files = read('src');

/** What each room of src may import, from the ground up: docs/design.md has the picture. */
const GROUND = 'errors|pool-errors|escape-controls|sha256|bytes|types|validate|random|crc32|acquisition|candidates';
const LAYERS: readonly [RegExp, RegExp][] = [
  [/\.d\.ts$/, /^pako$/],
  [/^(errors|pool-errors|escape-controls|bytes)\.ts$/, /^$/],
  [/^sha256\.ts$/, /^$/],
  [/^(types|validate|random|crc32)\.ts$/, /^types$/],
  [/^(acquisition|candidates|merge|snapshot)\.ts$/, /^(pool-errors|types|validate|random|crc32)$/],
  [/^pool\.ts$/, /^(pool-errors|types|validate|acquisition|candidates|snapshot)$/],
  [/^stateless\.ts$/, /^(pool|types|validate|acquisition)$/],
  [/^api\.ts$/, /^(pool-errors|types|merge|pool|stateless|acquisition)$/],
  [/^core\//, /^(core\/.*|pool-errors|types|validate|acquisition|candidates|random|@assemblyscript\/loader)$/],
  [/^reference\//, /^(reference\/.*|pool-errors|types|validate|random|candidates)$/],
  [/^(index|slim)\.ts$/, /^(api|core\/.*|pool|stateless|types|validate)$/],
  [/^reference\.ts$/, /^(api|reference\/.*|pool|stateless|types)$/],
  [
    /^logs\//,
    new RegExp(`^(logs/.*|${GROUND}|hyparquet|hyparquet-compressors/src/\\w+\\.js|fzstd|pako/browser/inflate)$`),
  ],
  [/^state\//, new RegExp(`^(state/.*|logs/.*|index|reference|${GROUND})$`)],
  [/^serve\//, new RegExp(`^(serve/.*|state/.*|logs/.*|index|reference|${GROUND})$`)],
  [/^evaluate\//, new RegExp(`^(evaluate/.*|logs/.*|index|reference|${GROUND})$`)],
  [/^node\//, new RegExp(`^(node/.*|state/.*|logs/.*|index|reference|${GROUND}|node:.*)$`)],
  [/^logs\.ts$/, /^(logs\/.*|errors)$/],
  [/^state\.ts$/, /^(state\/.*|logs\/.*|errors)$/],
  [/^evaluate\.ts$/, /^(evaluate\/.*|logs\/.*|errors)$/],
  [/^node\.ts$/, /^(node\/.*|state\/.*|logs\/.*|errors)$/],
  [
    /^cli\//,
    new RegExp(
      `^(cli/.*|node/.*|serve/.*|evaluate/.*|state/.*|logs/.*|index|reference|${GROUND}|core/kernel-bytes|` +
        '\\.\\./package\\.json|\\.\\./benchmark/benchmark\\.mjs|node:.*)$',
    ),
  ],
];

test('imports in src go down only', () => {
  expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
  for (const { path, imports } of files) {
    const layer = LAYERS.find(([room]) => room.test(path));
    expect(layer, `${path} belongs to no layer`).toBeDefined();
    for (const imported of imports) expect(imported, `${path} must not import ${imported}`).toMatch(layer![1]);
  }
});

test('no file of src imports itself by way of others', () => {
  const byPath = new Map(files.map((file) => [file.path.replace(/\.ts$/, ''), file]));
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, way: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    expect(state.get(path), `a circle: ${[...way, path].join(' -> ')}`).not.toBe('open');
    state.set(path, 'open');
    for (const next of byPath.get(path)?.imports ?? []) if (byPath.has(next)) visit(next, [...way, path]);
    state.set(path, 'done');
  };
  for (const path of byPath.keys()) visit(path, []);
});

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

test('only src/node and src/cli know node:, Buffer and process', () => {
  for (const { path, text } of files) {
    if (/^(node|cli)\/|^core\/kernel-bytes\.ts$/.test(path)) continue;
    expect(withoutComments(text), path).not.toMatch(/'node:|\bBuffer\b|\bprocess\./);
  }
});

test('only src/cli knows flags', () => {
  for (const { path, text } of files) {
    if (path.startsWith('cli/')) continue;
    expect(withoutComments(text), path).not.toMatch(/['"`][^'"`\n]*--[a-z]/);
  }
});

/** Of src, its rooms; those of more than one kind by kind. */
function roomOf(path: string): string {
  const [, room] =
    /^((?:logs\/(?:formats|audit|parquet)|state\/(?:choose|table)|cli\/(?:commands|flags|text)|[\w-]+)(?=\/)|)/.exec(
      path,
    ) ?? [];
  return room || '.';
}

test('no room holds more than 15 % of the lines of src and assembly', () => {
  const lines = new Map<string, number>();
  const all = [...files, ...read('assembly').map((file) => ({ ...file, path: `assembly/${file.path}` }))];
  let total = 0;
  for (const { path, text } of all) {
    if (/kernel-(bytes|id)\.ts$/.test(path)) continue; // made by the build
    const count = text.split('\n').length;
    const room = path.startsWith('assembly/')
      ? path
          .split('/')
          .slice(0, 2)
          .join('/')
          .replace(/\/\w+\.ts$/, '')
      : roomOf(path);
    lines.set(room, (lines.get(room) ?? 0) + count);
    total += count;
  }
  const shares = [...lines].map(([room, count]) => [room, count, count / total] as const).sort((a, b) => b[1] - a[1]);
  console.log(shares.map(([room, n, share]) => `${room.padEnd(18)}${n}  ${(100 * share).toFixed(1)} %`).join('\n'));
  for (const [room, , share] of shares) expect(share, room).toBeLessThan(0.15);
});

test('imports in assembly go from index to kernels to math', () => {
  const kernels = read('assembly');
  expect(kernels.flatMap(({ imports }) => imports).length).toBeGreaterThan(10);
  for (const { path, imports } of kernels) {
    const allowed = path.startsWith('math/')
      ? /^math\//
      : path.startsWith('kernels/')
        ? /^(math|kernels)\//
        : /^kernels\//;
    for (const imported of imports) expect(imported, `${path} must not import ${imported}`).toMatch(allowed);
  }
});
