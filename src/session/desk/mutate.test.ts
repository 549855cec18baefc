import { describe, expect, it } from 'vitest';
import type { Account } from '../../domain/book.ts';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { accountAt } from './account-store.ts';
import { bookNow, createDesk, createDeskOf, flatOf } from './desk-engine.ts';
import type { DeskState } from './desk-state.ts';
import { Full } from './free-place.ts';
import { addAccount, removeAccount, updateAccount } from './mutate.ts';
import { poolFloats, refreshColumns } from './refresh.ts';
import { beginResort, maintain } from './resort.ts';
import { changesOf, walk } from './testing/price-walk.ts';
import { MARKETS, randomAccount, randomBook, rulesOf, seeded } from './testing/random-books.ts';
import { sweepAll, tick } from './tick.ts';
import { totals } from './totals.ts';

const host = createKernelHost(false);
const FIGURES = ['equity', 'grossNotional', 'maintenance', 'leverage', 'marginRatio', 'marginExcess'] as const;

/** Every row by id: state and six figures. */
function rowsOf(desk: DeskState): Map<string, number[]> {
  refreshColumns(desk);
  const { accounts } = desk.columns;
  return new Map(
    Array.from({ length: desk.columns.count }, (_, row) => [
      desk.store.names.idOf(accounts.source[row]!),
      [accounts.state[row]!, ...FIGURES.map((name) => accounts[name][row]!)],
    ]),
  );
}

/** Every leg stands in its pool's entry, in the row of its size, and every list holds what it should. */
function checkStructure(desk: DeskState): void {
  const { pools, layout } = desk;
  for (let row = 0; row < desk.columns.count; row++) {
    for (let pool = desk.firstPool[row]!; pool !== 0xffff_ffff; pool = pools.next[pool]!) {
      expect(pools.row[pool]).toBe(row);
      const place = pools.place[pool]!;
      if (place !== 0xffff_ffff) expect(layout.pool[place]).toBe(pool);
    }
  }
}

describe('DK-20 accounts added, changed, removed where they lie', () => {
  for (const isCompiled of [false, true]) {
    it(`equal a desk built anew, ${isCompiled ? 'compiled' : 'plain'}`, () => {
      let compared = 0;
      const done = { added: 0, changed: 0, removed: 0, resorted: 0, rebuilt: 0 };
      for (let seed = 1; seed <= 4; seed++) {
        const next = seeded(seed);
        const book = randomBook(next, { accounts: 100, unknownShare: seed === 3 ? 0.1 : 0 });
        const options = { rulesOf, ...(isCompiled && host ? { host } : {}) };
        let desk = createDesk(book, options);
        /** Runs a change, in a desk built anew where there is no room. */
        const enter = (change: () => void): void => {
          try {
            change();
          } catch (error) {
            if (!(error instanceof Full)) throw error;
            desk = createDeskOf(flatOf(desk), options);
            done.rebuilt++;
            if (!error.isEntered) change();
          }
        };
        const venues = [...new Set(book.accounts.map(({ venue }) => venue))];
        const prices = new Map(Object.entries({ ...MARKETS }));
        for (let step = 0; step < 160; step++) {
          const what = next();
          const row = Math.floor(next() * desk.columns.count);
          const fresh = (id: string): Account =>
            randomAccount(next, id, venues[Math.floor(next() * venues.length)]!, book.instruments, book.assets);
          if (what < 0.3) tick(desk, changesOf(desk.board, walk(next, prices, 0.01, 0.5)));
          else if (what < 0.4) {
            enter(() => addAccount(desk, fresh(`n${step}`)));
            done.added++;
          } else if (what < 0.5 && desk.columns.count > 20) {
            removeAccount(desk, row);
            done.removed++;
          } else if (what < 0.9) {
            const id = accountAt(desk.store, row).id;
            enter(() => updateAccount(desk, row, fresh(id)));
            done.changed++;
          } else if (!desk.resort) beginResort(desk);
          if (desk.resort && !maintain(desk, 2048)) done.resorted++;
        }
        checkStructure(desk);
        const before = rowsOf(desk);
        expect(sweepAll(desk).rows.length, 'the sweep finds what ticks missed').toBe(0);
        const anew = createDeskOf(flatOf(desk), { rulesOf });
        const after = rowsOf(anew);
        expect([...before.keys()].sort()).toEqual([...after.keys()].sort());
        for (const [id, figures] of before) {
          const expected = after.get(id)!;
          expect([id, figures[0]]).toEqual([id, expected[0]]);
          for (let f = 1; f < figures.length; f++) {
            const scale = Math.abs(expected[1]!) + Math.abs(expected[2]!);
            if (Number.isNaN(expected[f]!)) expect([id, FIGURES[f - 1], figures[f]]).toEqual([id, FIGURES[f - 1], Number.NaN]);
            else if (f <= 3 || f === 6)
              expect(Math.abs(figures[f]! - expected[f]!), `${id} ${FIGURES[f - 1]}`).toBeLessThanOrEqual(1e-12 * scale);
            compared++;
          }
        }
        const [a, b] = [totals(desk), totals(anew)];
        for (const name of ['equity', 'notional', 'maintenance'] as const)
          expect(Math.abs(a[name] - b[name]), name).toBeLessThanOrEqual(1e-12 * b.notional);
        // The prices of both are the same book.
        expect(bookNow(anew).instruments.size).toBe(bookNow(desk).instruments.size);
      }
      console.log(`${compared} figures compared;`, done);
      expect(done.resorted).toBeGreaterThan(5);
      expect(compared).toBeGreaterThan(2000);
    });
  }
});

describe('DK-18 totals', () => {
  it('equal the sum over all pools, after any ticks and changes', () => {
    const next = seeded(5);
    const drawn = randomBook(next, { accounts: 400 });
    // With every table known: a leg without one leaves its pool's requirement unknown, and the other legs in the total.
    const tiers = drawn.instruments.get('gen:BTC')!.tiers!;
    const instruments = new Map(
      [...drawn.instruments].map(([id, own]) => [id, own.tiers || rulesOf(own.venue).marginTable(own) ? own : { ...own, tiers }] as const),
    );
    const book = { ...drawn, instruments };
    const desk = createDesk(book, { rulesOf });
    const prices = new Map(Object.entries({ ...MARKETS }));
    totals(desk);
    for (let t = 0; t < 60; t++) {
      tick(desk, changesOf(desk.board, walk(next, prices, 0.02, 0.5)));
      const row = Math.floor(next() * desk.columns.count);
      const { id, venue } = accountAt(desk.store, row);
      updateAccount(desk, row, randomAccount(next, id, venue, book.instruments, book.assets));
    }
    const sum = { equity: 0, notional: 0, requirement: 0, gross: 0 };
    for (let pool = 0; pool < desk.pools.used; pool++) {
      const place = desk.pools.place[pool]!;
      if (place === 0xffff_ffff || Number.isNaN(desk.layout.constant[place]!)) continue;
      const { equity, notional, requirement } = poolFloats(desk, place);
      sum.equity += equity;
      sum.notional += notional;
      sum.requirement += requirement;
      sum.gross += notional + Math.abs(equity);
    }
    const all = totals(desk);
    for (const [ours, theirs] of [
      [all.equity, sum.equity],
      [all.notional, sum.notional],
      [all.maintenance, sum.requirement],
    ] as const)
      expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-12 * sum.gross);
    expect(sum.notional).toBeGreaterThan(0);
    expect(desk.counters.rowsMoved).toBeGreaterThan(5);
    expect(all.longNotional.reduce((total, long, i) => total + long + all.shortNotional[i]!, 0)).toBeGreaterThan(0);
  });
});
