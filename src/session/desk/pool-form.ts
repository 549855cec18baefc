/**
 * The linear form of a pool (rule DK-7): constants summed exactly and rounded once, and entries that follow prices. What has none is
 * named and goes the exact path.
 */
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { type BlockKind, GENERAL, LENDING, PLAIN } from '../../engine/kernel/layout.ts';
import { ENTRIES_MAX } from '../../engine/kernel/limits.ts';
import { bankruptcyFeeRate, maintenanceAt, takerFeeAt, tierOfLegAt } from '../../engine/margin/leg.ts';
import type { ResolvedTable } from '../../engine/margin/table.ts';
import type { Collateral, Leg, Pool } from '../../engine/resolve.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { assetLadder, constantLadder, driverValue, type Ladder, type Ladders, legLadder, rowAt } from './ladders.ts';
import type { PriceBoard } from './price-board.ts';

export interface FormContext {
  readonly ladders: Ladders;
  readonly board: PriceBoard;
  readonly rules: VenueRules;
  /** Index of the account's venue. */
  readonly venue: number;
  /** The account's unit of account. */
  readonly unit: string;
}

/** One entry: a weight on a row of a ladder. */
export interface FormEntry {
  readonly ladder: Ladder;
  readonly row: number;
  readonly weight: number;
  /** Position index in the account; −1 for an amount of an asset. */
  readonly position: number;
}

/** Why a pool has no linear form. */
export type NoForm =
  | 'fee at the bankruptcy price'
  | 'collateral that moves with its market'
  | 'sloped table'
  | 'too many entries'
  | 'unknown in lending';

export interface PoolForm {
  readonly kind: BlockKind;
  /** Set where there is no linear form; everything else is then empty. */
  readonly exact: NoForm | undefined;
  /** Asset that amounts are counted in; −1 for the account's unit of account. */
  readonly unitAsset: number;
  readonly constant: number;
  /** Requirement that no price moves, before deductions; NaN where unknown. */
  readonly required: number;
  readonly scale: number;
  /** Positions first, in the account's order, then amounts of assets. */
  readonly entries: readonly FormEntry[];
  /** Indices of instruments and assets whose price is missing: the form changes when one comes. */
  readonly waitsFor: { readonly instruments: readonly number[]; readonly assets: readonly number[] };
}

const NOTHING = { instruments: [], assets: [] } as const;

/** The form of a pool of an account, as resolved at the board's prices. */
export function poolForm(pool: Pool, context: FormContext): PoolForm {
  const missing = missingPrices(pool, context);
  if (pool.kind === 'lending') return lendingForm(pool, context, missing);
  if (pool.legs.some(({ mark, settlePrice }) => !mark.ok || !settlePrice.ok)) return unknownForm(missing);
  if (pool.legs.some(({ rules }) => rules.fee === 'taker-at-bankruptcy-price')) return exactForm('fee at the bankruptcy price', missing);
  if (pool.legs.some(({ rules }) => rules.collateralMoves)) return exactForm('collateral that moves with its market', missing);
  if (pool.legs.some(({ table }) => table.ok && table.value.join === 'slope')) return exactForm('sloped table', missing);
  const form = perpetualForm(pool, context, missing);
  return form.entries.length > ENTRIES_MAX ? exactForm('too many entries', missing) : form;
}

const empty = {
  kind: GENERAL,
  exact: undefined,
  unitAsset: -1,
  constant: 0,
  required: 0,
  scale: 0,
  entries: [],
  waitsFor: NOTHING,
} as const;

const exactForm = (exact: NoForm, waitsFor: PoolForm['waitsFor']): PoolForm => ({ ...empty, exact, waitsFor });

const unknownForm = (waitsFor: PoolForm['waitsFor']): PoolForm => ({ ...empty, constant: Number.NaN, required: Number.NaN, waitsFor });

function missingPrices(pool: Pool, { board }: FormContext): PoolForm['waitsFor'] {
  const instruments = pool.legs.filter(({ mark }) => !mark.ok).map(({ instrument }) => board.instrumentIndex.get(instrument.id) ?? -1);
  const symbols = [
    ...pool.collateral.filter(({ price }) => !price.ok).map(({ asset }) => asset),
    ...pool.legs.filter(({ settlePrice }) => !settlePrice.ok).map(({ instrument }) => instrument.settle),
  ];
  return { instruments, assets: [...new Set(symbols)].map((symbol) => board.assetIndex.get(symbol) ?? -1) };
}

/** The asset's index where the board prices it; −1 where it is the unit of account itself. */
const pricedAsset = (symbol: string, { board }: FormContext): number => {
  const i = board.assetIndex.get(symbol);
  return i === undefined || Number.isNaN(board.price[i]!) ? -1 : i;
};

/** Amounts by asset, exactly. */
class Amounts {
  readonly byAsset = new Map<number, Decimal>();
  add(asset: number, amount: Decimal): void {
    this.byAsset.set(asset, (this.byAsset.get(asset) ?? ZERO).plus(amount));
  }
  take(asset: number): Decimal {
    const amount = this.byAsset.get(asset) ?? ZERO;
    this.byAsset.delete(asset);
    return amount;
  }
}

/** Where the price of a collateral is missing, equity is no number; legs are worth and require what they do. */
function perpetualForm(pool: Pool, context: FormContext, missing: PoolForm['waitsFor']): PoolForm {
  const { ladders } = context;
  const isApart = missing.assets.length > 0;
  const assets = new Set([...pool.collateral.map(({ asset }) => asset), ...pool.legs.map(({ instrument }) => instrument.settle)]);
  const only = assets.size === 1 ? pricedAsset([...assets][0] as string, context) : -1;
  const isKnown = pool.legs.every(({ table }) => table.ok);
  const isOneUnit = assets.size <= 1 && (only < 0 || pool.maintenanceMarginOther.isZero());
  // In one currency everything is counted in it, and its price moves no state; else prices of assets are prices like any other.
  const unitAsset = isOneUnit ? only : -1;
  const assetOf = (symbol: string): number => (isOneUnit ? -1 : pricedAsset(symbol, context));
  const equity = new Amounts();
  const required = new Amounts();
  const deducting = new Set<number>();
  const entries: FormEntry[] = [];
  let scale = 0;
  for (const item of pool.collateral) equity.add(assetOf(item.asset), item.amount.times(item.factor));
  for (const leg of pool.legs) {
    const asset = assetOf(leg.instrument.settle);
    equity.add(asset, leg.delta.times(leg.entryV).negated());
    const { entry, constant } = legEntry(leg, asset, context, isApart);
    if (constant) required.add(asset, constant);
    scale += deductionScale(entry.ladder);
    entries.push(entry);
    if (asset >= 0 && entry.ladder.deduction.some((value) => value !== 0)) deducting.add(asset);
  }
  required.add(-1, pool.maintenanceMarginOther);
  const constant = equity.take(-1);
  const base = required.take(-1);
  for (const [asset, amount] of isApart ? [] : equity.byAsset)
    entries.push(amountEntry(assetLadder(ladders, context.venue, 'equity', asset, undefined), amount));
  for (const [asset, amount] of required.byAsset)
    entries.push(amountEntry(assetLadder(ladders, context.venue, 'plus', asset, undefined, isApart), amount));
  for (const asset of deducting) entries.push(amountEntry(assetLadder(ladders, context.venue, 'minus', asset, undefined), ZERO));
  return {
    ...empty,
    kind: isOneUnit && isKnown && !isApart ? PLAIN : GENERAL,
    unitAsset,
    constant: isApart ? Number.NaN : constant.toNumber(),
    required: isKnown ? base.toNumber() : Number.NaN,
    scale: constant.abs().plus(base.abs()).toNumber() + scale,
    entries,
    waitsFor: missing,
  };
}

const amountEntry = (ladder: Ladder, amount: Decimal): FormEntry => ({ ladder, row: 0, weight: amount.toNumber(), position: -1 });

/** Deductions beyond the notional of their own row, which the band does not hold by itself: a first row's own, and a table out of proportion. */
export const deductionScale = ({ deduction, floor }: Ladder): number =>
  deduction.reduce((most, value, row) => (Math.abs(value) > floor[row]! ? Math.max(most, Math.abs(value)) : most), 0);

function legEntry(leg: Leg, asset: number, context: FormContext, isApart: boolean): { entry: FormEntry; constant?: Decimal } {
  const { ladders, board } = context;
  const index = board.instrumentIndex.get(leg.instrument.id) as number;
  const weight = leg.delta.toNumber();
  const place = (ladder: Ladder, row: number): FormEntry => ({ ladder, row, weight, position: leg.index });
  if (!leg.table.ok || !leg.v.ok) return { entry: place(constantLadder(ladders, context.venue, leg.instrument, index, asset, isApart), 0) };
  const table = leg.table.value;
  if (leg.rules.basis === 'entry') {
    const constant = maintenanceAt(leg, table, leg.v.value).plus(takerFeeAt(leg, leg.v.value));
    return { entry: place(constantLadder(ladders, context.venue, leg.instrument, index, asset, isApart), 0), constant };
  }
  const ladder = legLadder(ladders, context.venue, leg.instrument, index, table, feeRateOf(leg), asset, isApart);
  const row = table.measure === 'size' ? rowOfSize(leg, table) : rowOfNotional(ladder, leg.position.size.toNumber(), context);
  return { entry: place(ladder, row) };
}

const rowOfSize = (leg: Leg, table: ResolvedTable): number => (leg.v.ok ? table.tiers.indexOf(tierOfLegAt(leg, table, leg.v.value)) : 0);

const rowOfNotional = (ladder: Ladder, size: number, { ladders, board }: FormContext): number =>
  rowAt(ladder, Math.abs(size) * ladder.contractSize * driverValue(ladders.drivers[ladder.ownDriver]!, board));

/** Closing fees that follow the notional, as a rate on it (MR-2). */
export const feeRateOf = (leg: Leg): Decimal => bankruptcyFeeRate(leg).plus(leg.rules.fee === 'taker' ? leg.takerFeeRate : ZERO);

function lendingForm(pool: Pool, context: FormContext, missing: PoolForm['waitsFor']): PoolForm {
  const { ladders } = context;
  const isUnknown = pool.collateral.some(({ amount, liquidationThreshold }) => amount.gt(0) && !liquidationThreshold.ok);
  if (isUnknown || missing.instruments.length + missing.assets.length > 0) return exactForm('unknown in lending', missing);
  const entries = pool.collateral.filter(({ amount }) => !amount.isZero()).map((item) => lendingEntry(item, ladders, context));
  const other = pool.maintenanceMarginOther;
  const constant = other.negated().toNumber();
  if (entries.length > ENTRIES_MAX) return exactForm('too many entries', NOTHING);
  return { ...empty, kind: LENDING, constant, scale: Math.abs(constant), entries };
}

function lendingEntry(item: Collateral, ladders: Ladders, context: FormContext): FormEntry {
  const asset = pricedAsset(item.asset, context);
  const threshold = item.liquidationThreshold.ok ? item.liquidationThreshold.value : ZERO;
  const ladder = item.amount.isNegative()
    ? assetLadder(ladders, context.venue, 'equity', asset, undefined)
    : assetLadder(ladders, context.venue, 'lent', asset, ONE.minus(threshold));
  return amountEntry(ladder, item.amount);
}
