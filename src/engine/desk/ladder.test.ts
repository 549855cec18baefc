import { describe, expect, it } from 'vitest';
import type { Account, Book, Instrument, Position } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { uniform } from '../kernel/testing/keys.ts';
import { type PoolSums, sumPool } from '../margin/pool.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { d, plainRules } from '../testing/books.ts';
import { exactRungs } from './exact-rung.ts';
import { addLegs, countPools, emptyLadder, type Ladder, NOT_WITHIN_REACH, PAST_NOW, placeOnRungs, UNDECIDED } from './ladder.ts';
import { marketShocks, PAST, SOLVED, UNCERTAIN, UNKNOWN, UNTOUCHED } from './market-shock.ts';
import type { MarketMove } from './market-terms.ts';
import { columnsOf, type PoolColumns, shocksFor } from './testing/pools.ts';

const RUNGS = 50;
const STEP = 0.01;
const BTC = ['t:0', 't:1', 't:3'];
const move: MarketMove = { movesInstrument: (id) => BTC.includes(id), movesAsset: () => false };

const instrument = (i: number, markPrice: string, inverse: boolean): Instrument => ({
  id: `t:${i}`,
  venue: 'test',
  contract: inverse ? 'inverse' : 'linear',
  base: `B${i}`,
  quote: 'USD',
  settle: inverse ? 'COIN' : 'USD',
  contractSize: d(1),
  markPrice: d(markPrice),
  tiers: [
    { notionalFloor: d(0), maintenanceMarginRate: d('0.01') },
    { notionalFloor: d(inverse ? 2 : 50_000), maintenanceMarginRate: d('0.025') },
    { notionalFloor: d(inverse ? 20 : 400_000), maintenanceMarginRate: d('0.1') },
  ],
});
const INSTRUMENTS = [
  instrument(0, '50000', false),
  instrument(1, '50010.5', true),
  instrument(2, '3000', false),
  instrument(3, '49990', false),
];

/** A book of random accounts on four instruments, and a long and a short one for each per cent that a move of t:0 closes to the digit. */
function book(seed: number, count: number): Book {
  const u = uniform(seed);
  const position = (id: number, value: number): Position => {
    const { markPrice, contract } = INSTRUMENTS[id] as Instrument;
    const size =
      contract === 'inverse'
        ? d(Math.round(value))
        : d(value)
            .div(markPrice as Decimal)
            .toDecimalPlaces(5);
    return { instrument: `t:${id}`, size: size.isZero() ? d('0.001') : size, entryPrice: markPrice as Decimal, marginMode: 'cross' };
  };
  const accounts = Array.from({ length: count }, (_, i): Account => {
    const notional = Math.exp(6 + 8 * u());
    const positions = Array.from({ length: 1 + Math.floor(u() * 3) }, () =>
      position(Math.floor(u() * 4), (u() < 0.6 ? 1 : -1) * notional * u()),
    );
    return { id: `a${i}`, venue: 'test', balances: [{ asset: 'USD', amount: d(notional * u() * u()).toDecimalPlaces(2) }], positions };
  });
  for (let percent = 1; percent <= RUNGS + 1; percent++) {
    for (const side of [1, -1]) {
      // balance − 0.5 × 50,000 × s = 0.01 × 0.5 × 50,000 × (1 ∓ s): equity meets the requirement after exactly this per cent.
      const s = d(percent).div(100);
      const balance = d(25_000)
        .times(s)
        .plus(d(250).times(d(1).minus(s.times(side))));
      const at: Position = { instrument: 't:0', size: d('0.5').times(side), entryPrice: d(50_000), marginMode: 'cross' };
      accounts.push({ id: `edge ${percent} ${side}`, venue: 'test', balances: [{ asset: 'USD', amount: balance }], positions: [at] });
    }
  }
  const assets = new Map([
    ['USD', { symbol: 'USD', price: d(1) }],
    ['COIN', { symbol: 'COIN', price: d(50_000) }],
  ]);
  return {
    format: 'leverage-book/1',
    asOf: '2026-01-01T00:00:00Z',
    assets,
    accounts,
    instruments: new Map(INSTRUMENTS.map((item) => [item.id, item])),
  };
}

interface Placed {
  readonly columns: PoolColumns;
  readonly pools: readonly Pool[];
  readonly sums: readonly PoolSums[];
  readonly down: Int16Array;
  readonly up: Int16Array;
  /** Rows that were left to the exact path. */
  readonly near: Set<number>;
}

function place(seed: number, count: number, rules: VenueRules, moves: MarketMove | undefined): Placed {
  const source = book(seed, count);
  const pools = source.accounts.flatMap((account) => resolveAccount(account, source, rules).pools);
  const sums = pools.map(sumPool);
  const columns = columnsOf(pools, moves);
  const shocks = shocksFor(columns.count);
  const { mask } = columns;
  marketShocks(columns.count, mask, columns.entries, columns.slots, RUNGS * STEP, shocks);
  const near = new Set<number>();
  const rungs = [-1, 1].map((sign) => {
    const rung = new Int16Array(columns.count);
    const list = new Uint32Array(columns.count);
    const shock = sign < 0 ? shocks.down : shocks.up;
    const listed = placeOnRungs(columns.count, mask, shock, shocks.error, shocks.flag, sign, STEP, RUNGS, rung, list);
    for (const row of list.subarray(0, listed)) {
      near.add(row);
      const exact = exactRungs(pools[row] as Pool, sums[row] as PoolSums, rules, moves, d('0.01'), RUNGS);
      if (exact.ok) rung[row] = sign < 0 ? exact.value.down : exact.value.up;
    }
    return rung;
  });
  return { columns, pools, sums, down: rungs[0] as Int16Array, up: rungs[1] as Int16Array, near };
}

function ladderOf({ pools, columns, down, up }: Placed): Ladder {
  const ladder = emptyLadder(RUNGS);
  const legs = pools.flatMap((pool, row) =>
    pool.legs.map((leg) => ({ row, size: leg.position.size, instrument: Number(leg.instrument.id.slice(2)) })),
  );
  const value = Float64Array.from(INSTRUMENTS, ({ contract, markPrice }) => {
    const mark = markPrice?.toNumber() ?? Number.NaN;
    return contract === 'inverse' ? 50_000 / mark : mark;
  });
  countPools(columns.count, columns.mask, down, up, ladder);
  addLegs(
    columns.count,
    columns.mask,
    down,
    up,
    legs.length,
    Uint32Array.from(legs, (leg) => leg.row),
    Uint32Array.from(legs, (leg) => leg.instrument),
    Float64Array.from(legs, (leg) => leg.size.toNumber()),
    value,
    Uint8Array.from(INSTRUMENTS, (item) => Number(move.movesInstrument(item.id))),
    ladder,
  );
  return ladder;
}

const RULES: readonly (readonly [string, VenueRules, MarketMove | undefined])[] = [
  ['below', plainRules(), move],
  ['at or below', plainRules({ boundary: 'at-or-below' }), move],
  ['stepped tiers', plainRules({ tableJoin: 'step' }), move],
  ['all prices', plainRules(), undefined],
];

describe('DS-11, DS-12 rungs', () => {
  for (const [name, rules, moves] of RULES) {
    it(`${name}: every pool is on the rung that the exact path says, edges included`, () => {
      let onRungs = 0;
      for (const seed of [1, 2]) {
        const placed = place(seed, 300, rules, moves);
        placed.pools.forEach((pool, row) => {
          const exact = exactRungs(pool, placed.sums[row] as PoolSums, rules, moves, d('0.01'), RUNGS);
          if (!exact.ok) throw new Error(exact.reason);
          const touched = pool.legs.some((leg) => !moves || moves.movesInstrument(leg.instrument.id));
          if (touched) expect([placed.down[row], placed.up[row]]).toEqual([exact.value.down, exact.value.up]);
          if (exact.value.down > 0 || exact.value.up > 0) onRungs++;
        });
        // Only the pools that were made to stand on an edge need the exact path.
        expect(placed.near.size).toBeGreaterThanOrEqual(2 * RUNGS);
        expect(placed.near.size).toBeLessThanOrEqual(2 * (RUNGS + 1) + 2);
      }
      expect(onRungs).toBeGreaterThan(300);
    });
  }

  it('a pool that a move closes to the digit: the next rung where equality is safe, this one where it is not', () => {
    const rungOf = (rules: VenueRules, percent: number, side: 1 | -1): number | undefined => {
      const placed = place(1, 0, rules, move);
      const row = 2 * (percent - 1) + (side > 0 ? 0 : 1);
      return side > 0 ? placed.down[row] : placed.up[row];
    };
    for (const side of [1, -1] as const) {
      expect(rungOf(plainRules(), 7, side)).toBe(8);
      expect(rungOf(plainRules({ boundary: 'at-or-below' }), 7, side)).toBe(7);
      expect(rungOf(plainRules(), RUNGS, side)).toBe(NOT_WITHIN_REACH);
      expect(rungOf(plainRules({ boundary: 'at-or-below' }), RUNGS, side)).toBe(RUNGS);
    }
  });

  it('equity = requirement now: past where equality liquidates, else on the first rung of the way that hurts', () => {
    const source = book(1, 0);
    const balances = [{ asset: 'USD', amount: d(250) }];
    const account: Account = { ...(source.accounts[0] as Account), balances };
    for (const [rules, down, up] of [
      [plainRules(), 1, NOT_WITHIN_REACH],
      [plainRules({ boundary: 'at-or-below' }), PAST_NOW, PAST_NOW],
    ] as const) {
      const pool = resolveAccount(account, source, rules).pools[0] as Pool;
      expect(exactRungs(pool, sumPool(pool), rules, move, d('0.01'), RUNGS)).toEqual({ ok: true, value: { down, up } });
      expect(exactRungs(pool, sumPool(pool), rules, undefined, d('0.01'), RUNGS)).toEqual({ ok: true, value: { down, up } });
    }
  });

  it('a requirement that jumps across equity on the very edge closes the pool there, whatever the boundary', () => {
    const source = book(1, 0);
    const tiers = [
      { notionalFloor: d(0), maintenanceMarginRate: d('0.01') },
      { notionalFloor: d(32_500), maintenanceMarginRate: d('0.4') },
    ];
    // Short 0.5 at 50,000: after + 30 % notional 32,500 asks for 13,000 where 12,500 are left, before it for 1 %.
    const at: Position = { instrument: 't:0', size: d('-0.5'), entryPrice: d(50_000), marginMode: 'cross', tiers };
    const account: Account = { id: 'jump', venue: 'test', balances: [{ asset: 'USD', amount: d(20_000) }], positions: [at] };
    const rules = plainRules({ tableJoin: 'step' });
    const pool = resolveAccount(account, source, rules).pools[0] as Pool;
    expect(exactRungs(pool, sumPool(pool), rules, move, d('0.01'), RUNGS)).toEqual({ ok: true, value: { down: NOT_WITHIN_REACH, up: 30 } });
  });

  it('flags: untouched, past, unknown and undecided pools; shocks of the other side', () => {
    const flag = Uint8Array.of(UNTOUCHED, PAST, UNKNOWN, UNCERTAIN, SOLVED, SOLVED, SOLVED);
    const shock = Float64Array.of(-0.1, -0.1, -0.1, -0.1, 0.105, -0.105, Number.NaN);
    const rung = new Int16Array(7);
    const near = new Uint32Array(7);
    const error = new Float64Array(7);
    expect(placeOnRungs(7, new Uint8Array(7).fill(1), shock, error, flag, -1, STEP, RUNGS, rung, near)).toBe(1);
    expect([...rung]).toEqual([0, PAST_NOW, UNDECIDED, UNDECIDED, 0, 11, 0]);
    expect(near[0]).toBe(3);
  });

  it('a shock within its error of an edge is left to the exact path', () => {
    const rung = new Int16Array(3);
    const near = new Uint32Array(3);
    const flag = new Uint8Array(3).fill(SOLVED);
    const shock = Float64Array.of(0.1, 0.1 + 1e-9, 0.105);
    expect(placeOnRungs(3, Uint8Array.of(1, 1, 1), shock, Float64Array.of(0, 1e-8, 1e-8), flag, 1, STEP, RUNGS, rung, near)).toBe(2);
    expect([...near.subarray(0, 2)]).toEqual([0, 1]);
    expect(rung[2]).toBe(11);
  });
});

describe('DS-13 the ladder', () => {
  it('by hand: a long and a short of the market, a second leg that closes with it, one past its line, one undecided', () => {
    const ladder = emptyLadder(2);
    const down = Int16Array.of(1, 0, PAST_NOW, UNDECIDED);
    const up = Int16Array.of(2, 2, PAST_NOW, 0);
    const mask = new Uint8Array(4).fill(1);
    const legPool = Uint32Array.of(0, 0, 1, 2, 3, 0xffff_ffff, 2);
    const legInstrument = Uint32Array.of(0, 1, 0, 0, 0, 0, 2);
    const legSize = Float64Array.of(2, -3, -5, 1, 7, 9, 9);
    countPools(4, mask, down, up, ladder);
    addLegs(4, mask, down, up, 7, legPool, legInstrument, legSize, Float64Array.of(100, 10, Number.NaN), Uint8Array.of(1, 0, 1), ladder);
    expect([...ladder.pools]).toEqual([0, 1, 1, 0, 2]);
    expect([...ladder.long]).toEqual([0, 200, 100, 0, 200]);
    expect([...ladder.short]).toEqual([0, 0, 0, 0, 500]);
    expect([...ladder.otherShort]).toEqual([0, 30, 0, 0, 30]);
    expect(ladder).toMatchObject({ beyondDown: 1, beyondUp: 0, undecided: 1, undecidedNotional: 700 });
  });

  it('equals a decimal evaluation pool by pool; every pool once in each direction; order does not matter', () => {
    const placed = place(3, 500, plainRules(), move);
    const ladder = ladderOf(placed);
    const columns = ['long', 'short', 'otherLong', 'otherShort'] as const;
    const expected = new Map(columns.map((name) => [name, Array.from({ length: 2 * RUNGS + 1 }, () => new Decimal(0))]));
    placed.pools.forEach((pool, row) => {
      const down = placed.down[row] as number;
      const up = placed.up[row] as number;
      const places = down === PAST_NOW ? [RUNGS] : [...(down > 0 ? [RUNGS - down] : []), ...(up > 0 ? [RUNGS + up] : [])];
      for (const leg of pool.legs) {
        const { instrument: market, position, mark } = leg;
        if (!mark.ok) throw new Error('no mark');
        const notional =
          market.contract === 'inverse' ? position.size.abs().div(mark.value).times(50_000) : position.size.abs().times(mark.value);
        const chosen = move.movesInstrument(market.id);
        const name = position.size.gt(0) ? (chosen ? 'long' : 'otherLong') : chosen ? 'short' : 'otherShort';
        for (const at of places) {
          const list = expected.get(name) as Decimal[];
          list[at] = (list[at] as Decimal).plus(notional);
        }
      }
    });
    for (const name of columns)
      ladder[name].forEach((value, at) => {
        const exact = (expected.get(name) as Decimal[])[at] as Decimal;
        expect(exact.minus(value).abs().lte(exact.times(1e-13))).toBe(true);
      });
    const pools = (from: number, to: number): number => ladder.pools.slice(from, to).reduce((all, n) => all + n, 0);
    expect(pools(0, RUNGS + 1) + ladder.beyondDown + ladder.undecided).toBe(placed.pools.length);
    expect(pools(RUNGS, 2 * RUNGS + 1) + ladder.beyondUp + ladder.undecided).toBe(placed.pools.length);
    expect(ladder.undecided).toBe(0);
    expect(pools(0, RUNGS)).toBeGreaterThan(100);
    expect(pools(RUNGS + 1, 2 * RUNGS + 1)).toBeGreaterThan(100);
  });
});
