/** What the page does without showing it: its keys, its title, its state on the root. */
import { selectAccounts, selectTheme, selectTimeZone } from '../../store/selectors.ts';
import { CatchUp } from '../alarms/catch-up.tsx';
import { useActions, useApp } from '../shared/app-context.tsx';
import { useOverlay } from '../shared/overlay.tsx';
import { Remembered } from './remembered.tsx';
import type { ShortcutName } from './shortcuts.ts';
import { useIsDark } from './theme.ts';
import { usePageState } from './use-page-state.ts';
import type { Pause } from './use-pause.ts';
import { goTo } from './use-route.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useWake } from './use-wake.ts';

/** Puts the focus on the what-if's first slider. */
const focusWhatIf = (): void => document.querySelector<HTMLElement>('[aria-labelledby="what-if-title"] input[type="range"]')?.focus();

interface PageLifeProps {
  readonly pause: Pause;
  readonly openSheet: () => void;
}

/** Draws nothing. */
export function PageLife({ pause, openSheet }: PageLifeProps) {
  const open = useOverlay();
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
    margin: () => goTo('margin'),
    desk: () => goTo('desk'),
    stress: () => goTo('stress'),
    alarms: () => goTo('alarms'),
    theme: () => actions.changeSettings({ theme: isDark ? 'light' : 'dark' }),
  };
  useShortcuts((name) => does[name]());
  usePageState();
  useWake();
  return (
    <>
      <CatchUp />
      <Remembered />
    </>
  );
}
