/**
 * Who holds what while a cascade runs, in integers: every change is a transfer between two parties, so that each item sums to zero over
 * all of them after every round. Money in units of 10^−18 or finer, positions in 10^−40. Rule CA-12 of docs/spec/cascade.md.
 */
import { Decimal } from '../../domain/units.ts';
import type { Places } from '../ledger/integers.ts';
import type { Item, Posting } from '../ledger/ledger.ts';

/** `market`, `uncovered`, `fund:…`, or an account's own. */
export type Holder = string;

export const MONEY_PLACES = 18;
const POSITION_PLACES = 40;

export interface CashBook {
  /** `amount` (signed, rounded towards zero to the unit) of `item` from one holder to another; what was moved. */
  readonly move: (item: Item, from: Holder, to: Holder, amount: Decimal) => Decimal;
  /** Postings of one account's own ledger, its parties renamed by `holderOf`. */
  readonly post: (postings: readonly Posting[], places: Places, holderOf: (party: Posting['party']) => Holder) => void;
  readonly amountOf: (holder: Holder, item: Item) => Decimal;
  /** Everything the holder has, by item; zeros left out. */
  readonly holdings: (holder: Holder) => ReadonlyMap<Item, Decimal>;
  /** Sum of every item over all holders: zero, always. */
  readonly sums: () => ReadonlyMap<Item, bigint>;
}

/** An empty book whose money is kept in 10^−`moneyPlaces`. */
export function createCashBook(moneyPlaces: number): CashBook {
  const held = new Map<Holder, Map<Item, bigint>>();
  const placesOf = (item: Item): number => (item.startsWith('cash:') ? moneyPlaces : POSITION_PLACES);
  const scaleOf = new Map([moneyPlaces, POSITION_PLACES].map((places) => [places, new Decimal(10).pow(places)]));
  const decimalOf = (item: Item, units: bigint): Decimal => new Decimal(units.toString()).div(scaleOf.get(placesOf(item)) as Decimal);
  const add = (holder: Holder, item: Item, units: bigint): void => {
    const items = held.get(holder) ?? new Map<Item, bigint>();
    held.set(holder, items.set(item, (items.get(item) ?? 0n) + units));
  };
  return {
    move: (item, from, to, amount) => {
      const units = BigInt(amount.times(scaleOf.get(placesOf(item)) as Decimal).toFixed(0, Decimal.ROUND_DOWN));
      add(from, item, -units);
      add(to, item, units);
      return decimalOf(item, units);
    },
    post: (postings, places, holderOf) => {
      for (const { party, item, amount } of postings)
        add(holderOf(party), item, amount * 10n ** BigInt(placesOf(item) - (places.get(item) ?? 0)));
    },
    amountOf: (holder, item) => decimalOf(item, held.get(holder)?.get(item) ?? 0n),
    holdings: (holder) =>
      new Map([...(held.get(holder) ?? [])].flatMap(([item, units]) => (units === 0n ? [] : [[item, decimalOf(item, units)] as const]))),
    sums: () => {
      const sums = new Map<Item, bigint>();
      for (const items of held.values()) for (const [item, units] of items) sums.set(item, (sums.get(item) ?? 0n) + units);
      return sums;
    },
  };
}
