import type { Screen } from '../screen.ts';
import { toStack } from './stack.ts';

/** Shares of the prompts of a state, or of a part of it. */
export interface Health {
  readonly unseen: number;
  readonly hopeless: number;
  readonly learnable: number;
  readonly saturated: number;
}

/** One bar, from the prompts that were never seen to those that are always right. */
export function toHealth({ unseen, hopeless, learnable, saturated }: Health, screen: Screen): string[] {
  return toStack(
    [
      { name: 'unseen', share: unseen, texture: '░', style: 'dim' },
      { name: 'hopeless', share: hopeless, texture: '▒', style: 'red' },
      { name: 'learnable', share: learnable, texture: '█', style: 'green' },
      { name: 'saturated', share: saturated, texture: '▓', style: 'cyan' },
    ],
    screen,
  );
}
