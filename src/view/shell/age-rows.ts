/** The list of markets by age, as rows. */
import { FRESHNESS_ORDER, type Freshness } from '../../domain/freshness.ts';
import type { AccountView, Snapshot } from '../../store/types.ts';

export type AgeColumn = 'market' | 'venueAgeMs' | 'ownAgeMs' | 'freshness';

export interface AgeRow {
  readonly market: string;
  /** NaN where there is no price, or no clock. */
  readonly venueAgeMs: number;
  readonly ownAgeMs: number;
  readonly freshness: Freshness;
  /** Ages from which it is delayed, stale, lost. */
  readonly limits: readonly number[];
  /** Positions and balances of the account that rest on it. */
  readonly holds: readonly string[];
}

/** Ages are of the snapshot's own present by both clocks. */
export function ageRows({ markets, source, ownClockMs }: Snapshot, { positions, balances }: AccountView): AgeRow[] {
  return markets.market.map((market, i) => ({
    market,
    venueAgeMs: source.clockMs - markets.venueTimeMs[i]!,
    ownAgeMs: ownClockMs - markets.arrivalTimeMs[i]!,
    freshness: markets.freshness[i]!,
    limits: [markets.liveMs[i]!, markets.delayedMs[i]!, markets.staleMs[i]!],
    holds: [
      ...positions.instrument.flatMap((instrument, at) => (positions.base[at] === market ? [`${instrument} ${positions.side[at]}`] : [])),
      ...balances.asset.filter((asset) => asset === market).map((asset) => `${asset} balance`),
    ],
  }));
}

const rankOf = (row: AgeRow, by: Exclude<AgeColumn, 'market'>): number => {
  if (by === 'freshness') return FRESHNESS_ORDER.indexOf(row.freshness);
  return Number.isNaN(row[by]) ? Number.POSITIVE_INFINITY : Math.abs(row[by]);
};

/** What is not known counts as the oldest; ties by name. */
export function sortedRows(rows: readonly AgeRow[], by: AgeColumn, isDown: boolean): AgeRow[] {
  const sign = isDown ? -1 : 1;
  const byName = (a: AgeRow, b: AgeRow): number => (a.market < b.market ? -1 : a.market > b.market ? 1 : 0);
  return [...rows].sort((a, b) => {
    if (by === 'market') return sign * byName(a, b);
    const [x, y] = [rankOf(a, by), rankOf(b, by)];
    return x === y ? byName(a, b) : sign * (x < y ? -1 : 1);
  });
}
