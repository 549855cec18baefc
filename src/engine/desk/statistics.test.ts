import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { orderScratch } from '../kernel/order.ts';
import { selectScratch, selectWindow } from '../kernel/select.ts';
import {
  binCount,
  createBins,
  distribute,
  EMPTY_AFTER_BINS,
  INDETERMINATE_AFTER_BINS,
  INSOLVENT_AFTER_BINS,
  keepSlot,
  LEVERAGE_EDGES,
  linearEdges,
  logEdges,
  MARGIN_RATIO_EDGES,
  OVER_AFTER_BINS,
  slotCount,
  UNDER,
} from './bins.ts';
import { concentration, largest, nearestByBuffer } from './concentration.ts';
import {
  addExposure,
  clearExposure,
  emptyExposure,
  equityByGroup,
  fillExposure,
  openInterest,
  sumByGroup,
  systemLeverage,
} from './exposure.ts';
import { insolventFirst, magnitude, product, quotient, ranked } from './order-keys.ts';
import { addToSkew, emptySkewSums, leverageSkew, skewOfSums } from './skew.ts';
import { countStates } from './states.ts';
import { type BookColumns, columnsOfBook, grossOf, relativeError, type SeededRow, seededBook, shuffled } from './testing/seeded-book.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const COUNT = 400;
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const total = (values: readonly Decimal[]): Decimal => values.reduce((all, value) => all.plus(value), new Decimal(0));

describe('DS-6 counts by state', () => {
  it('equal a plain count, notional in the desk’s unit; every account once', () => {
    for (const seed of SEEDS) {
      const book = seededBook(seed, COUNT);
      const columns = columnsOfBook(book);
      const counts = new Float64Array(8);
      const notionals = new Float64Array(8);
      expect(countStates(COUNT, columns.state, columns.notional, columns.unitRate, columns.mask, counts, notionals)).toBe(COUNT);
      expect(sum(counts)).toBe(COUNT);
      for (let code = 0; code < 8; code++) {
        const rows = book.rows.filter((row) => row.state === code);
        expect(counts[code]).toBe(rows.length);
        expect(relativeError(notionals[code] as number, total(rows.map((row) => grossOf(row, book.values))))).toBeLessThan(1e-13);
      }
    }
  });

  it('a notional that is not known adds nothing and its account still counts', () => {
    const counts = new Float64Array(8);
    const notionals = new Float64Array(8);
    const ones = Float64Array.of(1, 1);
    countStates(2, Uint8Array.of(7, 7), Float64Array.of(Number.NaN, 5), ones, Uint8Array.of(1, 1), counts, notionals);
    expect([counts[7], notionals[7]]).toEqual([2, 5]);
  });
});

describe('DS-7…DS-9 distributions', () => {
  it('edges: ten a decade to three digits, per cents as the nearest Float64', () => {
    expect(logEdges(0, 1, 10)).toEqual([1, 1.26, 1.58, 2, 2.51, 3.16, 3.98, 5.01, 6.31, 7.94, 10]);
    expect(LEVERAGE_EDGES).toHaveLength(41);
    expect(MARGIN_RATIO_EDGES).toEqual(Array.from({ length: 21 }, (_, i) => Number((i * 0.05).toFixed(2))));
    expect(linearEdges(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
  });

  it('error: edges that do not ascend, are not finite, or too many', () => {
    for (const edges of [[1], [1, 1], [2, 1], [0, Number.POSITIVE_INFINITY], [Number.NaN, 1], Array.from({ length: 252 }, (_, i) => i)])
      expect(() => createBins(edges)).toThrow(RangeError);
  });

  it('a lower edge belongs to its bin, an upper one does not; the rest have slots of their own', () => {
    const bins = createBins([1, 2, 4]);
    expect([binCount(bins), slotCount(bins)]).toEqual([2, 7]);
    const values = Float64Array.of(1, 2, 4, 0.999, -3, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0, 3);
    const equity = Float64Array.of(9, 9, 9, 9, 9, 9, -1, 0, 0, Number.NaN, 9, 9);
    const notional = Float64Array.of(9, 9, 9, 9, 9, 9, 9, 9, 0, 9, 0, Number.NaN);
    const counts = new Float64Array(7);
    const notionals = new Float64Array(7);
    const ones = new Float64Array(12).fill(1);
    distribute(12, values, equity, notional, ones, new Uint8Array(12).fill(1), bins, counts, notionals);
    expect([...counts]).toEqual([2, 1, 2, 2, 2, 2, 1]);
    expect([...notionals]).toEqual([18, 9, 9, 18, 18, 0, 9]);
    expect([UNDER, 2 + OVER_AFTER_BINS, 2 + INSOLVENT_AFTER_BINS, 2 + EMPTY_AFTER_BINS, 2 + INDETERMINATE_AFTER_BINS]).toEqual([
      0, 3, 4, 5, 6,
    ]);
  });

  it('equal a plain count on seeded books, add up to the accounts, and a click keeps just those of the bar', () => {
    const bins = createBins(LEVERAGE_EDGES);
    const over = binCount(bins) + OVER_AFTER_BINS;
    for (const seed of SEEDS) {
      const book = seededBook(seed, COUNT);
      const columns = columnsOfBook(book);
      const counts = new Float64Array(slotCount(bins));
      const notionals = new Float64Array(slotCount(bins));
      const { leverage, equity, notional, unitRate, mask } = columns;
      distribute(COUNT, leverage, equity, notional, unitRate, mask, bins, counts, notionals);
      expect(sum(counts)).toBe(COUNT);
      const slots = book.rows.map((row, i) => {
        if (row.legs.length === 0) return over + 2;
        if (row.equity.lte(0)) return over + 1;
        return LEVERAGE_EDGES.filter((edge) => (leverage[i] as number) >= edge).length;
      });
      for (let slot = 0; slot < counts.length; slot++) {
        const rows = book.rows.filter((_, i) => slots[i] === slot);
        expect(counts[slot]).toBe(rows.length);
        expect(relativeError(notionals[slot] as number, total(rows.map((row) => grossOf(row, book.values))))).toBeLessThan(1e-13);
        const kept = mask.slice();
        keepSlot(COUNT, leverage, equity, notional, bins, slot, kept);
        expect([...kept]).toEqual(slots.map((own) => (own === slot ? 1 : 0)));
      }
    }
  });

  it('bins of any sign and width: each Float64 beside each edge', () => {
    const edges = [-1e300, -2, -1e-310, 0, 5e-324, 1e-310, 0.1, 0.1 + 2 ** -56, 1, 1e300];
    const bins = createBins(edges);
    const values = Float64Array.from(edges.flatMap((edge) => [edge, edge * (1 - 2 ** -53), edge * (1 + 2 ** -52), -edge]));
    const counts = new Float64Array(slotCount(bins));
    const ones = new Float64Array(values.length).fill(1);
    const mask = new Uint8Array(values.length);
    values.forEach((value, i) => {
      mask.fill(0);
      mask[i] = 1;
      distribute(values.length, values, ones, ones, ones, mask, bins, counts, new Float64Array(slotCount(bins)));
      expect(counts.indexOf(1)).toBe(edges.filter((edge) => value >= edge).length);
    });
  });
});

describe('DS-14…DS-18 concentration and whales', () => {
  const concentrationOf = (columns: BookColumns, ks: readonly number[]) =>
    concentration(
      columns.count,
      columns.notional,
      columns.unitRate,
      columns.mask,
      ks,
      new Uint32Array(columns.count),
      new Float64Array(columns.count),
      orderScratch(columns.count),
    );
  const of = (amounts: readonly number[], ks: readonly number[] = [1, 2, 10]) => {
    const values = Float64Array.from(amounts);
    const ones = new Float64Array(amounts.length).fill(1);
    return concentrationOf(
      { count: amounts.length, notional: values, unitRate: ones, mask: new Uint8Array(amounts.length).fill(1) } as BookColumns,
      ks,
    );
  };

  it('by hand: .5, .3, .2', () => {
    const result = of([50, 20, 30, 0, -5, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(result).toMatchObject({ holders: 3, total: 100, topShares: [0.5, 0.8, 1], withoutAmount: 2, unknown: 2 });
    expect(result?.herfindahl).toBeCloseTo(0.38, 15);
    // Σ (2i − n − 1)·x ÷ (n·X) = (−2·20 + 0·30 + 2·50) ÷ 300
    expect(result?.gini).toBeCloseTo(0.2, 15);
  });

  it('all alike: Herfindahl 1 ÷ n, Gini 0; one holds all: 1 and 0; nobody holds anything: none', () => {
    expect(of([7, 7, 7, 7], [1])).toMatchObject({ herfindahl: 0.25, gini: 0, topShares: [0.25] });
    expect(of([0, 9, 0], [1])).toMatchObject({ holders: 1, herfindahl: 1, gini: 0, topShares: [1] });
    expect(of([0, -1])).toBeUndefined();
    expect(of([])).toBeUndefined();
  });

  it('equals the definition over all pairs on seeded books, whatever the order and the scale of the accounts', () => {
    for (const seed of SEEDS) {
      const book = seededBook(seed, 150);
      const amounts = book.rows.map((row) => grossOf(row, book.values)).filter((amount) => amount.gt(0));
      const all = total(amounts);
      const result = concentrationOf(columnsOfBook(book), [1, 10, 100]);
      const sorted = amounts.toSorted((a, b) => b.comparedTo(a));
      const pairs = total(amounts.flatMap((a) => amounts.map((b) => a.minus(b).abs())));
      expect(result?.holders).toBe(amounts.length);
      expect(relativeError(result?.total as number, all)).toBeLessThan(1e-15);
      [1, 10, 100].forEach((k, i) => {
        expect(relativeError(result?.topShares[i] as number, total(sorted.slice(0, k)).div(all))).toBeLessThan(1e-14);
      });
      expect(relativeError(result?.herfindahl as number, total(amounts.map((a) => a.div(all).pow(2))))).toBeLessThan(1e-14);
      // Gini = mean absolute difference of all pairs ÷ (2 × mean)
      expect(relativeError(result?.gini as number, pairs.div(all.times(2).times(amounts.length)))).toBeLessThan(1e-14);
      expect(concentrationOf(columnsOfBook(shuffled(book, seed)), [1, 10, 100])).toEqual(result);
      const scaled = columnsOfBook(book);
      expect(concentrationOf({ ...scaled, notional: scaled.notional.map((x) => x * 1024) }, [1])?.gini).toBe(result?.gini);
    }
  });

  it('whales: the largest first; nearest by buffer: least excess first, of those that carry something, unknown last', () => {
    const scratch = selectScratch(6);
    const out = new Uint32Array(6);
    const mask = new Uint8Array(6).fill(1);
    expect(largest(6, Float64Array.of(3, 9, Number.NaN, 1, 9, 5), mask, 4, out, scratch)).toBe(4);
    expect([...out.subarray(0, 4)]).toEqual([1, 4, 5, 0]);
    const excess = Float64Array.of(10, 0.001, -5, Number.NaN, 1, 7);
    const rate = Float64Array.of(1, 60_000, 1, 1, 1, 1);
    const notional = Float64Array.of(5, 5, 5, Number.NaN, 0, 5);
    const found = nearestByBuffer(6, excess, rate, notional, mask, 6, out, new Uint8Array(6), new Float64Array(6), scratch);
    expect([...out.subarray(0, found)]).toEqual([2, 5, 0, 1, 3]);
  });
});

describe('DS-19…DS-21 open interest and system leverage', () => {
  const exposureOf = (columns: BookColumns) => {
    const exposure = emptyExposure(columns.value.length);
    const { count, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate } = columns;
    fillExposure(count, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate, new Uint32Array(value.length), exposure);
    return exposure;
  };

  it('by hand: two markets, a hedge, an account of two markets, one in another unit', () => {
    const exposure = exposureOf({
      count: 3,
      mask: new Uint8Array(3).fill(1),
      legStart: Uint32Array.of(0, 2, 4),
      legEnd: Uint32Array.of(2, 4, 5),
      legInstrument: Uint32Array.of(0, 0, 0, 1, 1),
      legSize: Float64Array.of(3, -1, 2, -4, -8),
      value: Float64Array.of(100, 25),
      equity: Float64Array.of(50, 60, 0.5),
      unitRate: Float64Array.of(1, 1, 200),
    } as BookColumns);
    expect([...exposure.long]).toEqual([500, 0]);
    expect([...exposure.short]).toEqual([100, 300]);
    expect([...exposure.holders]).toEqual([2, 2]);
    expect([...exposure.carried]).toEqual([600, 300]);
    // 50 + 60 × 200 ÷ 300, 60 × 100 ÷ 300 + 0.5 × 200
    expect([...exposure.equity]).toEqual([90, 120]);
    expect(openInterest(500, 100)).toBe(500);
    expect(systemLeverage(600, 90)).toBeCloseTo(6.6667, 4);
    expect(systemLeverage(600, 0)).toBeUndefined();
    expect(systemLeverage(600, -1)).toBeUndefined();
  });

  it('equals the decimal evaluation on seeded books; markets’ equities add up to the holders’', () => {
    for (const seed of SEEDS) {
      const book = seededBook(seed, COUNT);
      const columns = columnsOfBook(book);
      const exposure = exposureOf(columns);
      const deskEquity = (row: SeededRow): Decimal => row.equity.times(row.unitRate);
      book.values.forEach((value, i) => {
        const legs = book.rows.flatMap((row) =>
          row.legs.filter((leg) => leg.instrument === i).map((leg) => ({ row, notional: leg.size.times(value) })),
        );
        const longs = total(legs.filter((leg) => leg.notional.gt(0)).map((leg) => leg.notional));
        const shorts = total(legs.filter((leg) => leg.notional.lt(0)).map((leg) => leg.notional.abs()));
        const behind = legs.map(({ row, notional }) => deskEquity(row).times(notional.abs()).div(grossOf(row, book.values)));
        expect(relativeError(exposure.long[i] as number, longs)).toBeLessThan(1e-13);
        expect(relativeError(exposure.short[i] as number, shorts)).toBeLessThan(1e-13);
        expect(exposure.holders[i]).toBe(new Set(legs.map((leg) => leg.row)).size);
        const magnitudeOfAll = total(behind.map((part) => part.abs())).toNumber();
        expect(Math.abs((exposure.equity[i] as number) - total(behind).toNumber())).toBeLessThan(1e-13 * magnitudeOfAll);
      });
      const holders = book.rows.filter((row) => row.legs.length > 0).map(deskEquity);
      expect(relativeError(sum(exposure.equity), total(holders))).toBeLessThan(1e-11);

      const byVenue = new Float64Array(3);
      const unknown = new Float64Array(3);
      equityByGroup(COUNT, columns.mask, columns.equity, columns.unitRate, columns.venue, byVenue, unknown);
      for (let venue = 0; venue < 3; venue++) {
        const own = book.rows.filter((row) => row.venue === venue).map(deskEquity);
        const magnitudeOfAll = total(own.map((part) => part.abs())).toNumber();
        expect(Math.abs((byVenue[venue] as number) - total(own).toNumber())).toBeLessThan(1e-13 * magnitudeOfAll);
      }
    }
  });

  it('in slices the same as at once, to the bit', () => {
    const columns = columnsOfBook(seededBook(7, COUNT));
    const { mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate } = columns;
    const exposure = emptyExposure(value.length);
    const lastRow = new Uint32Array(value.length);
    const sums = emptySkewSums();
    clearExposure(lastRow, exposure);
    for (let from = 0; from < COUNT; from += 70) {
      const to = Math.min(from + 70, COUNT);
      addExposure(from, to, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate, lastRow, exposure);
      addToSkew(from, to, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate, sums);
    }
    expect(exposure).toEqual(exposureOf(columns));
    expect(skewOfSums(sums)).toEqual(leverageSkew(COUNT, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate));
  });

  it('what is not known is counted, never a silent nothing', () => {
    const exposure = exposureOf({
      count: 2,
      mask: new Uint8Array(2).fill(1),
      legStart: Uint32Array.of(0, 1),
      legEnd: Uint32Array.of(1, 3),
      legInstrument: Uint32Array.of(0, 0, 1),
      legSize: Float64Array.of(3, 1, 2),
      value: Float64Array.of(100, Number.NaN),
      equity: Float64Array.of(50, Number.NaN),
      unitRate: Float64Array.of(1, 1),
    } as BookColumns);
    expect([...exposure.unpriced]).toEqual([0, 1]);
    expect([...exposure.long]).toEqual([400, 0]);
    expect([...exposure.carried]).toEqual([300, 0]);
    const groups = new Float64Array(1);
    const unknown = new Float64Array(1);
    equityByGroup(2, Uint8Array.of(1, 1), Float64Array.of(50, Number.NaN), Float64Array.of(1, 1), Uint8Array.of(0, 0), groups, unknown);
    expect([groups[0], unknown[0]]).toEqual([50, 1]);
    sumByGroup(2, exposure.long, Uint8Array.of(0, 0), groups);
    expect(groups[0]).toBe(400);
  });
});

describe('DS-22 leverage skew', () => {
  const skewOf = (columns: BookColumns) => {
    const { count, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate } = columns;
    return leverageSkew(count, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate);
  };

  it('by hand: longs 300 on 100 and 100 on 100, shorts 100 on 50, one insolvent, one balanced', () => {
    const result = skewOf({
      count: 6,
      mask: new Uint8Array(6).fill(1),
      legStart: Uint32Array.of(0, 1, 2, 3, 4, 6),
      legEnd: Uint32Array.of(1, 2, 3, 4, 6, 6),
      legInstrument: new Uint32Array(6),
      legSize: Float64Array.of(300, 100, -100, -70, 5, -5),
      value: Float64Array.of(1),
      equity: Float64Array.of(100, 100, 50, -1, 10, 10),
      unitRate: new Float64Array(6).fill(1),
    } as BookColumns);
    expect(result.long).toEqual({
      rows: 2,
      notional: 400,
      equity: 200,
      leverage: 2,
      meanLeverage: 2.5,
      insolvent: 0,
      insolventNotional: 0,
    });
    expect(result.short).toEqual({ rows: 1, notional: 100, equity: 50, leverage: 2, meanLeverage: 2, insolvent: 1, insolventNotional: 70 });
    expect(result).toMatchObject({ balanced: 1, unknown: 0, skew: 0 });
  });

  it('a mirrored book has the opposite skew and the sides exchanged; undefined where a side is empty', () => {
    for (const seed of SEEDS) {
      const columns = columnsOfBook(seededBook(seed, COUNT));
      const result = skewOf(columns);
      const mirrored = skewOf({ ...columns, legSize: columns.legSize.map((size) => -size) });
      expect(mirrored.long).toEqual(result.short);
      expect(mirrored.short).toEqual(result.long);
      expect(mirrored.skew).toBe(-(result.skew as number));
      const rows = result.long.rows + result.short.rows + result.long.insolvent + result.short.insolvent + result.balanced;
      expect(rows).toBe(columns.notional.filter((notional) => notional > 0).length);
      expect(skewOf({ ...columns, legSize: columns.legSize.map(Math.abs) }).skew).toBeUndefined();
    }
  });

  it('equals the decimal evaluation on seeded books', () => {
    for (const seed of SEEDS) {
      const book = seededBook(seed, COUNT);
      const solvent = book.rows.filter((row) => row.legs.length > 0 && row.equity.gt(0));
      const lean = (row: SeededRow): Decimal => total(row.legs.map((leg) => leg.size.times(book.values[leg.instrument] as Decimal)));
      const result = skewOf(columnsOfBook(book));
      for (const [side, rows] of [
        [result.long, solvent.filter((row) => lean(row).gt(0))],
        [result.short, solvent.filter((row) => lean(row).lt(0))],
      ] as const) {
        const notional = total(rows.map((row) => grossOf(row, book.values)));
        const equity = total(rows.map((row) => row.equity.times(row.unitRate)));
        const weighted = total(rows.map((row) => grossOf(row, book.values).pow(2).div(row.equity.times(row.unitRate))));
        expect(side.rows).toBe(rows.length);
        expect(relativeError(side.leverage as number, notional.div(equity))).toBeLessThan(1e-12);
        expect(relativeError(side.meanLeverage as number, weighted.div(notional))).toBeLessThan(1e-12);
      }
    }
  });
});

describe('DS-2 keys of the table', () => {
  it('insolvent accounts come first by ratio, unknown ones last', () => {
    const out = new Float64Array(5);
    const ratio = Float64Array.of(0.5, Number.NaN, Number.NaN, Number.NaN, 0.9);
    insolventFirst(5, ratio, Float64Array.of(9, -1, 0, Number.NaN, 9), Float64Array.of(1, 1, 1, 1, 1), out);
    const rows = new Uint32Array(5);
    selectWindow(5, new Uint8Array(5).fill(1), [{ keys: out, falling: true }], 0, 5, rows, selectScratch(5));
    expect([...rows]).toEqual([1, 2, 4, 0, 3]);
  });

  it('quotient, product, magnitude, rank of a code', () => {
    const out = new Float64Array(3);
    quotient(3, Float64Array.of(6, 1, 1), Float64Array.of(3, 0, -2), out);
    expect([...out]).toEqual([2, Number.NaN, Number.NaN]);
    product(3, Float64Array.of(1, 2, 3), Float64Array.of(2, 2, 2), out);
    expect([...out]).toEqual([2, 4, 6]);
    magnitude(3, Float64Array.of(-1, 1, Number.NaN), out);
    expect([...out]).toEqual([1, 1, Number.NaN]);
    ranked(3, Uint8Array.of(2, 0, 1), Float64Array.of(5, 6, 7), out);
    expect([...out]).toEqual([7, 5, 6]);
  });
});
