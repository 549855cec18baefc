/** The same asset at every venue, in dollars: what is held as collateral, what rides on its price, and what the common shock does to it. */
import type { AddressesFrame, CollateralCell, CollateralMatrix, FigureCell } from '../../store/types.ts';
import { formatAmount } from '../format/number.ts';
import { longReason } from '../format/words.ts';
import panel from '../ui/panel.module.css';
import { NARROW, useMedia } from '../ui/use-media.ts';
import styles from './collateral-matrix.module.css';
import { Figure, wholeFigure } from './figure.tsx';
import { Shock, shockName } from './shock.tsx';
import { StaleNote } from './totals.tsx';
import { useTrouble } from './use-addresses.ts';

interface MoneyProps {
  readonly cell: FigureCell;
  readonly isStale: boolean;
  readonly isSigned?: boolean;
}

function Money({ cell, isStale, isSigned = false }: MoneyProps) {
  return <Figure text={wholeFigure(cell, 'floor', isSigned)} isStale={isStale} />;
}

const isNothing = ({ value, reason }: FigureCell): boolean => reason === '' && value === 0;

export function CollateralPanel({ frame }: { readonly frame: AddressesFrame }) {
  const isNarrow = useMedia(NARROW);
  const isStale = useTrouble() !== '';
  const { matrix } = frame;
  return (
    <section
      className={`${panel.panel} ${styles.panel}`}
      aria-label="Same collateral across venues"
      data-quality={isStale ? 'stale' : undefined}
    >
      <div className={panel.head}>
        <h2 className={panel.title}>Same collateral across venues, USD</h2>
      </div>
      <StaleNote />
      <Shock frame={frame} isStale={isStale} />
      {matrix.assets.length === 0 ? (
        <p className={styles.note}>Nothing is held yet.</p>
      ) : isNarrow ? (
        <Cards matrix={matrix} shock={frame.shock} isStale={isStale} />
      ) : (
        <Table matrix={matrix} shock={frame.shock} isStale={isStale} />
      )}
      <p className={styles.note}>
        Collateral at its worth, and beside it with a sign the notional of positions in that asset and what is borrowed of it. Wrapped and
        staked tokens are assets of their own. The shock is one instant: nobody trades, no funding, nothing that follows from it.
      </p>
    </section>
  );
}

interface MatrixProps {
  readonly matrix: CollateralMatrix;
  readonly shock: AddressesFrame['shock'];
  readonly isStale: boolean;
}

function Cell({ cell, isStale }: { readonly cell: CollateralCell | null; readonly isStale: boolean }) {
  if (cell === null) return <span className={styles.nothing}>none</span>;
  const { amount, collateral, exposure } = cell;
  const held = amount.reason === '' ? `${formatAmount(amount.text)} held` : longReason(amount.reason);
  return <Worth collateral={collateral} exposure={exposure} held={held} isStale={isStale} />;
}

interface WorthProps {
  readonly collateral: FigureCell;
  readonly exposure: FigureCell;
  readonly held?: string;
  readonly isStale: boolean;
}

/** What is held, and below it what rides on the price; of two that are nothing one nought. */
function Worth({ collateral, exposure, held, isStale }: WorthProps) {
  return (
    <>
      {!isNothing(collateral) && (
        <span title={held}>
          <Money cell={collateral} isStale={isStale} />
        </span>
      )}
      {!isNothing(exposure) && (
        <span className={styles.exposure}>
          <Money cell={exposure} isStale={isStale} isSigned />
        </span>
      )}
      {isNothing(collateral) && isNothing(exposure) && <span className={styles.nothing}>0</span>}
    </>
  );
}

function Table({ matrix: { venues, assets, cells, sums }, shock, isStale }: MatrixProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.scroll} tabIndex={0} aria-label="Collateral by venue, scrollable">
      <table className={styles.table} aria-label="Collateral by asset and venue">
        <thead>
          <tr>
            <th scope="col">Asset</th>
            {venues.map(({ venue, venueName }) => (
              <th key={venue} scope="col">
                {venueName}
              </th>
            ))}
            <th scope="col">All collateral</th>
            <th scope="col">All exposure</th>
            <th scope="col" className={styles.after}>
              {shockName(shock)}
            </th>
          </tr>
        </thead>
        <tbody>
          {assets.map((asset, at) => (
            <tr key={asset}>
              <th scope="row">{asset}</th>
              {venues.map(({ venue }, column) => (
                <td key={venue}>
                  <span className={styles.cell}>
                    <Cell cell={cells[at]?.[column] ?? null} isStale={isStale} />
                  </span>
                </td>
              ))}
              <td>
                <Money cell={sums[at]!.collateral} isStale={isStale} />
              </td>
              <td>
                <Money cell={sums[at]!.exposure} isStale={isStale} isSigned />
              </td>
              <td className={styles.after}>
                <Money cell={sums[at]!.shockedLoss} isStale={isStale} isSigned />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** One asset a card, its venues as lines: a table of many venues has no place on a narrow screen. */
function Cards({ matrix: { venues, assets, cells, sums }, shock, isStale }: MatrixProps) {
  return (
    <ul className={styles.cards} aria-label="Collateral by asset and venue">
      {assets.map((asset, at) => (
        <li key={asset} className={styles.card}>
          <h3>{asset}</h3>
          <dl className={styles.lines}>
            {venues.map(({ venue, venueName }, column) => {
              const cell = cells[at]?.[column];
              return (
                cell && (
                  <div key={venue}>
                    <dt>{venueName}</dt>
                    <dd className={styles.cell}>
                      <Cell cell={cell} isStale={isStale} />
                    </dd>
                  </div>
                )
              );
            })}
            {(cells[at]?.filter((cell) => cell !== null).length ?? 0) > 1 && (
              <div className={styles.sum}>
                <dt>All venues</dt>
                <dd className={styles.cell}>
                  <Worth collateral={sums[at]!.collateral} exposure={sums[at]!.exposure} isStale={isStale} />
                </dd>
              </div>
            )}
            <div className={styles.after}>
              <dt>{shockName(shock)}</dt>
              <dd>
                <Money cell={sums[at]!.shockedLoss} isStale={isStale} isSigned />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  );
}
