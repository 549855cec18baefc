import { describe, expect, it } from 'vitest';
import { accountOf, type BookColumns, bookOf, textAt } from '../../domain/book-columns.ts';
import { Decimal } from '../../domain/units.ts';
import { bookFaults } from '../../formats/leverage-book.ts';
import { population } from './population.ts';
import { BENCH_SHAPE, marketsOf, RECORDED_SHAPE } from './population-shape.ts';

const AS_OF = '2026-02-05T18:34:00Z';
const make = (accounts: number, seed = 42, shape = RECORDED_SHAPE): BookColumns => population({ accounts, seed, asOf: AS_OF, shape });

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)]!;
};

describe('PO generated accounts', () => {
  it('PO-1: the same seed gives the same accounts, another seed others; a larger population begins with the smaller one', () => {
    const small = make(300);
    expect(bookOf(make(300))).toEqual(bookOf(small));
    expect(bookOf(make(900), 0, 300)).toEqual(bookOf(small));
    expect(accountOf(make(300, 43), 0)).not.toEqual(accountOf(small, 0));
  });

  it.each([
    ['recorded', RECORDED_SHAPE],
    ['bench', BENCH_SHAPE],
  ])('PO-2: %s: a book that a reader takes without a fault, ids that stand once', (_, shape) => {
    const columns = make(400, 7, shape);
    expect(bookFaults(bookOf(columns))).toEqual([]);
    const many = make(50_000, 7, shape);
    const ids = Array.from({ length: many.accounts.count }, (_, i) => textAt(many.accounts.id, i));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('PO-3: 200 instruments with margin tables of 5 to 10 rows, more than one venue', () => {
    for (const shape of [RECORDED_SHAPE, BENCH_SHAPE]) {
      const { instruments } = marketsOf(shape);
      expect(instruments).toHaveLength(200);
      expect(new Set(instruments.map(({ id }) => id)).size).toBe(200);
      for (const { tiers } of instruments) expect(tiers!.length).toBeGreaterThanOrEqual(5);
    }
    expect(new Set(RECORDED_SHAPE.venues.map(({ id }) => id)).size).toBe(3);
  });

  it('PO-4: marks that are given take the place of the recorded ones, and entries lie around them', () => {
    const markPrices = new Map([['BTC', new Decimal('120000')]]);
    const columns = population({ accounts: 2000, seed: 1, asOf: AS_OF, shape: BENCH_SHAPE, markPrices });
    const bitcoin = columns.instruments.findIndex(({ id }) => id === 'ge:BTC');
    expect(columns.instruments[bitcoin]!.markPrice!.toFixed()).toBe('120000');
    const entries = [...columns.positions.entryPrice.value].filter((_, row) => columns.positions.instrument[row] === bitcoin);
    expect(entries.length).toBeGreaterThan(100);
    expect(quantile(entries, 0.5) / 120_000).toBeCloseTo(1, 1);
  });
});
