/**
 * Open interest and system leverage by market and venue (rules DS-19…DS-21), from the legs themselves. A row
 * is an account, or a pool where isolated positions are told apart; its equity must be that of what its legs belong to.
 */

/** By instrument; amounts in the desk's unit. */
export interface Exposure {
  /** Σ notional of long and of short legs, both ≥ 0. */
  readonly long: Float64Array;
  readonly short: Float64Array;
  /** Rows that hold a leg on it, whatever its side. */
  readonly holders: Float64Array;
  /** Of the rows with a known equity: their notional on it, and the part of their equity that stands behind it, signed. */
  readonly carried: Float64Array;
  readonly equity: Float64Array;
  /** Legs whose price is not known: they are in no sum. */
  readonly unpriced: Float64Array;
}

export const emptyExposure = (instruments: number): Exposure => {
  const column = (): Float64Array => new Float64Array(instruments);
  return { long: column(), short: column(), holders: column(), carried: column(), equity: column(), unpriced: column() };
};

/**
 * Clears and fills the exposure from the rows that the mask lets through. `value` is the desk's unit per unit of size of each instrument:
 * contract size × mark × settle price (linear), contract size ÷ mark × settle price (inverse), NaN where a price is not known. The equity behind a market: each row's equity × unit rate,
 * shared out by notional, Eᵢ × nᵢⱼ ÷ Σⱼ nᵢⱼ, so that the markets' equities add up to the rows' and a row of one market counts with its
 * own leverage. `lastRow` is memory of one entry an instrument.
 */
export function fillExposure(
  count: number,
  mask: Uint8Array,
  legStart: Uint32Array,
  legEnd: Uint32Array,
  legInstrument: Uint32Array,
  legSize: Float64Array,
  value: Float64Array,
  equity: Float64Array,
  unitRate: Float64Array,
  lastRow: Uint32Array,
  exposure: Exposure,
): void {
  clearExposure(lastRow, exposure);
  addExposure(0, count, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate, lastRow, exposure);
}

export function clearExposure(lastRow: Uint32Array, { long, short, holders, carried, equity, unpriced }: Exposure): void {
  for (const column of [long, short, holders, carried, equity, unpriced]) column.fill(0);
  lastRow.fill(0);
}

/** Adds the rows from … to − 1 to an exposure that was cleared: `fillExposure` in slices. */
export function addExposure(
  from: number,
  to: number,
  mask: Uint8Array,
  legStart: Uint32Array,
  legEnd: Uint32Array,
  legInstrument: Uint32Array,
  legSize: Float64Array,
  value: Float64Array,
  equity: Float64Array,
  unitRate: Float64Array,
  lastRow: Uint32Array,
  { long, short, holders, carried, equity: behind, unpriced }: Exposure,
): void {
  for (let row = from; row < to; row++) {
    if (mask[row] === 0) continue;
    const start = legStart[row]!;
    const end = legEnd[row]!;
    let gross = 0;
    for (let leg = start; leg < end; leg++) {
      const instrument = legInstrument[leg]!;
      const size = legSize[leg]!;
      if (size === 0) continue;
      if (lastRow[instrument] !== row + 1) {
        lastRow[instrument] = row + 1;
        holders[instrument]! += 1;
      }
      const notional = size * value[instrument]!;
      if (Number.isNaN(notional)) unpriced[instrument]! += 1;
      else gross += Math.abs(notional);
      if (notional > 0) long[instrument]! += notional;
      else if (notional < 0) short[instrument]! -= notional;
    }
    const own = equity[row]! * unitRate[row]!;
    if (!(gross > 0 && Math.abs(own) < Number.POSITIVE_INFINITY)) continue;
    for (let leg = start; leg < end; leg++) {
      const instrument = legInstrument[leg]!;
      const notional = Math.abs(legSize[leg]! * value[instrument]!);
      if (!(notional > 0)) continue;
      carried[instrument]! += notional;
      behind[instrument]! += own * (notional / gross);
    }
  }
}

/** Adds the instruments' values up by group (market, venue): out[group[i]] += values[i], `out` cleared first. */
export function sumByGroup(count: number, values: Float64Array, group: Uint32Array | Uint8Array, out: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < count; i++) out[group[i]!]! += values[i]!;
}

/**
 * Σ equity × unit rate by group of the rows that the mask lets through, also of those that carry nothing; `unknown` counts the rows whose
 * equity is not known. Both cleared first.
 */
export function equityByGroup(
  count: number,
  mask: Uint8Array,
  equity: Float64Array,
  unitRate: Float64Array,
  group: Uint32Array | Uint8Array,
  out: Float64Array,
  unknown: Float64Array,
): void {
  out.fill(0);
  unknown.fill(0);
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    const own = equity[row]! * unitRate[row]!;
    if (Math.abs(own) < Number.POSITIVE_INFINITY) out[group[row]!]! += own;
    else unknown[group[row]!]! += 1;
  }
}

/** The larger side: where the book is a whole venue both are the same; where it is a part, the least that the venue must have open. */
export const openInterest = (long: number, short: number): number => Math.max(long, short);

/** Notional ÷ equity; undefined where equity ≤ 0: a ratio to it means nothing. */
export const systemLeverage = (notional: number, equity: number): number | undefined => (equity > 0 ? notional / equity : undefined);
