/** One price out of several venues' streams, and how far each stands from it. The venues are asked while this is open. */
import { useEffect } from 'react';
import { selectReference, selectRestartCount } from '../../store/selectors.ts';
import type { ReferenceFrame } from '../../store/types.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import styles from './feed-inspector.module.css';

const VENUES = ['hyperliquid', 'binance-usdm', 'bybit', 'okx', 'dydx-v4', 'deribit', 'kraken-futures', 'coinbase'];
const IS_STAND_IN = new URLSearchParams(location.search).get('stand-in') === '1';

const percent = (fraction: number): string =>
  Number.isNaN(fraction) ? 'too old' : `${fraction < 0 ? '−' : '+'}${(Math.abs(fraction) * 100).toFixed(3)}\u202f%`;

function Market({ row }: { readonly row: ReferenceFrame['rows'][number] }) {
  return (
    <table className={styles.gaps}>
      <caption className={styles.caption}>
        <strong>{row.market}</strong>{' '}
        {row.price === '' ? 'no venue tells a fresh price' : `median ${row.price}, spread ${(row.spread * 100).toFixed(3)}\u202f%`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Venue</th>
          <th scope="col">Kind</th>
          <th scope="col">Price</th>
          <th scope="col">Deviation</th>
        </tr>
      </thead>
      <tbody>
        {row.quotes.map((quote) => (
          <tr key={quote.venue}>
            <th scope="row">{quote.name}</th>
            <td>{quote.kind}</td>
            <td>{quote.price}</td>
            <td>{percent(quote.deviation)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ReferencePanel() {
  const { askReference } = useActions();
  const reference = useApp(selectReference);
  const restartCount = useApp(selectRestartCount);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an engine that was started again is asked again
  useEffect(() => {
    askReference(VENUES, IS_STAND_IN);
    return () => askReference([], false);
  }, [askReference, restartCount]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.inspector} tabIndex={0} aria-label="Prices of the venues">
      <p className={styles.note}>Median of the venues whose price is fresh. They are asked while this is open.</p>
      {reference === null || reference.rows.length === 0 ? <p>No venue has told a price yet.</p> : null}
      {reference?.rows.map((row) => (
        <Market key={row.market} row={row} />
      ))}
      {reference !== null && reference.missing.length > 0 && (
        <p className={styles.note}>Without prices now: {reference.missing.map(({ name, why }) => `${name} (${why})`).join(', ')}.</p>
      )}
    </section>
  );
}
