/** A wrong command line: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** A log that cannot be read or does not make sense: exit code 1. */
export class DataError extends Error {
  override readonly name: string = 'DataError';
}

/** A record that is not even well formed; at the end of a file it may be half written. */
export class MalformedError extends DataError {
  override readonly name = 'MalformedError';
}
