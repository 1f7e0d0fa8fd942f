import type { DataCode, DataError } from '../../errors.ts';
import type { Finding, FindingCode } from '../../logs/audit/report.ts';

/** What the user can do on the command line about an error of the data. */
const ADVICE: Readonly<Partial<Record<DataCode, string>>> = {
  'no-step': '--step FIELD names its field',
  'no-reward': '--reward FIELD names its field',
  journal: 'put that state back, or delete the journal to do without them',
  locked: 'or add --break-lock',
  'no-state': 'insight-wasm ingest or state import makes one',
};

/** The error with what can be done about it. */
export function withAdvice({ code, message, reason, file }: DataError): string {
  if (code === 'settings') return `${file === undefined ? '' : `${file}: `}--${reason}`; // its first word is the field
  const advice = ADVICE[code];
  return advice === undefined ? message : `${message}; ${advice}`;
}

const FLAGS: Readonly<Partial<Record<FindingCode, string>>> = {
  'several-rewards': '--reward',
  'continuous-reward': '--threshold',
  'unclear-rule': '--threshold',
  'other-rule': '--threshold',
};

/** The finding with the flag that settles it. */
export function withFlag({ code, message }: Finding): string {
  const flag = FLAGS[code];
  return flag === undefined ? message : `${message} (${flag})`;
}
