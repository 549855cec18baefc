/** Every cure of one pool for a target, worked out by the engine when asked, and the closure if its line were touched now. */
import { useEffect, useId, useState } from 'react';
import { selectAccount, selectTimeZone } from '../../../store/selectors.ts';
import type { AccountView, AppState, ClosureFrame, CuresFrame, CureView } from '../../../store/types.ts';
import { formatPercent } from '../../format/number.ts';
import { formatInstant } from '../../format/time.ts';
import { useActions, useApp, useAppEvery } from '../../shared/app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { ClosureShow } from './closure-show.tsx';
import styles from './cure.module.css';
import {
  cureDetails,
  cureTitle,
  FIRST_LEVELS,
  GOAL_WORDS,
  type GoalKind,
  goalOf,
  hasLevel,
  isNothing,
  moveText,
  toxicTexts,
} from './cure-text.ts';

/** Of the feed's clock: cures older than this are worked out anew; looked for so often. */
const OLD_MS = 60_000;
const LOOK_MS = 2_000;

/** What a cure rests on beside prices. */
const signatureOf = (account: AccountView | null): string =>
  account ? `${account.id}|${account.positions.size.text.join()}|${account.balances.amount.text.join()}` : '';

const selectClock = (state: AppState): number => state.snapshot?.source.clockMs ?? Number.NaN;

/** The newest answer; asked again when the account, the goal or the pool is another, or the prices have grown old. */
function useCures(pool: string, goal: ReturnType<typeof goalOf>) {
  const actions = useActions();
  const clockMs = useAppEvery(selectClock, LOOK_MS);
  const signature = signatureOf(useApp(selectAccount));
  const [frame, setFrame] = useState<CuresFrame | null>(null);
  const [fault, setFault] = useState('');
  const [asked, setAsked] = useState(0);
  const key = JSON.stringify([pool, goal, signature, asked]);
  useEffect(() => {
    let isCurrent = true;
    const [, wanted] = JSON.parse(key) as [string, typeof goal];
    void actions.cure({ kind: 'alarm-cures', pool, goal: wanted }).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setFrame(answer.value);
      setFault(answer.ok ? '' : (answer.faults[0]?.message ?? 'it could not be worked out'));
    });
    return () => {
      isCurrent = false;
    };
  }, [actions, pool, key]);
  const isOld = frame !== null && Math.abs(clockMs - frame.clockMs) > OLD_MS;
  useEffect(() => {
    if (isOld) setAsked((count) => count + 1);
  }, [isOld]);
  return { frame, fault, again: () => setAsked((count) => count + 1) };
}

function Cure({ cure, pool, onFault }: { readonly cure: CureView; readonly pool: string; readonly onFault: (text: string) => void }) {
  const actions = useActions();
  const title = cureTitle(cure);
  const canDo = cure.why === '' && !isNothing(cure);
  const apply = (): void =>
    void actions
      .edit({ kind: 'several', edits: cure.edits, note: `${title} (${pool})` })
      .then((answer) => onFault(answer.ok ? '' : (answer.faults[0]?.message ?? 'it could not be done')));
  return (
    <li className={styles.cure} data-works={cure.why === ''} data-cure={cure.kind}>
      <span className={styles.name}>{title}</span>
      {cureDetails(cure).map((line) => (
        <span key={line} className={styles.note}>
          {line}
        </span>
      ))}
      {canDo && (
        <span className={styles.buttons}>
          <Button
            look="what-if"
            aria-label={`Try in what-if: ${title}`}
            onClick={() => actions.setWhatIf({ moves: {}, all: '0', edits: cure.edits })}
          >
            Try in what-if
          </Button>
          <Button aria-label={`Change the book so: ${title}`} onClick={apply}>
            Change the book so
          </Button>
        </span>
      )}
    </li>
  );
}

function Preview({ pool }: { readonly pool: string }) {
  const actions = useActions();
  const [frame, setFrame] = useState<ClosureFrame | null>(null);
  const [fault, setFault] = useState('');
  const ask = (): void =>
    void actions.cure({ kind: 'alarm-closure', pool }).then((answer) => {
      if (answer.ok) setFrame(answer.value);
      setFault(answer.ok ? '' : (answer.faults[0]?.message ?? 'it could not be worked out'));
    });
  return (
    <section className={styles.preview} aria-label={`What the venue would do to ${pool}`}>
      <Button onClick={ask}>If the line were touched now</Button>
      {fault && <p className={styles.note}>{fault}</p>}
      {frame?.why && <p className={styles.note}>There is no closure to show: {frame.why}.</p>}
      {frame?.closure && (
        <>
          <p>What the venue would do {moveText(frame.closure)}:</p>
          <ClosureShow closure={frame.closure} />
        </>
      )}
    </section>
  );
}

export function Cures({ pool, first, isLending }: { readonly pool: string; readonly first: GoalKind; readonly isLending: boolean }) {
  const zone = useApp(selectTimeZone);
  const [kind, setKind] = useState<GoalKind>(first);
  const [level, setLevel] = useState('');
  const [done, setDone] = useState('');
  const id = useId();
  const { frame, fault, again } = useCures(pool, goalOf(kind, level));
  const kinds = (Object.keys(GOAL_WORDS) as GoalKind[]).filter((one) => one !== 'health-factor' || isLending);
  const choose = (next: GoalKind): void => {
    setKind(next);
    setLevel(hasLevel(next) ? FIRST_LEVELS[next] : '');
  };
  return (
    <div className={styles.cures}>
      <div className={styles.goal}>
        <label htmlFor={id}>Reach</label>
        <select id={id} value={kind} onChange={(event) => choose(event.target.value as GoalKind)}>
          {kinds.map((one) => (
            <option key={one} value={one}>
              {GOAL_WORDS[one]}
            </option>
          ))}
        </select>
        {hasLevel(kind) && (
          <input
            aria-label={GOAL_WORDS[kind]}
            aria-invalid={fault !== ''}
            inputMode="decimal"
            value={level}
            onChange={(event) => setLevel(event.target.value)}
          />
        )}
        <Button onClick={again}>Work out again</Button>
      </div>
      {(fault || done) && (
        <p className={styles.fault} role="alert">
          {fault || done}
        </p>
      )}
      {frame && (
        <>
          <p className={styles.note}>
            For the prices of {Number.isFinite(frame.priceTimeMs) ? formatInstant(frame.priceTimeMs, zone) : 'no market'}, pool {frame.pool}
            . Any one of these is enough, to the lot and the smallest unit; fills at the mark.
          </p>
          <ul className={styles.list} aria-label={`Cures of ${pool}`}>
            {frame.cures.map((cure, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the order is the engine's, and two positions may share a market
              <Cure key={i} cure={cure} pool={pool} onFault={setDone} />
            ))}
          </ul>
          {frame.danger.length > 1 && (
            <p className={styles.note}>
              The most dangerous direction:{' '}
              {frame.danger.map(({ market, move }) => `${market} ${move.startsWith('-') ? '−' : '+'}`).join(', ')}
              {frame.danger.length > 0 ? `; ${shareText(frame)}` : ''}
            </p>
          )}
          {toxicTexts(frame).map((text) => (
            <p key={text} className={styles.note}>
              {text}
            </p>
          ))}
        </>
      )}
      <Preview pool={pool} />
    </div>
  );
}

/** How the markets' moves compare along it. */
function shareText({ danger }: CuresFrame): string {
  const largest = danger.reduce((most, one) => (Math.abs(Number(one.move)) > Math.abs(Number(most.move)) ? one : most), danger[0]!);
  const of = Math.abs(Number(largest.move));
  return danger
    .map(
      ({ market, move }) =>
        `${market} moves ${formatPercent(String(of === 0 ? 0 : Math.round((Math.abs(Number(move)) / of) * 100) / 100), 0, 'halfExpand')} as far as ${largest.market}`,
    )
    .slice(0, 4)
    .join(', ');
}
