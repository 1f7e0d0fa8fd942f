import { isAbsolute, resolve } from 'node:path';
import { DataError } from '../../errors.ts';
import type { Mapping } from '../../logs/mapping.ts';
import { followLinks } from '../../node/find.ts';
import { openLogs } from '../../node/read-logs.ts';
import { withStore } from '../../node/state-file.ts';
import { type Log, STDIN } from '../../state/ledger.ts';
import { type Rule, type Settings, toSuccessRule } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Streams } from '../command.ts';
import { fromRule } from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { Progress } from '../progress.ts';
import { warn } from '../read-logs.ts';

/** What a state is to be made anew with; what is undefined stays as it is. */
export interface Rebuild {
  readonly settings: Partial<Settings>;
  readonly rule: Partial<Rule>;
  /** Paths of logs to leave out. */
  readonly without: readonly string[];
}

/** Makes a state anew from its logs, as they are now, and replaces it in one step. */
export async function rebuildState(
  path: string,
  { settings, rule, without }: Rebuild,
  breaksLock: boolean,
  streams: Streams,
): Promise<void> {
  await withStore(path, { breaksLock }, async (store, old) => {
    if (old === undefined) throw new DataError('no-state', 'no such file', { file: path });
    if (old.extra.isWarm) {
      const reason = 'has posteriors that were imported, which its logs do not tell: import them into a new state';
      throw new DataError('settings', reason, { file: path });
    }
    const hasPath = ({ path: log }: Log): boolean => log === STDIN || isAbsolute(log); // the library knows names only
    if (old.extra.isManual || !old.ledger.logs.every(hasPath)) {
      const reason = 'has prompts, visits or logs that a program added through the library, which no log here tells';
      throw new DataError('settings', reason, { file: path });
    }
    if (old.taken > 0) {
      const reason = `has ${count(old.taken)} observations that were taken one by one, which no log has`;
      throw new DataError('settings', reason, { file: path });
    }
    if (old.extra.isMixed) {
      const reason = 'has logs that were read in different ways, of which it knows the first only: ingest them anew';
      throw new DataError('settings', reason, { file: path });
    }
    const left = toPaths(old, without);
    const anew = toRule(old.rule, rule);
    const isKeyed = old.extra.keyed !== undefined;
    const before = State.unseen({ ...old.settings, ...settings }, isKeyed ? old.keys : []).keeping({
      keyed: old.extra.keyed,
      reading: old.extra.reading,
    });
    if (isKeyed) for (let i = 0; i < old.size; i++) before.label(i, old.groupOf(i)); // in the same order
    const { sources, access, total } = openLogs(left);
    const progress = new Progress(streams.stderr);
    const { format, ...reading } = (old.extra.reading ?? {}) as Mapping & { readonly format?: never };
    const { id, hash, reward } = fromRule(anew);
    const { takeLogs } = await import('../../state/take-logs.ts'); // readers are loaded with the first log
    const { after, taken, audit } = await takeLogs(before, sources, {
      ...access,
      reading: {
        format,
        mapping: { ...reading, id, hash, reward },
        onProgress: (at) => progress.show({ ...at, total }),
      },
      success: toSuccessRule(anew),
      rule: anew,
      newPrompts: true,
    }).finally(() => progress.clear());
    store.fold(after, true);
    warn(streams, taken, audit.report(taken, undefined, true).findings, true);
    const rows = taken.reduce((sum, file) => sum + file.rows, 0);
    const [visits, visitsNow] = [countVisits(old), countVisits(after)];
    await writeLines(streams.stdout, [
      `${path}: made anew from ${count(taken.length)} logs, ${count(rows)} rows; ${count(after.size)} prompts`,
      `visits: ${count(visits)} before, ${count(visitsNow)} now`,
    ]);
  });
}

function toPaths(state: State, without: readonly string[]): string[] {
  const logs = new Set(state.ledger.logs.map((log) => log.path));
  for (const path of without) {
    const known = path === STDIN ? STDIN : followLinks(resolve(path));
    if (!logs.delete(known)) {
      throw new DataError('unknown-id', 'is no log of the state: insight-wasm state show lists them', { file: path });
    }
  }
  if (logs.has(STDIN)) {
    throw new DataError('file', 'what came from stdin cannot be read again', { remedy: { without: STDIN } });
  }
  if (logs.size === 0) throw new DataError('empty', 'no log of the state is left to make it anew from');
  return [...logs];
}

function toRule(old: Rule | undefined, given: Partial<Rule>): Rule {
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { id, hash, ...rest }: { -readonly [name in keyof Rule]: Rule[name] } = { threshold: '0.5', ...old, ...named };
  if (given.threshold !== undefined) delete rest['reward-scale']; // one in place of the other, as an id and a hash are
  return { ...rest, id: given.hash === undefined ? id : undefined, hash: given.id === undefined ? hash : undefined };
}

function countVisits({ columns }: State): number {
  return columns.visits.reduce((sum, visits) => sum + visits, 0);
}

function count(value: number): string {
  return value.toLocaleString('en');
}
