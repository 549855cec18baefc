/**
 * Margin tables as they lie in a tiers.json: markets that share a table stand together, a row is the text
 * `floor maxLeverage maintenanceMarginRate [maintenanceDeduction]`. Built when first asked for, once.
 */
import type { MarginTable, MarginTier } from '../domain/book.ts';
import { Decimal } from '../domain/units.ts';

export interface TierFile {
  readonly tables: readonly { readonly symbols: readonly string[]; readonly rows: readonly string[] }[];
}

/** Rows of one table. Floors in the table's measure, rates as fractions, deductions in the measure's currency. */
export const tiersOfRows = (rows: readonly string[]): MarginTier[] =>
  rows.map((row) => {
    const [floor = '', maxLeverage = '', rate = '', deduction] = row.split(' ');
    return {
      notionalFloor: new Decimal(floor),
      maxLeverage: new Decimal(maxLeverage),
      maintenanceMarginRate: new Decimal(rate),
      ...(deduction === undefined ? {} : { maintenanceDeduction: new Decimal(deduction) }),
    };
  });

/** The bundled table of a market by the venue's own symbol; undefined where it is not bundled. The same object every time. */
export function tableLookup(file: TierFile, shape: Pick<MarginTable, 'join' | 'measure'>): (symbol: string) => MarginTable | undefined {
  const rowsOf = new Map(file.tables.flatMap(({ symbols, rows }) => symbols.map((symbol) => [symbol, rows] as const)));
  const built = new Map<readonly string[], MarginTable>();
  return (symbol) => {
    const rows = rowsOf.get(symbol);
    if (!rows) return undefined;
    let table = built.get(rows);
    if (!table) {
      table = { ...shape, tiers: tiersOfRows(rows) };
      built.set(rows, table);
    }
    return table;
  };
}

/** The venue's own symbol in an instrument id: what follows the last colon (`bybit:BTCUSDT` → `BTCUSDT`). */
export const nativeSymbol = (id: string): string => id.slice(id.lastIndexOf(':') + 1);
