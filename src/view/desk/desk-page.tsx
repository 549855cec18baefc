/** The desk: every account of a book, who is near the line, how much leverage it carries and where its liquidations sit. */
import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { selectDeskBook, selectDeskProgress } from '../../store/selectors.ts';
import type { DeskPanel } from '../../store/types.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
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
  tab: Tab;
  weight: Weight;
}

type SideTab = 'leverage' | 'ratio' | 'markets' | 'concentration' | 'whales';
type Tab = SideTab | 'accounts' | 'ladder';

const newDeskMemory = (): DeskMemory => ({ grid: { scrollTop: 0, account: '', column: 1 }, tab: 'leverage', weight: 'accounts' });

const SIDE_TABS: readonly TabSpec<SideTab>[] = [
  { id: 'leverage', name: 'Leverage' },
  { id: 'ratio', name: 'Ratio' },
  { id: 'markets', name: 'Markets' },
  { id: 'concentration', name: 'Concentration' },
  { id: 'whales', name: 'Whales' },
];
const ALL_TABS: readonly TabSpec<Tab>[] = [{ id: 'accounts', name: 'Accounts' }, { id: 'ladder', name: 'Ladder' }, ...SIDE_TABS];

const PANELS_OF: Readonly<Record<Tab, readonly DeskPanel[]>> = {
  accounts: [],
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

/** Which tab and which weight, kept in `memory`, and asked of the engine: what is not on screen is not computed. */
function useParts(memory: DeskMemory, isCompact: boolean) {
  const actions = useActions();
  const [tab, setTab] = useState<Tab>(memory.tab);
  const [weight, setWeight] = useState<Weight>(memory.weight);
  const side: SideTab = tab === 'accounts' || tab === 'ladder' ? 'leverage' : tab;
  const shown = isCompact ? tab : side;
  memory.tab = tab;
  memory.weight = weight;
  useEffect(() => {
    const beside: readonly DeskPanel[] = isCompact ? [] : ['ladder'];
    actions.desk.panels({ visible: ['states', ...beside, ...PANELS_OF[shown]] });
  }, [actions, isCompact, shown]);
  return { tab, side, setTab, weight, setWeight };
}

function Wide({ memory, onOpen }: PartsProps) {
  const { side, setTab, weight, setWeight } = useParts(memory, false);
  return (
    <>
      <aside className={`${panel.panel} ${styles.rail}`} aria-label="Filters">
        <Rail hasStates />
      </aside>
      <section className={styles.table} aria-label="Table of accounts">
        <Toolbar filters={null} hasColumns />
        <div className={styles.gridFrame}>
          <AccountsGrid isNarrow={false} memory={memory.grid} onOpen={onOpen} />
        </div>
      </section>
      <div className={styles.side}>
        <ErrorBoundary what="The ladder">
          <LadderPanel />
        </ErrorBoundary>
        <Tabs label="Panels" tabs={SIDE_TABS} selected={side} onSelect={setTab}>
          <ErrorBoundary what="The panel" key={side}>
            <Part tab={side} weight={weight} onWeight={setWeight} onOpen={onOpen} />
          </ErrorBoundary>
        </Tabs>
      </div>
    </>
  );
}

function Compact({ memory, onOpen }: PartsProps) {
  const { tab, setTab, weight, setWeight } = useParts(memory, true);
  const isNarrow = useMedia(NARROW);
  const [isRailOpen, setIsRailOpen] = useState(false);
  return (
    <>
      <section aria-label="By state" className={styles.strip}>
        <States />
      </section>
      <div className={styles.tabs}>
        <Tabs label="Parts of the desk" tabs={ALL_TABS} selected={tab} onSelect={setTab}>
          {tab === 'accounts' ? (
            <div className={styles.table}>
              <Toolbar filters={{ isOpen: isRailOpen, toggle: () => setIsRailOpen(!isRailOpen) }} hasColumns={!isNarrow} />
              {isRailOpen && (
                <div className={`${panel.panel} ${styles.rail}`}>
                  <Rail hasStates={false} />
                </div>
              )}
              <div className={styles.gridFrame}>
                <AccountsGrid isNarrow={isNarrow} memory={memory.grid} onOpen={onOpen} />
              </div>
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
        <ErrorBoundary what="The band of states">
          <StatesBand />
        </ErrorBoundary>
      </div>
      {isCompact ? <Compact memory={memory} onOpen={openAccount} /> : <Wide memory={memory} onOpen={openAccount} />}
    </>,
  );
}
