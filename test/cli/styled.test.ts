import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { isStyled } from '../../src/cli/styled.ts';
import { jsonl, rolloutRows } from '../support/cli.ts';
import { runHere } from '../support/run.ts';

const stream = (isTTY?: boolean) => Object.assign(new PassThrough(), isTTY === undefined ? {} : { isTTY });

describe('styles', () => {
  test('are for terminals, and not where NO_COLOR says so', () => {
    expect(isStyled(stream(true), {})).toBe(true);
    expect(isStyled(stream(true), { NO_COLOR: '' })).toBe(true);
    expect(isStyled(stream(true), { NO_COLOR: '1' })).toBe(false);
    expect(isStyled(stream(false), {})).toBe(false);
    expect(isStyled(stream(), {})).toBe(false);
  });

  test('change how titles look, and nothing else; JSON stays as it is', async () => {
    const unstyle = (text: string): string => text.replaceAll('\x1b[1m', '').replaceAll('\x1b[22m', '');
    for (const args of [
      ['select', '-'],
      ['audit', '-'],
      ['fit', '-'],
      ['replay', '-', '--seeds', '1', '--rounds', '2'],
    ]) {
      const plain = await runHere(args, jsonl(rolloutRows));
      const styled = await runHere(args, jsonl(rolloutRows), true);
      expect(styled.stdout).not.toBe(plain.stdout);
      expect(unstyle(styled.stdout)).toBe(plain.stdout);
      const json = [...args, '--json'];
      expect((await runHere(json, jsonl(rolloutRows), true)).stdout).toBe(
        (await runHere(json, jsonl(rolloutRows))).stdout,
      );
    }
  });
});
