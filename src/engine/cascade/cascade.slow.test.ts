/** Whole populations through the exact engine: the vectors that need hundreds of accounts, and theory against simulation. */
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { runCascade } from './cascade.ts';
import { criticalShock, exactEnds } from './critical-shock.ts';
import { crowdingRisk, isClosedExactly } from './crowding.ts';
import { feedbackOf, numbersOf } from './feedback.ts';
import { amplified } from './spectrum.ts';
import { type AccountSpec, cascadeBook, cascadeInput, feedbackPopulation, marketsOf, testRules } from './testing/books.ts';
import { vectorOf, vectorsOf } from './testing/vectors.ts';
import type { Cascade } from './types.ts';

const d = (value: string | number): Decimal => new Decimal(value);
const population = cascadeBook(feedbackPopulation());

const close = (found: unknown, wanted: unknown, relative = 1e-10): void => {
  expect(Math.abs(Number(found) - Number(wanted)), `${found} against ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(Number(wanted)));
};

const fall = (shock: string, depth: Record<string, number>): Cascade =>
  runCascade(cascadeInput(population, { shock: marketsOf({ BTC: shock, ETH: shock }), depth: marketsOf(depth) }));

describe('CA-8 populations', () => {
  it.each(vectorsOf('FEEDBACK-RUN'))('%s', (_, { inputs, expected }) => {
    const cascade = fall(inputs.shock, vectorOf('FEEDBACK-G').inputs.delta_contracts_per_log);
    expect([cascade.rounds, cascade.closed.length]).toEqual([expected.rounds, expected.n_liq]);
    for (const market of ['BTC', 'ETH']) {
      const move = (cascade.prices.get(market) as Decimal).div(cascade.startPrices.get(market) as Decimal).minus(1);
      close(move.times(100), expected.final_move_pct[market]);
      close(cascade.multiplier.get(market), expected.multiplier[market]);
    }
  });

  it.each(vectorsOf('FEEDBACK-SUB'))('%s: the simulation', (_, { inputs, expected }) => {
    const cascade = fall(inputs.shock, inputs.delta_contracts_per_log);
    expect([cascade.rounds, cascade.closed.length]).toEqual([expected.rounds, expected.n_liquidated]);
    ['BTC', 'ETH'].forEach((market, i) => {
      close(cascade.multiplier.get(market), expected.sim_log_multiplier[i]);
    });
  });
});

describe('CA-8 the ladder', () => {
  const [count, h, steps] = [1000, d('0.00001'), 10];

  /** Account i stands just short of i·h from its line in log price; closing it moves the price by R·h. */
  const ladder = (ratio: Decimal) => {
    const accounts = Array.from({ length: count }, (_, i): AccountSpec => {
      const line = h
        .times(i + 1)
        .minus(h.times('1e-9'))
        .negated()
        .exp()
        .times(100);
      return { id: `l${String(i + 1).padStart(4, '0')}`, q: { X: 1 }, cash: line.times('0.5').negated() };
    });
    const book = cascadeBook({ accounts, P0: { X: 100 }, mm: { X: '0.5' } });
    const shock = new Map([['X', h.times(steps).negated().exp().minus(1)]]);
    const depth = ratio.isZero() ? new Map() : new Map([['X', d(1).div(ratio.times(h))]]);
    return runCascade(cascadeInput(book, { shock, depth, deleveraging: 'none' }));
  };

  it.each(vectorsOf('CASC-LADDER'))('%s', (_, { inputs, expected }) => {
    const [numerator, denominator = '1'] = (inputs.R as string).split('/') as [string, string?];
    const cascade = ladder(d(numerator).div(denominator));
    expect(cascade.closed.length).toBe(expected.n_liquidated);
    expect(cascade.rounds).toBe(expected.rounds);
    let sum = 0;
    const sequence = cascade.trace.map(({ closed }) => {
      sum += closed.length;
      return sum;
    });
    // The file prints the first sixty rounds of a longer one.
    expect(sequence.slice(0, expected.sequence.length)).toEqual(expected.sequence);
    expect(cascade.end).toBe('settled');
  });
});

describe('CA-22 theory against simulation below one', () => {
  it('the two agree the better the finer the ladder and the weaker the feedback', () => {
    const worst = new Map<number, number>();
    for (const [btc, limit] of [
      [1200, 0.06],
      [900, 0.08],
      [600, 0.12],
      [450, 0.15],
    ] as const) {
      const depth = { BTC: btc, ETH: (btc * 50) / 3 };
      const feedback = feedbackOf({ book: population, rulesOf: () => testRules(), step: d('0.05'), depth: marketsOf(depth) });
      for (const shock of ['-0.03', '-0.04', '-0.05']) {
        const log = Math.log(1 + Number(shock));
        const theory = amplified(numbersOf(feedback.matrix), [log, log]);
        if (!theory.ok) expect.fail('expected a theory');
        const cascade = fall(shock, depth);
        ['BTC', 'ETH'].forEach((market, i) => {
          const error = Math.abs(Number(cascade.multiplier.get(market)) / ((theory.value[i] as number) / log) - 1);
          worst.set(btc, Math.max(worst.get(btc) ?? 0, error));
          expect(error, `${market} at ${btc}, ${shock}`).toBeLessThan(limit);
        });
      }
    }
    expect(worst.size).toBe(4);
  });
});

describe('CA-25 the critical shock', () => {
  const betas = marketsOf({ BTC: 1, ETH: 1 });
  const search = (depth: Record<string, number>) =>
    criticalShock(exactEnds(cascadeInput(population, { depth: marketsOf(depth) }), betas), { step: 0.01, largest: 0.2, exactness: 0.001 });

  it('lies near where a thin book is, further out in a deep one, nowhere in an infinite one', () => {
    const [thin, deep] = [search({ BTC: 150, ETH: 2500 }), search({ BTC: 450, ETH: 7500 })];
    if (!thin.ok || !deep.ok) expect.fail('expected a critical shock');
    expect(thin.value.move).toBeGreaterThan(deep.value.move);
    expect(thin.value.move).toBeLessThan(0);
    expect(search({})).toEqual({ ok: false, reason: 'never' });
    const at = fall(String(thin.value.move), { BTC: 150, ETH: 2500 });
    const drop = 1 + thin.value.move - Number(at.prices.get(thin.value.market)) / Number(at.startPrices.get(thin.value.market));
    expect(drop).toBeGreaterThanOrEqual(Math.max(0.02, -thin.value.move) - 1e-9);
  });

  it('error: a grid too coarse to tell a jump', () => {
    expect(() => criticalShock(() => [], { step: 0.02 })).toThrow(RangeError);
  });
});

describe('CA-26 crowding', () => {
  it('an account at the far end of a crowd is closed by less than its own shortest shock; alone, by just that', () => {
    const account = 'b20';
    const own = new Map([['BTC', Math.log(1 - 0.1 / 0.99)]]);
    const given = { account, logShock: own, distance: 3 };
    const crowded = cascadeInput(population, { depth: marketsOf({ BTC: 300, ETH: 5000 }) });
    const found = crowdingRisk(given, isClosedExactly(crowded, given));
    if (!found.ok) expect.fail('expected a share');
    expect(found.value.share).toBeLessThan(0.6);
    expect(found.value.gap).toBeCloseTo(3 - found.value.distance, 12);
    const alone = { ...crowded, book: { ...population, accounts: population.accounts.filter(({ id }) => id === account) } };
    const own1 = crowdingRisk(given, isClosedExactly(alone, given));
    expect(own1.ok && own1.value.share).toBeCloseTo(1, 5);
    expect(crowdingRisk(given, () => false)).toEqual({ ok: false, reason: 'never' });
    expect(crowdingRisk(given, () => true)).toMatchObject({ ok: true, value: { share: 0, gap: 3 } });
  });
});
