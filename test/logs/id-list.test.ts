import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdList } from '../../src/logs/id-list.ts';
import { KeyTable } from '../../src/state/table/keys.ts';

/** Strings of any code units, also halves of surrogate pairs. */
const anyId = fc
  .array(fc.constantFrom('', 'a', 'b', 'é', '\u{1f600}', '\ud800', '\udc00', '\uffff', '"\\ud800"', 'x'.repeat(90)), {
    maxLength: 3,
  })
  .map((parts) => parts.join(''));

describe('a list of ids', () => {
  test('numbers any ids as a Map does', () => {
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 80 }), anyId, (ids, other) => {
        const list = new IdList();
        const numbers = new Map<string, number>();
        for (const id of ids) {
          if (!numbers.has(id)) numbers.set(id, numbers.size);
          expect(list.add(id)).toBe(numbers.get(id));
        }
        expect([...list]).toEqual([...numbers.keys()]);
        for (const [id, number] of numbers) expect([list.indexOf(id), list.at(number)]).toEqual([number, id]);
        expect(list.indexOf(other)).toBe(numbers.get(other) ?? -1);
      }),
    );
  });

  test('of many ids grows, and finds each', () => {
    const list = IdList.from(Array.from({ length: 50_000 }, (_, i) => `id-${i}`));
    expect(list.size).toBe(50_000);
    for (let i = 0; i < 50_000; i += 7) expect(list.add(`id-${i}`)).toBe(i);
  });

  test('with what is no text makes no keys', () => {
    expect(() => KeyTable.from(['a', '\ud800'])).toThrow('half of a surrogate pair is no text');
  });
});

describe('a table of keys', () => {
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 400 }).map(String), { maxLength: 60 });

  test('says where the ids of a list are, which of them it lacks, and how many come before', () => {
    fc.assert(
      fc.property(keys, keys, (mine, theirs) => {
        const table = KeyTable.from(mine);
        const list = IdList.from(theirs);
        expect([...table.indicesOf(list)]).toEqual(theirs.map((key) => table.indexOf(key)));
        const other = KeyTable.from(theirs);
        const lacked = table.lackedOf(other);
        expect(lacked).toEqual(KeyTable.from(theirs.filter((key) => !mine.includes(key))));
        const names = (one: KeyTable) => Array.from({ length: one.size }, (_, i) => one.at(i));
        const order = names(KeyTable.from([...mine, ...theirs]));
        const ranks = names(other).map(
          (key) => order.slice(0, order.indexOf(key)).filter((one) => mine.includes(one)).length,
        );
        expect([...table.ranksOf(other)]).toEqual(ranks);
        expect(names(other).map((key) => table.rankOf(key))).toEqual(ranks);
      }),
    );
  });
});
