/** What the whole system holds, from sums by slot and prices alone (rule DK-18): O(instruments × rows), whatever the number of accounts. */
import type { DeskState } from './desk-state.ts';
import { refreshRow } from './refresh.ts';
import { EQUITY, LEG, MINUS, PLUS, sumLadder } from './slot-sums.ts';

/**
 * In the desk's unit of account; isolated pools included; pools with an unknown price left out, a leg without a margin table in all but
 * maintenance. Pools without linear form are in the sums of the system and of venues, not in those by instrument. Arrays by index into
 * the store's venues and the board's instruments; the next call writes them again.
 */
export interface DeskTotals {
  equity: number;
  notional: number;
  maintenance: number;
  /** Pools that are left out: without a price, or without linear form and a figure of theirs is not known. */
  unknownPools: number;
  readonly venueEquity: Float64Array;
  readonly venueNotional: Float64Array;
  readonly venueMaintenance: Float64Array;
  readonly longNotional: Float64Array;
  readonly shortNotional: Float64Array;
  readonly instrumentMaintenance: Float64Array;
  readonly positionCount: Int32Array;
}

/** More venues than a book's byte can name. */
const VENUES_MAX = 256;

export const createTotals = (instruments: number): DeskTotals => ({
  equity: 0,
  notional: 0,
  maintenance: 0,
  unknownPools: 0,
  venueEquity: new Float64Array(VENUES_MAX),
  venueNotional: new Float64Array(VENUES_MAX),
  venueMaintenance: new Float64Array(VENUES_MAX),
  longNotional: new Float64Array(instruments),
  shortNotional: new Float64Array(instruments),
  instrumentMaintenance: new Float64Array(instruments),
  positionCount: new Int32Array(instruments),
});

/**
 * Σ equity = Σ constants + Σ slots net weight · worth; Σ notional and Σ maintenance from gross weights and counts. Relative error
 * ≤ 1e-12 of the gross sums. Assumes that every account counts in the desk's unit of account.
 */
export function totals(desk: DeskState): DeskTotals {
  const { board, sums, ladders, store, totals: result } = desk;
  const venueCount = store.venues.length;
  result.venueEquity.fill(0, 0, venueCount);
  result.venueNotional.fill(0, 0, venueCount);
  result.venueMaintenance.fill(0, 0, venueCount);
  result.longNotional.fill(0);
  result.shortNotional.fill(0);
  result.instrumentMaintenance.fill(0);
  result.positionCount.fill(0);
  result.unknownPools = 0;
  for (const { venue, unitAsset, constant, required, unknown } of sums.constants.values()) {
    const rate = unitAsset < 0 ? 1 : board.price[unitAsset]!;
    result.unknownPools += unknown;
    result.venueEquity[venue]! += (constant[0]! + constant[1]!) * rate;
    result.venueMaintenance[venue]! += (required[0]! + required[1]!) * rate;
  }
  for (let id = 0; id < ladders.all.length; id++) {
    if (ladders.all[id]!.isApart) continue;
    if (sums.isStale[id] === 1) sumLadder(sums, ladders.all[id]!);
    addLadder(desk, id, result);
  }
  addExact(desk, result);
  result.equity = result.notional = result.maintenance = 0;
  for (let v = 0; v < venueCount; v++) {
    result.equity += result.venueEquity[v]!;
    result.notional += result.venueNotional[v]!;
    result.maintenance += result.venueMaintenance[v]!;
  }
  return result;
}

/** Figures of the last `refreshColumns`; a pool that came since is looked at now. */
function addExact(desk: DeskState, into: DeskTotals): void {
  const { exactPools, exactFigures, pools, columns } = desk;
  const { venue, unitRate } = columns.accounts;
  for (const pool of exactPools.keys()) {
    const row = pools.row[pool]!;
    if (!exactFigures.has(pool)) refreshRow(desk, row);
    const [equity, notional, requirement] = exactFigures.get(pool)!;
    if (Number.isNaN(equity + notional + requirement)) {
      into.unknownPools++;
      continue;
    }
    const v = venue[row]!;
    const rate = unitRate[row]!;
    into.venueEquity[v]! += equity * rate;
    into.venueNotional[v]! += notional * rate;
    into.venueMaintenance[v]! += requirement * rate;
  }
}

function addLadder(desk: DeskState, id: number, into: DeskTotals): void {
  const { role, asset, instrument, venue, driver, direction, count } = desk.sums.ladders;
  const sum = desk.sums.ladders;
  const kind = role[id]!;
  if (kind === MINUS) return;
  const j = instrument[id]!;
  const v = venue[id]!;
  const rate = kind === LEG && asset[id]! < 0 ? settleRate(desk, j) : 1;
  const factor = desk.factor[driver[id]!]! * rate;
  const deductionRate = asset[id]! < 0 ? rate : desk.board.price[asset[id]!]!;
  const net = sum.net[id]! + sum.netLost[id]!;
  const gross = sum.gross[id]! + sum.grossLost[id]!;
  const required = sum.required[id]! + sum.requiredLost[id]!;
  const deducted = sum.deducted[id]! + sum.deductedLost[id]!;
  const maintenance = required * factor - deducted * deductionRate;
  into.venueMaintenance[v]! += maintenance;
  if (kind === PLUS) return;
  into.venueEquity[v]! += net * factor;
  if (kind === EQUITY) return;
  into.venueNotional[v]! += gross * factor;
  if (kind !== LEG) return;
  const signed = direction[id]! * net;
  into.longNotional[j]! += ((gross + signed) / 2) * factor;
  into.shortNotional[j]! += ((gross - signed) / 2) * factor;
  into.instrumentMaintenance[j]! += maintenance;
  into.positionCount[j]! += count[id]!;
}

/** Price of what a leg of a one-currency pool settles in; 1 where that is the unit of account itself. */
function settleRate({ board, settleAsset }: DeskState, instrument: number): number {
  const price = board.price[settleAsset[instrument]!]!;
  return Number.isNaN(price) ? 1 : price;
}
