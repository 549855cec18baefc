/** Which of a million rows are in sight, where they stand, and which of them to ask for. Geometry only. */

/** Browsers stop at about this many pixels (Chromium and WebKit near 33.5 M); a longer list is scrolled on a smaller scale. */
export const CONTENT_HEIGHT_MAX = 32_000_000;

export interface Viewport {
  readonly rowCount: number;
  readonly rowHeight: number;
  /** Pixels in which rows are seen. */
  readonly viewHeight: number;
  /** Height of what is scrolled, as the browser made it: less than wanted where it has a limit of its own. */
  readonly contentHeight: number;
}

/** Height to ask for: every row, or as much as browsers can do. */
export const wantedHeight = (rowCount: number, rowHeight: number): number => Math.min(rowCount * rowHeight, CONTENT_HEIGHT_MAX);

/** Pixels of rows per pixel of scrolling: 1 as long as every row has its own place. */
const scaleOf = ({ rowCount, rowHeight, viewHeight, contentHeight }: Viewport): number => {
  const rows = rowCount * rowHeight - viewHeight;
  const room = contentHeight - viewHeight;
  return rows <= 0 || room <= 0 ? 1 : rows / room;
};

export interface Sight {
  /** First row in sight, even by a pixel. */
  readonly first: number;
  /** One past the last. */
  readonly end: number;
  /** Pixels of the first row that are above the edge. */
  readonly offset: number;
}

/** The rows in sight when scrolled by `scrollTop`. */
export function sightOf(viewport: Viewport, scrollTop: number): Sight {
  const { rowCount, rowHeight, viewHeight } = viewport;
  const most = Math.max(0, rowCount * rowHeight - viewHeight);
  const top = Math.min(most, Math.max(0, scrollTop * scaleOf(viewport)));
  const first = Math.min(Math.floor(top / rowHeight), Math.max(0, rowCount - 1));
  return { first, end: Math.min(rowCount, Math.ceil((top + viewHeight) / rowHeight)), offset: top - first * rowHeight };
}

/** The scroll position that brings `row` into sight whole, moving as little as may be. */
export function scrollTopFor(viewport: Viewport, row: number, scrollTop: number): number {
  const { rowHeight, viewHeight } = viewport;
  const scale = scaleOf(viewport);
  const top = row * rowHeight;
  const seen = scrollTop * scale;
  if (top < seen) return Math.floor(top / scale);
  const below = top + rowHeight - viewHeight;
  return below > seen ? Math.ceil(below / scale) : scrollTop;
}

export interface Span {
  readonly from: number;
  readonly count: number;
}

/**
 * Rows to ask for around those in sight: a screenful to either side, in whole screenfuls, so that scrolling a little asks for
 * nothing new and scrolling on finds the next rows there.
 */
export function windowAround(sight: Sight, screen: number, rowCount: number, most: number): Span {
  const step = Math.max(1, screen);
  const from = Math.max(0, (Math.floor(sight.first / step) - 1) * step);
  return { from, count: Math.min(rowCount - from, 4 * step, most) };
}

/** What a key does to the active row and column; null where it does nothing here. */
export function moveByKey(
  key: string,
  at: { readonly row: number; readonly column: number },
  size: { readonly rows: number; readonly columns: number; readonly page: number },
  withControl: boolean,
): { readonly row: number; readonly column: number } | null {
  const row = (to: number) => ({ ...at, row: Math.min(Math.max(to, 0), Math.max(0, size.rows - 1)) });
  const column = (to: number) => ({ ...at, column: Math.min(Math.max(to, 0), Math.max(0, size.columns - 1)) });
  switch (key) {
    case 'ArrowDown':
      return row(withControl ? size.rows : at.row + 1);
    case 'ArrowUp':
      return row(withControl ? 0 : at.row - 1);
    case 'PageDown':
      return row(at.row + size.page);
    case 'PageUp':
      return row(at.row - size.page);
    case 'Home':
      return row(0);
    case 'End':
      return row(size.rows);
    case 'ArrowRight':
      return column(withControl ? size.columns : at.column + 1);
    case 'ArrowLeft':
      return column(withControl ? 0 : at.column - 1);
    default:
      return null;
  }
}
