// `insight-wasm/node`: logs and states as files, for Node, Deno and Bun.
export { type DataCode, DataError, type DataPlace } from './errors.ts';
export type { Place } from './logs/format.ts';
export type { Abortable, Taken } from './logs/read-options.ts';
export type { Row } from './logs/row.ts';
export { openState, saveState, withLock } from './node/prompt-file.ts';
export { type FileProgress, type FileReadOptions, readLogs } from './node/read-logs.ts';
