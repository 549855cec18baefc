/** Where cells, ticks and the pointer are on the heat map. Pixels from the top left; moves rise to the right and upwards. */

export interface MatrixLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

export interface Cell {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Room for the words of the axes, px. */
const LEFT = 62;
const BOTTOM = 40;
const TOP = 6;
const RIGHT = 14;

/** The map in a drawing of this size. */
export const layOut = (width: number, height: number, columns: number, rows: number): MatrixLayout => ({
  left: LEFT,
  top: TOP,
  width: Math.max(columns, width - LEFT - RIGHT),
  height: Math.max(rows, height - TOP - BOTTOM),
  columns,
  rows,
});

/** A cell's place. Edges are whole pixels, so that neighbours touch and never overlap. */
export function boxOf({ left, top, width, height, columns, rows }: MatrixLayout, { x, y }: Cell): Box {
  const from = Math.round((x / columns) * width);
  const to = Math.round(((x + 1) / columns) * width);
  const above = Math.round(((rows - 1 - y) / rows) * height);
  const below = Math.round(((rows - y) / rows) * height);
  return { left: left + from, top: top + above, width: to - from, height: below - above };
}

/** The cell under a point; null beside the map. */
export function cellAt({ left, top, width, height, columns, rows }: MatrixLayout, px: number, py: number): Cell | null {
  const [dx, dy] = [px - left, py - top];
  if (dx < 0 || dy < 0 || dx >= width || dy >= height) return null;
  // The inverse of the rounding above: the cell whose whole-pixel edges hold the point.
  const x = Math.min(columns - 1, Math.max(0, Math.floor(((Math.floor(dx) + 0.5) / width) * columns)));
  const row = Math.min(rows - 1, Math.max(0, Math.floor(((Math.floor(dy) + 0.5) / height) * rows)));
  return { x, y: rows - 1 - row };
}

/** Indices of the points that an axis names: the ends, the middle, and as many between as have room. */
export function ticks(count: number, pixels: number, room: number): readonly number[] {
  const half = (count - 1) / 2;
  const most = Math.max(1, Math.floor(pixels / 2 / room));
  const steps = [1, 2, 4, 5, 8, 10, 20].filter((step) => half % step === 0 && half / step <= most);
  const step = steps[0] ?? half;
  return Array.from({ length: Math.round(half / step) * 2 + 1 }, (_, i) => i * step);
}

/** Where a key leads from a cell; undefined where it leads nowhere. Page keys go five points, Home and End to the ends of a row. */
export function cellAfter(key: string, { x, y }: Cell, { columns, rows }: Pick<MatrixLayout, 'columns' | 'rows'>): Cell | undefined {
  const at = (column: number, row: number): Cell => ({
    x: Math.min(columns - 1, Math.max(0, column)),
    y: Math.min(rows - 1, Math.max(0, row)),
  });
  switch (key) {
    case 'ArrowLeft':
      return at(x - 1, y);
    case 'ArrowRight':
      return at(x + 1, y);
    case 'ArrowUp':
      return at(x, y + 1);
    case 'ArrowDown':
      return at(x, y - 1);
    case 'Home':
      return at(0, y);
    case 'End':
      return at(columns - 1, y);
    case 'PageUp':
      return at(x, y + 5);
    case 'PageDown':
      return at(x, y - 5);
    default:
      return undefined;
  }
}

/** The same place on a grid with other points: the nearest of them. */
export const refined = (
  { x, y }: Cell,
  from: Pick<MatrixLayout, 'columns' | 'rows'>,
  to: Pick<MatrixLayout, 'columns' | 'rows'>,
): Cell => ({
  x: Math.round((x / Math.max(1, from.columns - 1)) * (to.columns - 1)),
  y: Math.round((y / Math.max(1, from.rows - 1)) * (to.rows - 1)),
});
