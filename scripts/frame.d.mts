/** An axis from `low` to `high`; a tick stands at each of `ticks`, named by `label`. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly label: (value: number) => string;
}

export interface Frame {
  readonly title: string;
  readonly note: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly height?: number;
  /** Room at the left, for names. */
  readonly left?: number;
}

/** Places on the page of values on the axes. */
export interface Scale {
  readonly x: (value: number) => string;
  readonly y: (value: number) => string;
  readonly right: number;
}

export function figure(frame: Frame, draw: (scale: Scale) => string): string;
export function line(points: readonly string[], color: string): string;
export function names(scale: Scale, lines: readonly { name: string; color: string; end: number }[]): string;
export function ticksOf(low: number, high: number): number[];
