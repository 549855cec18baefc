/** What if prices moved: sliders that never touch the live figures, and what they would make of them. */

import { selectAccount, selectWhatIf } from '../../../store/selectors.ts';
import type { AccountView, WhatIfState } from '../../../store/types.ts';
import { formatPrice, priceDecimals } from '../../format/price.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { Button } from '../../ui/button.tsx';
import panel from '../../ui/panel.module.css';
import { shownOf } from '../pools.ts';
import { Comparison } from './comparison.tsx';
import { MoveControl } from './move-control.tsx';
import { marketsOf, moveOfPercent, PRESETS, percentOfMove } from './moves.ts';
import styles from './what-if-panel.module.css';

const MINUS = '\u2212';

/** The price a market would have: read from the what-if's own account, once it answers what is asked now. */
const priceUnder = (whatIf: WhatIfState | null, market: string): string | undefined => {
  if (!whatIf?.account || whatIf.evaluated !== whatIf.spec) return undefined;
  const { positions } = whatIf.account;
  const at = positions.base.indexOf(market);
  if (at < 0 || positions.markPrice.reason[at] !== '') return undefined;
  return `${formatPrice(positions.markPrice.text[at]!, priceDecimals(positions.markPrice.value[at]!))} ${positions.quote[at]}`;
};

function Presets({ percent, onChoose }: { readonly percent: number; readonly onChoose: (percent: number) => void }) {
  return (
    <fieldset className={styles.presets}>
      <legend className={panel.hidden}>All markets, presets</legend>
      {PRESETS.map((preset) => (
        <Button key={preset} className={styles.preset} aria-pressed={percent === preset} onClick={() => onChoose(preset)}>
          {preset < 0 ? `${MINUS}${-preset}` : `+${preset}`} %
        </Button>
      ))}
    </fieldset>
  );
}

function Sliders({ account, whatIf }: { readonly account: AccountView; readonly whatIf: WhatIfState | null }) {
  const actions = useActions();
  const all = percentOfMove(whatIf?.spec.all);
  const moveAll = (percent: number): void => actions.moveAll(moveOfPercent(percent));
  return (
    <>
      <MoveControl name="All markets" isAll percent={all} onChange={moveAll} />
      <Presets percent={all} onChoose={moveAll} />
      <div className={styles.markets}>
        {marketsOf(account).map((market) => (
          <MoveControl
            key={market}
            name={market}
            percent={percentOfMove(whatIf?.spec.moves[market])}
            price={priceUnder(whatIf, market)}
            onChange={(percent) => actions.moveMarket(market, moveOfPercent(percent))}
          />
        ))}
      </div>
    </>
  );
}

export function WhatIfPanel({ pool }: { readonly pool: string | null }) {
  const actions = useActions();
  const account = useApp(selectAccount);
  const whatIf = useApp(selectWhatIf);
  if (!account) return null;
  const after = whatIf?.account ? shownOf(whatIf.account, pool) : null;
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="what-if-title" data-on={whatIf !== null}>
      <div className={panel.head}>
        <h2 id="what-if-title" className={styles.title}>
          What-if
        </h2>
        {whatIf && (
          <Button look="what-if" onClick={actions.clearWhatIf} aria-keyshortcuts="Escape" title="Escape leaves too">
            Leave what-if
          </Button>
        )}
      </div>
      <Sliders account={account} whatIf={whatIf} />
      {whatIf?.spec.edits && <p className={styles.hint}>With the cure that you chose, beside the moves. Leave what-if to withdraw it.</p>}
      {whatIf && after ? (
        <div data-what-if-move={whatIf.evaluated?.all}>
          <Comparison before={shownOf(account, pool)} after={after} kind={account.kind} />
        </div>
      ) : (
        <p className={styles.hint}>
          {whatIf ? 'Working it out…' : 'Move a price: what it would do shows here. The live figures stay live.'}
        </p>
      )}
    </section>
  );
}
