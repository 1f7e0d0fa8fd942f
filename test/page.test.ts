import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support/cli.ts';

// The explorer page as a file; what it does in browsers is test/deep/explorer.test.ts.
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const html = read('dist/explorer.html');
const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];

test('the page takes at most 500 KB', () => {
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(500_000);
});

test('the page is one file that names no other, and may connect to nothing', () => {
  const markup = html.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '');
  expect(markup).not.toMatch(/\b(src|srcset)=/);
  expect([...markup.matchAll(/href="([^"]+)"/g)].map(([, to]) => to)).toEqual([
    'data:,',
    'https://arxiv.org/abs/2603.01907',
  ]);
  const directives = policy.split('; ');
  expect(directives).toContain("default-src 'none'");
  expect(directives).toContain("connect-src 'none'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
});

test('the policy names the one script and the one style of the page by their hashes', () => {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const inner = (tag: string): string[] =>
    [...html.matchAll(new RegExp(`<${tag}(?: type="module")?>([\\s\\S]*?)</${tag}>`, 'g'))].map(
      ([, text = '']) => text,
    );
  const [scripts, styles] = [inner('script'), inner('style')];
  expect([scripts.length, styles.length]).toEqual([1, 1]);
  expect(policy).toContain(`script-src ${hash(scripts[0] as string)}`);
  expect(policy).toContain(`style-src ${hash(styles[0] as string)}`);
});

test('the page checks the committed digest', () => {
  expect(html).toContain(read('test/runtimes/digest.txt').trim());
});

test('docs/surface.svg is what scripts/surface.mjs draws of a simulated run', async () => {
  const { surface } = (await import('../scripts/surface.mjs' as string)) as { surface: () => string };
  expect(read('docs/surface.svg'), 'run: npm run build && node scripts/surface.mjs').toBe(surface());
});

/** Colours that carry text, and the grounds that they stand on. */
const TEXTS = ['ink', 'quiet', 'good', 'bad', 'textbook', 'javascript', 'rescored', 'changed'];

describe.each([
  ['light', 0],
  ['dark', 1],
])('in %s', (_, nth) => {
  const rules = [...read('pages/explorer/style.css').matchAll(/:root \{([^}]*)\}/g)];
  const colours = Object.fromEntries(
    [...(rules[nth] as RegExpMatchArray)[1]!.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>;

  test.each(TEXTS)('text in %s has enough contrast', (name) => {
    for (const ground of ['ground', 'card']) {
      expect(contrast(colours[name]!, colours[ground]!), ground).toBeGreaterThanOrEqual(4.5); // WCAG 2.2, 1.4.3
    }
  });

  test('rings and dots stand out from every shade', () => {
    for (const shade of ['shade-0', 'shade-1']) {
      expect(contrast(colours.ring!, colours[shade]!), shade).toBeGreaterThanOrEqual(3); // WCAG 2.2, 1.4.11
    }
    // On a dark shade the edge of the ring does.
    for (const shade of ['shade-2', 'shade-3']) {
      const best = Math.max(...['ring', 'ring-edge'].map((name) => contrast(colours[name]!, colours[shade]!)));
      expect(best, shade).toBeGreaterThanOrEqual(2);
    }
  });
});

/** Of two sRGB colours: WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
