/** The same numbers as a table. */
import type { StressAxis } from '../../../store/types.ts';
import styles from './matrix.module.css';
import { axisName, type Grid, MEASURES, type Measure, moveText, valueAt, valueText } from './reading.ts';

interface MatrixTableProps {
  readonly grid: Grid;
  readonly axes: { readonly x: StressAxis; readonly y: StressAxis };
  readonly measure: Measure;
  readonly unit: string;
}

export function MatrixTable({ grid, axes, measure, unit }: MatrixTableProps) {
  const { xMoves, yMoves } = grid;
  const name = MEASURES.find(({ value }) => value === measure)?.text ?? '';
  const rows = Array.from(yMoves, (_, i) => yMoves.length - 1 - i);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.tableScroll} aria-label="Shock matrix, figures" tabIndex={0}>
      <table className={styles.table}>
        <caption>
          {name}
          {measure === 'accounts' ? '' : `, ${unit}`}: {axisName(axes.x)} across, {axisName(axes.y)} down
        </caption>
        <thead>
          <tr>
            <th scope="col">{axisName(axes.y)}</th>
            {Array.from(xMoves, (move) => (
              <th key={move} scope="col">
                {moveText(axes.x, move)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((y) => (
            <tr key={yMoves[y]}>
              <th scope="row">{moveText(axes.y, yMoves[y]!)}</th>
              {Array.from(xMoves, (move, x) => (
                <td key={move} data-cell={`${x},${y}`}>
                  {valueText(valueAt(grid, measure, x, y), measure)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
