/** The headline figures of the selected pool, each with its help and working. */
import { memo } from 'react';
import type { FigureCell, PoolCells } from '../../store/types.ts';
import { FigureLabel } from './figure-label.tsx';
import { FIGURES, type FigureSpec, figureText } from './figures.ts';
import styles from './tiles.module.css';

interface TileProps {
  readonly spec: FigureSpec;
  readonly cell: FigureCell;
  readonly unit: string;
  readonly pool: string | undefined;
  /** A second figure below, with a word before it. */
  readonly second?: { readonly word: string; readonly spec: FigureSpec; readonly cell: FigureCell };
}

const isMoney = (spec: FigureSpec): boolean => spec.kind === 'money' || spec.kind === 'signed-money';

/** Up, down, or neither: the colour of profit, which is never the colour of risk. The sign says the same. */
const direction = (spec: FigureSpec, cell: FigureCell): 'up' | 'down' | undefined => {
  if (spec.name !== 'unrealizedPnl' || cell.reason !== '' || cell.value === 0) return undefined;
  return cell.text.startsWith('-') ? 'down' : 'up';
};

const Tile = memo(function Tile({ spec, cell, unit, pool, second }: TileProps) {
  const text = figureText(spec, cell);
  return (
    <div className={styles.tile}>
      <dt>
        <FigureLabel spec={spec} full={text.full} unit={text.hasNumber && isMoney(spec) ? unit : ''} pool={pool} />
      </dt>
      <dd className={styles.value} data-figure="" data-direction={direction(spec, cell)} data-known={text.hasNumber} title={text.full}>
        {text.shown}
        {text.hasNumber && isMoney(spec) && <span className={styles.unit}> {unit}</span>}
      </dd>
      {second && (
        <dd className={styles.second}>
          {second.word} {figureText(second.spec, second.cell).shown}
        </dd>
      )}
    </div>
  );
});

interface TilesProps {
  readonly cells: PoolCells;
  readonly unit: string;
  readonly isLending: boolean;
  readonly pool: string | undefined;
}

export function Tiles({ cells, unit, isLending, pool }: TilesProps) {
  const tile = (spec: FigureSpec, second?: TileProps['second']) => (
    <Tile spec={spec} cell={cells[spec.name]} unit={unit} pool={pool} {...(second ? { second } : {})} />
  );
  const below = (word: string, spec: FigureSpec) => ({ word, spec, cell: cells[spec.name] });
  return (
    <dl className={styles.tiles}>
      {tile(FIGURES.equity)}
      {tile(FIGURES.grossNotional, below('net', FIGURES.netNotional))}
      {tile(FIGURES.leverage, below('net', FIGURES.netLeverage))}
      {isLending ? tile(FIGURES.healthFactor) : tile(FIGURES.unrealizedPnl)}
      {tile(FIGURES.initialMargin)}
      {tile(FIGURES.maintenanceMargin)}
      {tile(FIGURES.marginExcess)}
      {tile(FIGURES.freeCollateral, below('withdrawable', FIGURES.withdrawable))}
    </dl>
  );
}
