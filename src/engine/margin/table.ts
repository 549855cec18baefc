/** Margin tables made ready for arithmetic (rules MR-3, MR-4): rows with their bounds, rate, deduction and slope. */
import type { MarginTable, MarginTier } from '../../domain/book.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';

/** One row: maintenance(N) = slope·N² + rate·N − deduction for N in [floor, cap). */
export interface ResolvedTier {
  readonly floor: Decimal;
  /** Undefined: no upper bound. */
  readonly cap: Decimal | undefined;
  readonly rate: Decimal;
  readonly deduction: Decimal;
  readonly source: MarginTier;
}

export interface ResolvedTable {
  readonly measure: 'notional' | 'size';
  readonly join: MarginTable['join'];
  readonly tiers: readonly ResolvedTier[];
  readonly maintenanceSlope: Decimal;
  readonly initialSlope: Decimal;
  readonly initialMarginRate: Decimal | undefined;
}

/**
 * Rows with cumulative deductions: d₀ = the first row's own (0 when it has none),
 * dₙ = dₙ₋₁ + floorₙ × (rateₙ − rateₙ₋₁), so that maintenance is continuous at every floor; a deduction that the table
 * states is taken as stated. A stepped table has none: the row's rate applies to the whole notional.
 * Source: Binance leverageBracket (exact for 2,805 rows), Hyperliquid docs "margin tiers".
 */
export function resolveTable(table: MarginTable): ResolvedTable {
  const tiers: ResolvedTier[] = [];
  let previous: ResolvedTier | undefined;
  table.tiers.forEach((tier, i) => {
    const derived =
      table.join === 'continuous' && previous
        ? previous.deduction.plus(tier.notionalFloor.times(tier.maintenanceMarginRate.minus(previous.rate)))
        : ZERO;
    const resolved: ResolvedTier = {
      floor: tier.notionalFloor,
      cap: table.tiers[i + 1]?.notionalFloor,
      rate: tier.maintenanceMarginRate,
      deduction: tier.maintenanceDeduction ?? derived,
      source: tier,
    };
    tiers.push(resolved);
    previous = resolved;
  });
  return {
    measure: table.measure,
    join: table.join,
    tiers,
    maintenanceSlope: table.maintenanceSlope ?? ZERO,
    initialSlope: table.initialSlope ?? ZERO,
    initialMarginRate: table.initialMarginRate,
  };
}

const RESOLVED = new WeakMap<MarginTable, ResolvedTable>();

/** `resolveTable`, once per table object. */
export function resolvedTable(table: MarginTable): ResolvedTable {
  let resolved = RESOLVED.get(table);
  if (!resolved) {
    resolved = resolveTable(table);
    RESOLVED.set(table, resolved);
  }
  return resolved;
}

/** The row that holds at `measure`: the last whose floor is ≤ it; the floor belongs to its own row. */
export function tierAt(table: ResolvedTable, measure: Decimal): ResolvedTier {
  let i = table.tiers.length - 1;
  while (i > 0 && measure.lt((table.tiers[i] as ResolvedTier).floor)) i--;
  return table.tiers[i] as ResolvedTier;
}

/**
 * Maintenance margin of one row at notional N, in N's currency: rate·N − deduction, plus slope·units·N for a sloped table,
 * where `units` is the size in base units (for inverse contracts that is N itself).
 */
export const maintenanceOf = (table: ResolvedTable, tier: ResolvedTier, notional: Decimal, units: Decimal): Decimal => {
  const flat = tier.rate.times(notional).minus(tier.deduction);
  return table.maintenanceSlope.isZero() ? flat : flat.plus(table.maintenanceSlope.times(units).times(notional));
};

/** Initial margin rate of a table where no leverage is chosen: 1 ÷ the row's maximum leverage, or base + slope × units. */
export function initialRateOf(table: ResolvedTable, tier: ResolvedTier, units: Decimal): Decimal | undefined {
  if (table.initialMarginRate) return table.initialMarginRate.plus(table.initialSlope.times(units));
  return tier.source.maxLeverage ? ONE.div(tier.source.maxLeverage) : undefined;
}
