// What trainers say in the names of files and folders only.

/**
 * The step in a path: the number behind "step" in the nearest part that has one, else the last number of the file's
 * name, else that of the nearest folder which has one.
 * @returns undefined if there is no number
 */
export function stepInPath(path: string): number | undefined {
  const parts = path.split(/[\\/]/).reverse();
  const [file = '', ...folders] = parts;
  const name = file.replace(/(?:\.(?:jsonl|ndjson|json|csv|parquet|gz|zst))+$/i, '');
  for (const part of [name, ...folders]) {
    const step = /step[^\d]{0,3}(\d+)(?!.*step[^\d]{0,3}\d)/i.exec(part)?.[1];
    if (step !== undefined) return Number(step);
  }
  for (const part of [name, ...folders]) {
    const last = /(\d+)\D*$/.exec(part)?.[1];
    if (last !== undefined) return Number(last);
  }
  return undefined;
}

/** Whether one of the two nearest folders says that its logs are of validation or evaluation. */
export function isEvaluationPath(path: string): boolean {
  const folders = path.split(/[\\/]/).slice(0, -1).slice(-2);
  return folders.some((folder) => /(?:^|[_.-])(?:val|valid|validation|eval|evaluation)(?:[_.-]|$)/i.test(folder));
}

/** The folder of a file; empty for a file without one. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.search(/[\\/][^\\/]*$/)));
}
