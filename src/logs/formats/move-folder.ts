import { isObject } from '../fields.ts';

/** Renames the folder of a run in what the readers have seen: the log was moved there. Changed in place. */
export function moveFolder(seen: Record<string, unknown>, from: string, to: string): void {
  for (const [format, value] of Object.entries(seen)) seen[format] = rename(value, from, to);
}

/** Folders are names of fields, alone or before a line break. */
function rename(value: unknown, from: string, to: string, depth = 0): unknown {
  if (!isObject(value) || depth > 2) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name === from || name.startsWith(`${from}\n`) ? to + name.slice(from.length) : name,
      rename(inner, from, to, depth + 1),
    ]),
  );
}
