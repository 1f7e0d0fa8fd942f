// `insight-wasm/state`: posteriors of prompts by id, in any runtime.
export { type DataCode, DataError, type DataPlace } from './errors.ts';
export type { Abortable } from './logs/read-options.ts';
export type { ExportedPrompt } from './state/exchange.ts';
export type { Explanation } from './state/explain.ts';
export type { Forecast } from './state/forecast.ts';
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
export type { Query } from './state/query.ts';
