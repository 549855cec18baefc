import { describe, expect, it } from 'vitest';
import type { Account } from '../../domain/book.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { accountAt } from './account-store.ts';
import { amendAccounts, type Deposit, type Fill } from './amend.ts';
import { bookNow, createDesk, createDeskOf, flatOf } from './desk-engine.ts';
import type { DeskState } from './desk-state.ts';
import { exactPools } from './exact-row.ts';
import { Full } from './free-place.ts';
import { addAccount, removeAccount, updateAccount } from './mutate.ts';
import { entryOfLeg } from './pool-place.ts';
import { poolFloats, refreshColumns } from './refresh.ts';
import { beginResort, maintain } from './resort.ts';
import { legCountOf, legsOf } from './row-order.ts';
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

/** Every list is in the order of sizes, its pointers lie where rows change, and every leg is in one: how many legs there are, how many are wrong. */
function checkOrder(desk: DeskState): { legs: number; wrong: number } {
  const { size } = desk.columns.legs;
  const { legStart, legEnd } = desk.columns.accounts;
  const listed = new Uint8Array(desk.store.legUsed);
  let wrong = 0;
  for (const [id, list] of desk.order.entries()) {
    if (!list) continue;
    const { slotBase, isFixed } = desk.ladders.all[id]!;
    const isIn = (leg: number, row: number): boolean => isFixed || desk.layout.slot[entryOfLeg(desk, leg)]! === slotBase + row;
    let row = 0;
    let least = 0;
    list.sorted.forEach((leg, i) => {
      while (row + 1 < list.bound.length && list.bound[row + 1]! <= i) row++;
      if (leg === 0xffff_ffff || list.isLoose[leg] === 1) return;
      listed[leg]!++;
      if (Math.abs(size[leg]!) < least || !isIn(leg, row)) wrong++;
      least = Math.abs(size[leg]!);
    });
    list.loose.legs.forEach((leg, i) => {
      listed[leg]!++;
      const { at, size: sizes, row: rows } = list.loose;
      if (at.get(leg) !== i || sizes[i] !== Math.abs(size[leg]!) || !isIn(leg, rows[i]!)) wrong++;
    });
    if (legCountOf(list) !== [...legsOf(list)].length) wrong++;
  }
  let legs = 0;
  for (let row = 0; row < desk.columns.count; row++)
    for (let leg = legStart[row]!; leg < legEnd[row]!; leg++, legs++)
      if (listed[leg] !== (desk.pools.place[desk.legPool[leg]!] === 0xffff_ffff ? 0 : 1)) wrong++;
  return { legs, wrong };
}

/** Ladders' rows that the row's legs stand in. */
const slotsOf = (desk: DeskState, row: number): string => {
  const { legStart, legEnd } = desk.columns.accounts;
  const slots: number[] = [];
  for (let leg = legStart[row]!; leg < legEnd[row]!; leg++)
    if (desk.pools.place[desk.legPool[leg]!] !== 0xffff_ffff) slots.push(desk.layout.slot[entryOfLeg(desk, leg)]!);
  return slots.join(' ');
};

/** Fills and deposits of up to ten accounts, some twice: most a little, some across margin tiers, a few to the other side. */
function amendSome(desk: DeskState, next: () => number, done: { fills: number; deposits: number; jumps: number; specials: number }): void {
  const { accounts, legs } = desk.columns;
  const { store } = desk;
  const fills: Fill[] = [];
  const deposits: Deposit[] = [];
  const rows = Array.from({ length: 1 + Math.floor(10 * next()) }, () => Math.floor(next() * desk.columns.count));
  for (const row of rows) {
    if (store.special.has(accounts.source[row]!)) done.specials++;
    for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
      if (next() < 0.4) continue;
      const kind = next();
      const factor = kind < 0.6 ? 0.9 + 0.2 * next() : kind < 0.9 ? 10 ** (2 * next() - 1) : -1;
      const isPriced = next() < 0.3;
      const entryPrice = Number((legs.entryPrice[leg]! * (isPriced ? 0.99 + 0.02 * next() : 1)).toPrecision(6));
      fills.push({ leg, size: Number((legs.size[leg]! * factor).toPrecision(6)), entryPrice });
    }
    const balances = store.special.get(accounts.source[row]!)?.balances.length ?? store.balanceEnd[row]! - store.balanceStart[row]!;
    if (balances > 0 && next() < 0.5) {
      const balance = Math.floor(next() * balances);
      const amount = Number((store.balanceAmount[store.balanceStart[row]! + balance]! * (0.5 + next())).toPrecision(8));
      deposits.push({ row, balance, amount });
    }
  }
  const before = rows.map((row) => slotsOf(desk, row));
  amendAccounts(desk, fills, deposits);
  done.jumps += rows.filter((row, i) => slotsOf(desk, row) !== before[i]).length;
  done.fills += fills.length;
  done.deposits += deposits.length;
}

describe('DK-20, DK-24 accounts added, changed, removed where they lie', () => {
  for (const isCompiled of [false, true]) {
    it(`equal a desk built anew, ${isCompiled ? 'compiled' : 'plain'}`, () => {
      let compared = 0;
      const done = {
        added: 0,
        changed: 0,
        removed: 0,
        resorted: 0,
        rebuilt: 0,
        fills: 0,
        deposits: 0,
        jumps: 0,
        specials: 0,
        unknown: 0,
        carried: 0,
      };
      for (let seed = 1; seed <= 4; seed++) {
        const next = seeded(seed);
        const book = randomBook(next, { accounts: 100, unknownShare: seed === 2 || seed === 3 ? 0.1 : 0 });
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
          const grain = desk.board.assetIndex.get('GRAIN');
          if (step === 110 && seed === 3 && grain !== undefined) {
            const unknown = (): number => desk.columns.accounts.state.subarray(0, desk.columns.count).filter((code) => code === 7).length;
            done.unknown = unknown();
            tick(desk, { instruments: [], marks: [], assets: [grain], prices: [2.5] });
            done.unknown -= unknown();
          } else if (what < 0.3) tick(desk, changesOf(desk.board, walk(next, prices, 0.01, 0.5)));
          else if (what < 0.4) {
            enter(() => addAccount(desk, fresh(`n${step}`)));
            done.added++;
          } else if (what < 0.5 && desk.columns.count > 20) {
            removeAccount(desk, row);
            done.removed++;
          } else if (what < 0.75) enter(() => amendSome(desk, next, done));
          else if (what < 0.9) {
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
            const scale = (Math.abs(expected[1]!) || 0) + Math.abs(expected[2]!);
            if (f === 2 && Number.isNaN(expected[1]!) && expected[2]! > 0) done.carried++;
            if (Number.isNaN(expected[f]!)) expect([id, FIGURES[f - 1], figures[f]]).toEqual([id, FIGURES[f - 1], Number.NaN]);
            else if (f <= 3 || f === 6)
              expect(Math.abs(figures[f]! - expected[f]!), `${id} ${FIGURES[f - 1]}`).toBeLessThanOrEqual(1e-12 * scale);
            compared++;
          }
        }
        const [a, b] = [totals(desk), totals(anew)];
        for (const name of ['equity', 'notional', 'maintenance'] as const)
          expect(Math.abs(a[name] - b[name]), name).toBeLessThanOrEqual(1e-12 * b.notional);
        for (const name of ['longNotional', 'shortNotional'] as const)
          a[name].forEach((value, i) => {
            expect(Math.abs(value - b[name][i]!), name).toBeLessThanOrEqual(1e-12 * b.notional);
          });
        // The prices of both are the same book.
        expect(bookNow(anew).instruments.size).toBe(bookNow(desk).instruments.size);
      }
      console.log(`${compared} figures compared;`, done);
      expect(done.resorted).toBeGreaterThan(5);
      expect(compared).toBeGreaterThan(2000);
      expect(Math.min(done.added, done.changed, done.removed)).toBeGreaterThan(20);
      expect(Math.min(done.fills, done.deposits)).toBeGreaterThan(200);
      expect(done.jumps).toBeGreaterThan(40);
      expect(done.specials).toBeGreaterThan(20);
      expect(Math.min(done.unknown, done.carried)).toBeGreaterThan(3);
    });
  }
});

describe('DK-16 the order of legs', () => {
  it('holds every leg in its row between its neighbours, while fills, ticks and crashes go on', () => {
    const next = seeded(9);
    const desk = createDesk(randomBook(next, { accounts: 900, venues: ['generic'] }), { rulesOf });
    const prices = new Map(Object.entries({ ...MARKETS }));
    const done = { fills: 0, deposits: 0, jumps: 0, specials: 0 };
    let looked = 0;
    let sorted = 0;
    const lists = new Map<number, Uint32Array>();
    for (let step = 0; step < 40; step++) {
      for (let i = 0; i < 8; i++) amendSome(desk, next, done);
      tick(desk, changesOf(desk.board, walk(next, prices, 0.02, 0.6)));
      for (const [id, list] of desk.order.entries()) {
        if (!list) continue;
        if (lists.has(id) && list.sorted !== lists.get(id)) sorted++;
        lists.set(id, list.sorted);
      }
      if (step % 5 !== 4) continue;
      const { legs, wrong } = checkOrder(desk);
      expect(wrong).toBe(0);
      looked += legs;
    }
    const anew = createDeskOf(flatOf(desk), { rulesOf });
    const [before, after] = [rowsOf(desk), rowsOf(anew)];
    for (const [id, [state]] of before) expect([id, state]).toEqual([id, after.get(id)![0]]);
    console.log(`${looked} legs looked at, ${sorted} times a list was sorted anew;`, done);
    expect(looked).toBeGreaterThan(10_000);
    expect(sorted).toBeGreaterThan(20);
  });
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
    refreshColumns(desk);
    const sum = { equity: 0, notional: 0, requirement: 0, gross: 0 };
    let exact = 0;
    let unknown = 0;
    for (const pool of desk.exactPools.keys()) {
      const row = desk.pools.row[pool]!;
      let ordinal = 0;
      for (let other = desk.firstPool[row]!; other !== pool; other = desk.pools.next[other]!) ordinal++;
      const { equity, grossNotional, requirement } = exactPools(desk, row)[ordinal]!;
      exact++;
      if (!equity.ok || !grossNotional.ok || !requirement.ok) {
        unknown++;
        continue;
      }
      sum.equity += equity.value.toNumber();
      sum.notional += grossNotional.value.toNumber();
      sum.requirement += requirement.value.toNumber();
      sum.gross += grossNotional.value.toNumber() + Math.abs(equity.value.toNumber());
    }
    let unpriced = 0;
    for (let pool = 0; pool < desk.pools.used; pool++) {
      const place = desk.pools.place[pool]!;
      if (place === 0xffff_ffff) continue;
      if (Number.isNaN(desk.layout.constant[place]!)) {
        unpriced++;
        continue;
      }
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
    expect(all.unknownPools).toBe(unknown + unpriced);
    expect(exact - unknown).toBeGreaterThan(3);
    expect(desk.counters.rowsMoved).toBeGreaterThan(5);
    expect(all.longNotional.reduce((total, long, i) => total + long + all.shortNotional[i]!, 0)).toBeGreaterThan(0);
  });
});

describe('DK-20 an account with an unknown price', () => {
  it('is changed to one with known prices and back', () => {
    const mark = { markPrice: '100', venue: 'hyperliquid', contract: 'linear', quote: 'USD', settle: 'USDC', contractSize: '1' };
    const { markPrice: _, ...unmarked } = mark;
    const position = (instrument: string, size: string) => ({ instrument, size, entryPrice: '90', marginMode: 'cross' });
    const accountOf = (id: string, instruments: readonly string[]) => ({
      id,
      venue: 'hyperliquid',
      balances: [{ asset: 'USDC', amount: '1000' }],
      positions: instruments.map((instrument, i) => position(instrument, `${i + 1}`)),
    });
    const bookOf = (changed: readonly string[]) =>
      readBook(
        JSON.stringify({
          format: 'leverage-book/1',
          asOf: '2026-01-01T00:00:00Z',
          instruments: { 'hl:BTC': { ...mark, base: 'BTC' }, 'hl:ETH': { ...mark, base: 'ETH' }, 'hl:NONE': { ...unmarked, base: 'NONE' } },
          assets: { USDC: { price: '1' } },
          accounts: [accountOf('other', ['hl:BTC', 'hl:ETH']), accountOf('changed', changed)],
        }),
      );
    const unknown = ['hl:BTC', 'hl:NONE'];
    const desk = createDesk(bookOf(unknown), { rulesOf });
    for (const instruments of [['hl:ETH', 'hl:BTC'], unknown, unknown, ['hl:BTC']]) {
      const book = bookOf(instruments);
      const rowOf = (of: DeskState, id: string) => [0, 1].find((row) => accountAt(of.store, row).id === id)!;
      updateAccount(desk, rowOf(desk, 'changed'), book.accounts[1]!);
      const anew = createDesk(book, { rulesOf });
      for (const each of [desk, anew]) refreshColumns(each);
      for (const name of ['equity', 'grossNotional', 'maintenance', 'state'] as const)
        for (const id of ['other', 'changed'])
          expect([id, desk.columns.accounts[name][rowOf(desk, id)]]).toEqual([id, anew.columns.accounts[name][rowOf(anew, id)]]);
      expect(desk.columns.accounts.equity[rowOf(desk, 'other')]).toBe(1030);
    }
  });
});
