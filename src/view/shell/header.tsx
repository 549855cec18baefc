/** The header: where the numbers come from, whose they are, and what colours how they are seen. */
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import {
  selectAccount,
  selectAccounts,
  selectAlarmCount,
  selectBookName,
  selectIsWhatIf,
  selectSource,
  selectTheme,
  selectTimeZone,
} from '../../store/selectors.ts';
import type { AccountSummary, AccountView, SourceView } from '../../store/types.ts';
import { formatAge } from '../format/time.ts';
import { useActions, useApp, useAppEvery } from '../shared/app-context.tsx';
import { useOverlay } from '../shared/overlay.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { FeedStateWord } from './feed-state.tsx';
import styles from './header.module.css';
import { HelpIcon, MoonIcon, SunIcon, UploadIcon } from './icons.tsx';
import { Logo } from './logo.tsx';
import { useIsDark } from './theme.ts';
import { ADDRESSES, type Route } from './use-route.ts';

const MarketAges = lazy(() => import('../later.ts').then((module) => ({ default: module.MarketAges })));

/** A name, a state and an age in whole seconds: nobody reads them faster. */
const INTERVAL_MS = 500;

/** Since the last price arrived, by this device's clock, counted on while none arrives. */
function Age({ source }: { readonly source: SourceView }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const arrivalMs = source.status.lastArrivalTimeMs;
  // A clock that is moved by hand stamps nothing.
  if (!arrivalMs) return null;
  return <span className={styles.age}>{formatAge(Math.max(0, Math.max(nowMs, Date.now()) - arrivalMs))}</span>;
}

function Source({ source }: { readonly source: SourceView }) {
  return (
    <Popover
      label="Ages of prices"
      triggerProps={{ className: styles.source, title: 'Every market by age' }}
      trigger={
        <>
          <span className={styles.name}>{source.kind === 'none' ? 'Prices of the book' : source.name}</span>
          {source.kind !== 'none' && <FeedStateWord source={source} />}
          {source.kind !== 'none' && source.speed !== 0 && <Age source={source} />}
        </>
      }
    >
      {() => (
        <Suspense>
          <MarketAges />
        </Suspense>
      )}
    </Popover>
  );
}

const nameOf = ({ id, label }: Pick<AccountSummary, 'id' | 'label'>): string => label || id;

function AccountName({ account, accounts }: { readonly account: AccountView; readonly accounts: readonly AccountSummary[] }) {
  const open = useOverlay();
  const bookName = useApp(selectBookName);
  const text = (
    <>
      <span className={styles.account}>{nameOf(account)}</span>
      <span className={styles.venue}>{account.venueName}</span>
    </>
  );
  if (accounts.length < 2)
    return (
      <div className={styles.who} title={bookName}>
        {text}
      </div>
    );
  return (
    <Button
      look="quiet"
      className={styles.who}
      title={`${bookName}: ${accounts.length} accounts`}
      onClick={() => open({ kind: 'accounts' })}
    >
      {text}
      <span className={styles.count}>{accounts.length.toLocaleString('en-US')} accounts</span>
    </Button>
  );
}

function Switches() {
  const open = useOverlay();
  const actions = useActions();
  const zone = useApp(selectTimeZone);
  const theme = useApp(selectTheme);
  const isDark = useIsDark(theme);
  return (
    <div className={styles.switches}>
      <Button onClick={() => open({ kind: 'load' })}>
        <UploadIcon /> Load
      </Button>
      <Button
        look="quiet"
        aria-label={zone === 'utc' ? 'Times in UTC; switch to local' : 'Times are local; switch to UTC'}
        onClick={() => actions.changeSettings({ timeZone: zone === 'utc' ? 'local' : 'utc' })}
      >
        {zone === 'utc' ? 'UTC' : 'Local'}
      </Button>
      <IconButton
        label={isDark ? 'Light theme' : 'Dark theme'}
        onClick={() => actions.changeSettings({ theme: isDark ? 'light' : 'dark' })}
      >
        {isDark ? <SunIcon /> : <MoonIcon />}
      </IconButton>
      <IconButton label="Help" onClick={() => open({ kind: 'help' })}>
        <HelpIcon />
      </IconButton>
    </div>
  );
}

/** `alarms` is the page Alarms. */
const pageName = (route: string): string => `${route[0]?.toUpperCase()}${route.slice(1)}`;

/** How many alarms stand, in the colour of the worst. */
function AlarmCount() {
  const [count = '', state] = useApp(selectAlarmCount).split(' ');
  if (count === '') return null;
  return (
    <b className={styles.alarms} data-state={state}>
      {count}
    </b>
  );
}

export function Header({ route, children }: { readonly route: Route; readonly children: ReactNode }) {
  const source = useAppEvery(selectSource, INTERVAL_MS);
  const account = useAppEvery(selectAccount, INTERVAL_MS);
  const accounts = useApp(selectAccounts);
  const isWhatIf = useApp(selectIsWhatIf);
  const actions = useActions();
  return (
    <header className={styles.header}>
      <a className={styles.brand} href="./" aria-label="Plimsoll, start">
        <Logo />
        <span className={styles.word}>Plimsoll</span>
      </a>
      <nav aria-label="Pages" className={styles.pages}>
        {Object.entries(ADDRESSES).map(([page, address]) => (
          <a key={page} href={address} aria-current={page === route ? 'page' : undefined}>
            {pageName(page)}
            {page === 'alarms' && <AlarmCount />}
          </a>
        ))}
      </nav>
      {account && <AccountName account={account} accounts={accounts} />}
      <Suspense>{children}</Suspense>
      {source && <Source source={source} />}
      {isWhatIf && (
        <button type="button" className={styles.chip} onClick={actions.clearWhatIf} title="Leave what-if (Escape)">
          What-if on
        </button>
      )}
      <Switches />
    </header>
  );
}
