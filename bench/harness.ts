/**
 * How a figure is measured: two things timed in interleaved rounds of one run, the median of the per-round ratios reported,
 * so that a noisy minute of the machine hits both alike. See docs/benchmarks.md.
 */

export interface BenchLine {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, in the same run. */
  readonly against?: string;
  /** Ours ÷ the reference: lower is better. */
  readonly ratio?: number;
  readonly goal?: string;
  readonly runs: number;
  /** Tenth and ninetieth percentile of `value`. */
  readonly spread: readonly [number, number];
  readonly note?: string;
}

export type Bench = (report: (line: BenchLine) => void) => Promise<void>;

/** Linear-interpolated quantile of unsorted values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

export interface Compared {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Median of the per-round ratios ours ÷ theirs. */
  readonly ratio: number;
}

/** Times `ours` and `theirs` alternately, `rounds` times, in ms, after one round of warm-up. The order flips every round. */
export function interleave(rounds: number, ours: () => void, theirs: () => void): Compared {
  const time = (run: () => void): number => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  ours();
  theirs();
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < rounds; i++) {
    if (i % 2 === 0) {
      a.push(time(ours));
      b.push(time(theirs));
    } else {
      b.push(time(theirs));
      a.push(time(ours));
    }
  }
  return {
    ours: a,
    theirs: b,
    ratio: quantile(
      a.map((value, i) => value / (b[i] as number)),
      0.5,
    ),
  };
}

export const spreadOf = (values: readonly number[]): [number, number] => [quantile(values, 0.1), quantile(values, 0.9)];

/** Six significant digits: more would be noise. */
export const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(6)) : value);
