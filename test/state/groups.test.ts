import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeState, encodeState, toViews } from '../../src/state/codec.ts';
import { encodeSections } from '../../src/state/sections.ts';
import { State } from '../../src/state/state.ts';
import { GroupTable } from '../../src/state/table/groups.ts';
import { mergeParts, PromptState } from '../../src/state.ts';

const settings = { discount: 1, prior: { alpha: 1, beta: 1 } };

const groupsOf = (state: State): Record<string, string> =>
  Object.fromEntries(Array.from({ length: state.size }, (_, i) => [state.keys.at(i), state.groupOf(i)]));

describe('labels of prompts', () => {
  test('stay with their prompts through merges, bytes, exports and imports', () => {
    const label = fc.constantFrom('', 'math', 'code', '数学', 'a b');
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), label), fc.nat(), (wanted, cut) => {
        const ids = Object.keys(wanted).filter((id) => !/\p{Cs}/u.test(id));
        const toState = (some: string[]): State => {
          const state = State.unseen(settings, some);
          for (let i = 0; i < state.size; i++) state.label(i, wanted[state.keys.at(i)] as string);
          return state;
        };
        const at = ids.length === 0 ? 0 : cut % ids.length;
        const merged = toState(ids.slice(0, at)).merge(toState(ids.slice(at)));
        const expected = Object.fromEntries(ids.map((id) => [id, wanted[id]]));
        expect(groupsOf(merged)).toEqual(expected);
        const bytes = encodeState(merged);
        expect(groupsOf(decodeState(bytes))).toEqual(expected);
        const exported = [...PromptState.fromBytes(bytes).export()];
        const again = new PromptState().import(exported);
        expect([...again.export()]).toEqual(exported);
      }),
    );
  });

  test('of an import go to prompts that are there too, and their posteriors stay', () => {
    const state = new PromptState().import([{ id: 'a', group: 'math' }, { id: 'b' }]);
    state.observe([{ id: 'b', successes: 3, trials: 8 }]).import([
      { id: 'b', group: 'code' },
      { id: 'a', group: 'code' },
      { id: 'a', group: 'ignored' },
      { id: 'c', group: 'math' },
    ]);
    const groups = [...state.export()].map(({ id, group }) => [id, group]);
    expect(Object.fromEntries(groups)).toEqual({ a: 'code', b: 'code', c: 'math' });
    expect(state.get('b').evidence).toBe(10);
  });

  test('cost a state nothing that has none: its file has no section of them', () => {
    expect(toViews(State.unseen(settings, ['a', 'b']))).toHaveLength(14);
    const labelled = State.unseen(settings, ['a', 'b']);
    labelled.label(1, 'math');
    expect(toViews(labelled)).toHaveLength(15);
  });

  test('that make no sense are refused', () => {
    const state = State.unseen(settings, ['a', 'b']);
    state.label(0, 'math');
    const sections = toViews(state);
    state.columns.groups[1] = 2;
    expect(() => decodeState(encodeState(state))).toThrow('damaged: the group of prompt 1');
    expect(() => decodeState(encodeSections(sections.slice(0, 14)))).toThrow('groups without');
    expect(() => new GroupTable(['a', 'a'])).toThrow('labels');
    const full = new GroupTable(Array.from({ length: 65_535 }, (_, i) => String(i)));
    expect(() => full.toNumber('one more')).toThrow('65535');
    for (const group of [{}, 1.5, true]) {
      expect(() => new PromptState().import([{ id: 'a', group: group as string }])).toThrow('"group"');
    }
  });
});

test('a label that no prompt has any more is not known', () => {
  const state = new PromptState().import([{ id: 'a', group: 'maths' }]).import([{ id: 'a', group: 'math' }]);
  const quotas = { maths: 0.5 };
  expect(() => state.select(1, { quotas })).toThrow('labels that prompts have ("math"), got "maths"');
  const part = state.selectPart(1, { offset: 0, of: 1 }, { quotas });
  expect(() => mergeParts([part], { count: 1, quotas })).toThrow('got "maths"');
  expect(Object.keys(state.status(1).groups ?? {})).toEqual(['math']);
});
