/** The page: header, My margin, foot, and what lies over them. */

// First of all: it says in which order the layers of every other style sheet stand.
import './styles/index.css';

import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { selectAccounts, selectIsReady, selectPalette, selectTheme, selectTimeZone } from '../store/selectors.ts';
import styles from './app.module.css';
import { MarginPage } from './margin/margin-page.tsx';
import { useActions, useApp } from './shared/app-context.tsx';
import { type Overlay, OverlayContext } from './shared/overlay.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Header } from './shell/header.tsx';
import { Notices } from './shell/notices.tsx';
import type { ShortcutName } from './shell/shortcuts.ts';
import { useIsDark, useRootTheme } from './shell/theme.ts';
import { usePageState } from './shell/use-page-state.ts';
import { type Pause, usePause } from './shell/use-pause.ts';
import { useShortcuts } from './shell/use-shortcuts.ts';
import { COMPACT, useMedia } from './ui/use-media.ts';

/** The gauges come first: these follow once they are on the screen. */
const later = () => import('./later.ts');
const Announcer = lazy(() => later().then((module) => ({ default: module.Announcer })));
const DropZone = lazy(() => later().then((module) => ({ default: module.DropZone })));
const SourceBar = lazy(() => later().then((module) => ({ default: module.SourceBar })));
const WhatIfPanel = lazy(() => later().then((module) => ({ default: module.WhatIfPanel })));
const Dialogs = lazy(() => import('./dialogs/dialogs.tsx'));

/** Puts the focus on the what-if's first slider. */
const focusWhatIf = (): void => document.querySelector<HTMLElement>('[aria-labelledby="what-if-title"] input[type="range"]')?.focus();

function usePageShortcuts(open: (overlay: Overlay) => void, openSheet: () => void, pause: Pause): void {
  const actions = useActions();
  const zone = useApp(selectTimeZone);
  const isDark = useIsDark(useApp(selectTheme));
  const accounts = useApp(selectAccounts);
  const does: Readonly<Record<ShortcutName, () => void>> = {
    help: () => open({ kind: 'help' }),
    load: () => open({ kind: 'load' }),
    accounts: () => {
      if (accounts.length > 1) open({ kind: 'accounts' });
    },
    'what-if': () => {
      openSheet();
      requestAnimationFrame(focusWhatIf);
    },
    pause: pause.toggle,
    step: () => void actions.step(1),
    'time-zone': () => actions.changeSettings({ timeZone: zone === 'utc' ? 'local' : 'utc' }),
    theme: () => actions.changeSettings({ theme: isDark ? 'light' : 'dark' }),
  };
  useShortcuts((name) => does[name]());
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

function Page() {
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [pool, setPool] = useState<string | null>(null);
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  const isCompact = useMedia(COMPACT);
  const pause = usePause();
  const isReady = useApp(selectIsReady);
  const isLater = useLater(isReady);
  const close = useCallback(() => setOverlay(null), []);
  useRootTheme(useApp(selectTheme), useApp(selectPalette));
  usePageState();
  usePageShortcuts(setOverlay, () => setIsSheetOpen(true), pause);
  return (
    <OverlayContext value={setOverlay}>
      <div className={styles.app} data-sheet={isCompact && isSheetOpen}>
        <a className={styles.skip} href="#margin">
          Skip to the margin figures
        </a>
        <Header />
        <Notices />
        <MarginPage pool={pool} onPool={setPool} hasWhatIf={!isCompact} />
        {isReady && isCompact && isSheetOpen && (
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
            <SourceBar pause={pause} sheet={isCompact ? { isOpen: isSheetOpen, toggle: () => setIsSheetOpen(!isSheetOpen) } : null} />
          </Suspense>
        )}
      </div>
      {isLater && (
        <Suspense>
          <DropZone />
          <Announcer />
        </Suspense>
      )}
      {overlay && (
        <Suspense>
          <Dialogs overlay={overlay} onClose={close} />
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
