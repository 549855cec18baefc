/** The page: header, My margin, foot, and what lies over them. */
import { lazy, Suspense, useCallback, useState } from 'react';
import { selectAccounts, selectPalette, selectSource, selectTheme, selectTimeZone } from '../store/selectors.ts';
import styles from './app.module.css';
import { MarginPage } from './margin/margin-page.tsx';
import { useActions, useApp } from './shared/app-context.tsx';
import { type Overlay, OverlayContext } from './shared/overlay.tsx';
import { Announcer } from './shell/announcer.tsx';
import { DropZone } from './shell/drop-zone.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Header } from './shell/header.tsx';
import { Notices } from './shell/notices.tsx';
import type { ShortcutName } from './shell/shortcuts.ts';
import { SourceBar } from './shell/source-bar.tsx';
import { useIsDark, useRootTheme } from './shell/theme.ts';
import { usePageState } from './shell/use-page-state.ts';
import { useShortcuts } from './shell/use-shortcuts.ts';
import { COMPACT, useMedia } from './ui/use-media.ts';
import './styles/index.css';

const Dialogs = lazy(() => import('./dialogs/dialogs.tsx'));

/** Puts the focus on the what-if's first slider. */
const focusWhatIf = (): void => document.querySelector<HTMLElement>('[aria-labelledby="what-if-title"] input[type="range"]')?.focus();

function usePageShortcuts(open: (overlay: Overlay) => void, openSheet: () => void): void {
  const actions = useActions();
  const zone = useApp(selectTimeZone);
  const isDark = useIsDark(useApp(selectTheme));
  const source = useApp(selectSource);
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
    pause: () => {
      if (source && source.kind !== 'none') actions.setSpeed(source.speed === 0 ? 1 : 0);
    },
    step: () => void actions.step(1),
    'time-zone': () => actions.changeSettings({ timeZone: zone === 'utc' ? 'local' : 'utc' }),
    theme: () => actions.changeSettings({ theme: isDark ? 'light' : 'dark' }),
  };
  useShortcuts((name) => does[name]());
}

function Page() {
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  const isCompact = useMedia(COMPACT);
  const close = useCallback(() => setOverlay(null), []);
  useRootTheme(useApp(selectTheme), useApp(selectPalette));
  usePageState();
  usePageShortcuts(setOverlay, () => setIsSheetOpen(true));
  return (
    <OverlayContext value={setOverlay}>
      <div className={styles.app}>
        <a className={styles.skip} href="#margin">
          Skip to the margin figures
        </a>
        <Header />
        <Notices />
        <MarginPage isSheetOpen={isCompact ? isSheetOpen : null} />
        <SourceBar sheet={isCompact ? { isOpen: isSheetOpen, toggle: () => setIsSheetOpen(!isSheetOpen) } : null} />
      </div>
      <DropZone />
      <Announcer />
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
