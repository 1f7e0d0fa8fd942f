import type { DataCode, DataError } from '../../errors.ts';
import type { Finding, FindingCode } from '../../logs/audit/report.ts';

/** What the user can do on the command line about an error of the data. */
const ADVICE: Readonly<Partial<Record<DataCode, string>>> = {
  'no-step': '--step FIELD names its field, --step-from-path takes the number in the path',
  'no-reward': '--reward FIELD names its field',
  journal: 'put that state back, or delete the journal to do without them',
  locked: 'or add --break-lock',
  'no-state': 'insight-wasm ingest or state import makes one',
};

/** The error with what can be done about it. */
export function withAdvice({ code, message, reason, file, field, remedy }: DataError): string {
  if (code === 'unused') return `${toFlag(field ?? '')} ${reason}`;
  if (code === 'settings' && field !== undefined) {
    return `${file === undefined ? '' : `${file}: `}--${reason}`; // its first word is the field
  }
  const flags = Object.entries(remedy ?? {}).map(([name, value]) => `${toFlag(name)}${value && ` ${value}`}`);
  const advice = flags.length > 0 ? `try ${flags.join(' or ')}` : ADVICE[code];
  const full = advice === undefined ? message : `${message}; ${advice}`;
  return code === 'no-join' ? `${full}; --new-prompts takes them as prompts of their own` : full;
}

/** The flag of an option of the readers. */
function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
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
