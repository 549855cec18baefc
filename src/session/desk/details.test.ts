import { describe, expect, it } from 'vitest';
import { readBook } from '../../formats/leverage-book.ts';
import { createDesk } from './desk-engine.ts';
import { refreshDetails } from './details.ts';
import { compareDetails } from './testing/details.ts';
import { rulesOf } from './testing/random-books.ts';

describe('DM-19 details of a row are those of the exact engine', () => {
  it('uniform shock, nearest liquidation and largest position on random books of every venue', () => {
    const reached = compareDetails([4]);
    expect(Math.min(reached.shocks, reached.nearest)).toBeGreaterThan(30);
    expect(reached.none).toBeGreaterThan(6);
  }, 120_000);

  it('an account without positions has no uniform shock, unless something is required of it', () => {
    const balances = [
      { asset: 'USDC', amount: '4914' },
      { asset: 'ETH', amount: '-0.06' },
    ];
    const book = {
      format: 'leverage-book/1',
      asOf: '2026-01-01T00:00:00Z',
      assets: { USDC: { price: '1' }, ETH: { price: '2000' } },
      accounts: [
        { id: 'debt alone', venue: 'okx', balances },
        { id: 'requirement', venue: 'okx', balances, maintenanceMarginOther: '100' },
      ],
    };
    const desk = createDesk(readBook(JSON.stringify(book)), { rulesOf });
    refreshDetails(desk, new Float64Array(), [0, 1]);
    const [alone, required] = desk.columns.accounts.shock;
    expect(alone).toBeNaN();
    expect(required).toBeCloseTo((4914 - 100) / 120 - 1, 9);
  });
});
