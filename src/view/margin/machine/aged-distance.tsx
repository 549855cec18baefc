/** A position's distance to liquidation less what may have moved unseen; as it is while all prices are live. */
import { useCallback } from 'react';
import type { AppState } from '../../../store/types.ts';
import { formatDistance } from '../../format/number.ts';
import { formatAge } from '../../format/time.ts';
import { useApp } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import { selectOutlookOf } from './aged.ts';

interface AgedDistanceProps {
  readonly account: string;
  readonly pool: string;
  /** Place among the account's positions. */
  readonly row: number;
  readonly plain: string;
}

export function AgedDistance({ account, pool, row, plain }: AgedDistanceProps) {
  const aged = useApp(useCallback((state: AppState) => selectOutlookOf(account, pool)(state)?.aged, [account, pool]));
  const left = aged?.positions.find((position) => position.row === row)?.distance ?? '';
  if (!aged || left === '') return plain;
  const text = Number(left) > 0 ? formatDistance(left) : 'perhaps none';
  const why = `${plain} at the last prices, less what may have moved in ${formatAge(aged.ageMs)}`;
  return aged.isStruck ? (
    <span title={why}>
      <s>{text}</s>
      <span className={panel.hidden}> no longer valid</span>
    </span>
  ) : (
    <span title={why}>
      {text} <small>left</small>
    </span>
  );
}
