/** Positions on a narrow screen: one card each, and never less than ratio, distance and liquidation price. */
import { Pencil, Trash2 } from 'lucide-react';
import type { AccountView } from '../../../store/types.ts';
import { useActions } from '../../shared/app-context.tsx';
import { useOverlay } from '../../shared/overlay.tsx';
import { IconButton } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { FIGURES, figureText } from '../figures.ts';
import { cellText, columnOf, headerOf } from './columns.ts';
import { DistanceBar } from './distance-bar.tsx';
import styles from './position-cards.module.css';
import { WorkingButton } from './working-button.tsx';

const ALWAYS = ['liquidationDistance', 'liquidationPrice'] as const;
const ALSO = ['markPrice', 'entryPrice', 'size', 'notional', 'unrealizedPnl', 'maintenanceMargin', 'bankruptcyPrice'] as const;

function Fact({
  account,
  id,
  at,
  isStrong = false,
}: {
  readonly account: AccountView;
  readonly id: string;
  readonly at: number;
  readonly isStrong?: boolean;
}) {
  const column = columnOf(id)!;
  const text = cellText(column, account.positions, at);
  return (
    <div className={styles.fact} data-strong={isStrong}>
      <dt>{headerOf(column, account.riskPrice)}</dt>
      <dd title={text.full} data-figure="" data-known={text.hasNumber}>
        {id === 'liquidationPrice' ? <WorkingButton column={column} positions={account.positions} at={at} /> : text.shown}
      </dd>
    </div>
  );
}

function Card({ account, at }: { readonly account: AccountView; readonly at: number }) {
  const open = useOverlay();
  const actions = useActions();
  const { positions } = account;
  const pool = account.pools.find(({ id }) => id === positions.pool[at]);
  const state = pool?.riskState ?? account.riskState;
  const ratio = figureText(FIGURES.marginRatio, pool?.cells.marginRatio ?? account.cells.marginRatio);
  const name = `${positions.instrument[at]} ${positions.side[at]}`;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <h3 data-state={state}>
          <StateShape state={state} /> {positions.instrument[at]} <span className={styles.side}>{positions.side[at]}</span>{' '}
          <span className={styles.side}>{positions.marginMode[at]}</span>
        </h3>
        <span className={styles.actions}>
          <IconButton label={`Change ${name}`} onClick={() => open({ kind: 'position', index: at })}>
            <Pencil size={15} aria-hidden="true" />
          </IconButton>
          <IconButton label={`Remove ${name}`} onClick={() => void actions.edit({ kind: 'position-remove', index: at })}>
            <Trash2 size={15} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      {positions.liquidationDistance.reason[at] === '' && <DistanceBar distance={positions.liquidationDistance.value[at]!} />}
      <dl className={styles.facts}>
        <div className={styles.fact} data-strong="true">
          <dt>Margin ratio</dt>
          <dd title={ratio.full} data-figure="">
            {ratio.shown}
          </dd>
        </div>
        {ALWAYS.map((id) => (
          <Fact key={id} account={account} id={id} at={at} isStrong />
        ))}
        {ALSO.map((id) => (
          <Fact key={id} account={account} id={id} at={at} />
        ))}
      </dl>
    </li>
  );
}

export function PositionCards({ account }: { readonly account: AccountView }) {
  return (
    <ul className={styles.cards} aria-label="Positions">
      {account.positions.key.map((key, at) => (
        <Card key={key} account={account} at={at} />
      ))}
    </ul>
  );
}
