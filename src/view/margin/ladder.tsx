/** Mark, entry, liquidation and bankruptcy of one market on one price axis. */
import { useMemo, useState } from 'react';
import { selectAccount } from '../../store/selectors.ts';
import type { AccountView, PositionColumns } from '../../store/types.ts';
import { formatDistance } from '../format/number.ts';
import { priceDecimals } from '../format/price.ts';
import { useAppEvery } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import { shapePath } from '../ui/state-shape.tsx';
import { useSize } from '../ui/use-size.ts';
import styles from './ladder.module.css';
import { type PlacedRung, placeRungs, rungsOf } from './ladder-geometry.ts';
import { nearestPosition } from './nearest.ts';

const INTERVAL_MS = 250;
const AXIS_X = 62;
const MARGIN = 20;

/** The instruments held, each with the index of its first position. */
const instrumentsOf = (positions: PositionColumns): { readonly id: string; readonly first: number }[] => {
  const seen = new Map<string, number>();
  positions.instrument.forEach((id, i) => {
    if (!seen.has(id)) seen.set(id, i);
  });
  return [...seen].map(([id, first]) => ({ id, first }));
};

/** Two chevrons at the end of the axis: further than is drawn. */
const offPath = ({ y, off }: PlacedRung): string => {
  const by = off === 'above' ? -5 : 5;
  return `M${AXIS_X - 6} ${y - by} l6 ${by} l6 ${-by} M${AXIS_X - 6} ${y} l6 ${by} l6 ${-by}`;
};

function Rung({ rung, width }: { readonly rung: PlacedRung; readonly width: number }) {
  const isMark = rung.kind === 'mark';
  return (
    <g className={styles.rung} data-kind={rung.kind}>
      {!rung.off && <line className={styles.line} x1={AXIS_X - 12} x2={AXIS_X + 12} y1={rung.y} y2={rung.y} />}
      <path className={styles.leader} d={`M${AXIS_X + 12} ${rung.y} L${AXIS_X + 24} ${rung.labelY}`} />
      {rung.kind === 'liquidation' && (
        <path className={styles.cross} d={shapePath('liquidation')} transform={`translate(${AXIS_X - 29} ${rung.y - 6})`} />
      )}
      {rung.off && <path className={styles.off} d={offPath(rung)} />}
      {isMark && <path className={styles.pointer} d={`M${AXIS_X - 14} ${rung.y} l-9 -5 v10 Z`} />}
      <text className={styles.word} x={AXIS_X + 30} y={rung.labelY + 4}>
        {rung.word}
      </text>
      <text className={styles.price} x={width - 2} y={rung.labelY + 4} textAnchor="end">
        {rung.text}
      </text>
    </g>
  );
}

/** The way from the mark to liquidation, shaded and measured. */
function Room({ rungs, distance }: { readonly rungs: readonly PlacedRung[]; readonly distance: string }) {
  const mark = rungs.find((rung) => rung.kind === 'mark');
  const liquidation = rungs.find((rung) => rung.kind === 'liquidation');
  if (!mark || !liquidation) return null;
  const top = Math.min(mark.y, liquidation.y);
  const height = Math.abs(mark.y - liquidation.y);
  return (
    <g>
      <rect className={styles.room} x={AXIS_X - 5} y={top} width={10} height={height} />
      {height > 24 && (
        <text className={styles.distance} x={AXIS_X - 16} y={top + height / 2 + 4} textAnchor="end">
          {distance}
        </text>
      )}
    </g>
  );
}

function Drawing({ account, first }: { readonly account: AccountView; readonly first: number }) {
  const [ref, size] = useSize<HTMLDivElement>();
  const { positions } = account;
  const decimals = priceDecimals(
    positions.markPrice.reason[first] === '' ? positions.markPrice.value[first]! : positions.entryPrice.value[first]!,
  );
  const { rungs, missing } = useMemo(
    () => rungsOf(positions, first, account.riskPrice, decimals),
    [positions, first, account.riskPrice, decimals],
  );
  const placed = placeRungs(rungs, size.height, MARGIN);
  const spoken = [...rungs.map((rung) => `${rung.word} ${rung.text}`), ...missing.map(({ word, why }) => `${word}: ${why}`)].join(', ');
  const distance = positions.liquidationDistance;
  return (
    <>
      <div ref={ref} className={styles.canvas} role="img" aria-label={`Prices of ${positions.instrument[first]}: ${spoken}`}>
        {size.height > 60 && (
          <svg width={size.width} height={size.height} aria-hidden="true" focusable="false">
            <line className={styles.axis} x1={AXIS_X} x2={AXIS_X} y1={MARGIN / 2} y2={size.height - MARGIN / 2} />
            <Room rungs={placed} distance={distance.reason[first] === '' ? formatDistance(distance.text[first]!) : ''} />
            {placed.map((rung) => (
              <Rung key={rung.id} rung={rung} width={size.width} />
            ))}
          </svg>
        )}
      </div>
      {missing.length > 0 && (
        <ul className={styles.missing}>
          {missing.map(({ id, word, why }) => (
            <li key={id}>
              {word}: {why}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function LadderPanel() {
  const account = useAppEvery(selectAccount, INTERVAL_MS);
  const [chosen, setChosen] = useState<string | null>(null);
  const instruments = useMemo(() => (account ? instrumentsOf(account.positions) : []), [account]);
  const nearest = account ? nearestPosition(account.positions) : -1;
  const fallback = account && nearest >= 0 ? account.positions.instrument[nearest] : instruments[0]?.id;
  const shown = instruments.find(({ id }) => id === chosen) ?? instruments.find(({ id }) => id === fallback);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="ladder-title">
      <div className={panel.head}>
        <h2 id="ladder-title" className={panel.title}>
          Price ladder
        </h2>
        {instruments.length > 0 && (
          <select
            className={styles.select}
            aria-label="Market of the ladder"
            value={shown?.id}
            onChange={(event) => setChosen(event.target.value)}
          >
            {instruments.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        )}
      </div>
      {account && shown ? <Drawing account={account} first={shown.first} /> : <p className={styles.empty}>No open position.</p>}
    </section>
  );
}
