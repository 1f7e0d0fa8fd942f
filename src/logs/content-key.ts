import { DataError } from '../errors.ts';
import { sha256Of } from '../sha256.ts';

/**
 * The key of a prompt that has no id: the first 128 bits, as 32 hex digits, of the SHA-256 of its fields as an array of
 * compact JSON in UTF-8. Among 10^8 prompts two share a key with a chance of 2e-23.
 */
export function contentKey(values: readonly unknown[]): string {
  return sha256Of(toJson(values)).slice(0, 32);
}

function toJson(values: readonly unknown[]): string {
  try {
    return JSON.stringify(values, values.every(isText) ? undefined : toText);
  } catch (error) {
    if (error instanceof RangeError) throw new DataError('value', 'nested too deeply');
    throw error;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** Parquet has integers that JSON has not. */
function toText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
