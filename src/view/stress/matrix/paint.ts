/** Draws the heat map on its canvas: cells, the lines of no move, ticks and the cell that is read. */
import type { StressAxis } from '../../../store/types.ts';
import { boxOf, type Cell, type MatrixLayout, ticks } from './geometry.ts';
import { axisName, type Grid, type Measure, moveText, valueAt } from './reading.ts';
import { classOf, type SHADES, shadeOf } from './shades.ts';

export interface Picture {
  readonly grid: Grid;
  readonly axes: { readonly x: StressAxis; readonly y: StressAxis };
  readonly measure: Measure;
  readonly between: readonly number[];
  readonly cell: Cell | null;
  readonly theme: keyof typeof SHADES;
}

const TICK_ROOM_X = 46;
const TICK_ROOM_Y = 26;
const LABEL = 11;

export function paint(canvas: HTMLCanvasElement, width: number, height: number, layout: MatrixLayout, picture: Picture): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const style = getComputedStyle(canvas);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `${LABEL}px ${style.fontFamily}`;
  const { grid, measure, between, theme, axes, cell } = picture;
  const { left, top, columns, rows } = layout;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const at = classOf(valueAt(grid, measure, x, y), between);
      if (at === 0) continue;
      const box = boxOf(layout, { x, y });
      context.fillStyle = shadeOf(at, between.length + 1, theme);
      context.fillRect(box.left, box.top, box.width, box.height);
    }
  const frame = { left, top, right: left + layout.width, bottom: top + layout.height };
  context.strokeStyle = token('--line-strong');
  context.lineWidth = 1;
  context.strokeRect(frame.left - 0.5, frame.top - 0.5, layout.width + 1, layout.height + 1);
  drawTicks(context, layout, picture, token('--muted'), token('--line-strong'));
  context.fillStyle = token('--text');
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.fillText(`${axisName(axes.x)} →`, left + layout.width / 2, height - 6);
  context.save();
  context.translate(12, top + layout.height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(`${axisName(axes.y)} →`, 0, 0);
  context.restore();
  const middle = boxOf(layout, { x: (columns - 1) / 2, y: (rows - 1) / 2 });
  context.setLineDash([3, 3]);
  context.strokeStyle = token('--muted');
  context.beginPath();
  const [mx, my] = [Math.round(middle.left + middle.width / 2) + 0.5, Math.round(middle.top + middle.height / 2) + 0.5];
  context.moveTo(mx, frame.top);
  context.lineTo(mx, frame.bottom);
  context.moveTo(frame.left, my);
  context.lineTo(frame.right, my);
  context.stroke();
  context.setLineDash([]);
  if (!cell) return;
  const box = boxOf(layout, cell);
  for (const [colour, lineWidth] of [
    [token('--panel'), 4],
    [token('--text'), 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.strokeRect(box.left - 1, box.top - 1, box.width + 2, box.height + 2);
  }
}

function drawTicks(context: CanvasRenderingContext2D, layout: MatrixLayout, { grid, axes }: Picture, ink: string, line: string): void {
  const { left, top, columns, rows } = layout;
  const bottom = top + layout.height;
  context.fillStyle = ink;
  context.strokeStyle = line;
  context.beginPath();
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const x of ticks(columns, layout.width, TICK_ROOM_X)) {
    const box = boxOf(layout, { x, y: 0 });
    const at = Math.round(box.left + box.width / 2) + 0.5;
    context.moveTo(at, bottom);
    context.lineTo(at, bottom + 4);
    context.fillText(moveText(axes.x, grid.xMoves[x]!), at, bottom + 6);
  }
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const y of ticks(rows, layout.height, TICK_ROOM_Y)) {
    const box = boxOf(layout, { x: 0, y });
    const at = Math.round(box.top + box.height / 2) + 0.5;
    context.moveTo(left - 4, at);
    context.lineTo(left, at);
    context.fillText(moveText(axes.y, grid.yMoves[y]!), left - 7, at);
  }
  context.stroke();
}
