/** One account opened: each of the venue's figures beside ours, what is missing, and the way to My margin. */
import { useEffect, useState } from 'react';
import type { AddressesState, ComparisonRow, Fault } from '../../store/types.ts';
import { formatExact } from '../format/number.ts';
import { FaultList } from '../shared/fault-list.tsx';
import { goTo } from '../shell/use-route.ts';
import { Button } from '../ui/button.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import { NARROW, useMedia } from '../ui/use-media.ts';
import styles from './account-detail.module.css';
import { CopyButton } from './copy-button.tsx';
import type { ShownAccount } from './rows.ts';
import { useAddresses, useAddressesActions, useFrame } from './use-addresses.ts';
import { figureName, indeterminateText, oursText, reasonSentence, signedGap } from './words.ts';

const selectCompared = ({ compared }: AddressesState) => compared;
const NO_FAULTS: readonly Fault[] = [];

export function AccountDetail({ shown: { row, beside } }: { readonly shown: ShownAccount }) {
  const compared = useAddresses(selectCompared);
  const follows = useFrame()?.shown;
  const { compare, show } = useAddressesActions();
  const [faults, setFaults] = useState(NO_FAULTS);
  const { account, asOfMs } = row;
  // Asked again with every reading: what stands beside the row is of the same moment as the row.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time of the reading is when to ask, not what
  useEffect(() => {
    let isGone = false;
    void compare(account).then((answer) => {
      if (!isGone) setFaults(answer.ok ? NO_FAULTS : answer.faults);
    });
    return () => {
      isGone = true;
    };
  }, [account, asOfMs, compare]);
  const showIt = (): void => {
    void show(account).then((answer) => {
      if (answer.ok) goTo('margin');
      else setFaults(answer.faults);
    });
  };
  const rows = compared?.account === account ? compared.rows : null;
  return (
    <section className={styles.detail} aria-label={`${beside.name}, ${row.venueName}, opened`}>
      <div className={styles.head}>
        <code className={styles.address}>{row.address}</code>
        <CopyButton text={row.address} what="the address" />
        {follows?.account === account && follows.left === '' && <span className={styles.note}>My margin shows it.</span>}
        <Button look="primary" onClick={showIt}>
          Show in My margin
        </Button>
      </div>
      {beside.stale !== '' && (
        <p className={styles.line} data-state="stale">
          <StateShape state="stale" size={10} /> Out of date: {beside.stale}.
        </p>
      )}
      {row.indeterminate.length > 0 && (
        <div data-state="indeterminate">
          <p className={styles.line}>
            <StateShape state="indeterminate" size={10} /> Not known for want of data:
          </p>
          <ul className={styles.missing} aria-label="What is missing">
            {row.indeterminate.map((text) => (
              <li key={text}>{indeterminateText(text)}</li>
            ))}
          </ul>
        </div>
      )}
      {faults.length > 0 && (
        <div role="alert">
          <FaultList faults={faults} />
        </div>
      )}
      {rows === null ? faults.length === 0 && <p className={styles.note}>Asking…</p> : <Comparisons rows={rows} />}
    </section>
  );
}

const textOf = (text: string): string => (text === '' ? 'none' : formatExact(text));
const gapOf = ({ reason, gap }: ComparisonRow): string => (reason === '' && !Number.isFinite(gap) ? 'none' : signedGap(gap));
const rowKey = ({ figure, instrument }: ComparisonRow): string => `${figure} ${instrument}`;

function Comparisons({ rows }: { readonly rows: readonly ComparisonRow[] }) {
  const isNarrow = useMedia(NARROW);
  if (rows.length === 0) return <p className={styles.note}>The venue states no figures of its own for this account.</p>;
  const reasons = [...new Set(rows.flatMap(({ reason }) => (reason === '' ? [] : [reason])))];
  return (
    <>
      {isNarrow ? <ComparisonList rows={rows} /> : <ComparisonTable rows={rows} />}
      {reasons.map((reason) => (
        <p key={reason} className={styles.note}>
          {reason[0]?.toUpperCase()}
          {reason.slice(1)}: {reasonSentence(reason)}
        </p>
      ))}
    </>
  );
}

function ComparisonTable({ rows }: { readonly rows: readonly ComparisonRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.scroll} tabIndex={0} aria-label="The venue’s figures, scrollable">
      <table className={styles.table} aria-label="The venue’s figures beside ours">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Venue’s own</th>
            <th scope="col">Ours</th>
            <th scope="col">Gap</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={rowKey(one)} data-apart={one.reason !== ''}>
              <th scope="row">
                {figureName(one.figure)} {one.instrument && <span className={styles.note}>{one.instrument}</span>}
              </th>
              <td>{textOf(one.theirs)}</td>
              <td title={textOf(one.ours)}>{oursText(one.ours, one.theirs)}</td>
              <td>{gapOf(one)}</td>
              <td>{one.reason === '' ? 'agrees' : one.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Narrow: the two stay side by side. */
function ComparisonList({ rows }: { readonly rows: readonly ComparisonRow[] }) {
  return (
    <ul className={styles.pairs} aria-label="The venue’s figures beside ours">
      {rows.map((one) => (
        <li key={rowKey(one)} data-apart={one.reason !== ''}>
          <h3>
            {figureName(one.figure)} {one.instrument && <span className={styles.note}>{one.instrument}</span>}
          </h3>
          <dl>
            <div>
              <dt>Venue’s own</dt>
              <dd>{textOf(one.theirs)}</dd>
            </div>
            <div>
              <dt>Ours</dt>
              <dd>{oursText(one.ours, one.theirs)}</dd>
            </div>
          </dl>
          <p className={styles.note}>{one.reason === '' ? 'agrees' : `${gapOf(one)}, ${one.reason}`}</p>
        </li>
      ))}
    </ul>
  );
}
