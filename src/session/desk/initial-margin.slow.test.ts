import { describe, expect, it } from 'vitest';
import { assessAccount } from '../../engine/assess.ts';
import { accountAndBook, createDesk } from './desk-engine.ts';
import { InitialMargins } from './initial-margin.ts';
import { randomBook, rulesOf, seeded } from './testing/random-books.ts';

describe('DM-19 initial margin of a row', () => {
  it('is the exact engine’s, on random books of every venue', () => {
    const reached = { numbers: 0, none: 0 };
    for (let seed = 11; seed <= 18; seed++) {
      const desk = createDesk(randomBook(seeded(seed), { accounts: 160, unknownShare: seed % 2 === 0 ? 0.1 : 0 }), { rulesOf });
      const rows = Array.from({ length: desk.columns.count }, (_, row) => row);
      new InitialMargins(desk).refresh(rows);
      for (const row of rows) {
        const { account, book } = accountAndBook(desk, row);
        const { initialMargin } = assessAccount(account, book, rulesOf(account.venue));
        const own = desk.columns.accounts.initialMargin[row]!;
        if (!initialMargin.ok) {
          expect(own, `${seed} ${account.id}`).toBeNaN();
          reached.none++;
          continue;
        }
        const exact = initialMargin.value.toNumber();
        expect(Math.abs(own - exact), `${seed} ${account.id} ${account.venue}: ${own} exact ${exact}`).toBeLessThanOrEqual(
          1e-9 * Math.max(1, exact),
        );
        reached.numbers++;
      }
    }
    console.log('initial margins compared with the exact engine', reached);
    expect(reached.numbers).toBeGreaterThan(800);
    expect(reached.none).toBeGreaterThan(0);
  });
});
