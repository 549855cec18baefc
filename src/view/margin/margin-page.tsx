/** My margin: how far the account is from liquidation, and what would get it there. */
import { lazy, type ReactNode, Suspense } from 'react';
import { selectAccount, selectEngineTrouble, selectWhatIfAccount } from '../../store/selectors.ts';
import type { AccountView } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import panel from '../ui/panel.module.css';
import { EmptyHull } from './empty-hull.tsx';
import { HullPanel } from './hull-panel.tsx';
import styles from './margin-page.module.css';
import { PoolSwitch } from './pool-switch.tsx';
import { choicesOf, shownOf, solePool } from './pools.ts';
import { Tiles } from './tiles.tsx';

/** The gauges come first; everything else follows in one chunk. */
const load = () => import('../later.ts');
const BufferPanel = lazy(() => load().then((module) => ({ default: module.BufferPanel })));
const LadderPanel = lazy(() => load().then((module) => ({ default: module.LadderPanel })));
const PositionsPanel = lazy(() => load().then((module) => ({ default: module.PositionsPanel })));
const CurePanel = lazy(() => import('./cure/cure-panel.tsx').then((module) => ({ default: module.CurePanel })));
const WhatIfPanel = lazy(() => load().then((module) => ({ default: module.WhatIfPanel })));
const HistoryPanel = lazy(() => import('../study/history-panel.tsx').then((module) => ({ default: module.HistoryPanel })));

/** How far the numbers can be trusted; above severity, and seen in grey and hatch. */
export const qualityOf = (account: AccountView, state: AccountView['riskState']): 'live' | 'stale' | 'indeterminate' => {
  if (state === 'indeterminate') return 'indeterminate';
  return account.stale || state === 'stale' ? 'stale' : 'live';
};

/** A part of the page that may come later and may break alone; its frame is there from the start. */
function Part({ what, children }: { readonly what: string; readonly children: ReactNode }) {
  return (
    <ErrorBoundary what={what}>
      <Suspense fallback={<section className={panel.panel} aria-busy="true" />}>{children}</Suspense>
    </ErrorBoundary>
  );
}

interface MarginPageProps {
  /** The margin pool looked at; null for what the account itself stands for. */
  readonly pool: string | null;
  readonly onPool: (pool: string | null) => void;
  /** Whether the what-if has its own column here; else it is a sheet elsewhere. */
  readonly hasWhatIf: boolean;
}

function Page({ account, pool, onPool, hasWhatIf }: MarginPageProps & { readonly account: AccountView }) {
  const whatIfAccount = useApp(selectWhatIfAccount);
  const trouble = useApp(selectEngineTrouble);
  const choices = choicesOf(account);
  const shown = choices.find((choice) => choice.pool === pool) ?? choices[0]!;
  const whatIfShown = whatIfAccount ? shownOf(whatIfAccount, shown.pool) : null;
  const quality = trouble ? 'stale' : qualityOf(account, shown.riskState);
  return (
    <main id="margin" className={styles.page} data-quality={quality}>
      <h1 className={styles.title}>My margin</h1>
      <div className={styles.hull}>
        <PoolSwitch choices={choices} selected={shown.pool} onSelect={onPool} />
        <ErrorBoundary what="The gauges">
          <HullPanel account={account} shown={shown} whatIf={whatIfShown} />
        </ErrorBoundary>
      </div>
      <div className={styles.tiles}>
        <Tiles
          cells={shown.cells}
          unit={account.unit}
          isLending={account.kind === 'lending'}
          pool={shown.pool ?? undefined}
          machine={{ account: account.id, pool: solePool(shown) }}
        />
      </div>
      <div className={styles.chart}>
        <Part what="The chart">
          <BufferPanel />
        </Part>
      </div>
      <div className={styles.ladder}>
        <Part what="The price ladder">
          <LadderPanel />
        </Part>
      </div>
      <div className={styles.positions}>
        <Part what="The positions">
          <PositionsPanel />
        </Part>
      </div>
      <div className={styles.cure}>
        <Part what="What would cure it">
          <CurePanel pool={shown.pool} />
        </Part>
      </div>
      <div className={styles.history}>
        <Part what="The history">
          <HistoryPanel />
        </Part>
      </div>
      {hasWhatIf && (
        <div className={styles.whatIf}>
          <Part what="The what-if">
            <WhatIfPanel pool={shown.pool} />
          </Part>
        </div>
      )}
    </main>
  );
}

export function MarginPage(props: MarginPageProps) {
  const account = useApp(selectAccount);
  return account ? <Page account={account} {...props} /> : <EmptyHull />;
}
