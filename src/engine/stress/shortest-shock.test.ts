import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { plainRules } from '../testing/books.ts';
import { shortestShock } from './shortest-shock.ts';
import { accountOf, type Held, modelOf, NAMES } from './testing/accounts.ts';
import type { ShockModel } from './types.ts';
import vectors from './vectors/distance.json' with { type: 'json' };

const rules = plainRules();

const distanceOf = (held: readonly Held[], cash: number, model: ShockModel, of = rules) => {
  const { book, account } = accountOf(held, cash);
  const shock = shortestShock(account, book, of, model);
  if (!shock.ok) throw new Error(shock.reason);
  return shock.value;
};

const close = (actual: number, expected: number, tolerance: number): void =>
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));

describe('DI-4 shortest shock, vectors', () => {
  const three = vectors['RST-2'];
  const held = NAMES.map((base, i): Held => ({ base, notional: three.inputs.notional[i]!, tiers: [[three.inputs.mmr[i]!]] }));
  const cash = three.inputs.M0 + three.inputs.notional.reduce((sum, n, i) => sum + Math.abs(n) * three.inputs.mmr[i]!, 0);
  const sigma = Object.fromEntries(NAMES.map((name, i) => [name, three.inputs.sigma_daily[i]!]));
  const pairs = [
    ['BTC', 'ETH', 0.82],
    ['BTC', 'SOL', 0.62],
    ['ETH', 'SOL', 0.67],
  ] as const;

  it('RST-2: simple space, closed form', () => {
    const shock = distanceOf(held, cash, modelOf(sigma, pairs, 'simple'));
    close(shock.distance, three.expected.d_star, 1e-10);
    NAMES.forEach((name, i) => {
      close(shock.shock.get(name)!, three.expected.x_star[i]!, 1e-10);
      close(shock.share.get(name)!, three.expected.component_share[i]!, 1e-10);
    });
    expect(shock.atLeast).toBe(shock.distance);
  });

  it('RST-2: all correlations 1', () => {
    const one = pairs.map(([a, b]) => [a, b, 1] as const);
    close(distanceOf(held, cash, modelOf(sigma, one, 'simple')).distance, three.expected.all_corr1_d, 1e-10);
  });

  it('FORM-2: log space, with the proof that nothing is nearer', () => {
    const { expected } = vectors['FORM-2-1d'];
    const shock = distanceOf(held, cash, modelOf(sigma, pairs, 'log'));
    close(shock.distance, expected.beta, 1e-9);
    for (const [i, name] of NAMES.entries()) close(shock.shock.get(name)!, expected.x_star_simple[i]!, 1e-9);
    close(shock.atLeast, shock.distance, 1e-8);
  });

  it('RST-1: a hedged pair', () => {
    const { inputs, expected } = vectors['RST-1'];
    const pair = NAMES.slice(0, 2).map((base, i): Held => ({ base, notional: inputs.notional[i]!, tiers: [[inputs.mmr[i]!]] }));
    const shock = distanceOf(
      pair,
      inputs.M0 + 930 + 450,
      modelOf({ BTC: inputs.sigma_daily[0]!, ETH: inputs.sigma_daily[1]! }, [['BTC', 'ETH', inputs.rho]], 'simple'),
    );
    close(shock.distance, expected.d_star, 1e-10);
    close(shock.shock.get('BTC')!, expected.x_star[0]!, 1e-10);
  });

  it('RST-TIER: the least of the facets', () => {
    const { inputs, expected } = vectors['RST-TIER'];
    const tiers = [[0.004], [0.005, 50_000], [0.01, 500_000]] as const;
    const shock = distanceOf(
      [{ base: 'BTC', notional: inputs.notional, tiers }],
      inputs.equity,
      modelOf({ BTC: inputs.sigma_daily }, [], 'simple'),
    );
    close(shock.distance, expected.d_star, 1e-10);
    expect(shock.atLeast).toBe(shock.distance);
  });

  const shared = new URL('../../../../shared/science/test-vectors.json', import.meta.url);
  it('the bundled vectors are those of the shared file, where it is there', () => {
    let given: { vectors: { id: string; inputs: unknown; expected: unknown }[] };
    try {
      given = JSON.parse(readFileSync(shared, 'utf8'));
    } catch {
      return;
    }
    let same = 0;
    for (const [id, vector] of Object.entries(vectors)) {
      const theirs = given.vectors.find((one) => one.id === id);
      expect({ inputs: theirs?.inputs, expected: theirs?.expected }, id).toEqual(vector);
      same++;
    }
    expect(same).toBeGreaterThanOrEqual(10);
  });
});

describe('DI-5 edges', () => {
  const one: Held = { base: 'BTC', notional: 100_000, tiers: [[0.01]] };
  const of = (
    held: Held[],
    cash: number,
    sigma: Record<string, number>,
    space: 'log' | 'simple' = 'log',
    pairs: ShockModel['correlation'] = [],
  ) => {
    const { book, account } = accountOf(held, cash);
    return shortestShock(account, book, rules, modelOf(sigma, pairs, space));
  };
  it('one market: the liquidation price in σ', () => {
    const shock = of([one], 11_000, { BTC: 0.03 });
    // 11,000 − 100,000·x − 1,000·(1 − x) = 0: x = 10,000 ÷ 99,000.
    close(shock.ok ? shock.value.distance : Number.NaN, -Math.log(1 - 10_000 / 99_000) / 0.03, 1e-12);
    close((shock.ok && shock.value.share.get('BTC')) || 0, 1, 1e-12);
  });
  it('never: zero sigma, more cash than the position can lose, a market that is not named', () => {
    for (const space of ['log', 'simple'] as const) {
      expect(of([one], 11_000, { BTC: 0 }, space)).toEqual({ ok: false, reason: 'never' });
      expect(of([one], 200_000, { BTC: 0.03 }, space)).toEqual({ ok: false, reason: 'never' });
      expect(of([one], 11_000, { ETH: 0.03 }, space)).toEqual({ ok: false, reason: 'never' });
    }
  });
  it('already, on the line, nothing open, no mark', () => {
    expect(of([one], 999, { BTC: 0.03 })).toEqual({ ok: false, reason: 'already' });
    expect(of([one], 1000, { BTC: 0.03 })).toMatchObject({ ok: true, value: { distance: 0, atLeast: 0 } });
    expect(of([], 1000, { BTC: 0.03 })).toEqual({ ok: false, reason: 'no-position' });
    const { book, account } = accountOf([one], 11_000);
    const { markPrice: _, ...without } = book.instruments.get('t:0')!;
    const blind = { ...book, instruments: new Map([['t:0', without]]) };
    expect(shortestShock(account, blind, rules, modelOf({ BTC: 0.03 }, [], 'log'))).toMatchObject({ ok: false, reason: 'missing-mark' });
  });
  it('a perfect hedge is never reached, a perfectly opposed pair adds up', () => {
    const pair: Held[] = [one, { base: 'ETH', notional: -100_000, tiers: [[0.01]] }];
    const opposed = of(pair, 12_000, { BTC: 0.03, ETH: 0.03 }, 'simple', [['BTC', 'ETH', -1]]);
    // Cash 12,000 less 2,000; falls of x in BTC and rises of x in ETH cost 99,000·x + 101,000·x.
    close(opposed.ok ? opposed.value.distance : Number.NaN, 10_000 / 200_000 / 0.03, 1e-12);
    const locked: Held[] = [one, { base: 'ETH', notional: -100_000, tiers: [[0]] }];
    const hedged = of([{ ...one, tiers: [[0]] }, ...locked.slice(1)], 10_000, { BTC: 0.03, ETH: 0.03 }, 'log', [['BTC', 'ETH', 1]]);
    expect(hedged).toEqual({ ok: false, reason: 'never' });
  });
  it('simple space: a price that would fall below zero is held at zero, and the plane beyond is the bound', () => {
    const pair: Held[] = [
      { base: 'BTC', notional: 100_000, tiers: [[0]] },
      { base: 'SOL', notional: 10_000, tiers: [[0]] },
    ];
    const shock = of(pair, 30_000, { BTC: 0.03, SOL: 0.5 }, 'simple');
    if (!shock.ok) throw new Error(shock.reason);
    // SOL is worth nothing (1 ÷ 0.5 σ), BTC pays the other 20,000 (0.2 ÷ 0.03 σ).
    close(shock.value.distance, Math.hypot(1 / 0.5, 0.2 / 0.03), 1e-12);
    expect(Object.fromEntries(shock.value.shock)).toEqual({ BTC: expect.closeTo(-0.2, 12), SOL: expect.closeTo(-1, 12) });
    close(shock.value.atLeast, 30_000 / Math.hypot(100_000 * 0.03, 10_000 * 0.5), 1e-12);
  });
  it('error: what cannot be a correlation matrix, with its pointer', () => {
    const faults = (sigma: Record<string, number>, pairs: ShockModel['correlation']): string[] => {
      try {
        of([one], 11_000, sigma, 'log', pairs);
      } catch (error) {
        if (error instanceof InputError) return error.faults.map(({ pointer }) => pointer);
      }
      return [];
    };
    const three = { A: 0.1, B: 0.1, C: 0.1 };
    expect(
      faults(three, [
        ['A', 'B', 0.9],
        ['B', 'C', 0.9],
        ['A', 'C', -0.9],
      ]),
    ).toEqual(['/correlation/2']);
    expect(faults(three, [['A', 'B', 1.01]])).toEqual(['/correlation/0/2']);
    expect(faults(three, [['A', 'D', 0.5]])).toEqual(['/correlation/0/1']);
    expect(faults({ A: -1 }, [])).toEqual(['/sigma/A']);
    expect(faults({ A: Number.NaN }, [])).toEqual(['/sigma/A']);
    expect(
      faults(three, [
        ['A', 'B', 0.5],
        ['B', 'A', 0.4],
      ]),
    ).toEqual(['/correlation/1']);
    expect(
      faults(three, [
        ['A', 'B', 1],
        ['B', 'C', 0.5],
        ['A', 'C', 0.4],
      ]),
    ).toEqual(['/correlation/2']);
    expect(
      faults(three, [
        ['A', 'B', 1],
        ['B', 'C', -1],
        ['A', 'C', -1],
      ]),
    ).toEqual([]);
  });
});
