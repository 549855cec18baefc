/** Labels beside marks on one axis: each as near to its mark as the others allow. */

/**
 * Positions for labels whose marks stand at `wanted`, at least `gap` apart and inside [`low`, `high`], in the order given by
 * the marks. Neighbours that collide are moved apart evenly about their common middle. If they do not all fit, they are
 * spaced evenly over the range.
 */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
  if (order.length === 0) return [];
  const room = high - low;
  const step = Math.min(gap, order.length > 1 ? room / (order.length - 1) : gap);
  const clusters: { first: number; count: number; sum: number }[] = [];
  order.forEach((mark, position) => {
    clusters.push({ first: position, count: 1, sum: mark.at - position * step });
    for (let last = clusters.length - 1; last > 0; last--) {
      const upper = clusters[last]!;
      const lower = clusters[last - 1]!;
      if (upper.sum / upper.count > lower.sum / lower.count) break;
      clusters.splice(last - 1, 2, { first: lower.first, count: lower.count + upper.count, sum: lower.sum + upper.sum });
    }
  });
  const last = (order.length - 1) * step;
  const placed = new Array<number>(wanted.length);
  for (const cluster of clusters) {
    const offset = Math.min(Math.max(cluster.sum / cluster.count, low), high - last);
    for (let position = cluster.first; position < cluster.first + cluster.count; position++) {
      placed[order[position]!.index] = offset + position * step;
    }
  }
  return placed;
}
