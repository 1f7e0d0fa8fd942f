// `insight-wasm/state`: posteriors of prompts by id, in any runtime.
export { type DataCode, DataError, type DataPlace } from './errors.ts';
export type { Abortable } from './logs/read-options.ts';
export type { Explanation } from './state/choose/explain.ts';
export type { Forecast, Outlook } from './state/choose/forecast.ts';
export { type Merged, type MergeQuery, mergeParts, type PartRows, type PromptPart } from './state/choose/parts.ts';
export type { Place, Query } from './state/choose/query.ts';
export type { Quotas } from './state/choose/quotas.ts';
export type { ExportedPrompt } from './state/exchange.ts';
export {
  type Choice,
  type CountedVisit,
  type ImportedPrompt,
  type IngestOptions,
  type PromptPosterior,
  PromptState,
  type PromptStateOptions,
  type SelectQuery,
} from './state/prompt-state.ts';
