/** Decimals of an account as the integers of a ledger, exactly. Rule LG-4 of docs/spec/closure.md. */
import type { Account, Book } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import type { Units } from '../trade/units.ts';
import type { Item, Posting } from './ledger.ts';

/** Decimal places by item. */
export type Places = ReadonlyMap<Item, number>;

/** Places that hold every amount of the account and every step that a trade can take. */
export function placesOf(account: Account, book: Book, units: Units): Places {
  const places = new Map<Item, number>();
  const note = (item: Item, value: Decimal): void => {
    places.set(item, Math.max(places.get(item) ?? 0, value.decimalPlaces()));
  };
  for (const { asset, amount } of account.balances) for (const value of [amount, units.unitOf(asset)]) note(`cash:${asset}`, value);
  for (const { instrument: id, size, isolatedMargin } of account.positions) {
    const instrument = book.instruments.get(id);
    if (!instrument) continue;
    for (const value of [size, units.lotOf(instrument, size)]) note(`position:${id}`, value);
    for (const value of [isolatedMargin ?? ZERO, units.unitOf(instrument.settle)]) note(`cash:${instrument.settle}`, value);
  }
  return places;
}

/** The amount in units of 10^−places. Throws `RangeError` where it is no whole number of them: nothing is rounded here. */
export function integerOf(item: Item, amount: Decimal, places: Places): bigint {
  const scaled = amount.times(new Decimal(10).pow(places.get(item) ?? 0));
  if (!scaled.isInteger()) throw new RangeError(`${amount.toFixed()} of ${item} is no whole number of its smallest unit`);
  return BigInt(scaled.toFixed());
}

/** The account's cash by asset (isolated margins with it) and its positions, against the market on the other side. */
export function openingPostings(account: Account, book: Book, places: Places): Posting[] {
  return [...holdingsOf(account, book, places)].flatMap(([item, amount]): Posting[] => [
    { party: 'account', item, amount },
    { party: 'market', item, amount: -amount },
  ]);
}

/** What the account holds of every item. */
export function holdingsOf(account: Account, book: Book, places: Places): ReadonlyMap<Item, bigint> {
  const held = new Map<Item, bigint>();
  const add = (item: Item, amount: Decimal): void => {
    held.set(item, (held.get(item) ?? 0n) + integerOf(item, amount, places));
  };
  for (const { asset, amount } of account.balances) add(`cash:${asset}`, amount);
  for (const { instrument: id, size, isolatedMargin } of account.positions) {
    add(`position:${id}`, size);
    const settle = book.instruments.get(id)?.settle;
    if (settle !== undefined && isolatedMargin) add(`cash:${settle}`, isolatedMargin);
  }
  return held;
}
