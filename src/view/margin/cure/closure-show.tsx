/** A simulated closure: what was traded, what it cost, what is left, and the ledger that sums to zero. */
import { selectTimeZone } from '../../../store/selectors.ts';
import type { ClosureView } from '../../../store/types.ts';
import { formatExact } from '../../format/number.ts';
import { formatPrice, priceDecimals } from '../../format/price.ts';
import { formatInstant } from '../../format/time.ts';
import { useApp } from '../../shared/app-context.tsx';
import styles from './cure.module.css';
import { endText } from './cure-text.ts';

const listed = (holdings: ClosureView['positionsAfter']): string =>
  holdings.length === 0 ? 'none' : holdings.map(({ name, amount }) => `${formatExact(amount)} ${name}`).join(', ');

function Fills({ closure }: { readonly closure: ClosureView }) {
  const fills = closure.steps.flatMap((step) => step.fills.map((fill) => ({ ...fill, why: step.why })));
  if (fills.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={styles.scroll} aria-label={`Simulated fills, ${closure.pool} of ${closure.account}`} tabIndex={0}>
      <table className={styles.table} aria-label="Fills of the simulated closure">
        <thead>
          <tr>
            {['Market', 'Traded', 'Price', 'Realised', 'Fee'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fills.map((fill, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: fills have an order and nothing else
            <tr key={i}>
              <td>{fill.instrument}</td>
              <td>{formatExact(fill.change)}</td>
              <td title={formatExact(fill.price)}>{formatPrice(fill.price, priceDecimals(Number(fill.price)))}</td>
              <td>
                {formatExact(fill.realized)} {fill.asset}
              </td>
              <td>
                {formatExact(fill.fee)} {fill.asset}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function LedgerTable({ closure }: { readonly closure: ClosureView }) {
  const isZero = closure.steps.every((step) => step.isZero) && closure.ledger.every(({ sum }) => Number(sum) === 0);
  return (
    <details className={styles.ledger}>
      <summary>Ledger: {isZero ? 'every step sums to zero' : 'it does not sum to zero'}</summary>
      <ul>
        {closure.ledger.map(({ item, parties, sum }) => (
          <li key={item}>
            {item}: {parties.map(({ name, amount }) => `${name} ${formatExact(amount)}`).join(', ') || 'nothing'}; sum {formatExact(sum)}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function ClosureShow({ closure }: { readonly closure: ClosureView }) {
  const zone = useApp(selectTimeZone);
  return (
    <div className={styles.closure}>
      <ol className={styles.steps}>
        {closure.steps.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have an order and nothing else
          <li key={i}>
            {formatInstant(step.timeMs, zone)}: {step.move === 'write-off' ? 'write-off' : step.move}, {step.why}
          </li>
        ))}
      </ol>
      <Fills closure={closure} />
      <p>
        Fees: {closure.fees.length === 0 ? 'none' : closure.fees.map(({ asset, amount }) => `${formatExact(amount)} ${asset}`).join(', ')}.
        Positions after: {listed(closure.positionsAfter)}. Balances after: {listed(closure.balancesAfter)}.
      </p>
      <p>{endText(closure)}</p>
      <LedgerTable closure={closure} />
      <p className={styles.note}>Simulated. Nothing is sent to a venue.</p>
    </div>
  );
}
