/** Addresses: anybody's accounts by their public addresses, with the venues' own figures beside ours. For one trader who pastes one, and a desk that watches fifty. */
import { type ReactNode, use, useEffect, useRef, useState } from 'react';
import type { AddressesFrame, AddressesState } from '../../store/types.ts';
import { useLoadAddresses } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import panel from '../ui/panel.module.css';
import { AccountsPanel } from './accounts-panel.tsx';
import { AddPanel } from './add-panel.tsx';
import styles from './addresses-page.module.css';
import { CollateralPanel } from './collateral-matrix.tsx';
import { shortAddress } from './entries.ts';
import { Gateways } from './gateways.tsx';
import { Meter } from './meter.tsx';
import { ReadingList } from './reading-list.tsx';
import { Totals } from './totals.tsx';
import { AddressesContext, FrameContext, labelsOf, useAddresses, useTrouble } from './use-addresses.ts';
import { Whales } from './whales.tsx';
import { changeSentence, nameOf } from './words.ts';

const QUERY = new URLSearchParams(location.search);
/** For trying it against `npm run venue-sim`, below the page's own address. */
const IS_STAND_IN = QUERY.get('stand-in') === '1';
const IS_DEBUG = IS_STAND_IN || QUERY.get('debug') === '1';

export function AddressesPage() {
  const part = use(useLoadAddresses()(IS_STAND_IN));
  return (
    <AddressesContext value={part}>
      <AddressesView />
    </AddressesContext>
  );
}

const selectFrame = ({ frame }: AddressesState) => frame;
const selectList = ({ list }: AddressesState) => list;
const selectFaults = ({ faults }: AddressesState) => faults;

/** The newest frame, or the one before while the engine is being started again: what was shown is not wiped, it is said to be old. */
function useLastFrame(): AddressesFrame | null {
  const frame = useAddresses(selectFrame);
  const [last, setLast] = useState(frame);
  if (frame !== null && frame !== last) setLast(frame);
  return frame ?? last;
}

export function AddressesView() {
  const frame = useLastFrame();
  return (
    <FrameContext value={frame}>
      <main id="addresses" className={styles.page}>
        <h1 className={panel.hidden}>Addresses</h1>
        <Content frame={frame} />
        <Said frame={frame} />
      </main>
    </FrameContext>
  );
}

function Content({ frame }: { readonly frame: AddressesFrame | null }) {
  const list = useAddresses(selectList);
  const faults = useAddresses(selectFaults);
  const isEmpty = list.length === 0;
  return (
    <>
      <div className={styles.top} data-empty={isEmpty}>
        <section className={`${panel.panel} ${styles.addresses}`} aria-label="Addresses">
          {isEmpty && <Empty />}
          <ReadingList />
          {faults.length > 0 && (
            <div role="alert" className={styles.fault}>
              <p>The engine did not take the last change; what is shown still stands.</p>
              <FaultList faults={faults} />
            </div>
          )}
          <AddPanel />
          <Gateways />
        </section>
        {!isEmpty && (
          <Part what="The totals">
            <TotalsPart frame={frame} />
          </Part>
        )}
      </div>
      {!isEmpty && (
        <>
          <Part what="The accounts">
            <AccountsPanel isReading={!frame || frame.addresses.some(({ state }) => state === 'waiting' || state === 'reading')} />
          </Part>
          {frame && frame.accounts.length > 0 && (
            <>
              <div className={styles.beside}>
                <Part what="The nearest">
                  <Whales />
                </Part>
                <Part what="The meter">
                  <Meter meter={frame.meter} />
                </Part>
              </div>
              <Part what="The collateral">
                <CollateralPanel frame={frame} />
              </Part>
            </>
          )}
        </>
      )}
    </>
  );
}

/** What breaks in one panel breaks alone. */
function Part({ what, children }: { readonly what: string; readonly children: ReactNode }) {
  return <ErrorBoundary what={what}>{children}</ErrorBoundary>;
}

function TotalsPart({ frame }: { readonly frame: AddressesFrame | null }) {
  const trouble = useTrouble();
  if (frame && frame.accounts.length > 0) return <Totals frame={frame} isStale={trouble !== ''} />;
  return (
    <section className={panel.panel} aria-label="Totals">
      <h2 className={panel.title}>Totals</h2>
      <p className={styles.note}>They come with the first account that is read.</p>
    </section>
  );
}

function Empty() {
  return (
    <div className={styles.empty}>
      <h2>Watch any account by its public address</h2>
      <p>
        Paste an address, or fifty: each is read from its venue or its chain, its margin is worked out here, and the venue’s own liquidation
        price and health factor stand beside ours, with the reason where they differ.
      </p>
      {IS_DEBUG && (
        <p className={styles.note}>
          {IS_STAND_IN
            ? 'Stand-ins on this machine answer in place of the venues; what they say is invented.'
            : 'With &stand-in=1 in the page’s address, stand-ins of npm run venue-sim answer in place of the venues.'}
        </p>
      )}
    </div>
  );
}

const SAID_EVERY_MS = 5000;

/** One polite sentence for changes of risk state, five seconds apart at least. Prices are never spoken. */
function Said({ frame }: { readonly frame: AddressesFrame | null }) {
  const list = useAddresses(selectList);
  const [text, setText] = useState('');
  const told = useRef(frame);
  const newest = useRef({ frame, list });
  useEffect(() => {
    newest.current = { frame, list };
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const { frame: after, list: entries } = newest.current;
      const labels = labelsOf(entries);
      const sentence = changeSentence(told.current, after, (row) => nameOf(row, labels, shortAddress(row.address)));
      told.current = after;
      if (sentence !== '') setText(sentence);
    }, SAID_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div role="status" aria-live="polite" aria-atomic="true" aria-label="Changes of state" className={panel.hidden}>
      {text}
    </div>
  );
}
