/** The sweep as it is usually written: an object an account, an object a position, plain numbers, updated in place. */
import { type SweepBook, type Tier, tierOf } from './sweep-book.ts';

interface Instrument {
  price: number;
  readonly tiers: readonly Tier[];
}

interface Position {
  readonly instrument: Instrument;
  readonly size: number;
  readonly entry: number;
}

export interface Account {
  readonly cash: number;
  readonly positions: readonly Position[];
  equity: number;
  notional: number;
  requirement: number;
  leverage: number;
  ratio: number;
  excess: number;
}

export function objectsOf(book: SweepBook): Account[] {
  const instruments: Instrument[] = book.tiers.map((tiers, i) => ({ price: book.price[i]!, tiers }));
  return Array.from({ length: book.accounts }, (_, a) => {
    const positions: Position[] = [];
    for (let i = book.start[a]!; i < book.start[a + 1]!; i++) {
      positions.push({ instrument: instruments[book.instrument[i]!]!, size: book.size[i]!, entry: book.entry[i]! });
    }
    return { cash: book.cash[a]!, positions, equity: 0, notional: 0, requirement: 0, leverage: 0, ratio: 0, excess: 0 };
  });
}

export function sweepObjects(accounts: readonly Account[]): void {
  for (const account of accounts) {
    let equity = account.cash;
    let notional = 0;
    let requirement = 0;
    for (const { instrument, size, entry } of account.positions) {
      const worth = Math.abs(size) * instrument.price;
      const tier = instrument.tiers[tierOf(instrument.tiers, worth)]!;
      equity += size * (instrument.price - entry);
      notional += worth;
      requirement += worth * tier.rate - tier.deduction;
    }
    account.equity = equity;
    account.notional = notional;
    account.requirement = requirement;
    account.leverage = notional / equity;
    account.ratio = requirement / equity;
    account.excess = equity - requirement;
  }
}
