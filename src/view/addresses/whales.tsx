/** Whom the market reaches first, and whom it would hurt most: nearest to liquidation, and the largest that are near it. */
import type { WatchedAccountRow } from '../../store/types.ts';
import { formatShort } from '../desk/money.ts';
import { formatDistance } from '../format/number.ts';
import { STATE_WORDS } from '../format/words.ts';
import type { FigureText } from '../margin/figures.ts';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import { distanceText } from './columns.ts';
import { Figure } from './figure.tsx';
import { type ShownAccount, useShownAccounts } from './rows.ts';
import styles from './whales.module.css';

const SHOWN = 5;
/** A move that happens: what is within it counts as near. */
const NEAR = 0.2;

/**
 * The nearer of two ways to liquidation (rule WL-28): all prices together, or the market of the nearest position alone. NaN where there is
 * neither: an account that no common move ends may stand close to a move of one market.
 */
export function reachOf({ uniformShock, nearest }: WatchedAccountRow): { readonly distance: number; readonly alone: string } {
  const together = Math.abs(uniformShock.value);
  const apart = nearest?.distance.value ?? Number.NaN;
  return nearest && (Number.isNaN(together) || apart < together)
    ? { distance: apart, alone: nearest.instrument }
    : { distance: together, alone: '' };
}

const distance = (row: WatchedAccountRow): number => reachOf(row).distance;

/** Of one market alone, signed as that market would move. */
function reachText(row: WatchedAccountRow): FigureText {
  const { nearest } = row;
  if (reachOf(row).alone === '' || !nearest) return distanceText(row);
  const sign = nearest.liquidationPrice.value < nearest.markPrice.value ? '\u2212' : '+';
  const shown = `${sign}${formatDistance(nearest.distance.text.replace(/^-/, ''))}`;
  return { shown, full: `${nearest.instrument} alone ${shown}`, hasNumber: true };
}

/** Those with a distance, the least first. */
export const nearestOf = (rows: readonly ShownAccount[]): readonly ShownAccount[] =>
  rows
    .filter(({ row }) => !Number.isNaN(distance(row)))
    .sort((a, b) => distance(a.row) - distance(b.row))
    .slice(0, SHOWN);

/** Those within `NEAR` of liquidation, by notional. */
export const atRiskOf = (rows: readonly ShownAccount[]): readonly ShownAccount[] =>
  rows
    .filter(({ row }) => distance(row) <= NEAR && !Number.isNaN(row.grossNotional.value))
    .sort((a, b) => b.row.grossNotional.value - a.row.grossNotional.value)
    .slice(0, SHOWN);

export function Whales() {
  const rows = useShownAccounts();
  return (
    <section className={`${panel.panel} ${styles.whales}`} aria-label="Nearest to liquidation">
      <List title="Nearest to liquidation" rows={nearestOf(rows)} none="No account has a distance to liquidation." />
      <List
        title={`Most notional within ${NEAR * 100}\u202f%`}
        rows={atRiskOf(rows)}
        none={`No account is within ${NEAR * 100}\u202f% of liquidation, by all prices together or one market alone.`}
      />
    </section>
  );
}

function List({ title, rows, none }: { readonly title: string; readonly rows: readonly ShownAccount[]; readonly none: string }) {
  return (
    <div>
      <h2 className={panel.title}>{title}</h2>
      {rows.length === 0 ? (
        <p className={styles.none}>{none}</p>
      ) : (
        <table className={styles.table} aria-label={title}>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Distance</th>
              <th scope="col">Notional</th>
              <th scope="col">Equity</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, beside }) => {
              const isStale = beside.stale !== '';
              return (
                <tr key={row.account} data-quality={isStale ? 'stale' : undefined}>
                  <th scope="row" data-state={row.riskState} title={`${STATE_WORDS[row.riskState]}, ${row.venueName}`}>
                    <span className={styles.name}>
                      <StateShape state={row.riskState} size={9} />
                      <span className={panel.hidden}>{STATE_WORDS[row.riskState]}: </span>
                      <span className={styles.text}>
                        {beside.name} <small>{row.venueName}</small>
                      </span>
                    </span>
                  </th>
                  <td>
                    <Figure text={reachText(row)} isStale={isStale} />
                    <small className={styles.way}>{reachOf(row).alone || 'all prices'}</small>
                  </td>
                  <td>
                    <Figure text={short(row.grossNotional.value, 'ceil')} isStale={isStale} />
                  </td>
                  <td>
                    <Figure text={short(row.equity.value, 'floor')} isStale={isStale} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </div>
  );
}

const short = (value: number, rounding: 'floor' | 'ceil') => {
  const shown = formatShort(value, rounding);
  return { shown, full: shown, hasNumber: !Number.isNaN(value) };
};
