/** The common shock: one move of all prices or of one asset's, and what the list looks like under it. Beside the present, never in its place. */
import { useState } from 'react';
import type { AddressesFrame, AddressesState } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { STATE_WORDS, severityOf } from '../format/words.ts';
import { FIGURES, figureText } from '../margin/figures.ts';
import { MoveControl } from '../margin/what-if/move-control.tsx';
import { moveOfPercent, PRESETS, percentOfMove } from '../margin/what-if/moves.ts';
import { useLatest } from '../shell/use-latest.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import { Figure } from './figure.tsx';
import { useShownAccounts } from './rows.ts';
import styles from './shock.module.css';
import { StateCounts } from './totals.tsx';
import { useAddresses, useAddressesActions } from './use-addresses.ts';

const MINUS = '\u2212';
const CHANGES_SHOWN = 5;

const selectShock = ({ shock }: AddressesState) => shock;

/** `All prices −10 %`, `ETH +5 %`. */
export const shockName = ({ move, asset }: AddressesFrame['shock']): string =>
  `${asset ?? 'All prices'} ${Number(move) > 0 ? '+' : ''}${formatPercent(move, 0, 'halfExpand')}`;

export function Shock({ frame, isStale }: { readonly frame: AddressesFrame; readonly isStale: boolean }) {
  const wanted = useAddresses(selectShock);
  const { setShock } = useAddressesActions();
  const [hasFault, setHasFault] = useState(false);
  const ask = useLatest(useShockCall(setShock, () => setHasFault(true)));
  const put = (next: AddressesFrame['shock']): void => {
    setHasFault(false);
    ask(next);
  };
  const percent = percentOfMove(wanted.move);
  const { assets } = frame.matrix;
  // An asset that has left the list meanwhile is still the one that is asked for.
  const choices = wanted.asset === null || assets.includes(wanted.asset) ? assets : [wanted.asset, ...assets];
  return (
    <div className={styles.shock}>
      <div className={styles.controls}>
        <Choice
          label="Common shock of"
          value={wanted.asset ?? ''}
          choices={[['', 'all prices'] as const, ...choices.map((asset) => [asset, asset] as const)]}
          onValue={(asset) => put({ ...wanted, asset: asset === '' ? null : asset })}
        />
        <div className={styles.move}>
          <MoveControl
            name={wanted.asset ?? 'All prices'}
            isAll
            percent={percent}
            onChange={(next) => put({ ...wanted, move: moveOfPercent(next) })}
          />
          <fieldset className={styles.presets}>
            <legend className={panel.hidden}>Common shock, presets</legend>
            {PRESETS.map((preset) => (
              <Button key={preset} aria-pressed={percent === preset} onClick={() => put({ ...wanted, move: moveOfPercent(preset) })}>
                {preset < 0 ? `${MINUS}${-preset}` : `+${preset}`} %
              </Button>
            ))}
          </fieldset>
        </div>
      </div>
      {hasFault && <p role="alert">This shock cannot be worked out; what is shown is of the one before.</p>}
      <Result frame={frame} isStale={isStale} />
    </div>
  );
}

/** One call that is the same from render to render. */
function useShockCall(setShock: ReturnType<typeof useAddressesActions>['setShock'], onFault: () => void) {
  const [call] = useState(() => async ({ move, asset }: AddressesFrame['shock']): Promise<void> => {
    const answer = await setShock(move, asset);
    if (!answer.ok) onFault();
  });
  return call;
}

function Result({ frame, isStale }: { readonly frame: AddressesFrame; readonly isStale: boolean }) {
  const { totals, shock } = frame;
  return (
    <div className={styles.result} data-quality={isStale ? 'stale' : undefined}>
      <table className={styles.table} aria-label="The list now and under the common shock">
        <thead>
          <tr>
            <td />
            <th scope="col">Now</th>
            <th scope="col" className={styles.after}>
              {shockName(shock)}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Equity, USD</th>
            <td>
              <Figure text={figureText(FIGURES.equity, totals.equity)} isStale={isStale} />
            </td>
            <td className={styles.after}>
              <Figure text={figureText(FIGURES.equity, totals.shockedEquity)} isStale={isStale} />
            </td>
          </tr>
          <tr>
            <th scope="row">States</th>
            <td>
              <StateCounts states={totals.states} />
            </td>
            <td>
              <StateCounts states={totals.shockedStates} />
            </td>
          </tr>
        </tbody>
      </table>
      <Changes />
    </div>
  );
}

/** Whom the shock moves into another state, the worst first. */
function Changes() {
  const changed = useShownAccounts()
    .filter(({ row }) => row.shocked.riskState !== row.riskState)
    .sort(
      (a, b) =>
        severityOf(b.row.shocked.riskState) - severityOf(a.row.shocked.riskState) || b.row.grossNotional.value - a.row.grossNotional.value,
    );
  if (changed.length === 0) return <p className={styles.note}>No account changes its state under it.</p>;
  return (
    <ul className={styles.changes} aria-label="Accounts that change their state">
      {changed.slice(0, CHANGES_SHOWN).map(({ row, beside }) => (
        <li key={row.account}>
          <span className={styles.name}>
            {beside.name}, {row.venueName}
          </span>
          <span className={styles.states}>
            <span data-state={row.riskState}>
              <StateShape state={row.riskState} size={9} /> {STATE_WORDS[row.riskState]}
            </span>{' '}
            →{' '}
            <span data-state={row.shocked.riskState}>
              <StateShape state={row.shocked.riskState} size={9} /> {STATE_WORDS[row.shocked.riskState]}
            </span>
          </span>
        </li>
      ))}
      {changed.length > CHANGES_SHOWN && <li className={styles.note}>and {changed.length - CHANGES_SHOWN} more</li>}
    </ul>
  );
}
