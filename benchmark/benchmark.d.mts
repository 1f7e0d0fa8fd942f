/** How one contestant fared: of a race its time and ratio, of memory its bytes, of a cold start its time alone. */
export interface Standing {
  readonly name: string;
  readonly ms?: number;
  readonly nsPerPoint?: number;
  /** How many times the time of the first one a point it takes. */
  readonly ratio?: number;
  readonly bytes?: number;
}

/** A job on a pool of so many datapoints; ours comes first. */
export interface Row {
  readonly job: string;
  readonly pool: string;
  readonly points: number;
  readonly standings: readonly Standing[];
}

/** What a number depends on. */
export interface Conditions {
  readonly package: string;
  readonly runtime: string;
  readonly cpu: string;
  readonly cores: number;
  readonly load: number;
  readonly rounds: number;
}

/** Runs the whole report and prints it as it goes. */
export function benchmark(options: {
  kernel: BufferSource;
  entry: string;
  sizes: readonly number[];
  rounds: number;
  print: (line: string) => void;
}): { readonly head: Conditions; readonly rows: readonly Row[] };
