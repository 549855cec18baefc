/** The properties of docs/spec/cascade.md, "What must hold", on seeded random books. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformStream } from '../../domain/random.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { caseFloors } from '../testing/floors.ts';
import { runCascade } from './cascade.ts';
import { type BookSpec, cascadeBook, cascadeInput, marketsOf, randomAccounts } from './testing/books.ts';
import type { Cascade, CascadeInput, Deleveraging } from './types.ts';

const d = (value: string | number): Decimal => new Decimal(value);
const reached = caseFloors();
const RUNS = { numRuns: 120 };

interface Setting {
  readonly fallA: number;
  readonly fallB: number;
  readonly depth: number;
  readonly fund: number;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  fallA: fc.integer({ min: 0, max: 300 }),
  fallB: fc.integer({ min: 0, max: 300 }),
  depth: fc.integer({ min: 5, max: 400 }),
  fund: fc.integer({ min: 0, max: 500 }),
});

const run = (spec: BookSpec, { fallA, fallB, depth, fund }: Setting, over: Partial<CascadeInput> = {}): Cascade =>
  runCascade(
    cascadeInput(cascadeBook(spec), {
      shock: marketsOf({ A: -fallA / 1000, B: -fallB / 1000 }),
      depth: marketsOf({ A: depth, B: depth * 5 }),
      funds: new Map([['all', d(fund)]]),
      ...over,
    }),
  );

const priceOf = (cascade: Cascade, market: string): Decimal => cascade.prices.get(market) as Decimal;
const markets = ['A', 'B'] as const;

/** No number of a cascade is anything but a number. */
function expectNumbers(cascade: Cascade): void {
  const all = [
    ...cascade.prices.values(),
    ...cascade.multiplier.values(),
    ...cascade.accounts.flatMap(({ cash, taken }) => [...cash.values(), taken]),
    ...cascade.trace.flatMap(({ prices, vwap, notional, deficits, funds }) => [
      ...prices.values(),
      ...vwap.values(),
      notional,
      deficits,
      funds,
    ]),
    cascade.liquidatedNotional,
    cascade.deficits,
    cascade.insuranceFundEnd,
    cascade.socialised,
    cascade.uncovered,
  ];
  for (const value of all) if (!value.isFinite()) expect.fail(`${value} is no number`);
}

describe('what must hold in every book', () => {
  it('without impact prices move by the shock and at most one round is played', () => {
    fc.assert(
      fc.property(randomAccounts('mixed'), setting, (spec, given) => {
        const cascade = run(spec, given, { depth: new Map() });
        expect(cascade.rounds).toBeLessThanOrEqual(1);
        expect(priceOf(cascade, 'A').eq(d(100).times(1 - given.fallA / 1000)) || given.fallA > 0).toBe(true);
        expect(
          priceOf(cascade, 'A')
            .minus(d(100).minus(d(given.fallA).div(10)))
            .abs()
            .lt('1e-12'),
        ).toBe(true);
        reached('no impact', 100);
      }),
      RUNS,
    );
  });

  it('without a shock and a breach nothing happens', () => {
    fc.assert(
      fc.property(randomAccounts('mixed'), setting, (spec, given) => {
        const cascade = run(spec, { ...given, fallA: 0, fallB: 0 });
        expect([cascade.rounds, cascade.closed.length, cascade.insuranceFundEnd.toNumber()]).toEqual([0, 0, given.fund]);
        expect(cascade.multiplier.size).toBe(0);
        reached('nothing', 100);
      }),
      RUNS,
    );
  });

  it.each(['pro-rata', 'queue', 'risk-aware', 'venue', 'none'] as const)(
    'money and positions are kept to the last unit: %s',
    (deleveraging) => {
      fc.assert(
        fc.property(randomAccounts('mixed'), setting, fc.boolean(), (spec, given, forfeit) => {
          const cascade = run(spec, given, { deleveraging, leftovers: forfeit ? 'forfeit' : 'keep' });
          expectNumbers(cascade);
          // Σ cash of accounts + fund + the other side = what was there + what is uncovered.
          const before = spec.accounts.reduce((sum, { cash }) => sum.plus(cash), d(given.fund));
          const after = cascade.accounts.reduce((sum, { cash }) => sum.plus(cash.get('USD') ?? ZERO), cascade.insuranceFundEnd);
          const other = cascade.liquidity.cash.get('USD') ?? ZERO;
          expect(after.plus(other).minus(cascade.uncovered).minus(before).abs().lt('1e-12')).toBe(true);
          const [flow] = cascade.funds;
          const paid = d(given.fund).minus(cascade.insuranceFundEnd).plus(cascade.socialised).plus(cascade.uncovered);
          expect(cascade.deficits.minus(flow?.income ?? ZERO).eq(paid)).toBe(true);
          if (!forfeit) expect(cascade.deficits.eq(paid)).toBe(true);
          const closed = new Set(cascade.closed);
          for (const market of markets) {
            const sold = spec.accounts.reduce((sum, { id, q }) => (closed.has(id) ? sum.plus(q[market] as number) : sum), ZERO);
            expect((cascade.liquidity.volume.get(market) ?? ZERO).eq(sold)).toBe(true);
          }
          expect(cascade.trace.flatMap((round) => round.closed).length).toBe(closed.size);
          for (const { account, taken } of cascade.accounts) {
            const { q } = spec.accounts.find(({ id }) => id === account) as (typeof spec.accounts)[number];
            const profit = markets.reduce(
              (sum, market) =>
                sum.plus(
                  priceOf(cascade, market)
                    .minus(spec.P0[market] as number)
                    .times(q[market] as number),
                ),
              ZERO,
            );
            expect(taken.lte(Decimal.max(0, profit).plus('1e-15')) && (taken.isZero() || !closed.has(account))).toBe(true);
            if (taken.gt(0)) reached(`taken by ${deleveraging}`, deleveraging === 'none' ? 0 : 5);
          }
          if (cascade.rounds > 0) reached('kept', 200);
        }),
        RUNS,
      );
    },
  );

  it('the order of accounts means nothing', () => {
    fc.assert(
      fc.property(randomAccounts('mixed'), setting, (spec, given) => {
        const turned = { ...spec, accounts: [...spec.accounts].reverse() };
        const [one, other] = [run(spec, given), run(turned, given)];
        expect(JSON.stringify(other.trace.map(({ closed, prices }) => [closed, [...prices]]))).toBe(
          JSON.stringify(one.trace.map(({ closed, prices }) => [closed, [...prices]])),
        );
        expect(other.socialised.eq(one.socialised) && other.deficits.eq(one.deficits)).toBe(true);
        if (one.rounds > 0) reached('permuted', 50);
      }),
      RUNS,
    );
  });
});

describe('one-directional books are monotone in all cases', () => {
  it('a larger shock: lower ends, more closed; a deeper book: higher ends, fewer closed; rounds ≤ accounts', () => {
    fc.assert(
      fc.property(
        randomAccounts('long'),
        setting,
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 300 }),
        (spec, given, more, deeper) => {
          const base = run(spec, given);
          const harder = run(spec, { ...given, fallA: given.fallA + more, fallB: given.fallB + more });
          const thicker = run(spec, { ...given, depth: given.depth + deeper });
          expect(base.rounds).toBeLessThanOrEqual(spec.accounts.length);
          for (const market of markets) {
            expect(priceOf(harder, market).lt(priceOf(base, market))).toBe(true);
            expect(priceOf(thicker, market).gte(priceOf(base, market))).toBe(true);
          }
          expect(base.closed.every((id) => harder.closed.includes(id))).toBe(true);
          expect(thicker.closed.every((id) => base.closed.includes(id))).toBe(true);
          if (base.rounds > 1) reached('monotone', 40);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('closing one account a round, in any order, ends in the same set and at the same price', () => {
    fc.assert(
      fc.property(randomAccounts('long', { min: 2, max: 10 }), setting, fc.infiniteStream(fc.nat(1000)), (spec, given, choices) => {
        const { closed, prices } = oneByOne(spec, given, choices);
        const together = run(spec, given);
        expect([...closed].sort()).toEqual([...together.closed].sort());
        for (const market of markets) expect(prices[market].minus(priceOf(together, market)).abs().lt('1e-25')).toBe(true);
        if (closed.size > 1) reached('order', 50);
      }),
      { numRuns: 150 },
    );
  });
});

describe('mixed books are not', () => {
  /** Everybody long one market and short the other, at thin margins. */
  const spreads = fc
    .array(
      fc.record({
        a: fc.integer({ min: 1, max: 40 }),
        b: fc.integer({ min: 1, max: 40 }),
        turned: fc.boolean(),
        slack: fc.integer({ min: 1, max: 150 }),
      }),
      {
        minLength: 6,
        maxLength: 12,
      },
    )
    .map((specs): BookSpec => {
      const accounts = specs.map(({ a, b, turned, slack }, i) => {
        const q = turned ? { A: -a, B: b * 5 } : { A: a, B: -b * 5 };
        const equity = d(a * 2 + b * 3).plus(d((a + b) * slack).div(10));
        return { id: `a${String(i).padStart(2, '0')}`, q, cash: equity.minus(q.A * 100 + q.B * 20) };
      });
      return { accounts, P0: { A: 100, B: 20 }, mm: { A: '0.02', B: '0.03' } };
    });

  it('some seeded books end higher after a larger shock, and some depend on the order in which accounts are closed', () => {
    let [books, higher, ordered] = [0, 0, 0];
    const samples = fc.sample(fc.tuple(spreads, setting), { numRuns: 100, seed: 20251010 });
    const draw = uniformStream(20251010, 'order');
    const choices = {
      *[Symbol.iterator]() {
        for (;;) yield Math.floor(draw() * 1000);
      },
    };
    for (const [spec, drawn] of samples) {
      const given = { ...drawn, depth: 150 + drawn.depth * 3 };
      const base = run(spec, given);
      if (base.rounds === 0) continue;
      books++;
      const harder = [4, 8, 16, 32].map((more) => run(spec, { ...given, fallA: given.fallA + more, fallB: given.fallB + more }));
      if (harder.some((one) => markets.some((market) => priceOf(one, market).gt(priceOf(base, market))))) higher++;
      const ends = [1, 2, 3, 4, 5, 6, 7, 8].map(() => [...oneByOne(spec, given, choices).closed].sort().join());
      if (new Set(ends).size > 1) ordered++;
    }
    console.log(`mixed books: ${books} with a cascade, ${higher} not monotone in the shock, ${ordered} dependent on the order`);
    expect(books).toBeGreaterThan(40);
    expect(higher).toBeGreaterThan(2);
    expect(ordered).toBeGreaterThan(2);
  });
});

/** The same book closed one breached account at a time, `choices` deciding which: in floating decimals, no fund, nothing else. */
function oneByOne(spec: BookSpec, given: Setting, choices: Iterable<number>): { closed: Set<string>; prices: Record<'A' | 'B', Decimal> } {
  const next = choices[Symbol.iterator]();
  const depth = { A: d(given.depth), B: d(given.depth * 5) };
  const sold = { A: ZERO, B: ZERO };
  const closed = new Set<string>();
  for (;;) {
    const at = (market: 'A' | 'B'): Decimal => {
      const shocked = d(spec.P0[market] as number).times(d(1).minus(d(market === 'A' ? given.fallA : given.fallB).div(1000)));
      return shocked.times(sold[market].div(depth[market]).negated().exp());
    };
    const prices = { A: at('A'), B: at('B') };
    const breached = spec.accounts.filter(({ id, cash, q }) => {
      if (closed.has(id) || markets.every((market) => Number(q[market]) === 0)) return false;
      const equity = markets.reduce((sum, market) => sum.plus(prices[market].times(q[market] as number)), d(cash as string));
      const required = markets.reduce(
        (sum, market) => sum.plus(prices[market].times(Math.abs(q[market] as number)).times(spec.mm[market] as string)),
        ZERO,
      );
      return equity.lt(required);
    });
    const chosen = breached[(next.next().value as number) % Math.max(1, breached.length)];
    if (!chosen) return { closed, prices };
    closed.add(chosen.id);
    for (const market of markets) sold[market] = sold[market].plus(chosen.q[market] as number);
  }
}

describe('edges', () => {
  const spec = (accounts: BookSpec['accounts']): BookSpec => ({ accounts, P0: { A: 100, B: 20 }, mm: { A: '0.02', B: '0.03' } });
  const rules: readonly Deleveraging[] = ['pro-rata', 'queue', 'risk-aware', 'venue', 'none'];

  it('an empty book, one account, everybody insolvent, prices to zero, hardly any depth: numbers everywhere', () => {
    const books = [
      spec([]),
      spec([{ id: 'a', cash: -90, q: { A: 1, B: 0 } }]),
      spec([{ id: 'a', cash: 10, q: {} }]),
      spec([
        { id: 'a', cash: -150, q: { A: 1, B: 0 } },
        { id: 'b', cash: -300, q: { A: 0, B: 5 } },
      ]),
      spec([
        { id: 'a', cash: -95, q: { A: 1, B: 0 } },
        { id: 'b', cash: 115, q: { A: -1, B: 0 } },
      ]),
    ];
    for (const book of books)
      for (const fallA of [0, 200, 999, 1000])
        for (const depth of [new Map(), marketsOf({ A: '1e-9', B: '1e9' }), marketsOf({ A: '1e12', B: 0.5 })])
          for (const deleveraging of rules) {
            const cascade = run(book, { fallA, fallB: fallA, depth: 1, fund: 3 }, { depth, deleveraging });
            expectNumbers(cascade);
            expect(cascade.end).toBe('settled');
            expect(cascade.deficits.eq(d(3).minus(cascade.insuranceFundEnd).plus(cascade.socialised).plus(cascade.uncovered))).toBe(true);
            reached('edges', 200);
          }
  });

  it('under water before any shock: closed in the first round, once', () => {
    const cascade = run(spec([{ id: 'a', cash: -101, q: { A: 1, B: 0 } }]), { fallA: 0, fallB: 0, depth: 50, fund: 0 });
    expect([cascade.rounds, cascade.closed, cascade.uncovered.gt(1)]).toEqual([1, ['a'], true]);
  });

  it('a fund larger than every deficit: nobody is touched; nobody won: it stays uncovered', () => {
    const book = spec([{ id: 'a', cash: -99, q: { A: 1, B: 0 } }]);
    const rich = run(book, { fallA: 100, fallB: 0, depth: 50, fund: 400 });
    expect([rich.socialised.isZero(), rich.uncovered.isZero(), rich.insuranceFundEnd.eq(d(400).minus(rich.deficits))]).toEqual([
      true,
      true,
      true,
    ]);
    const poor = run(book, { fallA: 100, fallB: 0, depth: 50, fund: 1 });
    expect([poor.socialised.isZero(), poor.uncovered.eq(poor.deficits.minus(1))]).toEqual([true, true]);
  });

  it('a market with no depth at all: its accounts cannot be closed, and it is said; the others are', () => {
    const book = spec([
      { id: 'a', cash: -99, q: { A: 1, B: 0 } },
      { id: 'b', cash: -99, q: { A: 0, B: 5 } },
    ]);
    const cascade = run(book, { fallA: 100, fallB: 100, depth: 1, fund: 0 }, { depth: new Map([['A', ZERO]]) });
    expect(cascade.closed).toEqual(['b']);
    expect(cascade.unjudged).toEqual([{ account: 'a', pool: 'cross', reason: 'no-depth', subject: 'A' }]);
  });

  it('short covering beyond a thousand depths has no price', () => {
    const book = spec([{ id: 's', cash: 120, q: { A: -1, B: 0 } }]);
    const cascade = runCascade(cascadeInput(cascadeBook(book), { shock: marketsOf({ A: 0.3 }), depth: marketsOf({ A: 0.0009 }) }));
    expect([cascade.closed, cascade.unjudged[0]?.reason, cascade.prices.get('A')?.eq(130)]).toEqual([[], 'no-depth', true]);
  });

  it('error: a shock below −1, a depth below 0, accounts in two units', () => {
    const book = spec([{ id: 'a', cash: 1, q: {} }]);
    expect(() => runCascade(cascadeInput(cascadeBook(book), { shock: marketsOf({ A: -1.1 }) }))).toThrow(RangeError);
    expect(() => runCascade(cascadeInput(cascadeBook(book), { depth: marketsOf({ A: -1 }) }))).toThrow(RangeError);
    const two = cascadeBook(book);
    const mixed = { ...two, accounts: [...two.accounts, { id: 'z', venue: 'test', unit: 'EUR', balances: [], positions: [] }] };
    expect(() => runCascade(cascadeInput(mixed))).toThrow(RangeError);
  });
});
