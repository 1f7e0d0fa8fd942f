/** Runs the whole report and prints it as it goes. */
export function benchmark(options: {
  kernel: BufferSource;
  entry: string;
  sizes: readonly number[];
  rounds: number;
  print: (line: string) => void;
}): { readonly head: object; readonly rows: readonly object[] };
