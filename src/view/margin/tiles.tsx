/** The headline figures of the selected pool, each with its help and working. */
import { memo } from 'react';
import type { FigureCell, PoolCells } from '../../store/types.ts';
import { FigureLabel } from './figure-label.tsx';
import { FIGURES, type FigureSpec, figureText } from './figures.ts';
import { MachinePart, type MachineProps } from './machine-part.tsx';
import styles from './tiles.module.css';

interface TileProps {
  readonly spec: FigureSpec;
  readonly cell: FigureCell;
  readonly unit: string;
  readonly pool: string | undefined;
  /** Whose buffer it is: it shrinks while its prices grow old. */
  readonly machine?: Pick<MachineProps, 'account' | 'pool'> | undefined;
  /** A second figure below, with a word before it. */
  readonly second?: { readonly word: string; readonly spec: FigureSpec; readonly cell: FigureCell };
}

const isMoney = (spec: FigureSpec): boolean => spec.kind === 'money' || spec.kind === 'signed-money';

/** Up, down, or neither: the colour of profit, which is never the colour of risk. The sign says the same. */
const direction = (spec: FigureSpec, cell: FigureCell): 'up' | 'down' | undefined => {
  if (spec.name !== 'unrealizedPnl' || cell.reason !== '' || cell.value === 0) return undefined;
  return cell.text.startsWith('-') ? 'down' : 'up';
};

const Tile = memo(function Tile({ spec, cell, unit, pool, second, machine }: TileProps) {
  const text = figureText(spec, cell);
  const figure = (
    <>
      {text.shown}
      {text.hasNumber && isMoney(spec) && <span className={styles.unit}> {unit}</span>}
    </>
  );
  return (
    <div className={styles.tile}>
      <dt>
        <FigureLabel spec={spec} full={text.full} unit={text.hasNumber && isMoney(spec) ? unit : ''} pool={pool} />
      </dt>
      <dd className={styles.value} data-figure="" data-direction={direction(spec, cell)} data-known={text.hasNumber} title={text.full}>
        {machine ? <MachinePart account={machine.account} pool={machine.pool} unit={unit} part="money" plain={figure} /> : figure}
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
  readonly machine: Pick<MachineProps, 'account' | 'pool'>;
  readonly pool: string | undefined;
}

export function Tiles({ cells, unit, isLending, pool, machine }: TilesProps) {
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
      <Tile spec={FIGURES.marginExcess} cell={cells.marginExcess} unit={unit} pool={pool} machine={machine} />
      {tile(FIGURES.freeCollateral, below('withdrawable', FIGURES.withdrawable))}
    </dl>
  );
}
