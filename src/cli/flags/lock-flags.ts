import { toggle } from './flags.ts';

/** For what writes a state. */
export const LOCK_FLAGS = {
  'break-lock': toggle('take over the lock, whoever holds it'),
} as const;
