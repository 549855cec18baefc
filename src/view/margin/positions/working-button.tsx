/** A figure of a position that opens its working. */
import type { PositionColumns } from '../../../store/types.ts';
import { useOverlay } from '../../shared/overlay.tsx';
import { type ColumnSpec, cellText } from './columns.ts';
import styles from './working-button.module.css';

interface WorkingButtonProps {
  readonly column: ColumnSpec;
  readonly positions: PositionColumns;
  readonly at: number;
}

export function WorkingButton({ column, positions, at }: WorkingButtonProps) {
  const open = useOverlay();
  const text = cellText(column, positions, at);
  return (
    <button
      type="button"
      className={styles.working}
      title={`${text.full}: how it is worked out`}
      aria-label={`${column.header} of ${positions.instrument[at]}: ${text.shown}, how it is worked out`}
      onClick={() => open({ kind: 'working', figure: column.id, position: at })}
    >
      {text.shown}
    </button>
  );
}
