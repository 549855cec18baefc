import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, ZERO } from '../../domain/units.ts';
import { caseFloors } from '../testing/floors.ts';
import { carriersOf, feedbackOf } from './feedback.ts';
import { leverOf } from './lever.ts';
import { amplified, type Matrix, perron, spectralRadius } from './spectrum.ts';
import { cascadeBook, feedbackPopulation, marketsOf, randomAccounts, testRules } from './testing/books.ts';
import { vectorOf, vectorsOf } from './testing/vectors.ts';

const d = (value: string | number): Decimal => new Decimal(value);
const reached = caseFloors();
const population = cascadeBook(feedbackPopulation());

const close = (found: number, wanted: number, relative = 1e-9): void => {
  expect(Math.abs(found - wanted), `${found} against ${wanted}`).toBeLessThanOrEqual(relative * Math.max(1e-3, Math.abs(wanted)));
};

const feedbackAt = (depth: Record<string, number>, step = '0.05', book = population) =>
  feedbackOf({ book, rulesOf: () => testRules(), step: d(step), depth: marketsOf(depth) });

const numbers = (matrix: readonly (readonly Decimal[])[]): Matrix => matrix.map((row) => row.map(Number));

describe('CA-20, CA-21 the feedback matrix', () => {
  it('FEEDBACK-G', () => {
    const { inputs, expected } = vectorOf('FEEDBACK-G');
    const feedback = feedbackAt(inputs.delta_contracts_per_log, String(inputs.h));
    expect(feedback.markets).toEqual(['BTC', 'ETH']);
    numbers(feedback.matrix).forEach((row, i) => {
      row.forEach((value, j) => {
        close(value, expected.G[i][j], 1e-12);
      });
    });
    close(feedback.radius, expected.spectral_radius, 1e-12);
    feedback.right?.forEach((value, i) => {
      close(value, expected.right_perron[i], 1e-12);
    });
    feedback.left?.forEach((value, i) => {
      close(value, expected.left_perron[i], 1e-12);
    });
    expect([feedback.right?.length, feedback.left?.length]).toEqual([2, 2]);
  });

  it.each(vectorsOf('FEEDBACK-SUB'))('%s: G, R and the linear theory (1 − G)⁻¹', (_, { inputs, expected }) => {
    const feedback = feedbackAt(inputs.delta_contracts_per_log);
    close(feedback.radius, expected.spectral_radius, 1e-12);
    numbers(feedback.matrix)
      .flat()
      .forEach((value, i) => {
        close(value, expected.G.flat()[i], 1e-12);
      });
    const shock = Math.log(1 + Number(inputs.shock));
    const theory = amplified(numbers(feedback.matrix), [shock, shock]);
    if (expected.linear_theory_multiplier === null) expect(theory).toEqual({ ok: false, reason: 'never' });
    else if (!theory.ok) expect.fail('expected a theory');
    else
      theory.value.forEach((value, i) => {
        close(value / shock, expected.linear_theory_multiplier[i], 1e-9);
      });
  });

  it('behavior: twice the depth halves R exactly', () => {
    let shown = 0;
    for (const step of ['0.01', '0.05', '0.11'])
      for (const depth of [
        { BTC: 150, ETH: 2500 },
        { BTC: 13, ETH: 777 },
        { BTC: 1e6, ETH: 3 },
      ]) {
        const twice = Object.fromEntries(Object.entries(depth).map(([market, value]) => [market, value * 2]));
        expect(feedbackAt(twice, step).radius).toBe(feedbackAt(depth, step).radius / 2);
        shown++;
      }
    expect(shown).toBe(9);
  });

  it('behavior: an infinite book gives nothing back; one market; no accounts; no NaN', () => {
    expect(feedbackAt({})).toMatchObject({ radius: 0, right: undefined, left: undefined });
    const one = feedbackAt({ BTC: 150 });
    expect(one.radius).toBe(Number(one.matrix[0]?.[0]));
    expect(one.right).toEqual([1, 0]);
    const empty = feedbackAt({}, '0.05', cascadeBook({ accounts: [], P0: {}, mm: {} }));
    expect(empty).toMatchObject({ radius: 0, markets: [], matrix: [] });
  });

  it('behavior: an account that is under water already is forced by every fall', () => {
    const book = cascadeBook({ accounts: [{ id: 'a', cash: -120, q: { A: 1 } }], P0: { A: 100, B: 10 }, mm: { A: '0.01', B: '0.01' } });
    const { matrix } = feedbackAt({ A: 10, B: 10 }, '0.05', book);
    expect(matrix.map((row) => row.map((value) => value.gt(0)))).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('error: a step outside (0, 1), a depth of zero', () => {
    for (const step of ['0', '1', '-0.1']) expect(() => feedbackAt({ BTC: 1 }, step)).toThrow(RangeError);
    expect(() => feedbackAt({ BTC: 0 })).toThrow(RangeError);
  });
});

describe('CA-21…CA-23 spectra', () => {
  it('OVERLAP-1: liquidity-weighted overlap', () => {
    const { inputs, expected } = vectorOf('OVERLAP-1');
    const holdings: number[][] = inputs.holdings;
    const overlap = holdings.map((a) =>
      holdings.map((b) => a.reduce((sum, value, k) => sum + (value * (b[k] as number)) / inputs.depth[k], 0)),
    );
    overlap.flat().forEach((value, i) => {
      close(value, expected.Omega.flat()[i], 1e-12);
    });
    const { radius, right } = perron(overlap);
    close(radius, expected.rho, 1e-12);
    const length = Math.hypot(...(right ?? []));
    right?.forEach((value, i) => {
      close(value / length, expected.perron_unit[i], 1e-12);
    });
    const inflicted = overlap.map((row, i) => row.reduce((sum, value, j) => (i === j ? sum : sum + value), 0));
    inflicted.forEach((value, i) => {
      close(value, expected.offdiag_loss_inflicted[i], 1e-12);
    });
  });

  it('GLT-2: rounds of selling sum to (1 − K)⁻¹', () => {
    const { inputs, expected } = vectorOf('GLT-2');
    close(spectralRadius(expected.K), expected.spectral_radius, 1e-12);
    const limit = amplified(expected.K, inputs.F1);
    if (!limit.ok) expect.fail('expected a limit');
    limit.value.forEach((value, i) => {
      close(value, expected.F_infinite[i], 1e-12);
    });
  });

  it('behavior: matrices whose eigenvalues are known', () => {
    const cases: readonly (readonly [Matrix, number, readonly number[] | undefined])[] = [
      [
        [
          [0, 2],
          [8, 0],
        ],
        4,
        [1 / 3, 2 / 3],
      ],
      [
        [
          [1, 1],
          [0, 1],
        ],
        1,
        [1, 0],
      ],
      [
        [
          [0, 1],
          [0, 0],
        ],
        0,
        undefined,
      ],
      [
        [
          [3, 0],
          [0, 3],
        ],
        3,
        [0.5, 0.5],
      ],
      [
        [
          [0, -2],
          [2, 0],
        ],
        2,
        undefined,
      ],
      [
        [
          [-5, 0],
          [0, 1],
        ],
        5,
        undefined,
      ],
      [
        [
          [0, 1, 0],
          [0, 0, 1],
          [1, 0, 0],
        ],
        1,
        [1 / 3, 1 / 3, 1 / 3],
      ],
      [[], 0, undefined],
      [[[1e-300]], 1e-300, [1]],
    ];
    for (const [matrix, radius, right] of cases) {
      const found = perron(matrix);
      expect(Math.abs(found.radius - radius)).toBeLessThanOrEqual(1e-13 * radius);
      expect(found.right === undefined).toBe(right === undefined);
      found.right?.forEach((value, i) => {
        close(value, (right as readonly number[])[i] as number, 1e-8);
      });
    }
    expect(amplified([[1]], [-0.1])).toEqual({ ok: false, reason: 'never' });
  });

  it('property: M v = R v, and R lies between the least and the largest row sum', () => {
    const entry = fc.integer({ min: 0, max: 1000 }).map((value) => (value < 300 ? 0 : value / 500));
    const square = fc
      .integer({ min: 1, max: 7 })
      .chain((n) => fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(square, (matrix) => {
        const { radius, right, left } = perron(matrix);
        const sums = matrix.map((row) => row.reduce((sum, value) => sum + value, 0));
        expect(radius).toBeGreaterThanOrEqual(Math.min(...sums) * (1 - 1e-12));
        expect(radius).toBeLessThanOrEqual(Math.max(...sums) * (1 + 1e-12));
        const transposed = matrix.map((_, j) => matrix.map((row) => row[j] as number));
        expect(Math.abs(spectralRadius(transposed) - radius)).toBeLessThanOrEqual(1e-10 * radius);
        for (const [m, vector] of [
          [matrix, right],
          [transposed, left],
        ] as const) {
          if (!vector) continue;
          reached('vectors', 150);
          m.forEach((row, i) => {
            const moved = row.reduce((sum, value, j) => sum + value * (vector[j] as number), 0);
            expect(Math.abs(moved - radius * (vector[i] as number))).toBeLessThanOrEqual(1e-7 * radius);
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('CA-24, CA-28 who carries R, and the lever', () => {
  it('behavior: ten carriers, ranked by what R loses without them', () => {
    const depth = { BTC: 150, ETH: 2500 };
    const feedback = feedbackAt(depth);
    const carriers = carriersOf(feedback, marketsOf(depth), 10);
    expect(carriers.length).toBe(10);
    for (const [i, carrier] of carriers.entries()) {
      expect(carrier.gain).toBeGreaterThan(0);
      expect(carrier.gain).toBeLessThanOrEqual((carriers[i - 1] ?? carrier).gain);
    }
    const [first] = carriers;
    const rest = { ...population, accounts: population.accounts.filter(({ id }) => id !== first?.account) };
    close(feedback.radius - feedbackAt(depth, '0.05', rest).radius, first?.gain ?? 0, 1e-9);
  });

  it('behavior: the lever’s deposits bring R of the book below the target, and none of them can be left out', () => {
    const depth = { BTC: 150, ETH: 2500 };
    const input = { book: population, rulesOf: () => testRules(), step: d('0.05'), depth: marketsOf(depth) };
    const feedback = feedbackOf(input);
    const lever = leverOf(input, feedback, 0.8);
    if (!lever.ok) expect.fail('expected a lever');
    expect(lever.value.radius).toBeLessThan(0.8);
    const paid = (left?: string) => ({
      ...population,
      accounts: population.accounts.map((account) => {
        const step = lever.value.steps.find((one) => one.account === account.id && one.account !== left);
        return step
          ? { ...account, balances: account.balances.map((held) => ({ ...held, amount: held.amount.plus(step.deposit) })) }
          : account;
      }),
    });
    expect(feedbackAt(depth, '0.05', paid()).radius).toBe(lever.value.radius);
    for (const { account, deposit, reduction } of lever.value.steps) {
      expect(feedbackAt(depth, '0.05', paid(account)).radius).toBeGreaterThanOrEqual(0.8);
      expect(deposit.gt(0) && reduction?.gt(0)).toBe(true);
    }
    const everyone = feedback.forced.reduce((sum, part) => sum.plus(part.missing), ZERO);
    expect(lever.value.deposit.lt(everyone.times('0.4'))).toBe(true);
  });

  it('behavior: nothing to do below the target; never where nothing forced is left', () => {
    const input = { book: population, rulesOf: () => testRules(), step: d('0.05'), depth: marketsOf({ BTC: 1e6, ETH: 1e6 }) };
    const feedback = feedbackOf(input);
    expect(leverOf(input, feedback, 0.8)).toMatchObject({ ok: true, value: { steps: [] } });
    expect(leverOf(input, { ...feedback, forced: [], radius: 2 }, 0.8)).toEqual({ ok: false, reason: 'never' });
  });

  it('property: doubling depth halves R, and fewer accounts never raise it, in one-directional books', () => {
    fc.assert(
      fc.property(randomAccounts('long'), fc.integer({ min: 1, max: 200 }), (spec, depth) => {
        const book = cascadeBook(spec);
        const { radius } = feedbackAt({ A: depth, B: depth * 5 }, '0.1', book);
        if (radius === 0) return;
        reached('radius', 40);
        expect(feedbackAt({ A: depth * 2, B: depth * 10 }, '0.1', book).radius).toBe(radius / 2);
        const fewer = { ...book, accounts: book.accounts.slice(1) };
        expect(feedbackAt({ A: depth, B: depth * 5 }, '0.1', fewer).radius).toBeLessThanOrEqual(radius * (1 + 1e-12));
      }),
      { numRuns: 100 },
    );
  });
});
