import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeSections } from '../../src/state/sections.ts';
import { KeyTable } from '../../src/state/table/keys.ts';
import { PromptState } from '../../src/state.ts';

describe('ids', () => {
  // Found among 40,000,000 ids: the first 48 bits of their SHA-256 are the same.
  const [one, other] = ['p9103343', 'p27858680'];

  test('whose hashes collide are told apart', () => {
    const hash = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 12);
    expect(hash(one)).toBe(hash(other));
    const table = KeyTable.from([one, 'between', other]);
    expect(table.isOrdered()).toBe(true);
    for (const id of [one, other]) expect(table.at(table.indexOf(id))).toBe(id);
    expect(KeyTable.from([one]).indexOf(other)).toBe(-1);
    const state = new PromptState().add([one]);
    state.observe([{ id: other, successes: 3, trials: 8 }]);
    expect([state.get(one).evidence, state.get(other).evidence]).toEqual([2, 10]);
  });

  test('take at most 4 GiB together', () => {
    const huge = Object.create(Uint8Array.prototype, { length: { value: 2 ** 32 - 1 } }) as Uint8Array;
    const table = new KeyTable(new Float64Array(0), Uint32Array.of(0), huge);
    expect(() => table.merge(KeyTable.from(['a']))).toThrow('the ids have more than 4,294,967,295 bytes');
  });
});

describe('a posterior that would leave its range', () => {
  test('is refused by the id of its prompt, and the state stays as it was', () => {
    const state = new PromptState().import([
      { id: 'a', alpha: 2, beta: 2 },
      { id: 'full', alpha: 2 ** 24, beta: 1 },
    ]);
    const before = state.toBytes();
    const observe = () =>
      state.observe([
        { id: 'a', successes: 1, trials: 1 },
        { id: 'full', successes: 8, trials: 8 },
      ]);
    expect(observe).toThrow('the posterior of prompt "full" would leave its range: alpha and beta are at most 2^24');
    expect(state.toBytes()).toEqual(before);
  });
});

describe('a section of a state', () => {
  test('has at most 4 GiB', () => {
    const [small, large] = [2 ** 32 - 1, 2 ** 32].map((byteLength) => ({
      byteLength,
      byteOffset: 0,
      buffer: undefined,
    }));
    const encode = (section: unknown) => () => encodeSections([section as ArrayBufferView]);
    expect(encode(large)).toThrow('the state is larger than a file of it can be');
    expect(encode(small)).not.toThrow('the state is larger than a file of it can be');
  });
});
