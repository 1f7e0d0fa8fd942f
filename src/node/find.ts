import { type Dirent, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DataError } from '../errors.ts';
import { compareNames, isLog, isRetold } from '../logs/log-names.ts';
import { toReason } from './reason.ts';

/**
 * The log files that paths name: files as they are, folders with all logs below, globs. In order of name, where a run
 * of digits counts as a number, so that step 9 goes before step 10. Each file once; `-`, which is stdin, last.
 */
export function findLogs(paths: readonly string[]): string[] {
  const found = new Map<string, string>(); // a file may be reached by several names
  for (const path of paths.filter((path) => path !== '-').flatMap(expand)) {
    const file = followLinks(path);
    if (!found.has(file)) found.set(file, path);
  }
  return [...[...found.values()].sort(compareNames), ...(paths.includes('-') ? ['-'] : [])];
}

/** Where the file is that a path leads to, or where it will be. */
export function followLinks(path: string, most = 40): string {
  try {
    return realpathSync(path);
  } catch {
    const next = most === 0 ? undefined : readLink(path);
    return next === undefined ? path : followLinks(resolve(dirname(path), next), most - 1); // not there, or not yet
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function expand(path: string): string[] {
  if (stat(path) === undefined && /[*?]/.test(path)) {
    const matches = glob(path.startsWith('/') ? '/' : '', path.split('/').filter(Boolean));
    if (matches.length === 0) throw new DataError('file', 'no such file', { file: path });
    return matches.flatMap((match) => (stat(match)?.isDirectory() ? walk(match) : [match]));
  }
  if (!stat(path)?.isDirectory()) return [path]; // a file that is missing is reported when it is opened
  const logs = walk(path);
  if (logs.length === 0) throw new DataError('empty', 'no logs in this folder', { file: path });
  return logs;
}

/** The logs in and below a folder: no hidden ones, and none that tell again what others beside them do. */
function walk(folder: string): string[] {
  const entries = list(folder);
  const names = new Set(entries.map(({ name }) => name));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (isRetold(entry.name, names)) return [];
    if (entry.isDirectory()) return walk(path);
    return isLog(entry.name) && stat(path)?.isFile() ? [path] : [];
  });
}

/** `*` and `?` stay within a name, `**` goes through folders. */
function glob(base: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return [base];
  if (segment === '**') {
    const folders = list(base || '.').filter((entry) => entry.isDirectory());
    return [...glob(base, rest), ...folders.flatMap(({ name }) => glob(join(base, name), ['**', ...rest]))];
  }
  if (!/[*?]/.test(segment)) {
    const path = join(base, segment);
    return stat(path) === undefined ? [] : glob(path, rest);
  }
  const matches = list(base || '.').filter(({ name }) => matchesGlob(name, segment));
  return matches.flatMap(({ name }) => glob(join(base, name), rest));
}

/** `*` is any text, `?` one character. At most as many comparisons as the product of both lengths. */
export function matchesGlob(name: string, pattern: string): boolean {
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[next] === '*') [star, resume, next] = [next, at, next + 1];
    else if (pattern[next] === '?' || pattern[next] === name[at]) [at, next] = [at + 1, next + 1];
    else if (star >= 0)
      [at, next, resume] = [resume + 1, star + 1, resume + 1]; // the last star takes one more
    else return false;
  }
  return /^\**$/.test(pattern.slice(next));
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [];
    throw new DataError('file', toReason(error), { file: folder });
  }
}

/** Undefined for what is not there, or may not be seen. */
export function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
