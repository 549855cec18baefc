import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { Decimal } from '../../domain/units.ts';
import { runCascade } from '../../engine/cascade/cascade.ts';
import { cascadeBook, feedbackPopulation, testRules } from '../../engine/cascade/testing/books.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { createDesk } from '../desk/desk-engine.ts';
import { randomBook, rulesOf, seeded } from '../desk/testing/random-books.ts';
import { CascadeEngine } from './cascade.ts';
import { NOTHING_MOVES } from './scenario.ts';
import { marketsOf } from './stress-slots.ts';

const floor = caseFloors();

interface Case {
  readonly book: Book;
  readonly rules: (venue: string) => VenueRules;
  readonly shock: ReadonlyMap<string, number>;
  /** Base units per unit of log price. */
  readonly depth: ReadonlyMap<string, number>;
  readonly fund: number;
}

/** Plays the case twice and compares: accounts closed round by round, prices, money. Returns rounds and accounts closed. */
function compare({ book, rules, shock, depth, fund }: Case): { rounds: number; closed: number } {
  const decimals = (values: ReadonlyMap<string, number>): Map<string, Decimal> =>
    new Map([...values].map(([market, value]) => [market, new Decimal(value)]));
  const exact = runCascade({
    book,
    rulesOf: rules,
    shock: decimals(shock),
    depth: decimals(depth),
    procedure: 'full',
    leftovers: 'keep',
    funds: new Map([['all', new Decimal(fund)]]),
    deleveraging: 'pro-rata',
  });
  const desk = createDesk(book, { rulesOf: rules });
  const markets = marketsOf(desk);
  const found = new CascadeEngine(desk).play({
    scenario: { ...NOTHING_MOVES, moves: decimals(shock) },
    depth: Float64Array.from(markets, (market) => depth.get(market) ?? Number.POSITIVE_INFINITY),
    fund,
    hasDeleveraging: true,
  });
  const idOf = (pool: number): string => desk.store.names.idOf(desk.columns.accounts.source[desk.pools.row[pool]!]!);
  const rounds = found.closedPools.map((pools) => [...new Set(pools.map(idOf))].sort());
  expect(rounds).toEqual(exact.trace.map(({ closed }) => [...closed].sort()));
  for (const [m, market] of found.markets.entries()) {
    const price = exact.prices.get(market)?.toNumber();
    if (price !== undefined) expect(Math.abs(found.end[m]! - price), market).toBeLessThanOrEqual(1e-10 * price + 1e-15 * found.start[m]!);
  }
  const near = (value: number, of: Decimal, name: string): void =>
    expect(Math.abs(value - of.toNumber()), `${name} ${value} ${of}`).toBeLessThanOrEqual(
      1e-9 * (exact.liquidatedNotional.toNumber() + fund) + 1e-5,
    );
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  near(sum(found.notional), exact.liquidatedNotional, 'notional');
  near(sum(found.deficits), exact.deficits, 'deficits');
  near(found.fundEnd, exact.insuranceFundEnd, 'fund');
  near(found.socialised, exact.socialised, 'socialised');
  near(found.uncovered, exact.uncovered, 'uncovered');
  return { rounds: rounds.length, closed: exact.closed.length };
}

const both = (values: Readonly<Record<string, number>>): Map<string, number> => new Map(Object.entries(values));

describe('ST-7 the cascade in columns', () => {
  const book2a = cascadeBook({
    accounts: [
      { id: 'a1', cash: '-53000', q: { BTC: 1 } },
      { id: 'a2', cash: '-66000', q: { BTC: 1, ETH: 5 } },
      { id: 'a3', cash: '-53500', q: { ETH: 20 } },
      { id: 'a4', cash: '-78000', q: { BTC: 2, ETH: -10 } },
      { id: 'a5', cash: '-70000', q: { ETH: 30 } },
      { id: 'a6', cash: '465000', q: { BTC: -4, ETH: -45 } },
      { id: 'mm', cash: '500000', q: {} },
    ],
    P0: { BTC: 60000, ETH: 3000 },
    mm: { BTC: '0.01', ETH: '0.015' },
  });

  it.each([
    ['CASC-2A-thick', { BTC: 200, ETH: 2000 }, 1, 1],
    ['CASC-2A-thin', { BTC: 25, ETH: 300 }, 4, 4],
    ['CASC-2A-none', {}, 1, 1],
  ] as const)('plays %s as the exact engine does', (_, depth, rounds, closed) => {
    const shock = both({ BTC: -0.1, ETH: -0.12 });
    expect(compare({ book: book2a, rules: () => testRules(), shock, depth: both(depth), fund: 2000 })).toEqual({ rounds, closed });
  });

  it.each([
    ['FEEDBACK-RUN-0.02', -0.02, 150, 2500, 7, 120],
    ['FEEDBACK-RUN-0.05', -0.05, 150, 2500, 4, 120],
    ['FEEDBACK-SUB-300-0.02', -0.02, 300, 5000, 13, 51],
    ['FEEDBACK-SUB-450-0.04', -0.04, 450, 7500, 7, 45],
  ] as const)('plays %s as the exact engine does', (_, shock, btc, eth, rounds, closed) => {
    const book = cascadeBook(feedbackPopulation());
    const played = compare({
      book,
      rules: () => testRules(),
      shock: both({ BTC: shock, ETH: shock }),
      depth: both({ BTC: btc, ETH: eth }),
      fund: 0,
    });
    expect(played).toEqual({ rounds, closed });
  });

  it('closes the same pools in the same rounds on seeded books of every venue', () => {
    const venues = ['hyperliquid', 'binance-usdm', 'binance-coinm', 'okx', 'dydx-v4', 'generic', 'bybit-classic', 'aave-v3'];
    for (let seed = 1; seed <= 12; seed++) {
      const next = seeded(900 + seed);
      const book = randomBook(seeded(seed), { accounts: 40, venues, edgeShare: 0.2 });
      const depth = new Map(
        ['BTC', 'ETH', 'SOL', 'DOGE', 'kPEPE'].map(
          (market) => [market, 10 ** (1 + 3 * next()) * (market === 'BTC' ? 1 : market === 'ETH' ? 20 : 1e4)] as const,
        ),
      );
      const shock = new Map([...depth.keys()].map((market) => [market, Number((-0.25 * next()).toFixed(3))] as const));
      const { rounds, closed } = compare({ book, rules: rulesOf, shock, depth, fund: 1e5 });
      floor('books', 12);
      if (rounds > 2) floor('more than two rounds', 3);
      for (let k = 0; k < closed; k++) floor('accounts closed', 50);
    }
    expect(isPegged('USDT')).toBe(true);
  });

  it('finds s* of the population of FEEDBACK-G between one and five per cent, and none in an infinitely deep book', () => {
    const desk = createDesk(cascadeBook(feedbackPopulation()), { rulesOf: () => testRules() });
    const engine = new CascadeEngine(desk);
    const markets = marketsOf(desk);
    const of = (btc: number, eth: number) =>
      Float64Array.from(markets, (market) => (market === 'BTC' ? btc : market === 'ETH' ? eth : Number.POSITIVE_INFINITY));
    const found = engine.critical({ depth: of(150, 2500), fund: 0, hasDeleveraging: false }, new Map());
    expect(found.ok && found.value.move).toBeLessThan(-0.001);
    expect(found.ok && found.value.move).toBeGreaterThan(-0.05);
    expect(
      engine.critical({ depth: of(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY), fund: 0, hasDeleveraging: false }, new Map()).ok,
    ).toBe(false);
  });
});
