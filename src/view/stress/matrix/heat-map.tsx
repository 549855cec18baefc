/** The heat map: a canvas to look at, a cell that keys and the pointer move, and what it says in words. */
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react';
import { selectTheme } from '../../../store/selectors.ts';
import type { StressAxis } from '../../../store/types.ts';
import { useApp } from '../../shared/app-context.tsx';
import { useIsDark } from '../../shell/theme.ts';
import { useSize } from '../../ui/use-size.ts';
import { type Cell, cellAfter, cellAt, layOut, refined } from './geometry.ts';
import styles from './matrix.module.css';
import { paint } from './paint.ts';
import { cellText, type Grid, type Measure, mostOf, valueText } from './reading.ts';
import { bounds, shadeOf } from './shades.ts';

interface HeatMapProps {
  readonly grid: Grid;
  readonly axes: { readonly x: StressAxis; readonly y: StressAxis };
  readonly measure: Measure;
  readonly unit: string;
}

/** Counts have no classes below one. */
const leastOf = (measure: Measure): number => (measure === 'accounts' ? 1 : 0);

interface Kept {
  readonly cell: Cell;
  readonly columns: number;
  readonly rows: number;
}

export function HeatMap({ grid, axes, measure, unit }: HeatMapProps) {
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const id = useId();
  const isDark = useIsDark(useApp(selectTheme));
  const [columns, rows] = [grid.xMoves.length, grid.yMoves.length];
  const [kept, setKept] = useState<Kept | null>(null);
  const [hovered, setHovered] = useState<Cell | null>(null);
  const own = kept && refined(kept.cell, kept, { columns, rows });
  const cell = hovered ?? own;
  const layout = layOut(size.width, size.height, columns, rows);
  const between = bounds(mostOf(grid, measure), leastOf(measure));
  const theme = isDark ? 'dark' : 'light';
  const middle = { x: (columns - 1) / 2, y: (rows - 1) / 2 };
  useEffect(() => {
    if (!canvas.current || size.width === 0 || size.height === 0) return;
    // After the root has its theme.
    const frame = requestAnimationFrame(() => {
      if (canvas.current)
        paint(canvas.current, size.width, size.height, layOut(size.width, size.height, columns, rows), {
          grid,
          axes,
          measure,
          between: bounds(mostOf(grid, measure), leastOf(measure)),
          cell,
          theme,
        });
    });
    return () => cancelAnimationFrame(frame);
  }, [size, grid, axes, measure, cell, theme, columns, rows]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      setKept(null);
      return;
    }
    const next = cellAfter(event.key, own ?? middle, { columns, rows });
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setHovered(null);
    setKept({ cell: next, columns, rows });
  };
  const under = (event: PointerEvent): Cell | null => {
    const edge = event.currentTarget.getBoundingClientRect();
    return cellAt(layout, event.clientX - edge.left, event.clientY - edge.top);
  };
  return (
    <div className={styles.map}>
      <div
        ref={box}
        role="application"
        aria-roledescription="heat map"
        aria-label="Shock matrix. Arrow keys move the cell that is read; Page Up and Page Down go five rows, Home and End to the ends of a row."
        aria-describedby={id}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application, in which keys move the cell that is read
        tabIndex={0}
        className={styles.plot}
        onKeyDown={onKeyDown}
        onFocus={() => setKept((before) => before ?? { cell: middle, columns, rows })}
        onPointerMove={(event) => setHovered(under(event))}
        onPointerLeave={() => setHovered(null)}
        onPointerDown={(event) => {
          const at = under(event);
          if (at) setKept({ cell: at, columns, rows });
        }}
      >
        <canvas ref={canvas} style={{ inlineSize: size.width, blockSize: size.height }} />
      </div>
      <p id={id} className={styles.reading} aria-live="polite" data-reading="">
        {cell
          ? cellText(grid, axes, cell.x, cell.y, unit)
          : 'Point at a cell, or go to the map and use the arrow keys, to read what it says.'}
      </p>
      <Legend between={between} measure={measure} unit={unit} theme={theme} isEmpty={mostOf(grid, measure) === 0} />
    </div>
  );
}

interface LegendProps {
  readonly between: readonly number[];
  readonly measure: Measure;
  readonly unit: string;
  readonly theme: 'dark' | 'light';
  readonly isEmpty: boolean;
}

function Legend({ between, measure, unit, theme, isEmpty }: LegendProps) {
  const classes = between.length + 1;
  const write = (value: number): string => valueText(value, measure).replace(/\.0+(?=\D|$)/, '');
  const nameOf = (at: number): string => {
    const [low, high] = [between[at - 1], between[at]];
    if (low === undefined) return high === undefined ? 'more than nothing' : `below ${write(high)}`;
    return high === undefined ? `${write(low)} or more` : `from ${write(low)}`;
  };
  return (
    <ul className={styles.legend} aria-label={`Colours of the map${measure === 'accounts' ? '' : `, ${unit}`}`}>
      <li>
        <span className={styles.swatch} />
        none
      </li>
      {!isEmpty &&
        Array.from({ length: classes }, (_, at) => (
          <li key={nameOf(at)}>
            <span className={styles.swatch} style={{ background: shadeOf(at + 1, classes, theme) }} />
            {nameOf(at)}
          </li>
        ))}
    </ul>
  );
}
