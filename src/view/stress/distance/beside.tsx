/** What stands beside the distances: leverage once it must be closed; of a loan what ends it. */
import type { StressImpact, StressLending, StressOutcome } from '../../../store/types.ts';
import { plain } from '../../desk/money.ts';
import { formatFixed, formatHealthFactor, formatLeverage, formatPercent } from '../../format/number.ts';
import { shortReason } from '../../format/words.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import { moveText } from '../figures.ts';
import { Scroll } from '../warning/scroll.tsx';
import styles from '../warning/warning.module.css';

const say = <T,>(outcome: StressOutcome<T>, of: (value: T) => string): string =>
  outcome.ok ? of(outcome.value) : shortReason(outcome.reason);
const lever = (value: number): string => formatLeverage(plain(value), 'ceil');

export function Impact({ impact }: { readonly impact: StressImpact }) {
  return (
    <section className={styles.part} aria-label="Leverage with impact">
      <h3>Leverage once it must be closed</h3>
      <p>
        Leverage {say(impact.leverage, lever)}; with the {formatPercent(plain(impact.cost), 2, 'ceil')} that a full exit costs in this depth{' '}
        {say(impact.adjusted, lever)}; critical leverage {say(impact.critical, (value) => formatLeverage(plain(value), 'floor'))}.
      </p>
      {impact.isAboveHalf && (
        <p className={styles.flag} data-state="warning">
          <StateShape state="warning" /> Above half the critical leverage: in stress it cannot be closed solvently.
        </p>
      )}
    </section>
  );
}

const yearsText = (years: number): string =>
  years < 2 ? `${formatFixed(plain(years * 365), 1, 'floor')} days` : `${formatFixed(plain(years), 1, 'floor')} years`;

export function Lending({ lending }: { readonly lending: StressLending }) {
  const { healthFactor, uniformFall, assets, interestYears, toxic, liquidity } = lending;
  return (
    <section className={styles.part} aria-label="Lending distances">
      <h3>How the loan can end</h3>
      <p>
        Health factor {say(healthFactor, formatHealthFactor)}. All volatile prices falling together:{' '}
        {say(uniformFall, (text) => moveText(Number(text)))}. Interest alone, prices standing still: {say(interestYears, yearsText)}.
      </p>
      <Scroll>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Asset</th>
              <th scope="col" data-number>
                Alone
              </th>
              <th scope="col" data-number>
                Toxic below
              </th>
              <th scope="col">Now</th>
              <th scope="col" data-number>
                Sold ÷ debt
              </th>
              <th scope="col" data-number>
                At the mark
              </th>
            </tr>
          </thead>
          <tbody>
            {[...new Set([...assets, ...toxic].map(({ asset }) => asset))].map((asset) => {
              const alone = assets.find((one) => one.asset === asset);
              const region = toxic.find((one) => one.asset === asset);
              const sale = liquidity.find((one) => one.asset === asset);
              return (
                <tr key={asset}>
                  <th scope="row">
                    {asset}
                    {alone?.isDebt ? ' (debt)' : ''}
                  </th>
                  <td data-number>{alone ? say(alone.move, moveText) : 'pegged'}</td>
                  <td data-number>{region ? say(region.below, formatHealthFactor) : ''}</td>
                  <td>{region ? say(region.isToxic, (isToxic) => (isToxic ? 'a liquidation makes it worse' : 'no')) : ''}</td>
                  <td data-number>{sale ? say(sale.ratio, (text) => formatFixed(text, 2, 'floor')) : ''}</td>
                  <td data-number>{sale ? say(sale.markRatio, (text) => formatFixed(text, 2, 'floor')) : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <p className={styles.note}>
        Sold ÷ debt is the collateral liquidity ratio: what selling all of one collateral into a book of this depth brings, against all
        debt.
      </p>
    </section>
  );
}
