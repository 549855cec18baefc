/** The desk: every account of a book, who is near the line, how much leverage it carries and where its liquidations sit. */
import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { selectDeskBook, selectDeskProgress } from '../../store/selectors.ts';
import type { AppState, DeskPanel } from '../../store/types.ts';
import { useActions, useApp, useAppEvery } from '../shared/app-context.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import { COMPACT, NARROW, useMedia } from '../ui/use-media.ts';
import { CoverageLine } from './coverage-line.tsx';
import styles from './desk-page.module.css';
import { Rail, States } from './filters/rail.tsx';
import { EmptyDesk } from './open/empty-desk.tsx';
import { ProgressBar } from './open/progress-bar.tsx';
import type { Weight } from './panels/bars-scene.ts';
import { ConcentrationPanel } from './panels/concentration-panel.tsx';
import { DistributionPanel } from './panels/distribution-panel.tsx';
import { LadderPanel } from './panels/ladder-panel.tsx';
import { OpenInterestPanel, SkewPanel } from './panels/markets-panel.tsx';
import { StatesBand } from './panels/states-band.tsx';
import { type TabSpec, Tabs } from './panels/tabs.tsx';
import { WhalesPanel } from './panels/whales-panel.tsx';
import { AccountsGrid } from './table/accounts-grid.tsx';
import type { GridMemory } from './table/grid-controller.ts';
import { Toolbar } from './toolbar/toolbar.tsx';

/** What is kept while another page is shown. */
export interface DeskMemory {
  readonly grid: GridMemory;
  /** Of the narrow page, where everything is behind tabs; of the panels beside the table. */
  tab: Tab;
  side: SideTab;
  weight: Weight;
}

type SideTab = 'leverage' | 'ratio' | 'markets' | 'concentration' | 'whales';
type Tab = SideTab | 'accounts' | 'ladder' | 'overview';

const newDeskMemory = (): DeskMemory => ({
  grid: { scrollTop: 0, account: '', column: 1, hadFocus: false },
  tab: 'accounts',
  side: 'leverage',
  weight: 'accounts',
});

const SIDE_TABS: readonly TabSpec<SideTab>[] = [
  { id: 'leverage', name: 'Leverage' },
  { id: 'ratio', name: 'Ratio' },
  { id: 'markets', name: 'Markets' },
  { id: 'concentration', name: 'Concentration' },
  { id: 'whales', name: 'Whales' },
];
const COMPACT_TABS: readonly TabSpec<Tab>[] = [{ id: 'accounts', name: 'Accounts' }, { id: 'ladder', name: 'Ladder' }, ...SIDE_TABS];
const NARROW_TABS: readonly TabSpec<Tab>[] = [
  { id: 'accounts', name: 'Accounts' },
  { id: 'overview', name: 'Overview' },
  ...COMPACT_TABS.slice(1),
];

const PANELS_OF: Readonly<Record<Tab, readonly DeskPanel[]>> = {
  accounts: [],
  overview: [],
  ladder: ['ladder'],
  leverage: ['leverage'],
  ratio: ['marginRatio'],
  markets: ['openInterest', 'skew'],
  concentration: ['concentration'],
  whales: ['whales'],
};

interface PartsProps {
  readonly memory: DeskMemory;
  readonly onOpen: (account: string) => void;
}

/** The panel behind a tab. */
function Part({
  tab,
  weight,
  onWeight,
  onOpen,
}: {
  tab: Tab;
  weight: Weight;
  onWeight: (weight: Weight) => void;
  onOpen: PartsProps['onOpen'];
}) {
  switch (tab) {
    case 'accounts':
      return null;
    case 'overview':
      return <StatesBand />;
    case 'ladder':
      return <LadderPanel />;
    case 'leverage':
      return <DistributionPanel column="leverage" weight={weight} onWeight={onWeight} />;
    case 'ratio':
      return <DistributionPanel column="marginRatio" weight={weight} onWeight={onWeight} />;
    case 'markets':
      return (
        <>
          <OpenInterestPanel />
          <SkewPanel />
        </>
      );
    case 'concentration':
      return <ConcentrationPanel />;
    case 'whales':
      return <WhalesPanel onOpen={onOpen} />;
  }
}

/** Asks the engine for the panels that are on screen: the others are not computed. */
function useWish(tabs: readonly Tab[]): void {
  const actions = useActions();
  const visible = ['states', ...tabs.flatMap((tab) => PANELS_OF[tab])].join(' ');
  useEffect(() => actions.desk.panels({ visible: visible.split(' ') as DeskPanel[] }), [actions, visible]);
}

function useWeight(memory: DeskMemory): readonly [Weight, (weight: Weight) => void] {
  const [weight, setWeight] = useState<Weight>(memory.weight);
  memory.weight = weight;
  return [weight, setWeight];
}

const selectHasNobody = (state: AppState): boolean => state.desk.window?.matched === 0;
const NOBODY_INTERVAL_MS = 250;

/** The table, and what stands in its place while no account matches. */
function Table({ isNarrow, memory, onOpen }: { isNarrow: boolean; memory: DeskMemory; onOpen: (account: string) => void }) {
  const actions = useActions();
  const hasNobody = useAppEvery(selectHasNobody, NOBODY_INTERVAL_MS);
  return (
    <div className={styles.gridFrame}>
      <AccountsGrid isNarrow={isNarrow} memory={memory.grid} onOpen={onOpen} />
      {hasNobody && (
        <div className={styles.nobody}>
          <p>No account matches.</p>
          <Button onClick={() => void actions.desk.clearFilter()}>Clear the filter</Button>
        </div>
      )}
    </div>
  );
}

function Wide({ memory, onOpen }: PartsProps) {
  const [side, setSide] = useState<SideTab>(memory.side);
  const [weight, setWeight] = useWeight(memory);
  memory.side = side;
  useWish(['ladder', side]);
  return (
    <>
      <aside className={`${panel.panel} ${styles.rail}`} aria-label="Filters">
        <Rail hasStates />
      </aside>
      <section className={styles.table} aria-label="Table of accounts">
        <Toolbar filters={null} hasColumns />
        <Table isNarrow={false} memory={memory} onOpen={onOpen} />
      </section>
      <div className={styles.side}>
        <ErrorBoundary what="The ladder">
          <LadderPanel />
        </ErrorBoundary>
        <Tabs label="Panels" tabs={SIDE_TABS} selected={side} onSelect={setSide}>
          <ErrorBoundary what="The panel" key={side}>
            <Part tab={side} weight={weight} onWeight={setWeight} onOpen={onOpen} />
          </ErrorBoundary>
        </Tabs>
      </div>
    </>
  );
}

function Compact({ memory, onOpen }: PartsProps) {
  const isNarrow = useMedia(NARROW);
  const [chosen, setTab] = useState<Tab>(memory.tab);
  const [weight, setWeight] = useWeight(memory);
  const tabs = isNarrow ? NARROW_TABS : COMPACT_TABS;
  const tab = tabs.some(({ id }) => id === chosen) ? chosen : 'accounts';
  memory.tab = tab;
  useWish([tab]);
  const [isRailOpen, setIsRailOpen] = useState(false);
  return (
    <>
      <section aria-label="By state" className={styles.strip}>
        <States />
      </section>
      <div className={styles.tabs}>
        <Tabs label="Parts of the desk" tabs={tabs} selected={tab} onSelect={setTab}>
          {tab === 'accounts' ? (
            <div className={styles.table}>
              <Toolbar filters={{ isOpen: isRailOpen, toggle: () => setIsRailOpen(!isRailOpen) }} hasColumns={!isNarrow} />
              {isRailOpen && (
                <div className={`${panel.panel} ${styles.rail}`}>
                  <Rail hasStates={false} />
                </div>
              )}
              <Table isNarrow={isNarrow} memory={memory} onOpen={onOpen} />
            </div>
          ) : (
            <ErrorBoundary what="The panel" key={tab}>
              <Part tab={tab} weight={weight} onWeight={setWeight} onOpen={onOpen} />
            </ErrorBoundary>
          )}
        </Tabs>
      </div>
    </>
  );
}

/** `/` goes to the search, wherever on the desk the focus is, unless somebody types. */
function useSearchKey(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target } = event;
      if (target instanceof HTMLElement && target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, dialog')) return;
      const search = document.querySelector<HTMLInputElement>('[data-desk-search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

interface DeskPageProps {
  readonly memory: RefObject<DeskMemory | null>;
  /** The account has been put on the margin page: go there. */
  readonly onMargin: () => void;
}

export function DeskPage({ memory: kept, onMargin }: DeskPageProps) {
  kept.current ??= newDeskMemory();
  const memory = kept.current;
  const actions = useActions();
  const book = useApp(selectDeskBook);
  const isOpening = useApp(selectDeskProgress) !== null;
  const isCompact = useMedia(COMPACT);
  const isNarrow = useMedia(NARROW);
  useSearchKey();
  useEffect(() => {
    actions.desk.show(true);
    return () => actions.desk.show(false);
  }, [actions]);
  const openAccount = (account: string): void => {
    void actions.desk.openRow(account).then((answer) => {
      if (answer.ok) onMargin();
    });
  };
  const frame = (children: ReactNode) => (
    <main id="desk" className={styles.page} data-empty={book === null} data-busy={isOpening}>
      <h1 className={panel.hidden}>Desk</h1>
      {children}
      <CoverageLine />
    </main>
  );
  if (!book)
    return frame(
      <div className={styles.none}>
        <ProgressBar />
        {isOpening ? <p className={styles.wait}>The first rows appear when the accounts are whole.</p> : <EmptyDesk />}
      </div>,
    );
  return frame(
    <>
      <div className={styles.top}>
        <ProgressBar />
        {!isNarrow && (
          <ErrorBoundary what="The band of states">
            <StatesBand />
          </ErrorBoundary>
        )}
      </div>
      {isCompact ? <Compact memory={memory} onOpen={openAccount} /> : <Wide memory={memory} onOpen={openAccount} />}
    </>,
  );
}
