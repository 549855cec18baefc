/** One account before and after, exactly, and what moved its buffer. */
import { selectAccount } from '../../../store/selectors.ts';
import type { AccountView, ScenarioAttribution, ScenarioParts, StressState } from '../../../store/types.ts';
import { formatExact, formatSigned } from '../../format/number.ts';
import { longReason, STATE_WORDS } from '../../format/words.ts';
import { FIGURES, figureText } from '../../margin/figures.ts';
import { poolName, shownOf } from '../../margin/pools.ts';
import { Comparison } from '../../margin/what-if/comparison.tsx';
import { useApp } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useStress } from '../use-stress.ts';
import { Scroll } from './scroll.tsx';
import styles from './what-if.module.css';
import { type Bar, driverName, negated, waterfall } from './words.ts';

const selectTask = ({ tasks }: StressState) => tasks['scenario-account'];
const selectHasAccount = (state: Parameters<typeof selectAccount>[0]): boolean => selectAccount(state) !== null;

export function AccountResult() {
  const { result, answers, faults } = useStress(selectTask);
  const hasAccount = useApp(selectHasAccount);
  if (!hasAccount) return <p className={styles.note}>Load an account to try a scenario on it.</p>;
  if (faults.length > 0)
    return (
      <div role="alert" className={styles.fault}>
        <p>This cannot be tried out; what is shown live still stands.</p>
        <FaultList faults={faults} />
      </div>
    );
  if (result?.kind !== 'scenario-account' || answers?.kind !== 'scenario-account') return <p className={styles.note}>Working it out…</p>;
  const { before, after, others, attribution, notes } = result;
  return (
    <div className={styles.result} data-answers-all={answers.scenario.all}>
      <Comparison before={shownOf(before, null)} after={shownOf(after, null)} kind={after.kind} />
      {notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {(before.pools.length > 1 || after.pools.length > 1) && <Pools before={before} after={after} />}
      {others.map((other) => (
        <div key={other.before.id}>
          <h3 className={styles.heading}>{other.before.label || other.before.id}</h3>
          <Pools before={other.before} after={other.after} />
        </div>
      ))}
      <Waterfall attribution={attribution} unit={after.unit} />
    </div>
  );
}

/** Every pool by itself: each is liquidated alone. */
function Pools({ before, after }: { readonly before: AccountView; readonly after: AccountView }) {
  const ids = [...new Set([...before.pools, ...after.pools].map(({ id }) => id))];
  return (
    <Scroll label="Pools">
      <table className={styles.table} aria-label={`Pools of ${before.label || before.id}`}>
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col">Live</th>
            <th scope="col">What-if</th>
          </tr>
        </thead>
        <tbody>
          {ids.map((id) => (
            <tr key={id}>
              <th scope="row">{poolName(id)}</th>
              <PoolCell view={before} id={id} />
              <PoolCell view={after} id={id} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function PoolCell({ view, id }: { readonly view: AccountView; readonly id: string }) {
  const pool = view.pools.find((one) => one.id === id);
  if (!pool) return <td>none</td>;
  return (
    <td data-state={pool.riskState}>
      <span className={styles.state}>
        <StateShape state={pool.riskState} size={10} /> {STATE_WORDS[pool.riskState]}
      </span>{' '}
      {figureText(FIGURES.marginExcess, pool.cells.marginExcess).shown}
    </td>
  );
}

const COLUMNS: readonly { readonly part: keyof ScenarioParts; readonly label: string; readonly isAgainst: boolean }[] = [
  { part: 'profit', label: 'Profit', isAgainst: false },
  { part: 'collateral', label: 'Collateral', isAgainst: false },
  { part: 'haircut', label: 'Haircut', isAgainst: true },
  { part: 'requirement', label: 'Requirement', isAgainst: true },
  { part: 'tier', label: 'Tier', isAgainst: true },
  { part: 'marginExcess', label: 'Buffer', isAgainst: false },
];

interface Row {
  readonly name: string;
  readonly parts: ScenarioParts;
  readonly isTotal: boolean;
}

/** Every column is what it does to the buffer: the rows sum down, and the columns across, to the last digit. */
function Waterfall({ attribution, unit }: { readonly attribution: ScenarioAttribution; readonly unit: string }) {
  if (!('drivers' in attribution))
    return <p className={styles.note}>What moved the buffer cannot be said: {longReason(attribution.reason)}.</p>;
  const { before, after, drivers } = attribution;
  const rows: Row[] = [
    { name: 'Buffer now', parts: before, isTotal: true },
    ...drivers.map((driver) => ({ name: driverName(driver), parts: driver, isTotal: false })),
    { name: 'Buffer in the scenario', parts: after, isTotal: true },
  ];
  const bars = waterfall(
    Number(before.marginExcess),
    drivers.map(({ marginExcess }) => Number(marginExcess)),
  );
  return (
    <Scroll label="Drivers">
      <table className={styles.table} aria-label={`What moved the buffer, ${unit}, all pools together`}>
        <caption>What moved the buffer, {unit}, all pools together</caption>
        <thead>
          <tr>
            <th scope="col">Driver</th>
            <td aria-hidden="true" className={styles.barHead} />
            {COLUMNS.map(({ part, label }) => (
              <th key={part} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, parts, isTotal }, i) => (
            <tr key={name} data-total={isTotal}>
              <th scope="row">{name}</th>
              <td aria-hidden="true" className={styles.barCell}>
                <BarMark bar={bars[i]!} isTotal={isTotal} />
              </td>
              {COLUMNS.map(({ part, isAgainst }) => (
                <Money key={part} text={isAgainst ? negated(parts[part]) : parts[part]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Money({ text }: { readonly text: string }) {
  return <td title={formatExact(text)}>{Number(text) === 0 ? '0' : formatSigned(text, 2, 'halfExpand')}</td>;
}

function BarMark({ bar: { left, width, isFall }, isTotal }: { readonly bar: Bar; readonly isTotal: boolean }) {
  return (
    <svg className={styles.bar} viewBox="0 0 100 10" preserveAspectRatio="none" role="presentation">
      <rect
        x={left * 100}
        y={1}
        width={Math.max(width * 100, 0.6)}
        height={8}
        className={isTotal ? styles.barTotal : isFall ? styles.barFall : styles.barRise}
      />
    </svg>
  );
}
