/** The smallest steps that a size and an amount can take (rule CU-3 of docs/spec/cure.md). */
import type { Instrument } from '../../domain/book.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { Decimal, ONE } from '../../domain/units.ts';

export interface Units {
  /** Step of a size of `instrument`, > 0; `size` is what is held of it. */
  readonly lotOf: (instrument: Instrument, size: Decimal) => Decimal;
  /** Smallest unit of an asset, > 0. */
  readonly unitOf: (asset: string) => Decimal;
}

const MONEY = new Decimal('1e-6');
const COIN = new Decimal('1e-8');

/**
 * Where the venue's own steps are not known: a size moves by one in the last decimal place in which the held size is written, which may be
 * finer than the venue's lot or, for a round size, coarser; money pegged to a currency by a millionth, coins by a hundred-millionth.
 */
export const defaultUnits: Units = {
  lotOf: (_instrument, size) => (size.decimalPlaces() > 0 ? new Decimal(10).pow(-size.decimalPlaces()) : ONE),
  unitOf: (asset) => (isPegged(asset) ? MONEY : COIN),
};

/** Steps of `lot` in |size|, a last broken one counted. */
export const lotsIn = (size: Decimal, lot: Decimal): bigint => BigInt(size.abs().div(lot).ceil().toFixed());

/** Size of `lots` steps, never more than |size| itself: ≥ 0. */
export const sizeOfLots = (lots: bigint, lot: Decimal, size: Decimal): Decimal => Decimal.min(lot.times(lots.toString()), size.abs());

/** `value` down to whole units; below zero away from it. `unit` > 0. */
export const downTo = (unit: Decimal, value: Decimal): Decimal => value.div(unit).floor().times(unit);

/** `value` up to whole units. `unit` > 0. */
export const upTo = (unit: Decimal, value: Decimal): Decimal => value.div(unit).ceil().times(unit);
