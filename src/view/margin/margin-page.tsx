/** My margin: how far the account is from liquidation, and what would get it there. */
import { useState } from 'react';
import { selectAccount, selectConnection, selectWhatIfAccount } from '../../store/selectors.ts';
import type { AccountView, PoolView } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import { BufferPanel } from './buffer-panel.tsx';
import { EmptyHull } from './empty-hull.tsx';
import { HullPanel } from './hull-panel.tsx';
import { LadderPanel } from './ladder.tsx';
import styles from './margin-page.module.css';
import { PoolSwitch } from './pool-switch.tsx';
import { PositionsPanel } from './positions/positions-panel.tsx';
import { Tiles } from './tiles.tsx';
import { WhatIfPanel } from './what-if/what-if-panel.tsx';

/** How far the numbers can be trusted; above severity, and seen in grey and hatch. */
export const qualityOf = (account: AccountView, state: AccountView['riskState']): 'live' | 'stale' | 'indeterminate' => {
  if (state === 'indeterminate') return 'indeterminate';
  return account.stale || state === 'stale' ? 'stale' : 'live';
};

interface MarginPageProps {
  /** Whether the what-if sheet is open, where it is a sheet; null where it has its own column. */
  readonly isSheetOpen: boolean | null;
}

function Page({ account, isSheetOpen }: MarginPageProps & { readonly account: AccountView }) {
  const [poolId, setPoolId] = useState<string | null>(null);
  const whatIfAccount = useApp(selectWhatIfAccount);
  const connection = useApp(selectConnection);
  const pool: PoolView | null = account.pools.find(({ id }) => id === poolId) ?? null;
  const source = pool ?? account;
  const whatIfPool = pool ? whatIfAccount?.pools.find(({ id }) => id === pool.id) : whatIfAccount;
  const quality = connection.kind === 'ready' ? qualityOf(account, source.riskState) : 'stale';
  return (
    <main id="margin" className={styles.page} data-quality={quality} data-sheet={isSheetOpen === null ? undefined : isSheetOpen}>
      <h1 className={styles.title}>My margin</h1>
      <div className={styles.hull}>
        <PoolSwitch account={account} selected={pool?.id ?? null} onSelect={setPoolId} />
        <ErrorBoundary what="The gauges">
          <HullPanel account={account} pool={pool} whatIfRatio={whatIfPool?.cells.marginRatio ?? null} />
        </ErrorBoundary>
      </div>
      <div className={styles.tiles}>
        <Tiles cells={source.cells} unit={account.unit} isLending={account.kind === 'lending'} pool={pool?.id} />
      </div>
      <div className={styles.chart}>
        <ErrorBoundary what="The chart">
          <BufferPanel />
        </ErrorBoundary>
      </div>
      <div className={styles.ladder}>
        <ErrorBoundary what="The price ladder">
          <LadderPanel />
        </ErrorBoundary>
      </div>
      <div className={styles.positions}>
        <ErrorBoundary what="The positions">
          <PositionsPanel />
        </ErrorBoundary>
      </div>
      {isSheetOpen !== false && (
        <div className={styles.whatIf}>
          <ErrorBoundary what="The what-if">
            <WhatIfPanel pool={pool} />
          </ErrorBoundary>
        </div>
      )}
    </main>
  );
}

export function MarginPage({ isSheetOpen }: MarginPageProps) {
  const account = useApp(selectAccount);
  return account ? <Page account={account} isSheetOpen={isSheetOpen} /> : <EmptyHull />;
}
