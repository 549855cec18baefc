/**
 * How the slots of the kernel's tables follow a move of prices: what `marketShocks` needs beside the pools' own entries. Made anew for
 * each question, a few thousand slots long. Rule DM-19.
 */
import { isPegged } from '../../domain/pegged-assets.ts';
import type { SlotMoves } from '../../engine/desk/market-shock.ts';
import type { DeskState } from './desk-state.ts';
import type { Ladder } from './ladders.ts';

/** Which prices move, together. */
export interface Movers {
  readonly instrument: (instrument: number) => boolean;
  /** Assets held by a perpetual pool, and what it settles in. */
  readonly asset: (asset: number) => boolean;
  /** Assets of a lending pool. */
  readonly lentAsset: (asset: number) => boolean;
}

/** US-1: every volatile price. */
export const everything = ({ board }: DeskState): Movers => {
  const isVolatile = (asset: number): boolean => !isPegged(board.assets[asset]!);
  return { instrument: () => true, asset: isVolatile, lentAsset: isVolatile };
};

/** DS-10: the instruments of one market, collateral held; lending pools move with the asset of that name. */
export const marketOnly = ({ board }: DeskState, market: string): Movers => ({
  instrument: (instrument) => board.instruments[instrument]!.base === market,
  asset: () => false,
  lentAsset: (asset) => board.assets[asset] === market,
});

/** Every instrument with everything else held: for pools cut down to the legs of one instrument. */
export const instrumentsAlone: Movers = { instrument: () => true, asset: () => false, lentAsset: () => false };

/** The slots as `movers` move them, at present prices. */
export function slotMoves(desk: DeskState, movers: Movers): SlotMoves {
  const { ladders, tables, factor, board, rulesOf, store } = desk;
  const n = ladders.slotCount;
  const moves = {
    coefficient: tables.coefficient,
    power: new Int8Array(n),
    requiredPower: new Int8Array(n),
    first: new Uint32Array(n),
    end: new Uint32Array(n),
    floor: new Float64Array(n),
    deduction: new Float64Array(n),
    own: new Float64Array(n),
    ownPower: new Int8Array(n),
    settle: new Float64Array(n),
    settlePower: new Int8Array(n),
  };
  const isLending = store.venues.map((venue) => rulesOf(venue).kind === 'lending');
  for (const ladder of ladders.all) {
    const asset = ladder.asset;
    const isMovedAsset = isLending[ladder.venue] ? movers.lentAsset : movers.asset;
    const assetPower = asset >= 0 && isMovedAsset(asset) ? 1 : 0;
    const ownPower = ladder.role === 'leg' && movers.instrument(ladder.instrument) ? ladder.direction : 0;
    const settle = ladder.role === 'leg' && asset >= 0 ? board.price[asset]! : 1;
    fill(ladder, moves, ownPower, assetPower, ladder.role === 'leg' ? factor[ladder.ownDriver]! : 0, settle);
  }
  return moves;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function fill(ladder: Ladder, moves: Writable<SlotMoves>, ownPower: number, assetPower: number, own: number, settle: number): void {
  const { slotBase, rowCount, floor, deduction, isFixed, role } = ladder;
  const isMoving = ownPower !== 0;
  for (let row = 0; row < rowCount; row++) {
    const s = slotBase + row;
    moves.power[s] = ownPower + assetPower;
    moves.requiredPower[s] = ownPower + assetPower;
    moves.first[s] = isFixed ? s : slotBase;
    moves.end[s] = isFixed ? s + 1 : slotBase + rowCount;
    moves.floor[s] = floor[row]!;
    moves.deduction[s] = deduction[row]!;
    moves.own[s] = own;
    moves.ownPower[s] = isMoving && role === 'leg' ? ownPower : 0;
    moves.settle[s] = settle;
    moves.settlePower[s] = role === 'leg' ? assetPower : 0;
  }
}
