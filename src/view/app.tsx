/** The page: header, My margin, foot, and what lies over them. */

// First of all: it says in which order the layers of every other style sheet stand.
import './styles/index.css';

import { lazy, type ReactNode, Suspense, use, useCallback, useEffect, useRef, useState } from 'react';
import { selectIsReady, selectPalette, selectTheme } from '../store/selectors.ts';
import styles from './app.module.css';
import type { DeskMemory } from './desk/index.ts';
import { MarginPage } from './margin/margin-page.tsx';
import { useApp, useLoadDesk } from './shared/app-context.tsx';
import { type Overlay, OverlayContext } from './shared/overlay.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Header } from './shell/header.tsx';
import { useRootTheme } from './shell/theme.ts';
import { usePause } from './shell/use-pause.ts';
import { goTo, type Route, useRoute } from './shell/use-route.ts';
import { COMPACT, useMedia } from './ui/use-media.ts';

/** The gauges come first: these follow once they are on the screen. */
const later = () => import('./later.ts');
const AlarmVoice = lazy(() => later().then((module) => ({ default: module.AlarmVoice })));
const Announcer = lazy(() => later().then((module) => ({ default: module.Announcer })));
const DropZone = lazy(() => later().then((module) => ({ default: module.DropZone })));
const Notices = lazy(() => later().then((module) => ({ default: module.Notices })));
const PageLife = lazy(() => later().then((module) => ({ default: module.PageLife })));
const SourceBar = lazy(() => later().then((module) => ({ default: module.SourceBar })));
const WatchStar = lazy(() => later().then((module) => ({ default: module.WatchStar })));
const WhatIfPanel = lazy(() => later().then((module) => ({ default: module.WhatIfPanel })));
const Dialogs = lazy(() => import('./dialogs/dialogs.tsx'));
const desk = () => import('./desk/index.ts');
const DeskPage = lazy(() => desk().then((module) => ({ default: module.DeskPage })));
const AlarmsPage = lazy(() => import('./alarms/alarms-page.tsx').then((module) => ({ default: module.AlarmsPage })));
const StressPage = lazy(() => import('./stress/stress-page.tsx').then((module) => ({ default: module.StressPage })));
const AddressesPage = lazy(() => import('./addresses/addresses-page.tsx').then((module) => ({ default: module.AddressesPage })));
const DeskOpenDialog = lazy(() => desk().then((module) => ({ default: module.OpenDialog })));

/** The desk's components come while its part of the store comes; they are rendered when both are there. */
function WithDesk({ children }: { readonly children: ReactNode }) {
  void desk().catch(() => undefined);
  use(useLoadDesk()());
  return children;
}

/** Without an account nothing is painted that the rest could wait for. */
const PATIENCE_MS = 1500;

/** Whether what follows the gauges may be fetched. */
function useLater(isReady: boolean): boolean {
  const [isTime, setIsTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsTime(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isReady || isTime;
}

/** What is dropped or loaded on the desk is meant for the desk. */
const onPage = (overlay: Overlay, route: Route): Overlay =>
  route === 'desk' && overlay.kind === 'load' ? { ...overlay, kind: 'desk-open' } : overlay;

const toMargin = (): void => goTo('margin');

function Page() {
  const route = useRoute();
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const open = useCallback((next: Overlay) => setOverlay(onPage(next, route)), [route]);
  const deskMemory = useRef<DeskMemory | null>(null);
  const [pool, setPool] = useState<string | null>(null);
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  const isCompact = useMedia(COMPACT);
  const pause = usePause();
  const isReady = useApp(selectIsReady);
  const close = useCallback(() => setOverlay(null), []);
  useRootTheme(useApp(selectTheme), useApp(selectPalette));
  const isMargin = route === 'margin';
  // Only the gauges have what waits for them.
  const isLater = useLater(isReady || !isMargin);
  const openSheet = useCallback(() => setIsSheetOpen(isMargin), [isMargin]);
  return (
    <OverlayContext value={open}>
      <div className={styles.app}>
        {isMargin ? (
          <a className={styles.skip} href="#margin">
            Skip to the margin figures
          </a>
        ) : (
          route === 'desk' && (
            <button type="button" className={styles.skip} onClick={() => document.querySelector<HTMLElement>('[role="grid"]')?.focus()}>
              Skip to the accounts
            </button>
          )
        )}
        <Header route={route}>{isMargin && isLater && <WatchStar />}</Header>
        {isLater && (
          <Suspense>
            <Notices />
          </Suspense>
        )}
        {isMargin ? (
          <MarginPage pool={pool} onPool={setPool} hasWhatIf={!isCompact} />
        ) : (
          <ErrorBoundary key={route} what={`The page ${route}`}>
            <Suspense fallback={<main id={route} className={styles.wait} aria-busy="true" />}>
              {route === 'desk' ? (
                <WithDesk>
                  <DeskPage memory={deskMemory} onMargin={toMargin} />
                </WithDesk>
              ) : route === 'alarms' ? (
                <AlarmsPage />
              ) : route === 'addresses' ? (
                <AddressesPage />
              ) : (
                <StressPage />
              )}
            </Suspense>
          </ErrorBoundary>
        )}
        {isMargin && isReady && isCompact && isSheetOpen && (
          <aside className={styles.sheet} aria-label="What-if sheet">
            <ErrorBoundary what="The what-if">
              <Suspense>
                <WhatIfPanel pool={pool} />
              </Suspense>
            </ErrorBoundary>
          </aside>
        )}
        {isReady && (
          <Suspense fallback={<div className={styles.foot} />}>
            <SourceBar
              pause={pause}
              sheet={isCompact && isMargin ? { isOpen: isSheetOpen, toggle: () => setIsSheetOpen(!isSheetOpen) } : null}
            />
          </Suspense>
        )}
      </div>
      {isLater && (
        <Suspense>
          <DropZone />
          <Announcer />
          <AlarmVoice />
          <PageLife pause={pause} openSheet={openSheet} />
        </Suspense>
      )}
      {overlay && (
        <Suspense>
          {overlay.kind === 'desk-open' ? (
            <WithDesk>
              <DeskOpenDialog files={overlay.files} onClose={close} />
            </WithDesk>
          ) : (
            <Dialogs overlay={overlay} onClose={close} />
          )}
        </Suspense>
      )}
    </OverlayContext>
  );
}

export function App() {
  return (
    <ErrorBoundary what="The page">
      <Page />
    </ErrorBoundary>
  );
}
