import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Book, Instrument, Position } from '../../domain/book.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import {
  bankruptcyPriceQuoteQuantums,
  type ChainMarket,
  type ChainSubaccount,
  effectiveInitialMarginPpm,
  fillablePrice,
  insuranceFundDelta,
  isLiquidatable,
  marginRequirements,
  netNotional,
  subaccountRisk,
} from './chain.ts';
import { rational } from './rational.ts';
import { dydxV4Rules, tierOf } from './rules.ts';

/** 20 % initial, 10 % maintenance, one base quantum = 1e-8. */
const market = (over: Partial<ChainMarket> = {}): ChainMarket => ({
  price: 50_000n,
  priceExponent: 0,
  atomicResolution: -8,
  initialMarginPpm: 200_000n,
  maintenanceFractionPpm: 500_000n,
  openInterest: 0n,
  openInterestLowerCap: 0n,
  openInterestUpperCap: 0n,
  ...over,
});

describe('DY-10 notional', () => {
  it('truncates toward zero on both sides', () => {
    const fine = market({ price: 3n, priceExponent: -1, atomicResolution: -7 });
    expect(netNotional(fine, 199n)).toBe(5n);
    expect(netNotional(fine, -199n)).toBe(-5n);
  });

  it('multiplies where the exponents add up above zero', () => {
    expect(netNotional(market({ atomicResolution: 0 }), 2n)).toBe(100_000_000_000n);
  });
});

describe('DY-11 initial margin fraction by open interest', () => {
  const tier = { initialMarginPpm: 200_000n, openInterestLowerCap: 1_000_000n, openInterestUpperCap: 2_000_000n };

  it.each([
    [0n, 200_000n],
    [1_000_000n, 200_000n],
    [1_000_001n, 200_000n],
    [1_000_002n, 200_001n],
    [1_234_567n, 387_653n],
    [1_500_000n, 600_000n],
    [1_999_999n, 999_999n],
    [2_000_000n, 1_000_000n],
    [2_500_000n, 1_000_000n],
  ])('open notional %s: %s ppm', (openNotional, ppm) => {
    expect(effectiveInitialMarginPpm(tier, openNotional)).toBe(ppm);
  });

  it('an upper cap of zero switches it off', () => {
    expect(effectiveInitialMarginPpm({ ...tier, openInterestLowerCap: 0n, openInterestUpperCap: 0n }, 1_500_000n)).toBe(200_000n);
  });

  it('equal caps above zero jump at the cap', () => {
    const step = { ...tier, openInterestLowerCap: 2_000_000n };
    expect(effectiveInitialMarginPpm(step, 2_000_000n)).toBe(200_000n);
    expect(effectiveInitialMarginPpm(step, 2_000_001n)).toBe(1_000_000n);
  });
});

describe('DY-12 requirements', () => {
  it('a chosen fraction raises initial margin above the market, never below it, and leaves maintenance alone', () => {
    const quantums = 10_000_000n;
    expect(marginRequirements(market(), quantums)).toEqual({ initialMargin: 1_000_000_000n, maintenanceMargin: 500_000_000n });
    expect(marginRequirements(market(), quantums, 500_000n)).toEqual({ initialMargin: 2_500_000_000n, maintenanceMargin: 500_000_000n });
    expect(marginRequirements(market(), quantums, 100_000n)).toEqual({ initialMargin: 1_000_000_000n, maintenanceMargin: 500_000_000n });
  });

  it('rounds up twice for maintenance', () => {
    // notional 1: initial ⌈0.2⌉ = 1, maintenance ⌈1 × 0.5⌉ = 1
    expect(marginRequirements(market({ price: 1n, atomicResolution: -6 }), -1n)).toEqual({ initialMargin: 1n, maintenanceMargin: 1n });
  });
});

describe('DY-15 to DY-17 refusals', () => {
  const account: ChainSubaccount = { quoteQuantums: -4_501_000_000n, positions: [{ market: market(), baseQuantums: 10_000_000n }] };

  it.each([0n, 1n, -10_000_001n])('error: a change of %s does not reduce a long of 10000000', (delta) => {
    expect(() => bankruptcyPriceQuoteQuantums(account, 0, delta)).toThrow(RangeError);
    expect(() => insuranceFundDelta(account, 0, delta, 1n, 5_000n)).toThrow(RangeError);
  });

  it('error: a change in the direction of a short, or no such position', () => {
    const short: ChainSubaccount = { quoteQuantums: 1n, positions: [{ market: market(), baseQuantums: -5n }] };
    expect(() => bankruptcyPriceQuoteQuantums(short, 0, -1n)).toThrow(RangeError);
    expect(() => bankruptcyPriceQuoteQuantums(short, 1, 1n)).toThrow(RangeError);
    expect(() => fillablePrice(short, 1, { bankruptcyAdjustmentPpm: 1_000_000n, spreadToMaintenanceMarginRatioPpm: 1n })).toThrow(
      RangeError,
    );
  });

  it('error: no maintenance requirement', () => {
    const free: ChainSubaccount = { quoteQuantums: 1n, positions: [{ market: market({ initialMarginPpm: 0n }), baseQuantums: 5n }] };
    expect(() => bankruptcyPriceQuoteQuantums(free, 0, -5n)).toThrow('no maintenance requirement');
  });

  it('error: a fraction with a denominator of zero', () => {
    expect(() => rational(1n, 0n)).toThrow(RangeError);
    expect(rational(-6n, -4n)).toEqual({ numerator: 3n, denominator: 2n });
    expect(rational(0n, -4n)).toEqual({ numerator: 0n, denominator: 1n });
  });
});

const signed = (max: bigint) => fc.bigInt({ min: -max, max }).filter((value) => value !== 0n);
const anyMarket = fc.record({
  price: fc.bigInt({ min: 1n, max: 10n ** 10n }),
  priceExponent: fc.integer({ min: -6, max: 0 }),
  atomicResolution: fc.integer({ min: -9, max: -4 }),
  initialMarginPpm: fc.bigInt({ min: 10_000n, max: 1_000_000n }),
  maintenanceFractionPpm: fc.bigInt({ min: 200_000n, max: 1_000_000n }),
});
const anySubaccount: fc.Arbitrary<ChainSubaccount> = fc.record({
  quoteQuantums: fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
  positions: fc.array(fc.record({ market: anyMarket.map((over) => market(over)), baseQuantums: signed(10n ** 12n) }), {
    minLength: 1,
    maxLength: 4,
  }),
});

/** The same subaccount as a book in USDC, each position at an entry price equal to the oracle's. */
function bookOf(subaccount: ChainSubaccount): Book {
  const instruments = new Map<string, Instrument>();
  let balance = new Decimal(subaccount.quoteQuantums.toString()).div(1e6);
  const positions: Position[] = subaccount.positions.map(({ market: m, baseQuantums }, i) => {
    const price = new Decimal(m.price.toString()).times(new Decimal(10).pow(m.priceExponent));
    const size = new Decimal(baseQuantums.toString()).times(new Decimal(10).pow(m.atomicResolution));
    const initial = new Decimal(m.initialMarginPpm.toString()).div(1e6);
    const maintenance = initial.times(m.maintenanceFractionPpm.toString()).div(1e6);
    const id = `dydx:${i}`;
    const shared = { contract: 'linear', base: `B${i}`, quote: 'USD', settle: 'USD', contractSize: ONE } as const;
    instruments.set(id, { id, venue: 'dydx-v4', ...shared, markPrice: price, tiers: [tierOf(initial, maintenance)] });
    balance = balance.plus(size.times(price));
    return { instrument: id, size, entryPrice: price, marginMode: 'cross' };
  });
  const account = { id: 'a', venue: 'dydx-v4', balances: [{ asset: 'USD', amount: balance }], positions };
  return { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments, assets: new Map(), accounts: [account] };
}

const dollars = (quantums: bigint): Decimal => new Decimal(quantums.toString()).div(1e6);

describe('the engine and the chain agree', () => {
  it('DY-13, DY-14: within one quantum of rounding a position, and in the decision outside it', () => {
    let decided = 0;
    fc.assert(
      fc.property(anySubaccount, (subaccount) => {
        const chain = subaccountRisk(subaccount);
        const book = bookOf(subaccount);
        const pool = assessAccount(book.accounts[0]!, book, dydxV4Rules).pools[0]!;
        if (!pool.equity.ok || !pool.initialMargin.ok || !pool.maintenanceMargin.ok || !pool.isLiquidatable.ok)
          throw new Error('no figures');
        const count = subaccount.positions.length;
        expect(pool.equity.value.minus(dollars(chain.netCollateral)).abs().times(1e6).toNumber()).toBeLessThanOrEqual(count);
        // initial: truncated notional × fraction, then up; maintenance: up twice
        expect(pool.initialMargin.value.minus(dollars(chain.initialMargin)).abs().times(1e6).toNumber()).toBeLessThanOrEqual(count + 1e-9);
        expect(pool.maintenanceMargin.value.minus(dollars(chain.maintenanceMargin)).abs().times(1e6).toNumber()).toBeLessThanOrEqual(
          2 * count,
        );
        const gap = chain.netCollateral - chain.maintenanceMargin;
        if ((gap < 0n ? -gap : gap) > 3n * BigInt(count)) {
          decided++;
          expect(pool.isLiquidatable.value).toBe(isLiquidatable(chain));
        }
      }),
      { numRuns: 400, seed: 20260205 },
    );
    expect(decided).toBeGreaterThan(380);
  });

  it('DY-15: closing the only position whole costs exactly the quote balance', () => {
    let reached = 0;
    fc.assert(
      fc.property(anySubaccount, (subaccount) => {
        const alone: ChainSubaccount = { ...subaccount, positions: subaccount.positions.slice(0, 1) };
        if (subaccountRisk(alone).maintenanceMargin === 0n) return;
        reached++;
        const held = alone.positions[0]!.baseQuantums;
        expect(bankruptcyPriceQuoteQuantums(alone, 0, -held)).toBe(-alone.quoteQuantums);
        expect(insuranceFundDelta(alone, 0, -held, -alone.quoteQuantums, 15_000n)).toBe(0n);
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(reached).toBeGreaterThan(250);
  });

  it('DY-15: closing every position at its bankruptcy price leaves nothing, up to the rounding in favour of the fund', () => {
    let reached = 0;
    fc.assert(
      fc.property(anySubaccount, (subaccount) => {
        if (subaccountRisk(subaccount).maintenanceMargin === 0n) return;
        reached++;
        const received = subaccount.positions.reduce((sum, p, i) => sum + bankruptcyPriceQuoteQuantums(subaccount, i, -p.baseQuantums), 0n);
        const left = subaccount.quoteQuantums + received;
        expect(left >= 0n && left <= BigInt(subaccount.positions.length)).toBe(true);
      }),
      { numRuns: 300, seed: 11 },
    );
    expect(reached).toBeGreaterThan(250);
  });

  it('DY-16: a subaccount above its maintenance is fillable at the oracle price', () => {
    const rich: ChainSubaccount = { quoteQuantums: 10n ** 12n, positions: [{ market: market(), baseQuantums: -10_000_000n }] };
    const config = { bankruptcyAdjustmentPpm: 1_000_000n, spreadToMaintenanceMarginRatioPpm: 100_000n };
    expect(fillablePrice(rich, 0, config)).toEqual({ numerator: 500n, denominator: 1n });
  });
});

describe('DY-3 chosen leverage through the engine', () => {
  const position = { market: market(), baseQuantums: 10_000_000n };

  it.each([
    [undefined, '1000'],
    ['2', '2500'],
    ['5', '1000'],
    ['50', '1000'],
  ])('leverage %s on a market of 5 ×: initial margin %s of a notional of 5000', (leverage, initialMargin) => {
    const book = bookOf({ quoteQuantums: -4_000_000_000n, positions: [position] });
    const account = book.accounts[0]!;
    const positions = account.positions.map((held) => (leverage ? { ...held, leverage: new Decimal(leverage) } : held));
    const assessment = assessAccount({ ...account, positions }, book, dydxV4Rules);
    expect(assessment.initialMargin).toEqual({ ok: true, value: new Decimal(initialMargin) });
    expect(assessment.maintenanceMargin).toEqual({ ok: true, value: new Decimal(500) });
    const chosen = leverage ? 1_000_000n / BigInt(leverage) : 0n;
    expect(marginRequirements(position.market, position.baseQuantums, chosen).initialMargin).toBe(BigInt(initialMargin) * 1_000_000n);
  });
});

describe('DY-14 boundary through the engine', () => {
  const position = { market: market(), baseQuantums: 10_000_000n };
  const decide = (quoteQuantums: bigint, positions: ChainSubaccount['positions']) => {
    const book = bookOf({ quoteQuantums, positions });
    return assessAccount(book.accounts[0]!, book, dydxV4Rules).pools[0]!.isLiquidatable;
  };

  it('equity = maintenance is safe, a quantum less is not', () => {
    expect(decide(-4_500_000_000n, [position])).toEqual({ ok: true, value: false });
    expect(decide(-4_500_000_001n, [position])).toEqual({ ok: true, value: true });
  });

  it('nothing open is never liquidated, whatever the balance', () => {
    expect(decide(-1_000_000n, [])).toEqual({ ok: true, value: false });
  });
});
