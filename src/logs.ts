// `insight-wasm/logs`: rows, visits and audits of what trainers write, in any runtime.
export { type DataCode, DataError, type DataPlace } from './errors.ts';
export type { SizeCount } from './logs/audit/group-sizes.ts';
export type { Proposal, ValueCount } from './logs/audit/propose-rule.ts';
export type { Finding, FindingCode, Report, Shape } from './logs/audit/report.ts';
export type { Fields } from './logs/fields.ts';
export type { NoteCode, Place } from './logs/format.ts';
export type { FormatName } from './logs/formats.ts';
export type { BlobInput, BlobPart, LogInput, StreamInput, StreamReader } from './logs/inputs.ts';
export type { Mapping } from './logs/mapping.ts';
export type { Part } from './logs/part-hash.ts';
export { type AuditOptions, auditLogs, readLogs } from './logs/read-logs.ts';
export type { Abortable, BadRecord, Note, ReadOptions, ReadProgress, Taken } from './logs/read-options.ts';
export type { Counts, RewardScale, Rollout, Row, SuccessRule } from './logs/row.ts';
export type { Gunzip, Source } from './logs/source.ts';
export { type Visit, Visits } from './logs/visits.ts';
