/** CL and LG rules of docs/spec/closure.md as properties: every perpetual venue's procedure on seeded accounts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../domain/book.ts';
import { assessAccount } from '../engine/assess.ts';
import { sumPool } from '../engine/margin/pool.ts';
import { resolveAccount } from '../engine/resolve.ts';
import { bookOf, d, legSpec } from '../engine/testing/books.ts';
import { venues } from './registry.ts';
import { LOT, perpetual, replay, run, slipped } from './testing/closures.ts';
import type { Venue } from './venue.ts';

describe('every venue', () => {
  // No larger than a thousand: beyond the limits of a block dYdX would need thousands of them.
  const sized = legSpec(['linear', 'inverse']).map((spec) => ({
    ...spec,
    size: spec.size
      .mod(1000)
      .div(LOT)
      .round()
      .plus(spec.size.isNegative() ? -1 : 1)
      .times(LOT),
  }));
  const cases = fc.record({
    venue: fc.constantFrom(...perpetual),
    specs: fc
      .array(sized, { minLength: 1, maxLength: 3 })
      .map((list) => list.map((spec) => ({ ...spec, contract: list[0]?.contract ?? spec.contract }))),
    times: fc.integer({ min: -50, max: 115 }),
    mode: fc.constantFrom('cross' as const, 'isolated' as const),
    slip: fc.integer({ min: 0, max: 100 }).map((bps) => d(bps).div(10_000)),
  });

  it('LG-1…LG-3, CL-1…CL-10: sums to zero, keeps sides, closes whole lots, ends', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(cases, ({ venue, specs, times, mode, slip }) => {
        const chosen = mode === 'isolated' ? specs.slice(0, 1) : specs;
        const empty = bookOf(chosen, d(0), mode);
        const pool = resolveAccount(empty.account, empty.book, venue.rules).pools.find(({ legs }) => legs.length > 0);
        const sums = pool && sumPool(pool);
        if (!sums?.maintenanceMargin.ok || !sums.unrealizedPnl.ok) return;
        const cash = sums.maintenanceMargin.value.times(times).div(100).minus(sums.unrealizedPnl.value).toDecimalPlaces(6);
        const { book, account } = bookOf(chosen, cash, mode);
        const closure = run(venue, account, book, { pool: pool?.id ?? '', fillPrice: slipped(slip) });
        ends.set(closure.end, (ends.get(closure.end) ?? 0) + 1);
        // Only the order book of dYdX may hold nothing within an order's limit.
        if (venue.rules.id !== 'dydx-v4') expect(['stopped', 'unknown']).not.toContain(closure.end);
        replay(closure, account, book);
        let before = account;
        for (const step of closure.steps) {
          for (const [i, position] of step.account.positions.entries()) {
            const was = before.positions[i]?.size ?? d(0);
            expect(position.size.abs().lte(was.abs())).toBe(true);
            if (!position.size.isZero()) expect(position.size.isNegative()).toBe(was.isNegative());
            expect(was.minus(position.size).mod(LOT).isZero()).toBe(true);
          }
          for (const fill of step.fills) expect(fill.fee.gte(0)).toBe(true);
          before = step.account;
        }
        const risk = assessAccount(closure.account, book, venue.rules);
        if (closure.end === 'healthy')
          expect(risk.pools.find(({ id }) => id === pool?.id)?.isLiquidatable).toEqual({ ok: true, value: false });
        if (['empty', 'taken-over', 'bankrupt'].includes(closure.end))
          for (const leg of pool?.legs ?? []) expect(closure.account.positions[leg.index]?.size.isZero()).toBe(true);
        if (closure.end === 'taken-over' || closure.end === 'bankrupt') {
          const left = mode === 'isolated' ? closure.account.positions[0]?.isolatedMargin : closure.account.balances[0]?.amount;
          expect(left?.isZero() ?? true).toBe(true);
        }
        // Deterministic.
        expect(run(venue, account, book, { pool: pool?.id ?? '', fillPrice: slipped(slip) }).steps).toEqual(closure.steps);
      }),
      { numRuns: 300 },
    );
    for (const end of ['not-liquidatable', 'healthy', 'empty', 'taken-over', 'bankrupt'])
      expect(ends.get(end) ?? 0, `${end} of ${[...ends]}`).toBeGreaterThan(3);
  }, 60_000);

  it('CL-4: a reduction at the mark without a fee never raises the margin ratio', () => {
    let reduced = 0;
    fc.assert(
      fc.property(cases, ({ specs, times }) => {
        const venue = venues.hyperliquid as Venue;
        const big = specs.map((spec) => ({ ...spec, contract: 'linear' as const, size: spec.size.times(1000) }));
        const empty = bookOf(big, d(0));
        const before = assessAccount(empty.account, empty.book, venue.rules).pools[0];
        if (!before?.maintenanceMargin.ok || !before.unrealizedPnl.ok) return;
        const part = d(Math.abs(times)).div(400).plus('0.68');
        const cash = before.maintenanceMargin.value.times(part).minus(before.unrealizedPnl.value).toDecimalPlaces(6);
        const { book, account } = bookOf(big, cash);
        const ratioOf = (of: Account) => {
          const ratio = assessAccount({ ...of, positions: of.positions.filter(({ size }) => !size.isZero()) }, book, venue.rules).pools[0]
            ?.marginRatio;
          return ratio?.ok ? ratio.value : undefined;
        };
        let ratio = ratioOf(account);
        for (const step of run(venue, account, book).steps.filter(({ move }) => move === 'orders')) {
          const next = ratioOf(step.account);
          // Profit is realised to the millionth, against the account.
          if (ratio && next) expect(next.lte(ratio.times('1.000001'))).toBe(true);
          ratio = next;
          reduced++;
        }
      }),
      { numRuns: 60 },
    );
    expect(reduced).toBeGreaterThan(30);
  }, 30_000);
});
