const LOG = /\.(jsonl|ndjson|csv|parquet)(\.gz|\.zst)?$/;

/** Whether a file of a folder is a log, by its name. */
export function isLog(name: string): boolean {
  return LOG.test(name);
}

/**
 * Whether what stands beside `siblings` in a folder tells again what they tell: prime-rl keeps survivors beside all
 * episodes, or annotations and an index beside the stream of episodes.
 */
export function isRetold(name: string, siblings: ReadonlySet<string>): boolean {
  if (siblings.has('all')) return name === 'effective';
  return siblings.has('stream') && (name === 'annotations' || name === 'stream.index.jsonl');
}

/** By code unit, but runs of digits by their number. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/)) as [string[], string[]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    const order = i % 2 === 1 ? compareDigits(x, y) : Number(x > y) - Number(x < y);
    if (order !== 0) return order;
  }
  return left.length - right.length || Number(a > b) - Number(a < b);
}

function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || Number(x > y) - Number(x < y);
}
