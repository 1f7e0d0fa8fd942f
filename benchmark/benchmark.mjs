import { coldStart } from './cold-start.mjs';
import { conditions, formatHead, formatRow } from './report.mjs';
import { suite } from './suite.mjs';

/**
 * Runs the whole report and prints it as it goes.
 * @param {{ kernel: BufferSource, entry: string, sizes: number[], rounds: number, print: (line: string) => void }} options
 *   `entry`: address of the package's module, for processes of their own
 */
export function benchmark({ kernel, entry, sizes, rounds, print }) {
  const head = conditions(rounds);
  const rows = [];
  const onRow = (row) => {
    rows.push(row);
    print(formatRow(row));
  };
  print(formatHead(head));
  print('\nMedian time of a call (ns a point); the others: how many times as long a point.');
  suite({ sizes, rounds, kernel, onRow });
  onRow(coldStart(entry, rounds));
  return { head, rows };
}
