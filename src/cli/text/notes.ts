import type { Screen } from '../screen.ts';
import { paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** What should make a reader doubt, each marked by !, in lines that fit the screen. */
export function toNotes(texts: readonly string[], screen?: Screen): string[] {
  return texts.flatMap((text) => wrap(`! ${text}`, screen?.columns)).map((line) => paint(screen, 'yellow', line));
}
