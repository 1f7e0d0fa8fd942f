import { bad } from '../validate.ts';

/** Passes ids on, each checked. A string is none, though one may go through its letters. */
export function* checkedIds(title: string, ids: Iterable<string>): Generator<string> {
  if (typeof ids !== 'object' || ids === null || !(Symbol.iterator in ids)) throw bad(title, 'ids', ids, false);
  let i = 0;
  for (const id of ids) {
    if (typeof id !== 'string') throw bad(`${title}[${i}]`, 'a string', id, false);
    yield id;
    i++;
  }
}

/** Ids of a query. Of a Set only the first is looked at, so that it costs nothing of its size. */
export function checkIds(title: string, ids: unknown): Iterable<string> {
  if (!(ids instanceof Set || Array.isArray(ids))) throw bad(title, 'an array or a Set of ids', ids, false);
  for (const _ of checkedIds(title, ids as Iterable<string>)) if (ids instanceof Set) break;
  return ids;
}
