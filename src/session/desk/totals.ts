/** What the whole system holds, from sums by slot and prices alone (rule DK-18): O(instruments × rows), whatever the number of accounts. */
import type { DeskState } from './desk-state.ts';
import type { Ladder } from './ladders.ts';

export interface VenueTotals {
  equity: number;
  notional: number;
  maintenance: number;
}

export interface InstrumentTotals {
  longNotional: number;
  shortNotional: number;
  maintenance: number;
  positionCount: number;
}

/** In the desk's unit of account; isolated pools included, pools without linear form or with unknown prices left out. */
export interface DeskTotals extends VenueTotals {
  /** By index into the store's venues. */
  readonly venues: VenueTotals[];
  /** By index into the board's instruments. */
  readonly instruments: InstrumentTotals[];
}

/**
 * Σ equity = Σ constants + Σ slots net weight · worth; Σ notional and Σ maintenance from gross weights and counts. Relative error
 * ≤ 1e-12 of the gross sums. Assumes that every account counts in the desk's unit of account.
 */
export function totals(desk: DeskState): DeskTotals {
  const { board, sums, ladders, store } = desk;
  const venues = store.venues.map((): VenueTotals => ({ equity: 0, notional: 0, maintenance: 0 }));
  const instruments = board.instruments.map(
    (): InstrumentTotals => ({ longNotional: 0, shortNotional: 0, maintenance: 0, positionCount: 0 }),
  );
  for (const { venue, unitAsset, constant, required } of sums.constants.values()) {
    const rate = unitAsset < 0 ? 1 : board.price[unitAsset]!;
    venues[venue]!.equity += (constant[0]! + constant[1]!) * rate;
    venues[venue]!.maintenance += (required[0]! + required[1]!) * rate;
  }
  for (const ladder of ladders.all) addLadder(desk, ladder, venues[ladder.venue]!, instruments[ladder.instrument]);
  const sum = (pick: (venue: VenueTotals) => number): number => venues.reduce((total, venue) => total + pick(venue), 0);
  return {
    equity: sum(({ equity }) => equity),
    notional: sum(({ notional }) => notional),
    maintenance: sum(({ maintenance }) => maintenance),
    venues,
    instruments,
  };
}

function addLadder(desk: DeskState, ladder: Ladder, venue: VenueTotals, instrument: InstrumentTotals | undefined): void {
  const { sums, tables, board, factor } = desk;
  // A deduction in another asset is counted with its leg's row.
  if (ladder.role === 'minus') return;
  const isLeg = ladder.role === 'leg';
  const rate = isLeg && ladder.asset < 0 ? settleRate(desk, ladder) : 1;
  const deductionRate = ladder.asset < 0 ? rate : board.price[ladder.asset]!;
  const worth = factor[ladder.driver]! * rate;
  for (let row = 0; row < ladder.rowCount; row++) {
    const s = ladder.slotBase + row;
    const count = sums.count[s]!;
    if (count === 0) continue;
    const net = sums.net[s]! + sums.netLost[s]!;
    const gross = sums.gross[s]! + sums.grossLost[s]!;
    const maintenance = gross * tables.coefficient[2 * s + 1]! * rate - count * ladder.deduction[row]! * deductionRate;
    if (ladder.role !== 'plus') venue.equity += net * worth;
    venue.maintenance += maintenance;
    if (isLeg || ladder.role === 'lent') venue.notional += gross * worth;
    if (!instrument || !isLeg) continue;
    const isSigned = ladder.direction;
    instrument.longNotional += ((gross + isSigned * net) / 2) * worth;
    instrument.shortNotional += ((gross - isSigned * net) / 2) * worth;
    instrument.maintenance += maintenance;
    instrument.positionCount += count;
  }
}

/** Price of what a leg of a one-currency pool settles in; 1 where that is the unit of account itself. */
function settleRate({ board }: DeskState, { instrument }: Ladder): number {
  const price = board.price[board.assetIndex.get(board.instruments[instrument]!.settle) ?? -1];
  return price === undefined || Number.isNaN(price) ? 1 : price;
}
