import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBar, toCells, toParts, toSignedBar, toSparkline } from '../../src/cli/text/bars.ts';
import { formatFacts } from '../../src/cli/text/facts.ts';
import { cellsOf, paint } from '../../src/cli/text/paint.ts';
import { formatTable } from '../../src/cli/text/table.ts';
import { wrap } from '../../src/cli/text/wrap.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const width = fc.integer({ min: 1, max: 80 });

describe('bars', () => {
  test('are drawn by hand', () => {
    expect(['', 1, 0.5, 0.25, 1 / 8, 1e-9].map((part) => toBar(Number(part), 2))).toEqual([
      '',
      '██',
      '█',
      '▌',
      '▎',
      '▏',
    ]);
    expect([0, 0.1, -0.1, 0.025, -0.075, 9].map((value) => toSignedBar(value, 0.1, 2))).toEqual([
      '  │',
      '  │██',
      '██│',
      '  │▌',
      '▐█│',
      '  │██',
    ]);
    expect(toSparkline([0, 1, 2, 3, 4, 5, 6, 7], 7, 9)).toBe('▁▂▃▄▅▆▇▇');
    expect(toSparkline([8, 0, 0, 0, Number.NaN, 4, Number.NaN, Number.NaN], 8, 4)).toBe('▄▁▄ ');
    expect(toSparkline([0, 0], 0, 4)).toBe('▁▁');
    expect(toCells([0.25, 0, 0.75], 8)).toEqual([2, 0, 6]);
  });

  test('keep to their width, grow with their share, and show what is more than nothing', () => {
    fc.assert(
      fc.property(share, share, width, (a, b, cells) => {
        const [less, more] = [toBar(Math.min(a, b), cells), toBar(Math.max(a, b), cells)];
        expect(cellsOf(more)).toBeLessThanOrEqual(cells);
        expect(cellsOf(less)).toBeLessThanOrEqual(cellsOf(more));
        expect(more === '').toBe(Math.max(a, b) === 0);
        expect(cellsOf(toSignedBar(a - b, 1, cells))).toBeLessThanOrEqual(2 * cells + 1);
      }),
    );
  });

  test('of parts fill the width, each with its share to within a cell', () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 6 }), width, (weights, cells) => {
        const sum = weights.reduce((a, b) => a + b, 0);
        fc.pre(sum > 1e-300);
        const shares = weights.map((weight) => weight / sum);
        const parts = toCells(shares, cells);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(cells);
        for (const [i, part] of parts.entries()) expect(Math.abs(part - shares[i]! * cells)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a sparkline has a column for each value, or one for each of so many parts', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(share, fc.constant(Number.NaN)), { maxLength: 99 }), width, (values, cells) => {
        expect(cellsOf(toSparkline(values, 1, cells))).toBe(Math.min(values.length, cells));
        const parts = toParts(values.length, cells);
        expect(parts.flatMap(([from, to]) => values.slice(from, to))).toEqual(values);
      }),
    );
  });
});

describe('lines', () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', '!', '±'), minLength: 1, maxLength: 120 }));

  test('lose no word, and are broken at spaces only', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 80 }), (all, columns) => {
        const lines = wrap(all.join(' '), columns);
        expect(lines.join(' ')).toBe(all.join(' '));
        for (const line of lines) if (line.includes(' ')) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('of facts are those of a pipe, and on a screen go on below their text', () => {
    const facts = [['a', 'one two three'], ['long', 'x'] as const] as const;
    expect(formatFacts(facts, 0)).toEqual(['a     one two three', 'long  x']);
    expect(formatFacts(facts, 0, { columns: 14, color: false })).toEqual(['a     one two', '      three', 'long  x']);
  });
});

describe('tables', () => {
  const cells = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 20 }), {
    minLength: 2,
    maxLength: 2,
  });
  const columns = fc.array(fc.record({ title: fc.constant('t'), align: fc.constantFrom('left', 'right'), cells }), {
    minLength: 1,
    maxLength: 6,
  });

  test('keep to the screen, and have every cell of every row in its order', () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: 42, max: 80 }), fc.boolean(), (table, width, color) => {
        const lines = formatTable(table, { columns: width, color });
        for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(width);
        for (const row of [0, 1]) {
          const rows = lines.filter((_, i) => i % 4 === row + 1).map((line) => line.trim().split(/ +/));
          expect(rows.flatMap(([, ...others]) => others)).toEqual(table.slice(1).map((column) => column.cells[row]));
          for (const [first] of rows) expect(first).toBe(table[0]?.cells[row]);
        }
        const plain = formatTable(table);
        expect(plain.length).toBe(3);
      }),
    );
  });

  test('are aligned whatever the styles of their cells', () => {
    const screen = { columns: 80, color: true };
    const lines = formatTable(
      [
        { title: 'a', align: 'right', cells: [paint(screen, 'red', 'x'), 'yyy'] },
        { title: 'b', align: 'left', cells: ['1', '2'] },
      ],
      screen,
    );
    expect(lines).toEqual(['\x1b[1m  a  b\x1b[22m', '  \x1b[31mx\x1b[39m  1', 'yyy  2']);
  });
});
