import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { createDesk } from './desk-engine.ts';
import type { DeskState } from './desk-state.ts';
import { exactPools } from './exact-row.ts';
import type { PriceChanges } from './price-board.ts';
import { refreshColumns, refreshRow, sweepColumns } from './refresh.ts';
import { beginResort } from './resort.ts';
import { addUp, type Comparison, compareTicks, faults, NOTHING_COMPARED } from './testing/against-exact.ts';
import { changesOf, replays, walk } from './testing/price-walk.ts';
import { MARKETS, randomBook, rulesOf, seeded } from './testing/random-books.ts';
import { tick } from './tick.ts';

const host = createKernelHost(false);
const kernelOf = (isCompiled: boolean) => (isCompiled && host ? { host } : {});

const print = (
  name: string,
  { accountTicks, crossings, wrong, missed, invented, blocksSwept, blocksHeld, exactDecisions }: Comparison,
): void =>
  console.log(
    `${name}: ${accountTicks} account-ticks, ${crossings} crossings, ${wrong} wrong, ${missed} missed, ${invented} invented; ${blocksSwept} of ${blocksHeld} blocks swept, ${exactDecisions} decided exactly`,
  );

describe('DK-12 certified ticks tell every crossing and no other, against the exact path for every account at every tick', () => {
  it('default: walks of every market, of some, of one', () => {
    let all = NOTHING_COMPARED;
    for (const [seed, sigma, share, isCompiled] of [
      [1, 0.02, 1, true],
      [2, 0.003, 1, false],
      [3, 0.0003, 1, true],
      [4, 0.01, 0.3, true],
    ] as const) {
      const next = seeded(seed);
      const desk = createDesk(randomBook(next, { accounts: 70 }), { rulesOf, ...kernelOf(isCompiled) });
      const prices = new Map(Object.entries(MARKETS));
      const ticks = Array.from({ length: 30 }, () => changesOf(desk.board, walk(next, prices, sigma, share)));
      all = addUp(all, compareTicks(desk, ticks, 1024));
    }
    print('walks', all);
    expect(faults(all)).toBe(0);
    expect(all.crossings).toBeGreaterThan(150);
    expect(all.blocksSwept).toBeLessThan(all.blocksHeld);
  });

  it('default: both crash replays', () => {
    let all = NOTHING_COMPARED;
    for (const [i, { name, ticks }] of replays().entries()) {
      const next = seeded(20 + i);
      const desk = createDesk(randomBook(next, { accounts: 60 }), { rulesOf, ...kernelOf(true) });
      // The first instants bring the book to the replay's prices; sixteen are put together, so that the whole crash is in it.
      const compared = compareTicks(
        desk,
        merged(ticks, 16, Math.min(60, Math.ceil(ticks.length / 16))).map((prices) => changesOf(desk.board, prices)),
        512,
      );
      print(name, compared);
      all = addUp(all, compared);
    }
    expect(faults(all)).toBe(0);
    expect(all.crossings).toBeGreaterThan(50);
  });

  it('behavior: prices that leave what a certificate allows and come back', () => {
    const next = seeded(51);
    const desk = createDesk(randomBook(next, { accounts: 150 }), { rulesOf, ...kernelOf(true) });
    const start = new Map(Object.entries(MARKETS));
    const ticks: PriceChanges[] = [];
    for (const size of [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]) {
      for (let i = 0; i < 8; i++) {
        const away = [...start].map(
          ([market, price]) => [market, new Decimal((price * (1 + size * (2 * next() - 1))).toPrecision(7))] as const,
        );
        const back = [...start].map(([market, price]) => [market, new Decimal(price)] as const);
        ticks.push(changesOf(desk.board, new Map(away)), changesOf(desk.board, new Map(back)));
      }
    }
    const compared = compareTicks(desk, ticks);
    print('out and back', compared);
    expect(faults(compared)).toBe(0);
    expect(compared.crossings).toBeGreaterThan(50);
  });

  it('behavior: accounts with unknown prices, on which the exact engine has the last word', () => {
    const next = seeded(61);
    const desk = createDesk(randomBook(next, { accounts: 120, unknownShare: 0.3 }), { rulesOf, ...kernelOf(true) });
    const prices = new Map(Object.entries(MARKETS));
    const ticks = Array.from({ length: 40 }, () => changesOf(desk.board, walk(next, prices, 0.02, 0.5)));
    const compared = compareTicks(desk, ticks, 256);
    print('unknown prices', compared);
    expect(faults(compared)).toBe(0);
    // Figures of rows brought up to date one by one and those of the sweep: notional and requirement the engine's, equity none.
    refreshColumns(desk);
    tick(desk, { instruments: [0], marks: [desk.board.mark[0]! * 1.01] });
    const { equity, grossNotional, maintenance, leverage } = desk.columns.accounts;
    const isClose = (ours: number, exact: Decimal): boolean => Math.abs(ours - exact.toNumber()) <= 1e-9 * (1 + exact.abs().toNumber());
    const rowByRow = (all: DeskState): void => {
      for (let row = 0; row < all.columns.count; row++) refreshRow(all, row);
    };
    for (const refresh of [refreshColumns, sweepColumns, rowByRow]) {
      refresh(desk);
      let carried = 0;
      for (let row = 0; row < desk.columns.count; row++) {
        const [only, second] = exactPools(desk, row);
        if (!only || second || only.equity.ok || !only.grossNotional.ok) continue;
        expect([equity[row], leverage[row]]).toEqual([Number.NaN, Number.NaN]);
        expect(isClose(grossNotional[row]!, only.grossNotional.value)).toBe(true);
        if (only.requirement.ok) expect(isClose(maintenance[row]!, only.requirement.value)).toBe(true);
        else expect(maintenance[row]).toBeNaN();
        if (only.grossNotional.value.gt(0)) carried++;
      }
      expect(carried).toBeGreaterThan(5);
    }
  });

  it('behavior: while the blocks are put into a new order', () => {
    const next = seeded(31);
    const desk = createDesk(randomBook(next, { accounts: 100 }), { rulesOf, ...kernelOf(true) });
    const prices = new Map(Object.entries(MARKETS));
    let all = NOTHING_COMPARED;
    for (let round = 0; round < 3; round++) {
      beginResort(desk);
      const ticks = Array.from({ length: 30 }, () => changesOf(desk.board, walk(next, prices, 0.01, 1)));
      all = addUp(all, compareTicks(desk, ticks, 3072));
      expect(desk.resort, 'the new order was finished').toBeUndefined();
    }
    print('new order', all);
    expect(faults(all)).toBe(0);
  });
});

/** Instants of a replay, `step` put together into one. */
function merged(ticks: readonly ReadonlyMap<string, Decimal>[], step: number, count: number): ReadonlyMap<string, Decimal>[] {
  return Array.from({ length: count }, (_, i) => new Map(ticks.slice(i * step, (i + 1) * step).flatMap((prices) => [...prices])));
}

/**
 * A price at which the account lies exactly on a threshold: one linear position of q at entry e with cash c and rate r has
 * R = θE at P = (c − q·e)·θ ÷ (|q|·r − θ·q); chosen so that every number is a short decimal.
 */
function tiedAccounts(next: () => number, count: number): { accounts: Account[]; prices: Decimal[] } {
  const accounts: Account[] = [];
  const prices: Decimal[] = [];
  for (let i = 0; i < count; i++) {
    const theta = new Decimal(['0.3', '0.5', '0.8', '1', '0'][i % 5]!);
    const price = new Decimal((80 + 40 * next()).toFixed(3));
    const size = new Decimal((1 + 9 * next()).toFixed(2)).times(next() < 0.5 ? -1 : 1);
    const entry = new Decimal((80 + 40 * next()).toFixed(3));
    const requirement = size.abs().times(price).times('0.01');
    // Bankruptcy (θ = 0): equity 0; else equity = requirement ÷ θ where that is a decimal.
    const equity = theta.isZero() ? new Decimal(0) : requirement.div(theta);
    const cash = equity.minus(size.times(price.minus(entry)));
    if (cash.decimalPlaces() > 20) continue;
    prices.push(price);
    accounts.push({
      id: `t${i}`,
      venue: i % 2 === 0 ? 'hyperliquid' : 'generic',
      balances: [{ asset: i % 2 === 0 ? 'USDC' : 'USD', amount: cash }],
      positions: [{ instrument: i % 2 === 0 ? 'hl:T' : 'gen:T', size, entryPrice: entry, marginMode: 'cross' }],
    });
  }
  return { accounts, prices };
}

const tiedBook = (accounts: readonly Account[]): Book => {
  const tiers = [{ notionalFloor: new Decimal(0), maxLeverage: new Decimal(50), maintenanceMarginRate: new Decimal('0.01') }];
  const listed = (id: string, venue: string, settle: string) =>
    [
      id,
      { id, venue, contract: 'linear', base: 'T', quote: 'USD', settle, contractSize: new Decimal(1), markPrice: new Decimal(100), tiers },
    ] as const;
  return {
    format: 'leverage-book/1',
    asOf: '2026-01-01T00:00:00Z',
    unit: 'USD',
    instruments: new Map([listed('hl:T', 'hyperliquid', 'USDC'), listed('gen:T', 'generic', 'USD')]),
    assets: new Map([['USDC', { symbol: 'USDC', price: new Decimal(1) }]]),
    accounts,
  };
};

/** Every instrument of the book at one price. */
const allAt = (count: number, price: Decimal): PriceChanges => ({
  instruments: Array.from({ length: count }, (_, i) => i),
  marks: new Array<number>(count).fill(price.toNumber()),
  exactMarks: new Array<Decimal>(count).fill(price),
});

describe('DK-9 ties', () => {
  for (const isCompiled of [false, true]) {
    it(`behavior: an account exactly on a threshold, and a hair beside it, has the exact state (${isCompiled ? 'compiled' : 'plain'})`, () => {
      const next = seeded(41);
      const { accounts, prices } = tiedAccounts(next, 60);
      const desk = createDesk(tiedBook(accounts), { rulesOf, ...kernelOf(isCompiled) });
      const hair = new Decimal('1e-13');
      const ticks = prices.flatMap((price) => [price, price.plus(hair), price.minus(hair)]).map((price) => allAt(2, price));
      const compared = compareTicks(desk, ticks);
      print('ties', compared);
      expect(faults(compared)).toBe(0);
      expect(compared.exactDecisions).toBeGreaterThan(100);
    });
  }

  it('behavior: a leg exactly on the floor of a stepped table has the exact state', () => {
    const next = seeded(43);
    const floors = [1000, 2000, 5000].map((floor) => new Decimal(floor));
    const tiers = [0, 1000, 2000, 5000].map((floor, i) => ({
      notionalFloor: new Decimal(floor),
      maxLeverage: new Decimal(10),
      maintenanceMarginRate: new Decimal([0.01, 0.05, 0.1, 0.3][i]!),
    }));
    const prices: Decimal[] = [];
    const accounts = Array.from({ length: 80 }, (_, i): Account => {
      const price = new Decimal((80 + 40 * next()).toFixed(2));
      const floor = floors[i % 3]!;
      prices.push(price);
      const size = floor.div(price).toDecimalPlaces(i % 2 === 0 ? 30 : 4);
      return {
        id: `s${i}`,
        venue: 'okx',
        balances: [{ asset: 'USDT', amount: floor.times(0.02 + 0.2 * next()).toDecimalPlaces(2) }],
        positions: [{ instrument: 'okx:T', size: next() < 0.5 ? size : size.negated(), entryPrice: price, marginMode: 'cross' }],
      };
    });
    const book = tiedBook([]);
    const instrument = { ...book.instruments.get('gen:T')!, id: 'okx:T', venue: 'okx', settle: 'USDT', tiers };
    const desk = createDesk(
      {
        ...book,
        instruments: new Map([['okx:T', instrument]]),
        assets: new Map([['USDT', { symbol: 'USDT', price: new Decimal(1) }]]),
        accounts,
      },
      { rulesOf, ...kernelOf(true) },
    );
    const hair = new Decimal('1e-13');
    const compared = compareTicks(
      desk,
      prices.flatMap((price) => [price, price.plus(hair), price.minus(hair)]).map((price) => allAt(1, price)),
    );
    print('steps', compared);
    expect(faults(compared)).toBe(0);
    expect(compared.crossings).toBeGreaterThan(100);
    expect(compared.exactDecisions).toBeGreaterThan(50);
  });
});
