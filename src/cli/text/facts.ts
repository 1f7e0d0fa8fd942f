import type { Screen } from '../screen.ts';
import { wrap } from './wrap.ts';

export type Fact = readonly [title: string, text: string];

/** A line a fact, the texts below each other; on a screen a long text goes on below itself. */
export function formatFacts(facts: readonly Fact[], least: number, screen?: Screen): string[] {
  const width = Math.max(least, ...facts.map(([title]) => title.length)) + 2;
  return facts.flatMap(([title, text]) => {
    const [first = '', ...rest] = screen === undefined ? [text] : wrap(text, Math.max(1, screen.columns - width));
    return [title.padEnd(width) + first, ...rest.map((line) => ' '.repeat(width) + line)];
  });
}
