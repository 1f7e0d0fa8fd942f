import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { toScreen } from '../../src/cli/screen.ts';

const stream = (isTTY?: boolean, columns?: number) =>
  Object.assign(new PassThrough(), isTTY === undefined ? {} : { isTTY }, columns === undefined ? {} : { columns });

describe('a screen', () => {
  test('is a terminal; pipes and files are none', () => {
    expect(toScreen(stream(true, 80), {})).toEqual({ columns: 80, color: true });
    expect(toScreen(stream(false), {})).toBeUndefined();
    expect(toScreen(stream(), {})).toBeUndefined();
    expect(toScreen(stream(), { NO_COLOR: '', TERM: 'xterm' })).toBeUndefined();
  });

  test('has no colour where NO_COLOR says so, or on a dumb terminal', () => {
    const color = (env: object) => toScreen(stream(true), env)?.color;
    expect(color({ NO_COLOR: '' })).toBe(true);
    expect(color({ NO_COLOR: '1' })).toBe(false);
    expect(color({ TERM: 'dumb' })).toBe(false);
    expect(color({ TERM: 'xterm-256color' })).toBe(true);
  });

  test('is made of anything by FORCE_COLOR, which goes before NO_COLOR; 0 and false leave the bars', () => {
    for (const FORCE_COLOR of ['', '1', '3', 'true']) {
      expect(toScreen(stream(), { FORCE_COLOR, NO_COLOR: '1' })).toEqual({ columns: 80, color: true });
    }
    for (const FORCE_COLOR of ['0', 'false']) {
      expect(toScreen(stream(), { FORCE_COLOR })).toBeUndefined();
      expect(toScreen(stream(true), { FORCE_COLOR })?.color).toBe(false);
    }
  });

  test('is as wide as its terminal, at most 80 and at least 20, and 80 if that is not known', () => {
    const columns = (width?: number) => toScreen(stream(true, width), {})?.columns;
    expect([columns(79), columns(200), columns(3), columns(0), columns()]).toEqual([79, 80, 20, 80, 80]);
  });
});
