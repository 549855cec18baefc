/**
 * Margin tables of Hyperliquid: rows of (lower bound of notional, maximum leverage), rules HL-3 and HL-4 of
 * docs/spec/venues/hyperliquid.md. The bundled tables and their date stand in tiers.json.
 */
import type { MarginTable, MarginTier } from '../../domain/book.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import bundled from './tiers.json' with { type: 'json' };

/** A row as the venue publishes it: lower bound of notional in the settle currency, maximum leverage. */
export type LeverageRow = readonly [lowerBound: Decimal, maxLeverage: Decimal];

/** An id up to here that the venue's list does not name is a table of one row with that maximum leverage. */
const SINGLE_ROW_ID_MAX = 50;

/** Maintenance rate = 1 ÷ (2 × maximum leverage): half the initial margin at maximum leverage. A fraction, 40 digits. */
const maintenanceRate = (maxLeverage: Decimal): Decimal => ONE.div(maxLeverage.times(2));

/**
 * Rows as tiers: rate r = 1 ÷ (2 × maximum leverage); deduction d₀ = 0, dₙ = dₙ₋₁ + lower boundₙ × (rₙ − rₙ₋₁), in the
 * settle currency, so that maintenance margin rate × notional − d is continuous. Rows must ascend from a lower bound of 0.
 * Source: Hyperliquid documentation, "Margin tiers".
 */
export function tiersOf(rows: readonly LeverageRow[]): readonly MarginTier[] {
  let rate = ZERO;
  let deduction = ZERO;
  return rows.map(([lowerBound, maxLeverage]) => {
    const next = maintenanceRate(maxLeverage);
    deduction = deduction.plus(lowerBound.times(next.minus(rate)));
    rate = next;
    return { notionalFloor: lowerBound, maxLeverage, maintenanceMarginRate: rate, maintenanceDeduction: deduction };
  });
}

/** Tiers as a table: continuous, measured by notional. */
const tableOf = (tiers: readonly MarginTier[]): MarginTable => ({ join: 'continuous', measure: 'notional', tiers });

/** One row at `maxLeverage`: an account-level limit, a grandfathered position, or a single-row table id. */
export const singleRow = (maxLeverage: Decimal): MarginTable => tableOf(tiersOf([[ZERO, maxLeverage]]));

/** Rows of the table with this id among `listed`, or the single row that a small id stands for; undefined when neither. */
export function rowsOfTableId(id: number, listed: ReadonlyMap<number, readonly LeverageRow[]>): readonly LeverageRow[] | undefined {
  const rows = listed.get(id);
  if (rows) return rows;
  return Number.isInteger(id) && id >= 1 && id <= SINGLE_ROW_ID_MAX ? [[ZERO, new Decimal(id)]] : undefined;
}

/** The row that holds at `notional`: the last whose floor is not above it; a floor belongs to its own row. */
export function tierAtNotional(tiers: readonly MarginTier[], notional: Decimal): MarginTier | undefined {
  let found: MarginTier | undefined;
  for (const tier of tiers) if (tier.notionalFloor.lte(notional)) found = tier;
  return found;
}

/** Maintenance margin at `notional` in the settle currency: rate × notional − deduction of the row that holds there. */
export function maintenanceAtNotional(tiers: readonly MarginTier[], notional: Decimal): Decimal {
  const tier = tierAtNotional(tiers, notional);
  return tier ? tier.maintenanceMarginRate.times(notional).minus(tier.maintenanceDeduction ?? ZERO) : ZERO;
}

const LISTED: ReadonlyMap<number, readonly LeverageRow[]> = new Map(
  Object.entries(bundled.marginTables).map(([id, rows]) => [
    Number(id),
    rows.map((row): LeverageRow => {
      const [lowerBound, maxLeverage] = row as [string, string];
      return [new Decimal(lowerBound), new Decimal(maxLeverage)];
    }),
  ]),
);

/** Tables by market, one object per id so that what the engine derives from a table is derived once. */
function tablesByMarket(markets: Readonly<Record<string, number>>): ReadonlyMap<string, MarginTable> {
  const byId = new Map<number, MarginTable>();
  const tables = new Map<string, MarginTable>();
  for (const [market, id] of Object.entries(markets)) {
    const rows = rowsOfTableId(id, LISTED);
    if (!rows) throw new Error(`tiers.json: ${market} names margin table ${id}, which is not listed`);
    const table = byId.get(id) ?? tableOf(tiersOf(rows));
    byId.set(id, table);
    tables.set(market, table);
  }
  return tables;
}

const CURRENT = tablesByMarket(bundled.markets);
const FORMER = tablesByMarket(bundled.former.markets);

/** The bundled table of a market (`BTC`, `xyz:TSLA`), as of tiers.json `retrievedAt`; undefined when it is not listed there. */
export const bundledTable = (market: string): MarginTable | undefined => CURRENT.get(market);

/** The table of several rows that a market had before its limit was cut, for positions that keep it; undefined when there is none. */
export const formerTable = (market: string): MarginTable | undefined => FORMER.get(market);
