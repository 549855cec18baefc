/** Who paid: the fund's way as a waterfall, the same as a table, and those who were deleveraged. */
import { useState } from 'react';
import { SceneSvg } from '../../desk/charts/scene-svg.tsx';
import { formatCount } from '../../desk/money.ts';
import { Choice } from '../../ui/choice.tsx';
import { useSize } from '../../ui/use-size.ts';
import type { Subject } from '../use-subject.ts';
import styles from './cascade.module.css';
import { amount, type Cascade, flowsOf, ledgerText } from './reading.ts';
import { amountText, waterfall } from './scenes.ts';

interface FundsProps {
  readonly cascade: Cascade;
  readonly subject: Subject;
}

const ALL = 'all';

export function Funds({ cascade, subject }: FundsProps) {
  const { unit } = subject;
  const [box, { width }] = useSize<HTMLDivElement>();
  const [chosen, setChosen] = useState(ALL);
  const nameOf = (venue: string): string => subject.venues.find(({ id }) => id === venue)?.name ?? (venue || 'everybody');
  const fund = cascade.funds.find((flow) => flow.fund === chosen) ?? { ...cascade, start: cascade.fundStart, end: cascade.fundEnd };
  const flows = flowsOf(fund);
  return (
    <div className={styles.columns}>
      <div className={styles.funds}>
        <h3 className={styles.heading}>Fund and deleveraging, {unit}</h3>
        {cascade.funds.length > 1 && (
          <Choice
            label="Fund"
            value={chosen}
            choices={[[ALL, 'All together'], ...cascade.funds.map(({ fund: id }) => [id, nameOf(id)] as const)]}
            onValue={setChosen}
          />
        )}
        <div ref={box} className={styles.fall}>
          {width > 0 && <SceneSvg scene={waterfall(flows, width)} />}
        </div>
        <details className={styles.details}>
          <summary>As a table</summary>
          <table className={styles.table}>
            <tbody>
              {flows.map(({ name, amount: part, isLevel }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{amountText(part, isLevel)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
        <p className={styles.note} data-ledger="">
          {ledgerText(cascade, unit)}
        </p>
      </div>
      <div className={styles.closed}>
        <h3 className={styles.heading}>Deleveraged</h3>
        {cascade.takerCount === 0 ? (
          <p className={styles.note}>Nobody gave anything.</p>
        ) : (
          <>
            <p className={styles.note}>
              {formatCount(cascade.takerCount)} {cascade.takerCount === 1 ? 'winner' : 'winners'} gave {amount(cascade.socialised, 'ceil')}{' '}
              {unit}
              {cascade.takerCount > cascade.takers.length ? `; the ${formatCount(cascade.takers.length)} who gave most` : ''}:
            </p>
            <ul className={styles.names}>
              {cascade.takers.map(({ id, label, taken }) => (
                <li key={id}>
                  <span>{label || id}</span>
                  <span className={styles.venue}>{amount(taken)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
