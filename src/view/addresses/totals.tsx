/** All accounts of the list together, in dollars, and each venue's share. */

import type { AddressesFrame, AddressTotals, RiskState } from '../../store/types.ts';
import { STATE_WORDS, severityOf } from '../format/words.ts';
import { FIGURES, figureText } from '../margin/figures.ts';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import { Figure, wholeFigure } from './figure.tsx';
import { useShownAccounts } from './rows.ts';
import styles from './totals.module.css';

/** Worst first; what is not known stands before what is well. */
const ORDER: readonly RiskState[] = ['bankrupt', 'liquidation', 'margin-call', 'warning', 'watch', 'stale', 'indeterminate', 'healthy'];

export function StateCounts({ states }: { readonly states: AddressTotals['states'] }) {
  const shown = ORDER.filter((state) => (states[state] ?? 0) > 0);
  if (shown.length === 0) return <span>none</span>;
  return (
    <ul className={styles.states} aria-label="Accounts by state">
      {shown.map((state) => (
        <li key={state} data-state={state} data-severity={severityOf(state)}>
          <StateShape state={state} size={9} /> {states[state]} {STATE_WORDS[state].toLowerCase()}
        </li>
      ))}
    </ul>
  );
}

/** What is out of date is in the sums as it last was: left out it would look as if it were gone. */
export function StaleNote() {
  const rows = useShownAccounts();
  const count = rows.filter(({ beside }) => beside.stale !== '').length;
  if (count === 0) return null;
  return (
    <p className={styles.leftOut} data-state="stale">
      <StateShape state="stale" size={9} /> {count} of {rows.length === 1 ? '1 account' : `${rows.length} accounts`} out of date: the sums
      hold what was last read.
    </p>
  );
}

export function Totals({ frame, isStale }: { readonly frame: AddressesFrame; readonly isStale: boolean }) {
  const { totals, venues } = frame;
  return (
    <section className={`${panel.panel} ${styles.totals}`} aria-label="Totals" data-quality={isStale ? 'stale' : undefined}>
      <dl className={styles.tiles}>
        <div>
          <dt>Equity</dt>
          <dd className={styles.value}>
            <Figure text={figureText(FIGURES.equity, totals.equity)} isStale={isStale} /> <small>USD</small>
          </dd>
        </div>
        <div>
          <dt>Notional</dt>
          <dd className={styles.value}>
            <Figure text={figureText(FIGURES.grossNotional, totals.grossNotional)} isStale={isStale} /> <small>USD</small>
          </dd>
        </div>
        <div>
          <dt>Leverage</dt>
          <dd className={styles.value}>
            <Figure text={figureText(FIGURES.leverage, totals.leverage)} isStale={isStale} />
          </dd>
        </div>
        <div>
          <dt>{totals.accounts === 1 ? '1 account' : `${totals.accounts.toLocaleString('en-US')} accounts`}</dt>
          <dd>
            <StateCounts states={totals.states} />
          </dd>
        </div>
      </dl>
      <StaleNote />
      {totals.leftOut > 0 && (
        <p className={styles.leftOut} data-state="indeterminate">
          <StateShape state="indeterminate" size={9} /> {totals.leftOut === 1 ? '1 account has' : `${totals.leftOut} accounts have`} no
          number for want of data and {totals.leftOut === 1 ? 'is' : 'are'} in no sum.
        </p>
      )}
      {venues.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section className={styles.scroll} tabIndex={0} aria-label="Venues, scrollable">
          <table className={styles.venues} aria-label="By venue">
            <thead>
              <tr>
                <th scope="col">Venue</th>
                <th scope="col">Accounts</th>
                <th scope="col">Equity</th>
                <th scope="col">Notional</th>
                <th scope="col">Worst</th>
              </tr>
            </thead>
            <tbody>
              {venues.map((venue) => (
                <tr key={venue.venue}>
                  <th scope="row">{venue.venueName}</th>
                  <td>{venue.accounts}</td>
                  <td>
                    <Figure text={wholeFigure(venue.equity, 'floor')} isStale={isStale} />
                  </td>
                  <td>
                    <Figure text={wholeFigure(venue.grossNotional, 'ceil')} isStale={isStale} />
                  </td>
                  <td data-state={venue.worstState}>
                    <span className={styles.state}>
                      <StateShape state={venue.worstState} size={9} /> {STATE_WORDS[venue.worstState]}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
