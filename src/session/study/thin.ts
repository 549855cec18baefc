/** Long lines made short for a chart (rule SY-11 of docs/spec/study.md). */

/** Stretches of a chart: each gives its least and its greatest value. */
const STRETCHES = 150;

/**
 * Places of the samples that are drawn: of every stretch of equal time the least and the greatest of each line, in order; all of them where
 * there are few, and always the first, the last, and both sides of a gap.
 */
export function thinned(timeMs: Float64Array, lines: readonly Float64Array[], isGap: Uint8Array): number[] {
  const count = timeMs.length;
  const all = Array.from({ length: count }, (_, i) => i);
  if (count <= 2 * STRETCHES) return all;
  const [first, last] = [timeMs[0]!, timeMs[count - 1]!];
  const widthMs = (last - first) / STRETCHES || 1;
  const kept = new Set<number>([0, count - 1]);
  for (let i = 0; i < count; ) {
    const stretch = Math.min(STRETCHES - 1, Math.floor((timeMs[i]! - first) / widthMs));
    let end = i;
    while (end < count && Math.min(STRETCHES - 1, Math.floor((timeMs[end]! - first) / widthMs)) === stretch) end++;
    for (const line of lines) keepExtremes(line, i, end, kept);
    for (let k = i; k < end; k++) if (isGap[k] === 1) for (const at of [k - 1, k]) if (at >= 0) kept.add(at);
    i = end;
  }
  return [...kept].sort((a, b) => a - b);
}

function keepExtremes(line: Float64Array, from: number, to: number, kept: Set<number>): void {
  let least = -1;
  let greatest = -1;
  for (let i = from; i < to; i++) {
    const value = line[i]!;
    if (Number.isNaN(value)) continue;
    if (least < 0 || value < line[least]!) least = i;
    if (greatest < 0 || value > line[greatest]!) greatest = i;
  }
  if (least >= 0) kept.add(least).add(greatest);
}
