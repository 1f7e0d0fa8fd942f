import type { Writable } from 'node:stream';

/** Whether what is written there may be styled: on a terminal, unless NO_COLOR is set and not empty (no-color.org). */
export function isStyled(
  stream: Writable & { readonly isTTY?: boolean },
  { NO_COLOR }: { readonly NO_COLOR?: string | undefined },
): boolean {
  return stream.isTTY === true && !NO_COLOR;
}
