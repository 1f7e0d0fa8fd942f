import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PromptState, type SelectQuery } from '../../src/state.ts';
import { cli, folder, jsonl, output } from '../support/cli.ts';

const state = join(folder, 'labelled.iws');
const GROUPS = ['math', 'math', 'math', 'code', null];

/** 50 prompts, of which every fifth has no label, a third visited at step 1 and some of these at step 2. */
function makeState(): void {
  const rows = Array.from({ length: 50 }, (_, i) => ({ id: `p${i}`, meta: { domain: GROUPS[i % 5] } }));
  const data = join(folder, 'labelled.jsonl');
  writeFileSync(data, jsonl(rows));
  output(['state', 'import', data, '--state', state, '--group', 'meta.domain', '--discount', '0.9']);
  const visits = rows.flatMap(({ id }, i) =>
    i % 3 === 0 ? [1, ...(i % 2 ? [2] : [])].map((step) => ({ id, step, successes: i % 9, trials: 8 })) : [],
  );
  output(['ingest', '-', '--state', state], jsonl(visits));
}

const groupOf = (id: string): string => GROUPS[Number(id.slice(1)) % 5] ?? '';
const countsOf = (lines: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const id of lines.trimEnd().split('\n')) counts[groupOf(id)] = (counts[groupOf(id)] ?? 0) + 1;
  return counts;
};

describe('constraints of the command', () => {
  makeState();
  const select = (...flags: string[]): string => output(['select', '--state', state, '--ids', ...flags]);

  test('quotas go by the labels of the import', () => {
    expect(countsOf(select('--count', '20', '--quota', 'math=0.5,code=0.3'))).toEqual({ math: 10, code: 6, '': 4 });
    expect(countsOf(select('--count', '20', '--quota', 'math=0.5,code=0.5'))).toEqual({ math: 10, code: 10 });
    expect(countsOf(select('--count', '20', '--quota', 'math=..2,=3..3'))).toEqual({ math: 2, code: 10, '': 3 });
    expect(countsOf(select('--count', '20', '--quota', 'code=..0,math=16..'))).toMatchObject({
      math: expect.any(Number),
    });
    expect(countsOf(select('--count', '40', '--quota', 'code=0.5'))).toMatchObject({ code: 10, math: 22, '': 8 });
  });

  test('a floor takes those not seen for longest, and max-visits leaves out those seen often', () => {
    const unseen = new Set(select('--count', '50', '--max-visits', '1').trimEnd().split('\n'));
    expect(unseen.size).toBe(33);
    const flags = ['--count', '8', '--acquisition', 'success-chance'];
    const floor = select(...flags, '--floor', '0.5')
      .trimEnd()
      .split('\n');
    expect(floor.filter((id) => unseen.has(id)).length).toBeGreaterThanOrEqual(4);
    expect(select(...flags, '--floor', '4')).toBe(floor.map((id) => `${id}\n`).join(''));
    expect(select('--count', '50', '--max-visits', '2').trimEnd().split('\n')).toHaveLength(42);
  });

  test('explain names the constraint', () => {
    const loaded = PromptState.fromBytes(readFileSync(state));
    const explain = (id: string, count: number, query: SelectQuery) => loaded.explain(id, count, query);
    const acquisition = { kind: 'success-chance' } as const;
    const query: SelectQuery = { acquisition, floor: 2, quotas: { math: [0, 3], code: [2, 99] } };
    const whys = Array.from({ length: 50 }, (_, i) => explain(`p${i}`, 10, query).why);
    const chosen = new Set(loaded.select(10, query).map(({ id }) => id));
    for (const [i, why] of whys.entries()) {
      expect(/^number \d+ of the 10 selected/.test(why), why).toBe(chosen.has(`p${i}`));
    }
    const longest = 'taken for the floor: no other that the quotas allow was not seen for longer';
    expect(whys.filter((why) => why.endsWith(longest))).toHaveLength(2);
    expect(whys).toContain('its group "math" is full: 3 of it are selected');
    expect(explain('p3', 10, {}).group).toBe('code');
    expect(explain('p4', 10, {})).not.toHaveProperty('group');
    expect(explain('p3', 10, { maxVisits: 1 }).why).toBe('visited often enough');
    const shares: SelectQuery = { acquisition, quotas: { math: 0.25, code: 0.75 } };
    const others = Array.from({ length: 50 }, (_, i) => explain(`p${i}`, 4, shares).why);
    expect(others).toContain('its group "math" has its share, 1, and the slots left are for other groups');
    expect(
      others.filter((why) => /taken for the quota: the slots left were for its group "code"/.test(why)),
    ).not.toEqual([]);
    const flags = ['--count', '10', '--acquisition', 'success-chance', '--floor', '2', '--quota', 'math=..3,code=2..'];
    expect(JSON.parse(output(['explain', 'p1', '--state', state, '--json', ...flags])).why).toBe(whys[1]);
  });

  test('status counts by group', () => {
    const flags = ['status', '--state', state, '--count', '10', '--quota', 'math=0.5'];
    const { groups, ...all } = JSON.parse(output([...flags, '--json']));
    expect(Object.keys(groups).sort()).toEqual(['', 'code', 'math']);
    const sum = (key: string): number =>
      Object.values(groups as Record<string, Record<string, number>>).reduce(
        (total, group) => total + (group[key] ?? 0),
        0,
      );
    expect([sum('prompts'), sum('selected')]).toEqual([50, 10]);
    expect(groups.math).toMatchObject({ prompts: 30, selected: 5, unseen: 20 / 30 });
    expect(all.unseen).toBeCloseTo((20 * 1 + groups.code.unseen * 10 + groups[''].unseen * 10) / 50);
    expect(output(flags)).toMatch(/\n\ngroup +prompts +learnable +saturated +hopeless +unseen +selected\n/);
    expect(output(flags)).toMatch(/\nmath +30 .* 66\.7 % +5\n/);
    expect(output(['state', 'show', '--state', state])).toContain('\ngroups     ');
  });

  test('labels outlast an export and an import, and a rebuild', () => {
    const exported = output(['state', 'export', '--state', state]);
    const copy = join(folder, 'copy.iws');
    output(['state', 'import', '-', '--state', copy, '--discount', '0.9'], exported);
    expect(output(['state', 'export', '--state', copy])).toBe(exported);
    const log = join(folder, 'some-log.jsonl');
    writeFileSync(log, jsonl([{ id: 'p1', step: 3, successes: 1, trials: 8 }]));
    const data = join(folder, 'labelled.jsonl');
    const other = join(folder, 'rebuilt.iws');
    output(['state', 'import', data, '--state', other, '--group', 'meta.domain']);
    output(['ingest', log, '--state', other]);
    const before = output(['state', 'export', '--state', other]);
    output(['state', 'rebuild', '--state', other]);
    expect(output(['state', 'export', '--state', other])).toBe(before);
  });

  test.each([
    [['--quota', 'maths=0.5'], /--quota expected labels that prompts have \("math", "code"\), got "maths"/],
    [['--quota', 'math'], /--quota expected GROUP=SHARE or GROUP=LEAST\.\.MOST, got "math"/],
    [['--quota', 'math=0.5,math=0.2'], /--quota has "math" twice/],
    [['--quota', 'math=0.7,code=0.7'], /--quotas? expected shares of at most 1 in all, got 1\.4/],
    [['--quota', 'math=1.5'], /expected a number in \[0, 1\], got 1\.5/],
    [['--quota', 'math=5..2'], /expected an integer in \[5, /],
    [['--quota', 'math=1..2..9'], /--quota expected a number, got "2\.\.9"/],
    [['--quota', 'math=x'], /--quota expected a number, got "x"/],
    [['--count', '5', '--quota', 'math=4..,code=2..'], /at most 5 in all, the count, got 6 at least/],
    [['--count', '5', '--floor', '6'], /--floor expected slots in \[0, 5\]/],
    [['--floor', '-1'], /--floor/],
    [['--max-visits', '0'], /--max-visits expected an integer in \[1, /],
  ])('%j is refused', (flags, message) => {
    const { status, stderr } = cli(['select', '--state', state, ...flags]);
    expect(stderr).toMatch(message);
    expect(status).not.toBe(0);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
