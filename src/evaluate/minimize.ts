const GOLDEN = (Math.sqrt(5) - 1) / 2;

export interface Minimum {
  readonly at: number;
  readonly value: number;
}

/** The least of so many values, evenly spread over [low, high]. */
export function scan(f: (x: number) => number, low: number, high: number, points: number): Minimum {
  const tried = Array.from({ length: points }, (_, i) => evaluate(f, low + ((high - low) * i) / (points - 1)));
  return tried.reduce((best, one) => (one.value < best.value ? one : best));
}

/** The least value of a function with one valley in [low, high], to within `precision`, its ends included: golden section. */
export function minimize(f: (x: number) => number, low: number, high: number, precision: number): Minimum {
  let [from, to] = [low, high];
  let left = evaluate(f, to - GOLDEN * (to - from));
  let right = evaluate(f, from + GOLDEN * (to - from));
  while (to - from > precision) {
    if (left.value <= right.value) {
      [to, right] = [right.at, left];
      left = evaluate(f, to - GOLDEN * (to - from));
    } else {
      [from, left] = [left.at, right];
      right = evaluate(f, from + GOLDEN * (to - from));
    }
  }
  const inside = left.value <= right.value ? left : right;
  const ends = [...(from === low ? [low] : []), ...(to === high ? [high] : [])].map((x) => evaluate(f, x));
  return ends.reduce((best, end) => (end.value <= best.value ? end : best), inside);
}

function evaluate(f: (x: number) => number, at: number): Minimum {
  return { at, value: f(at) };
}
