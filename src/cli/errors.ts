/** A wrong command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A log that cannot be read or does not make sense: exit code 1. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
