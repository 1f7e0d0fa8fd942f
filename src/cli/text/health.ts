import type { Forecast } from '../../state/choose/forecast.ts';
import type { Screen } from '../screen.ts';
import { toStack } from './stack.ts';

/** The prompts of a state as one bar, from those that were never seen to those that are always right. */
export function toHealth(
  { unseen, hopeless, learnable, saturated }: Pick<Forecast, 'unseen' | 'hopeless' | 'learnable' | 'saturated'>,
  screen: Screen,
): string[] {
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
