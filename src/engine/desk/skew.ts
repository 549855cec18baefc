/**
 * Whether longs or shorts carry more leverage (rule DS-22). A row is long-heavy when its long notional is above its short one,
 * short-heavy when below, balanced when they are the same; rows without notional are none of them.
 */

export interface LeveragedSide {
  /** Rows with equity above zero, their Σ notional and Σ equity, desk's unit. */
  readonly rows: number;
  readonly notional: number;
  readonly equity: number;
  /**
   * Σ notional ÷ Σ equity: the leverages' mean with weights of notional, harmonic, so that an account with nearly no equity counts by
   * what it carries and not by its quotient. Undefined without rows.
   */
  readonly leverage: number | undefined;
  /** Σ notional × leverage ÷ Σ notional: the arithmetic mean with the same weights, which a few such accounts decide. */
  readonly meanLeverage: number | undefined;
  /** Rows with equity ≤ 0: they have no leverage and are in neither mean; their notional. */
  readonly insolvent: number;
  readonly insolventNotional: number;
}

export interface LeverageSkew {
  readonly long: LeveragedSide;
  readonly short: LeveragedSide;
  /** Rows whose sides cancel. */
  readonly balanced: number;
  /** Rows with a notional or an equity that is not known. */
  readonly unknown: number;
  /** (long − short) ÷ (long + short) of the sides' `leverage`, in (−1, 1): above zero, longs carry more. Undefined where a side is empty. */
  readonly skew: number | undefined;
}

/** Slots of one side while it is added up. */
const ROWS = 0;
const NOTIONAL = 1;
const EQUITY = 2;
const WEIGHTED = 3;
const INSOLVENT = 4;
const INSOLVENT_NOTIONAL = 5;
const SLOTS = 6;

/** Where rows are added up: long side, short side. */
export interface SkewSums {
  readonly sides: Float64Array;
  balanced: number;
  unknown: number;
}

export const emptySkewSums = (): SkewSums => ({ sides: new Float64Array(2 * SLOTS), balanced: 0, unknown: 0 });

/** Skew of the rows that the mask lets through. `value` as of `fillExposure`. Error of a sum of n terms: n × 2⁻⁵³ of it. */
export function leverageSkew(
  count: number,
  mask: Uint8Array,
  legStart: Uint32Array,
  legEnd: Uint32Array,
  legInstrument: Uint32Array,
  legSize: Float64Array,
  value: Float64Array,
  equity: Float64Array,
  unitRate: Float64Array,
): LeverageSkew {
  const sums = emptySkewSums();
  addToSkew(0, count, mask, legStart, legEnd, legInstrument, legSize, value, equity, unitRate, sums);
  return skewOfSums(sums);
}

/** Adds the rows from … to − 1: `leverageSkew` in slices. */
export function addToSkew(
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
  sums: SkewSums,
): void {
  for (let row = from; row < to; row++) {
    if (mask[row] === 0) continue;
    let long = 0;
    let short = 0;
    const end = legEnd[row]!;
    for (let leg = legStart[row]!; leg < end; leg++) {
      const size = legSize[leg]!;
      const notional = size === 0 ? 0 : size * value[legInstrument[leg]!]!;
      if (notional < 0) short -= notional;
      else long += notional;
    }
    const own = equity[row]! * unitRate[row]!;
    const gross = long + short;
    if (gross === 0) continue;
    if (!(gross < Number.POSITIVE_INFINITY && Math.abs(own) < Number.POSITIVE_INFINITY)) sums.unknown++;
    else if (long === short) sums.balanced++;
    else addRow(sums.sides, long > short ? 0 : SLOTS, gross, own);
  }
}

/** The figures of what was added. */
export function skewOfSums({ sides, balanced, unknown }: SkewSums): LeverageSkew {
  const long = sideOf(sides, 0);
  const short = sideOf(sides, SLOTS);
  return { long, short, balanced, unknown, skew: skewOf(long.leverage, short.leverage) };
}

function addRow(sums: Float64Array, side: number, gross: number, equity: number): void {
  if (equity > 0) {
    sums[side + ROWS]! += 1;
    sums[side + NOTIONAL]! += gross;
    sums[side + EQUITY]! += equity;
    sums[side + WEIGHTED]! += gross * (gross / equity);
  } else {
    sums[side + INSOLVENT]! += 1;
    sums[side + INSOLVENT_NOTIONAL]! += gross;
  }
}

function sideOf(sums: Float64Array, side: number): LeveragedSide {
  const rows = sums[side + ROWS]!;
  const notional = sums[side + NOTIONAL]!;
  const equity = sums[side + EQUITY]!;
  return {
    rows,
    notional,
    equity,
    leverage: rows > 0 ? notional / equity : undefined,
    meanLeverage: rows > 0 ? sums[side + WEIGHTED]! / notional : undefined,
    insolvent: sums[side + INSOLVENT]!,
    insolventNotional: sums[side + INSOLVENT_NOTIONAL]!,
  };
}

const skewOf = (long: number | undefined, short: number | undefined): number | undefined =>
  long === undefined || short === undefined ? undefined : (long - short) / (long + short);
