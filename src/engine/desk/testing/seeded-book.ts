/** Seeded flat books with decimals beside the columns, for the naive evaluation that the statistics are compared with. */
import { Decimal } from '../../../domain/units.ts';
import { uniform } from '../../kernel/testing/keys.ts';

export interface SeededRow {
  readonly equity: Decimal;
  readonly unitRate: Decimal;
  readonly state: number;
  readonly venue: number;
  readonly legs: readonly { readonly instrument: number; readonly size: Decimal }[];
}

export interface SeededBook {
  readonly rows: readonly SeededRow[];
  /** Desk's unit per unit of size. */
  readonly values: readonly Decimal[];
}

export interface BookColumns {
  readonly count: number;
  readonly mask: Uint8Array;
  readonly equity: Float64Array;
  readonly unitRate: Float64Array;
  /** Gross notional in the row's own unit, as the desk has it. */
  readonly notional: Float64Array;
  readonly leverage: Float64Array;
  readonly state: Uint8Array;
  readonly venue: Uint8Array;
  readonly legStart: Uint32Array;
  readonly legEnd: Uint32Array;
  readonly legInstrument: Uint32Array;
  readonly legSize: Float64Array;
  readonly value: Float64Array;
}

const INSTRUMENTS = 6;

/** Up to five legs a row, sizes over ten decades, one row in twelve insolvent, one in twenty empty, two units of account. */
export function seededBook(seed: number, count: number): SeededBook {
  const u = uniform(seed);
  const digits = (least: number, most: number): Decimal =>
    new Decimal(Math.floor(1 + u() * 999_999)).times(new Decimal(10).pow(Math.floor(least + u() * (most - least))));
  const values = Array.from({ length: INSTRUMENTS }, () => digits(-6, 0));
  const rows = Array.from({ length: count }, (): SeededRow => {
    const legs = Array.from({ length: u() < 0.05 ? 0 : 1 + Math.floor(u() * 5) }, () => ({
      instrument: Math.floor(u() * u() * INSTRUMENTS),
      size: digits(-6, 2).times(u() < 0.5 ? -1 : 1),
    }));
    const unitRate = new Decimal(u() < 0.2 ? '64000.5' : 1);
    const gross = legs.reduce((sum, leg) => sum.plus(leg.size.abs().times(values[leg.instrument] as Decimal)), new Decimal(0));
    const equity = gross
      .div(unitRate)
      .times(Math.round(u() * 1000))
      .div(300)
      .minus(u() < 1 / 12 ? gross.div(unitRate).times(4) : 0);
    return { equity: equity.toSignificantDigits(14), unitRate, state: Math.floor(u() * 8), venue: Math.floor(u() * 3), legs };
  });
  return { rows, values };
}

export const grossOf = (row: SeededRow, values: readonly Decimal[]): Decimal =>
  row.legs.reduce((sum, leg) => sum.plus(leg.size.abs().times(values[leg.instrument] as Decimal)), new Decimal(0));

/** The book as columns, with `gap` unused legs between the rows. */
export function columnsOfBook({ rows, values }: SeededBook, gap = 1): BookColumns {
  const legs: { instrument: number; size: Decimal }[] = [];
  const legStart = new Uint32Array(rows.length);
  const legEnd = new Uint32Array(rows.length);
  rows.forEach((row, i) => {
    legStart[i] = legs.length;
    legs.push(...row.legs);
    legEnd[i] = legs.length;
    for (let k = 0; k < gap; k++) legs.push({ instrument: 0, size: new Decimal(1e9) });
  });
  const column = (of: (row: SeededRow) => number): Float64Array => Float64Array.from(rows, of);
  const notional = (row: SeededRow): number => grossOf(row, values).div(row.unitRate).toNumber();
  return {
    count: rows.length,
    mask: new Uint8Array(rows.length).fill(1),
    equity: column((row) => row.equity.toNumber()),
    unitRate: column((row) => row.unitRate.toNumber()),
    notional: column(notional),
    leverage: column((row) => (row.equity.gt(0) ? notional(row) / row.equity.toNumber() : Number.NaN)),
    state: Uint8Array.from(rows, (row) => row.state),
    venue: Uint8Array.from(rows, (row) => row.venue),
    legStart,
    legEnd,
    legInstrument: Uint32Array.from(legs, (leg) => leg.instrument),
    legSize: Float64Array.from(legs, (leg) => leg.size.toNumber()),
    value: Float64Array.from(values, (value) => value.toNumber()),
  };
}

/** The same book with its rows in another order. */
export function shuffled(book: SeededBook, seed: number): SeededBook {
  const u = uniform(seed);
  const rows = [...book.rows];
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(u() * (i + 1));
    [rows[i], rows[j]] = [rows[j] as SeededRow, rows[i] as SeededRow];
  }
  return { ...book, rows };
}

/** Relative difference of a Float64 from the decimal it should be. */
export const relativeError = (value: number, exact: Decimal): number =>
  exact.isZero() ? Math.abs(value) : exact.minus(value).div(exact).abs().toNumber();
