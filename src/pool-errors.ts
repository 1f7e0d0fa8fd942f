/** Base of the errors that belong to a pool or an engine. `code` is stable across versions. */
export class PoolError extends Error {
  readonly code: string = 'ERR_POOL';
  override readonly name: string = 'PoolError';
}

/** A call on a pool after `dispose()`. */
export class DisposedError extends PoolError {
  override readonly code = 'ERR_DISPOSED';
  override readonly name = 'DisposedError';
}

/** Bytes that are not a whole, undamaged snapshot of a version this release reads. */
export class SnapshotError extends PoolError {
  override readonly code = 'ERR_SNAPSHOT';
  override readonly name = 'SnapshotError';
}

/** A pool larger than the engine or the machine can hold. */
export class CapacityError extends PoolError {
  override readonly code = 'ERR_CAPACITY';
  override readonly name = 'CapacityError';
}

/** The runtime cannot run the Wasm kernel: it has no WebAssembly, no SIMD, or a Content-Security-Policy forbids it. */
export class UnsupportedError extends PoolError {
  override readonly code = 'ERR_UNSUPPORTED';
  override readonly name = 'UnsupportedError';
}
