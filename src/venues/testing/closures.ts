/** Plays closures for the tests of the venues' procedures. */
import { expect } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import { atMark, type Closure, type FillPrice, simulateClosure } from '../../engine/closure/simulate.ts';
import { holdingsOf } from '../../engine/ledger/integers.ts';
import { EMPTY_LEDGER, holding, type Ledger, post, sumsOf } from '../../engine/ledger/ledger.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import { d } from '../../engine/testing/books.ts';
import type { Units } from '../../engine/trade/units.ts';
import { venues } from '../registry.ts';
import type { Venue } from '../venue.ts';

export const LOT = d('0.001');
export const units: Units = { lotOf: () => LOT, unitOf: () => d('0.000001') };
export const perpetual = Object.values(venues).filter(({ rules }) => rules.kind === 'perpetual');

export const slipped =
  (slip: Decimal): FillPrice =>
  (leg, side, size) =>
    atMark(leg, side, size).times(slip.times(side).plus(1));

/** The procedure of the account's first pool, market orders at the mark, unless said otherwise. */
export const run = (venue: Venue, account: Account, book: Book, over: Partial<Parameters<typeof simulateClosure>[0]> = {}): Closure =>
  simulateClosure({
    account,
    book,
    rules: venue.rules,
    procedure: venue.closure,
    pool: resolveAccount(account, book, venue.rules).pools[0]?.id ?? '',
    timeMs: 0,
    units,
    fillPrice: atMark,
    ...over,
  });

/** The ledger after every step, and whether the account's own figures agree with it. */
export function replay(closure: Closure, account: Account, book: Book): Ledger {
  let ledger = post(
    EMPTY_LEDGER,
    [...holdingsOf(account, book, closure.places)].flatMap(([item, amount]) => [
      { party: 'account' as const, item, amount },
      { party: 'market' as const, item, amount: -amount },
    ]),
  );
  for (const step of closure.steps) {
    ledger = post(ledger, step.postings);
    for (const [item, sum] of sumsOf(ledger)) if (sum !== 0n) throw new Error(`${item} sums to ${sum}`);
    for (const [item, amount] of holdingsOf(step.account, book, closure.places)) expect(holding(ledger, 'account', item)).toBe(amount);
  }
  return ledger;
}
