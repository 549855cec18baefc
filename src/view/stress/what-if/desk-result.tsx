/** All accounts that are open on the desk, before and after: counts, sums, and those whose state changes. */
import { selectDeskBook } from '../../../store/selectors.ts';
import {
  RISK_STATES,
  type RiskState,
  type StressResult,
  type StressRows,
  type StressState,
  type StressWindow,
} from '../../../store/types.ts';
import { formatMoney, plain } from '../../desk/money.ts';
import { formatRatio, type Rounding } from '../../format/number.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { goTo } from '../../shell/use-route.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useStress } from '../use-stress.ts';
import { Scroll } from './scroll.tsx';
import styles from './what-if.module.css';
import { signedCount, stateRows } from './words.ts';

const selectTask = ({ tasks }: StressState) => tasks['stress-what-if'];
const countText = (value: number): string => value.toLocaleString('en-US');
const moneyText = (value: number, rounding: Rounding): string =>
  Number.isFinite(value) ? formatMoney(plain(value), rounding) : 'not known';
const ratioText = (value: number): string => (Number.isFinite(value) ? formatRatio(plain(value)) : 'insolvent');

interface DeskResultProps {
  readonly window: StressWindow;
  readonly onWindow: (window: StressWindow) => void;
}

export function DeskResult({ window, onWindow }: DeskResultProps) {
  const { result, answers, faults, isRunning } = useStress(selectTask);
  const book = useApp(selectDeskBook);
  if (!book) return <p className={styles.note}>Open accounts to try a scenario on all of them at once.</p>;
  if (faults.length > 0)
    return (
      <div role="alert" className={styles.fault}>
        <p>This cannot be tried out on the accounts of the desk.</p>
        <FaultList faults={faults} />
      </div>
    );
  if (result?.kind !== 'stress-what-if' || answers?.kind !== 'stress-what-if') return <p className={styles.note}>Working it out…</p>;
  return (
    <div className={styles.result} data-answers-all={answers.scenario?.all} data-running={isRunning}>
      <Totals result={result} unit={book.unit} />
      <p className={styles.note}>
        At the prices of the moment it was asked; {countText(result.exactAccounts)} accounts near a threshold were decided by the exact
        engine.
      </p>
      {result.rows && <Rows rows={result.rows} window={window} onWindow={onWindow} unit={book.unit} />}
    </div>
  );
}

function Totals({ result, unit }: { readonly result: StressResult<'stress-what-if'>; readonly unit: string }) {
  const { before, after, changed, liquidated, liquidatedNotional } = result;
  const sums = [
    { label: `Equity, ${unit}`, of: 'equity', rounding: 'floor' },
    { label: `Notional, ${unit}`, of: 'grossNotional', rounding: 'ceil' },
    { label: `Maintenance, ${unit}`, of: 'maintenance', rounding: 'ceil' },
  ] as const;
  return (
    <>
      <p className={styles.lead} role="status">
        <strong>{countText(changed)}</strong> accounts change state, <strong>{countText(liquidated)}</strong> fall past their line with{' '}
        <strong>
          {moneyText(liquidatedNotional, 'ceil')} {unit}
        </strong>{' '}
        of notional at present marks.
      </p>
      <Scroll label="Totals">
        <table className={styles.table} aria-label="All accounts before and after the what-if">
          <thead>
            <tr>
              <th scope="col">Accounts</th>
              <th scope="col">Now</th>
              <th scope="col">What-if</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {stateRows(before, after).map(({ state, before: now, after: then }) => (
              <tr key={state} data-state={RISK_STATES[state]}>
                <th scope="row">
                  <State code={state} />
                </th>
                <td>{countText(now)}</td>
                <td className={styles.after}>{countText(then)}</td>
                <td>{signedCount(then - now)}</td>
              </tr>
            ))}
            {sums.map(({ label, of, rounding }) => (
              <tr key={of}>
                <th scope="row">{label}</th>
                <td>{moneyText(before[of], rounding)}</td>
                <td className={styles.after}>{moneyText(after[of], rounding)}</td>
                <td>{moneyText(after[of] - before[of], rounding)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {before.unknown + after.unknown > 0 && (
        <p className={styles.note}>
          Left out of the sums because something of them is not known: {countText(before.unknown)} now, {countText(after.unknown)} in the
          scenario.
        </p>
      )}
    </>
  );
}

function State({ code }: { readonly code: number }) {
  const state: RiskState = RISK_STATES[code] ?? 'indeterminate';
  return (
    <span className={styles.state} data-state={state}>
      <StateShape state={state} size={10} /> {STATE_WORDS[state]}
    </span>
  );
}

const SORTS = [
  ['marginExcess', 'Buffer after, least first'],
  ['marginRatio', 'Margin ratio after, largest first'],
  ['change', 'Equity lost, most first'],
  ['grossNotional', 'Notional after, largest first'],
  ['equity', 'Equity after, least first'],
] as const;
const isFalling = (sort: StressWindow['sort']): boolean => sort === 'marginRatio' || sort === 'grossNotional';

interface RowsProps extends DeskResultProps {
  readonly rows: StressRows;
  readonly unit: string;
}

/** Who changes state, in the order of what is left to them. */
function Rows({ rows, window, onWindow, unit }: RowsProps) {
  const actions = useActions();
  const { total, from, id, label, before, after } = rows;
  const last = Math.min(total, from + id.length);
  const show = (accounts: readonly string[]): void => {
    void actions.desk.showAccounts(accounts);
    goTo('desk');
  };
  return (
    <>
      <div className={styles.line}>
        <Choice
          label="Accounts"
          value={window.only}
          choices={[
            ['changed', 'whose state changes'],
            ['liquidated', 'newly past their line'],
            ['all', 'all'],
          ]}
          onValue={(only) => onWindow({ ...window, only: only as StressWindow['only'], from: 0 })}
        />
        <Choice
          label="Order"
          value={window.sort}
          choices={SORTS}
          onValue={(sort) =>
            onWindow({ ...window, sort: sort as StressWindow['sort'], falling: isFalling(sort as StressWindow['sort']), from: 0 })
          }
        />
        <Button disabled={id.length === 0} onClick={() => show(id)}>
          Show these on the desk
        </Button>
      </div>
      {total === 0 ? (
        <p className={styles.note}>No account.</p>
      ) : (
        <Scroll label="Accounts">
          <table className={styles.table} aria-label="Accounts of the what-if">
            <thead>
              <tr>
                <th scope="col">Account</th>
                <th scope="col">Now</th>
                <th scope="col">What-if</th>
                <th scope="col">Ratio after</th>
                <th scope="col">Buffer after, {unit}</th>
                <th scope="col">Equity, change</th>
              </tr>
            </thead>
            <tbody>
              {id.map((account, i) => (
                <tr key={account}>
                  <th scope="row">
                    <button type="button" className={styles.open} title={account} onClick={() => show([account])}>
                      {label[i] || account}
                    </button>
                  </th>
                  <td>
                    <State code={before.state[i] ?? 7} />
                  </td>
                  <td>
                    <State code={after.state[i] ?? 7} />
                  </td>
                  <td>{ratioText(after.marginRatio[i] ?? Number.NaN)}</td>
                  <td>{moneyText(after.marginExcess[i] ?? Number.NaN, 'floor')}</td>
                  <td>{moneyText((after.equity[i] ?? Number.NaN) - (before.equity[i] ?? Number.NaN), 'floor')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {total > window.count && (
        <div className={styles.line}>
          <Button disabled={from === 0} onClick={() => onWindow({ ...window, from: Math.max(0, from - window.count) })}>
            Before
          </Button>
          <span className={styles.note}>
            {countText(from + 1)} to {countText(last)} of {countText(total)}
          </span>
          <Button disabled={last >= total} onClick={() => onWindow({ ...window, from: from + window.count })}>
            Next
          </Button>
        </div>
      )}
    </>
  );
}
