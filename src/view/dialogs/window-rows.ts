/** Which rows of a long list are in sight. Geometry only. */

export interface RowWindow {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

const BEYOND = 6;

/** Rows in sight of `count` rows of `rowHeight` pixels, and a few beyond on either side. */
export const windowRows = (count: number, rowHeight: number, scrollTop: number, viewHeight: number): RowWindow => ({
  first: Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - BEYOND)),
  end: Math.max(0, Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + BEYOND)),
});

/** Scroll position that brings row `index` into sight, moving as little as may be. */
export const scrollToRow = (index: number, rowHeight: number, scrollTop: number, viewHeight: number): number => {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + viewHeight ? top + rowHeight - viewHeight : scrollTop;
};
