/** CL rules of docs/spec/closure.md on the examples of the venues' own documents and on accounts worked by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../domain/book.ts';
import { assessAccount } from '../engine/assess.ts';
import type { Closure } from '../engine/closure/simulate.ts';
import { EMPTY_LEDGER, holding, post } from '../engine/ledger/ledger.ts';
import { d } from '../engine/testing/books.ts';
import { defaultUnits } from '../engine/trade/units.ts';
import { CODE_DEFAULTS, dydxClosure } from './dydx-v4/closure.ts';
import { venues } from './registry.ts';
import { replay, run, slipped } from './testing/closures.ts';
import type { Venue } from './venue.ts';

/** One market at `mark`, one account in it. */
function one(
  venue: string,
  size: string,
  entry: string,
  mark: string,
  cash: string,
  more: { settle?: string; tiers?: readonly [string, string][] } = {},
) {
  const settle = more.settle ?? 'USDC';
  const tiers = (more.tiers ?? [['0', '0.01']]).map(([floor, rate]) => ({
    notionalFloor: d(floor),
    maintenanceMarginRate: d(rate),
    maxLeverage: d(1).div(d(rate).times(2)),
  }));
  const instrument = {
    id: 'x:BTC',
    venue,
    contract: 'linear' as const,
    base: 'BTC',
    quote: 'USD',
    settle,
    contractSize: d(1),
    markPrice: d(mark),
    tiers,
  };
  const account: Account = {
    id: 'a',
    venue,
    balances: [{ asset: settle, amount: d(cash) }],
    positions: [{ instrument: 'x:BTC', size: d(size), entryPrice: d(entry), marginMode: 'cross' }],
  };
  const book: Book = {
    format: 'leverage-book/1',
    asOf: '2026-01-01T00:00:00Z',
    instruments: new Map([['x:BTC', instrument]]),
    assets: new Map([[settle, { symbol: settle, price: d(1) }]]),
    accounts: [account],
  };
  return { account, book };
}
const changes = (closure: Closure) => closure.steps.flatMap(({ timeMs, fills }) => fills.map((fill) => [timeMs, fill.change.toFixed()]));

describe('Hyperliquid (CL-11)', () => {
  const venue = venues.hyperliquid as Venue;

  it('sends a fifth above 100,000 USDC, then the whole while the cooldown runs', () => {
    // Equity 1,500 of 2,000 maintenance; after a fifth 1,600.
    const { account, book } = one('hyperliquid', '4', '50000', '50000', '1500');
    const closure = run(venue, account, book);
    expect(changes(closure)).toEqual([
      [0, '-0.8'],
      [1000, '-3.2'],
    ]);
    expect(closure.end).toBe('empty');
    expect(closure.account.balances[0]?.amount.toFixed()).toBe('1500');
  });

  it('stops as soon as the rest is safe, sends small positions whole, and waits out nothing after the cooldown', () => {
    const near = one('hyperliquid', '4', '50000', '50000', '1900');
    expect(changes(run(venue, near.account, near.book))).toEqual([[0, '-0.8']]);
    expect(run(venue, near.account, near.book).end).toBe('healthy');
    const small = one('hyperliquid', '2', '50000', '50000', '900');
    expect(changes(run(venue, small.account, small.book))).toEqual([[0, '-2']]);
    const again = one('hyperliquid', '4', '50000', '50000', '1900');
    const at = (lastPartialMs: number) => changes(run(venue, again.account, again.book, { timeMs: 60_000, lastPartialMs }))[0];
    expect(at(30_001)).toEqual([60_000, '-4']);
    expect(at(30_000)).toEqual([60_000, '-0.8']);
  });

  it('leaves positions and margin to the vault below two thirds of maintenance', () => {
    const lost = one('hyperliquid', '4', '50000', '50000', '1333.333333');
    const closure = run(venue, lost.account, lost.book);
    expect(closure.end).toBe('taken-over');
    expect(holding(closure.ledger, 'backstop', 'cash:USDC')).toBe(1_333_333_333n);
    expect(holding(closure.ledger, 'backstop', 'position:x:BTC')).toBe(4_000n);
    const edge = one('hyperliquid', '4', '50000', '50000', '1333.333334');
    expect(run(venue, edge.account, edge.book).steps[0]?.move).toBe('orders');
  });
});

const TIERED: readonly [string, string][] = [
  ['0', '0.004'],
  ['50000', '0.005'],
  ['250000', '0.01'],
  ['1000000', '0.025'],
];

describe('reduction by tier (CL-12, CL-13)', () => {
  it('Binance reduces to the bracket below, the fee to the fund, and no further than it must', () => {
    // 300,000 in the third bracket: maintenance 3,000 − 1,300 = 1,700.
    const { account, book } = one('binance-usdm', '3', '100000', '100000', '1690', { settle: 'USDT', tiers: TIERED });
    const venue = venues['binance-usdm'] as Venue;
    const closure = run(venue, account, book);
    expect(changes(closure)[0]).toEqual([0, '-0.501']);
    // 1.25 % of 50,100.
    expect(closure.steps[0]?.fills[0]?.fee.toFixed()).toBe('626.25');
    expect(holding(closure.ledger, 'insurance', 'cash:USDT') > 0n).toBe(true);
    expect(closure.end === 'empty' || closure.end === 'taken-over' || closure.end === 'healthy').toBe(true);
  });

  it('Bybit steps down one tier at a time, then hands over; OKX two, from tier 3', () => {
    const at = (venue: string, size: string, cash: string) => {
      const { account, book } = one(venue, size, '100000', '100000', cash, { settle: 'USDT', tiers: TIERED });
      return run(venues[venue] as Venue, account, book);
    };
    // Bybit: 300,000 → below 250,000 → below 50,000 → fund.
    const bybit = at('bybit', '3', '900');
    expect(changes(bybit).slice(0, 2)).toEqual([
      [0, '-0.501'],
      [1000, '-2'],
    ]);
    // OKX, stepped: 300,000 at 1 %; two tiers down is below 50,000.
    expect(changes(at('okx', '3', '3000'))).toEqual([[0, '-2.501']]);
    expect(at('okx', '3', '3000').end).toBe('healthy');
    const second = at('okx', '1', '500');
    expect(second.steps.map(({ move }) => move)).toEqual(['takeover']);
    expect(second.end).toBe('taken-over');
  });

  it('the fund pays what is missing at the bankruptcy price', () => {
    const { account, book } = one('okx', '1', '100000', '99000', '900', { settle: 'USDT', tiers: TIERED });
    const closure = run(venues.okx as Venue, account, book);
    expect(holding(closure.ledger, 'insurance', 'cash:USDT')).toBe(-100_000_000n);
  });
});

describe('dYdX v4 (CL-14)', () => {
  const venue = venues['dydx-v4'] as Venue;
  /** v4-chain, liquidations tests: Carl, 1 BTC short with 50,499 USDC at 50,000, 10 % maintenance. */
  const carl = one('dydx-v4', '-1', '50499', '50000', '0', { tiers: [['0', '0.1']] });

  it('Carl, 50,499 USDC against 1 BTC short, filled at 50,000: fee 250, 249 left', () => {
    const closure = run(venue, carl.account, carl.book);
    expect(closure.steps[0]?.fills[0]?.insurance.toFixed()).toBe('250');
    expect(closure.account.balances[0]?.amount.toFixed()).toBe('249');
    expect(closure.end).toBe('empty');
  });

  it('a minimum above the portion takes the whole position; the portion alone takes its share a block', () => {
    const limited = { ...CODE_DEFAULTS, maxPositionPortion: d('0.01'), minPositionNotional: d(100_000) };
    expect(changes(run(venue, carl.account, carl.book, { procedure: dydxClosure(limited) }))).toEqual([[0, '1']]);
    const portion = { ...CODE_DEFAULTS, maxPositionPortion: d('0.5') };
    expect(changes(run(venue, carl.account, carl.book, { procedure: dydxClosure(portion) }))[0]).toEqual([0, '0.5']);
  });

  it('stops where the book holds nothing within the fillable price, and deleverages what is under water', () => {
    const short = run(venue, carl.account, carl.book, { fillPrice: slipped(d('0.02')) });
    expect(short.end).toBe('stopped');
    const lost = one('dydx-v4', '-1', '49900', '50000', '0', { tiers: [['0', '0.1']] });
    const closure = run(venue, lost.account, lost.book, { fillPrice: slipped(d('0.02')) });
    expect(closure.steps.map(({ move }) => move)).toEqual(['takeover']);
    expect(closure.end).toBe('bankrupt');
    expect(closure.account.balances[0]?.amount.toFixed()).toBe('0');
  });
});

describe('Aave v3 (CL-15)', () => {
  const venue = venues['aave-v3'] as Venue;
  const lending = (supplied: string, borrowed: string, price: string, bonus = '0.05'): { account: Account; book: Book } => {
    const account: Account = {
      id: 'l',
      venue: 'aave-v3',
      balances: [
        { asset: 'WETH', amount: d(supplied) },
        { asset: 'USDC', amount: d(borrowed).negated() },
      ],
      positions: [],
    };
    const assets = new Map([
      ['WETH', { symbol: 'WETH', price: d(price), liquidationThreshold: d('0.83'), loanToValue: d('0.8'), liquidationBonus: d(bonus) }],
      ['USDC', { symbol: 'USDC', price: d(1) }],
    ]);
    return {
      account,
      book: { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments: new Map(), assets, accounts: [account] },
    };
  };
  const healthOf = (account: Account, book: Book) => {
    const factor = assessAccount(account, book, venue.rules).pools[0]?.healthFactor;
    return factor?.ok ? factor.value : undefined;
  };

  it('repays half of the debt above a health factor of 0.95, the whole below $2000', () => {
    const half = lending('10', '8500', '1000');
    const closure = run(venue, half.account, half.book, { units: defaultUnits });
    expect(closure.steps[0]?.account.balances[1]?.amount.toFixed()).toBe('-4250');
    // 4.25 × 1.05 taken, of the bonus a tenth to the protocol.
    expect(closure.steps[0]?.account.balances[0]?.amount.toFixed()).toBe('5.5375');
    expect(holding(closure.ledger, 'venue', 'cash:WETH')).toBe(2_125_000n);
    expect(closure.end).toBe('healthy');
    const low = lending('10', '9000', '1000');
    expect(run(venue, low.account, low.book, { units: defaultUnits }).steps[0]?.account.balances[1]?.amount.toFixed()).toBe('0');
  });

  it('the account on Base of block 30672597: its whole debt goes in one call at a health factor of 0.998', () => {
    // $145.33942611 of collateral against $120.84228335 at a threshold of 83 %: eth_call one block before LiquidationCall 0xf71a2ce1….
    const { account, book } = lending('1', '120.84228335', '145.33942611');
    expect(healthOf(account, book)?.toFixed(4)).toBe('0.9983');
    const closure = run(venue, account, book, { units: defaultUnits });
    expect(closure.steps).toHaveLength(1);
    expect(closure.account.balances[1]?.amount.isZero()).toBe(true);
    expect(closure.end).toBe('empty');
  });

  it('writes off what no collateral is left for', () => {
    const { account, book } = lending('1', '1100', '1000');
    const closure = run(venue, account, book, { units: defaultUnits });
    expect(closure.steps.map(({ move }) => move)).toEqual(['seizure', 'write-off']);
    expect(closure.end).toBe('bankrupt');
    expect(holding(closure.ledger, 'insurance', 'cash:USDC') < 0n).toBe(true);
    expect(replay(closure, account, book)).toEqual(closure.ledger);
  });

  it('AV-34: leaves no dust, takes no more than there is, and raises the health factor outside the toxic region', () => {
    const counts = { calls: 0, better: 0, worse: 0 };
    const cases = fc.record({
      supplied: fc.integer({ min: 1, max: 500 }),
      share: fc.integer({ min: 76, max: 110 }),
      price: fc.integer({ min: 50, max: 5000 }),
    });
    fc.assert(
      fc.property(cases, ({ supplied, share, price }) => {
        const worth = d(supplied).times(price);
        const { account, book } = lending(String(supplied), worth.times(share).div(100).toFixed(), String(price));
        const closure = run(venue, account, book, { units: defaultUnits });
        replay(closure, account, book);
        let before = account;
        for (const step of closure.steps.filter(({ move }) => move === 'seizure')) {
          const [weth, usdc] = step.account.balances.map(({ amount }) => amount);
          if (!weth || !usdc) throw new Error('two balances');
          expect(weth.gte(0) && usdc.lte(0)).toBe(true);
          if (weth.gt(0) && usdc.lt(0)) expect(usdc.abs().gte(1000) && weth.times(price).gte('999.99')).toBe(true);
          const [was, is] = [healthOf(before, book), healthOf(step.account, book)];
          if (was && is && weth.gt(0)) {
            if (was.gt(d('0.83').times('1.05').plus('0.0001'))) {
              expect(is.gt(was)).toBe(true);
              counts.better++;
            } else counts.worse++;
          }
          counts.calls++;
          before = step.account;
        }
        expect(['not-liquidatable', 'healthy', 'empty', 'bankrupt']).toContain(closure.end);
      }),
      { numRuns: 600 },
    );
    expect(counts.calls).toBeGreaterThan(80);
    expect(counts.better).toBeGreaterThan(10);
  }, 30_000);
});

it('a ledger refuses a step that does not sum to zero (LG-1)', () => {
  expect(() => post(EMPTY_LEDGER, [{ party: 'account', item: 'cash:USD', amount: 1n }])).toThrow('sum to 1, not to zero');
});

it('every procedure names its sources', () => {
  for (const { closure } of Object.values(venues)) expect(closure.sources.length).toBeGreaterThan(0);
});
