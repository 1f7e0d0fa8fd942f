import { DataError } from '../../errors.ts';
import type { Mapping } from '../mapping.ts';
import type { Columns } from '../parquet/file.ts';

/**
 * Refuses a named field that is no column.
 * @throws DataError that lists the columns there are
 */
export function checkColumns(columns: Columns, { id, hash, reward, step, successes, trials, rate }: Mapping): void {
  const named = [id, ...(hash ?? []), reward, step, successes, typeof trials === 'string' ? trials : undefined, rate];
  for (const field of named) {
    if (field === undefined || Object.hasOwn(columns, field)) continue;
    if (Object.hasOwn(columns, field.split('.', 1)[0] as string)) continue;
    const names = Object.keys(columns).slice(0, 20).join(', ');
    throw new DataError('missing', `${JSON.stringify(field)} is not a column; the columns are ${names}`, { field });
  }
}
