import { expect, it } from 'vitest';
import { Decimal, ZERO } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { movedBook } from '../../engine/moved-book.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { NO_PRICES, pricedBook } from '../prices.ts';
import { bookText } from '../testing/fixtures.ts';
import { rulesOf } from '../view.ts';
import { exposuresOf } from './odds.ts';

it('WA-3: a sensitivity is that of the whole account with one market moved, also where all markets are moved at once', () => {
  const book = readBook(bookText());
  let reached = 0;
  for (const account of book.accounts) {
    const rules = rulesOf(account);
    const priced = pricedBook(book, account, rules, NO_PRICES);
    const excess = (market: string, move: number): ReadonlyMap<string, number> => {
      const moved = movedBook(priced.book, 'USD', { all: ZERO, byMarket: new Map([[market, new Decimal(move)]]) });
      return new Map(
        assessAccount(account, moved, rules).pools.map(({ id, marginExcess }) => [
          id,
          marginExcess.ok ? marginExcess.value.toNumber() : Number.NaN,
        ]),
      );
    };
    for (const [pool, exposures] of exposuresOf(account, priced, rules, 'USD', () => 0.04)) {
      for (const { market, sensitivity } of exposures) {
        const expected = (excess(market, 0.0001).get(pool)! - excess(market, -0.0001).get(pool)!) / 0.0002;
        expect(Math.abs(sensitivity / expected - 1), `${account.id} ${pool} ${market}`).toBeLessThan(1e-6);
        reached++;
      }
    }
  }
  expect(reached).toBeGreaterThanOrEqual(6);
});
