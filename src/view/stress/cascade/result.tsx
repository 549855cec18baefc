/** A cascade as it was played: its sentence, rounds to scrub, who was closed, and the money. */
import { type ReactNode, useId, useState } from 'react';
import { SceneSvg } from '../../desk/charts/scene-svg.tsx';
import { formatCount } from '../../desk/money.ts';
import { longReason } from '../../format/words.ts';
import { useActions } from '../../shared/app-context.tsx';
import { goTo } from '../../shell/use-route.ts';
import { Button } from '../../ui/button.tsx';
import { useSize } from '../../ui/use-size.ts';
import type { Subject } from '../use-subject.ts';
import styles from './cascade.module.css';
import { Funds } from './funds.tsx';
import {
  amount,
  type Cascade,
  cascadeSentence,
  directionText,
  engineText,
  moveAt,
  movedMarkets,
  multiplierText,
  percentText,
  priceAt,
  priceText,
  roundText,
} from './reading.ts';
import { LINES_MAX, pathScene } from './scenes.ts';

interface Props {
  readonly cascade: Cascade;
  readonly subject: Subject;
}

export function CascadeResult({ cascade, subject }: Props) {
  const { unit } = subject;
  const lines = movedMarkets(cascade, subject.markets);
  const [round, setRound] = useState(cascade.rounds.length);
  return (
    <div className={styles.result}>
      <p className={styles.finding} role="status">
        {cascadeSentence(cascade, unit)}
      </p>
      <p className={styles.note} data-direction={cascade.isMixed ? 'mixed' : 'one'}>
        {directionText(cascade)}
      </p>
      <Scrubber cascade={cascade} unit={unit} round={round} onRound={setRound} />
      <div className={styles.columns}>
        <Prices cascade={cascade} lines={lines} round={round} onRound={setRound} />
        <Closed cascade={cascade} subject={subject} round={round} />
      </div>
      <Funds cascade={cascade} subject={subject} />
      <p className={styles.note}>{engineText(cascade, longReason)}</p>
    </div>
  );
}

interface ScrubberProps {
  readonly cascade: Cascade;
  readonly unit: string;
  readonly round: number;
  readonly onRound: (round: number) => void;
}

/** Rounds forward and back: a slider, whose keys are the browser's own, and buttons. */
function Scrubber({ cascade, unit, round, onRound }: ScrubberProps) {
  const last = cascade.rounds.length;
  const id = useId();
  const name = round === 0 ? 'After the shock' : `Round ${formatCount(round)} of ${formatCount(last)}`;
  return (
    <div className={styles.scrubber}>
      <label htmlFor={id} className={styles.round}>
        {name}
      </label>
      <Button aria-label="One round back" disabled={round === 0} onClick={() => onRound(round - 1)}>
        ‹
      </Button>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        step={1}
        value={round}
        disabled={last === 0}
        aria-valuetext={`${name}: ${roundText(cascade, round, unit)}`}
        onChange={({ target }) => onRound(Number(target.value))}
      />
      <Button aria-label="One round forward" disabled={round === last} onClick={() => onRound(round + 1)}>
        ›
      </Button>
      <p className={styles.roundText}>{roundText(cascade, round, unit)}</p>
    </div>
  );
}

const HEIGHT = 230;
/** Rows of the table of prices that are there at once. */
const ROWS = 8;

function Prices({ cascade, lines, round, onRound }: Omit<ScrubberProps, 'unit'> & { readonly lines: readonly number[] }) {
  const [box, { width }] = useSize<HTMLDivElement>();
  const [isWhole, setIsWhole] = useState(false);
  const path = width > 0 ? pathScene(cascade, lines, round, width, HEIGHT) : null;
  const rows = isWhole ? lines : lines.slice(0, ROWS);
  return (
    <div className={styles.prices}>
      <h3 className={styles.heading}>Prices since before the shock</h3>
      {lines.length === 0 ? (
        <p className={styles.note}>No price moved.</p>
      ) : (
        <>
          <div
            ref={box}
            className={styles.path}
            style={{ blockSize: HEIGHT }}
            onPointerDown={(event) => path && onRound(path.roundAt(event.clientX - event.currentTarget.getBoundingClientRect().left))}
          >
            {path && <SceneSvg scene={path.scene} />}
          </div>
          <Scroll name="Prices by market">
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Market</th>
                  <th scope="col">Now</th>
                  <th scope="col">Shock</th>
                  <th scope="col">This round</th>
                  <th scope="col">End</th>
                  <th scope="col">Multiplier</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((m) => (
                  <tr key={cascade.markets[m]}>
                    <th scope="row">{cascade.markets[m]}</th>
                    <td>{priceText(priceAt(cascade, m, -1), cascade.start[m]!)}</td>
                    <td>{percentText(moveAt(cascade, m, 0))}</td>
                    <td data-now="">
                      {priceText(priceAt(cascade, m, round), cascade.start[m]!)} ({percentText(moveAt(cascade, m, round))})
                    </td>
                    <td>{percentText(moveAt(cascade, m, cascade.rounds.length))}</td>
                    <td>{multiplierText(cascade.multiplier[m]!)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {lines.length > ROWS && (
            <Button look="quiet" onClick={() => setIsWhole(!isWhole)}>
              {isWhole ? 'Show fewer' : `Show all ${formatCount(lines.length)} markets`}
            </Button>
          )}
          <p className={styles.note}>
            {lines.length > LINES_MAX ? `Drawn: the largest ${LINES_MAX}. ` : ''}Multiplier: ln(end ÷ now) ÷ ln(shock). Where covering
            shorts lifts a price it can be below one.
          </p>
        </>
      )}
    </div>
  );
}

function Closed({ cascade, subject, round }: Props & { readonly round: number }) {
  const actions = useActions();
  const now = round === 0 ? undefined : cascade.rounds[round - 1];
  const isDesk = subject.scope === 'desk';
  const nameOf = (venue: string): string => subject.venues.find(({ id }) => id === venue)?.name ?? venue;
  const openAccount = (id: string): void =>
    void actions.desk.openRow(id).then((answer) => {
      if (answer.ok) goTo('margin');
    });
  const showOnDesk = (): void => {
    void actions.desk.showAccounts((now?.listed ?? []).map(({ id }) => id));
    goTo('desk');
  };
  return (
    <div className={styles.closed}>
      <h3 className={styles.heading}>Closed in this round</h3>
      {!now || now.closed === 0 ? (
        <p className={styles.note}>Nobody.</p>
      ) : (
        <>
          <p className={styles.note}>
            {formatCount(now.closed)} {now.closed === 1 ? 'account' : 'accounts'}, {amount(now.notional, 'ceil')} {subject.unit}
            {now.closed > now.listed.length ? `; the first ${formatCount(now.listed.length)} are named` : ''}.
          </p>
          <Scroll name="Accounts closed in this round">
            <ul className={styles.names}>
              {now.listed.map(({ id, label, venue }) => (
                <li key={id}>
                  {isDesk ? (
                    <Button look="quiet" className={styles.name} title="Show on the margin page" onClick={() => openAccount(id)}>
                      {label || id}
                    </Button>
                  ) : (
                    <span>{label || id}</span>
                  )}
                  <span className={styles.venue}>{nameOf(venue)}</span>
                </li>
              ))}
            </ul>
          </Scroll>
          {isDesk && now.listed.length > 0 && <Button onClick={showOnDesk}>Show them on the desk</Button>}
        </>
      )}
    </div>
  );
}

export function Scroll({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.scroll} aria-label={name} tabIndex={0}>
      {children}
    </section>
  );
}
