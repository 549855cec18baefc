/** What the buffer chart draws, as text and numbers. Geometry only. */

/** Between two instants that are labelled, ms. */
const STEPS_MS = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000,
  21_600_000, 43_200_000, 86_400_000,
] as const;

/** Whole instants between `fromMs` and `toMs`, `most` at most; the finest step that few enough of fit. */
export function timeTicks(fromMs: number, toMs: number, most: number): number[] {
  const spanMs = toMs - fromMs;
  if (!(spanMs > 0) || most < 1) return [];
  const days = Math.ceil(spanMs / most / 86_400_000);
  const stepMs = STEPS_MS.find((step) => spanMs / step < most) ?? days * 86_400_000;
  const firstMs = Math.ceil(fromMs / stepMs) * stepMs;
  return Array.from({ length: Math.floor((toMs - firstMs) / stepMs) + 1 }, (_, i) => firstMs + i * stepMs);
}

/** A line through the points, broken where a value is NaN; tenths of a pixel. */
export function linePath(timeMs: Float64Array, values: Float64Array, x: (timeMs: number) => number, y: (value: number) => number): string {
  let path = '';
  let isDown = false;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) {
      isDown = false;
      continue;
    }
    path += `${isDown ? 'L' : 'M'}${x(timeMs[i]!).toFixed(1)} ${y(value).toFixed(1)}`;
    isDown = true;
  }
  return path;
}

/** Index of the instant nearest to `atMs`, the earlier of two as near; −1 where there is none. Ascending times. */
export function nearestIndex(timeMs: Float64Array, atMs: number): number {
  let low = 0;
  let high = timeMs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeMs[middle]! < atMs) low = middle + 1;
    else high = middle;
  }
  return low > 0 && atMs - timeMs[low - 1]! <= timeMs[low]! - atMs ? low - 1 : high;
}
