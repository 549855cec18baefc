import { describe, expect, it } from 'vitest';
import { type BookColumns, bookOf } from '../../domain/book-columns.ts';
import { assessAccount } from '../../engine/assess.ts';
import { venues } from '../../venues/registry.ts';
import { population } from './population.ts';
import { BENCH_SHAPE, RECORDED_SHAPE } from './population-shape.ts';

const AS_OF = '2026-02-05T18:34:00Z';
const make = (accounts: number, seed: number, shape = RECORDED_SHAPE): BookColumns => population({ accounts, seed, asOf: AS_OF, shape });

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)]!;
};

interface Figures {
  readonly equity: number[];
  readonly leverage: number[];
  readonly marginRatio: number[];
  readonly positions: number[];
}

/** Of the cross pools, by the exact engine. */
function figuresOf(columns: BookColumns): Figures {
  const figures: Figures = { equity: [], leverage: [], marginRatio: [], positions: [] };
  const book = bookOf(columns);
  for (const account of book.accounts) {
    const assessment = assessAccount(account, book, venues[account.venue]!.rules);
    figures.positions.push(account.positions.length);
    if (assessment.equity.ok) figures.equity.push(assessment.equity.value.toNumber());
    if (assessment.leverage.ok) figures.leverage.push(assessment.leverage.value.toNumber());
    if (assessment.marginRatio.ok && account.positions.every(({ marginMode }) => marginMode === 'cross'))
      figures.marginRatio.push(assessment.marginRatio.value.toNumber());
  }
  return figures;
}

describe('PO generated accounts', () => {
  it('PO-5: the recorded shape has the distributions of the recorded accounts', () => {
    const columns = make(1000, 11);
    const { equity, leverage, marginRatio, positions } = figuresOf(columns);
    const within = (value: number, low: number, high: number): void => {
      expect(value).toBeGreaterThan(low);
      expect(value).toBeLessThan(high);
    };
    // recorded, 22 February 2026, 608 wallets: 0.045, 0.090, 0.166, 0.35; seven other instants: medians 0.064 … 0.080, p95 0.22 … 0.26
    within(quantile(marginRatio, 0.25), 0.03, 0.055);
    within(quantile(marginRatio, 0.5), 0.06, 0.1);
    within(quantile(marginRatio, 0.95), 0.2, 0.4);
    // recorded medians 2.0 … 2.4, p95 7.5 … 9.3
    within(quantile(leverage, 0.5), 1.4, 2.6);
    within(quantile(leverage, 0.95), 6, 12);
    // recorded: 38 % hold one position, the median is 2, the upper quartile 5; the tail is cut, see docs/population.md
    within(positions.filter((count) => count === 1).length / positions.length, 0.33, 0.45);
    within(quantile(positions, 0.5), 1, 3);
    within(quantile(positions, 0.75), 3, 6);
    within(quantile(positions, 0.99), 30, 60);
    within(Math.log(quantile(equity, 0.95) / quantile(equity, 0.5)), 3, 3.6);
    const { size, isolated } = columns.positions;
    // recorded 29 % … 36 % of rows are long, 0.5 % … 2.5 % isolated
    within(size.value.filter((signed) => signed > 0).length / size.value.length, 0.31, 0.35);
    within(isolated.filter((flag) => flag === 1).length / isolated.length, 0.005, 0.025);
  });

  it('PO-6: the bench shape has 1 + Poisson(4) positions in every account and leverage of median 4', () => {
    const columns = make(800, 5, BENCH_SHAPE);
    const { leverage, positions } = figuresOf(columns);
    const mean = positions.reduce((sum, count) => sum + count, 0) / positions.length;
    expect(mean).toBeCloseTo(5, 0);
    expect(Math.min(...positions)).toBe(1);
    expect(quantile(leverage, 0.5)).toBeGreaterThan(3.7);
    expect(quantile(leverage, 0.5)).toBeLessThan(4.3);
    expect(quantile(leverage, 0.95)).toBeGreaterThan(14);
    expect(quantile(leverage, 0.95)).toBeLessThan(21);
  });
});
