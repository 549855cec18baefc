/** Balances: what the account holds and owes, without unrealized profit. */
import { Pencil, Trash2 } from 'lucide-react';
import type { AccountView, FigureColumn } from '../../../store/types.ts';
import { formatAmount, formatExact, formatFixed } from '../../format/number.ts';
import { formatPrice, priceDecimals } from '../../format/price.ts';
import { longReason, shortReason } from '../../format/words.ts';
import { useActions } from '../../shared/app-context.tsx';
import { useOverlay } from '../../shared/overlay.tsx';
import { IconButton } from '../../ui/button.tsx';
import styles from './positions-table.module.css';

interface FigureProps {
  readonly column: FigureColumn;
  readonly at: number;
  readonly write: (text: string) => string;
}

function Figure({ column, at, write }: FigureProps) {
  const reason = column.reason[at]!;
  const text = column.text[at]!;
  return (
    <td data-figure="" data-known={reason === ''} title={reason === '' ? formatExact(text) : longReason(reason)}>
      {reason === '' ? write(text) : shortReason(reason)}
    </td>
  );
}

export function BalancesTable({ account }: { readonly account: AccountView }) {
  const open = useOverlay();
  const actions = useActions();
  const { balances } = account;
  return (
    // A region that scrolls must be reachable from the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.scroll} aria-label="Balances, scrollable" tabIndex={0}>
      <table className={styles.table} aria-label="Balances">
        <thead>
          <tr>
            <th scope="col" data-column="instrument" data-kind="text">
              Asset
            </th>
            <th scope="col">Amount</th>
            <th scope="col">Price, {account.unit}</th>
            <th scope="col">Value, {account.unit}</th>
            <th scope="col" className={styles.actionsHead}>
              Edit
            </th>
          </tr>
        </thead>
        <tbody>
          {balances.asset.map((asset, at) => (
            // Two balances of one asset are two rows; nothing else tells them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={`${asset} ${at}`}>
              <th scope="row" data-column="instrument" data-kind="text">
                {asset}
              </th>
              <Figure column={balances.amount} at={at} write={formatAmount} />
              <Figure column={balances.price} at={at} write={(text) => formatPrice(text, priceDecimals(balances.price.value[at]!))} />
              <Figure column={balances.value} at={at} write={(text) => formatFixed(text, 2, 'floor')} />
              <td className={styles.actionsCell}>
                <span className={styles.actions}>
                  <IconButton label={`Change ${asset} balance`} onClick={() => open({ kind: 'balance', index: at })}>
                    <Pencil size={14} aria-hidden="true" />
                  </IconButton>
                  <IconButton label={`Remove ${asset} balance`} onClick={() => void actions.edit({ kind: 'balance-remove', index: at })}>
                    <Trash2 size={14} aria-hidden="true" />
                  </IconButton>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
