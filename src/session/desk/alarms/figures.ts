/** The figures of one pool as alarms need them, in one pass over its entries (rules DA-2 to DA-4). */
import { DOWNWARD, touchProbability24h, UPWARD } from '../../../engine/first-passage/touch-law.ts';
import { type Layout, LENDING } from '../../../engine/kernel/layout.ts';
import type { SlotTables } from '../../../engine/kernel/tables.ts';
import type { SlotMarkets } from './slot-markets.ts';

/** In the pool's own unit. */
export interface PoolFigures {
  equity: number;
  requirement: number;
  notional: number;
  turnover: number;
  /** Numerator and denominator of the margin ratio: 1 is the end. */
  over: number;
  under: number;
  /** ∞: no price can end it; NaN: not known. */
  sigmaDistance: number;
  /** Every market's rise brings it nearer. */
  isUpward: boolean;
}

const MARKETS_MAX = 4096;

/** What one pool's entries are summed into; made once. */
export interface FigureScratch extends PoolFigures {
  readonly market: Int32Array;
  readonly sensitivity: Float64Array;
  marketCount: number;
  /** Power that all moving entries share, 0 where they do not; and Σ (value − required) of them. */
  sharedPower: number;
  moving: number;
}

export const figureScratch = (): FigureScratch => ({
  equity: 0,
  requirement: 0,
  notional: 0,
  turnover: 0,
  over: 0,
  under: 0,
  sigmaDistance: 0,
  isUpward: false,
  market: new Int32Array(MARKETS_MAX),
  sensitivity: new Float64Array(MARKETS_MAX),
  marketCount: 0,
  sharedPower: 0,
  moving: 0,
});

function addTo(into: FigureScratch, market: number, change: number): void {
  const { market: known, sensitivity } = into;
  for (let i = 0; i < into.marketCount; i++)
    if (known[i] === market) {
      sensitivity[i]! += change;
      return;
    }
  known[into.marketCount] = market;
  sensitivity[into.marketCount++] = change;
}

const MIXED = 2;

/** Sums the pool at `place`, whose entries begin at `first`; bits of the sums are those of the kernels. */
export function sumFigures(
  { weight, slot, constant, requirement }: Layout,
  { coefficient, counted }: SlotTables,
  markets: SlotMarkets,
  kind: number,
  place: number,
  first: number,
  width: number,
  into: FigureScratch,
): void {
  let e = constant[place]!;
  let m = requirement[place]!;
  let n = 0;
  let turnover = 0;
  let moving = 0;
  let shared = 0;
  into.marketCount = 0;
  for (let k = 0, i = first; k < width; k++, i += 2) {
    const w = weight[i]!;
    if (w === 0) continue;
    const s = slot[i]!;
    const value = w * coefficient[2 * s]!;
    const needs = Math.abs(w) * coefficient[2 * s + 1]!;
    const size = Math.abs(value);
    e += value;
    m += needs;
    n += size * counted[s]!;
    turnover += size;
    const change = value - needs;
    const own = markets.own[s]!;
    const asset = markets.asset[s]!;
    if (own >= 0) addTo(into, own, markets.power[s]! * change);
    if (asset >= 0) addTo(into, asset, change);
    if (own < 0 && asset < 0) continue;
    const power = own >= 0 && asset >= 0 ? MIXED : own >= 0 ? markets.power[s]! : 1;
    shared = moving === 0 && shared === 0 ? power : shared === power ? power : MIXED;
    moving += change;
  }
  into.equity = e;
  into.requirement = m;
  into.notional = n;
  into.turnover = turnover;
  into.over = kind === LENDING ? n - e : m;
  into.under = kind === LENDING ? n - m : e;
  into.moving = moving;
  into.sharedPower = shared === MIXED ? 0 : shared;
  into.sigmaDistance = distanceOf(into, markets, e - m);
}

/**
 * DA-4. One market, every entry in proportion to its price (or to 1 ÷ price): the way to the end under the rows in force, |ln y| ÷ σ with
 * y = 1 − M ÷ Σ (value − required). Otherwise M ÷ √(c'Σc), c the change of M with every market's price.
 */
function distanceOf(into: FigureScratch, { covariance, volatility }: SlotMarkets, excess: number): number {
  const { market, sensitivity, marketCount } = into;
  if (Number.isNaN(excess)) return Number.NaN;
  let isUpward = marketCount > 0;
  for (let i = 0; i < marketCount; i++) isUpward &&= sensitivity[i]! < 0;
  into.isUpward = isUpward;
  if (excess <= 0) return 0;
  if (marketCount === 0) return Number.POSITIVE_INFINITY;
  if (marketCount === 1 && into.sharedPower !== 0) {
    const y = 1 - excess / into.moving;
    return y > 0 && into.moving !== 0 ? Math.abs(Math.log(y)) / volatility[market[0]!]! : Number.POSITIVE_INFINITY;
  }
  const size = volatility.length;
  let variance = 0;
  for (let i = 0; i < marketCount; i++) {
    const row = market[i]! * size;
    variance += sensitivity[i]! ** 2 * covariance[row + market[i]!]!;
    for (let j = 0; j < i; j++) variance += 2 * sensitivity[i]! * sensitivity[j]! * covariance[row + market[j]!]!;
  }
  if (Number.isNaN(variance)) return Number.NaN;
  return variance > 0 ? excess / Math.sqrt(variance) : Number.POSITIVE_INFINITY;
}

/** FP-12 at that distance; 0 where no price can end it. */
export const probabilityOf = ({ sigmaDistance, isUpward }: Pick<PoolFigures, 'sigmaDistance' | 'isUpward'>): number =>
  sigmaDistance === Number.POSITIVE_INFINITY ? Number.NaN : touchProbability24h(sigmaDistance, isUpward ? UPWARD : DOWNWARD);
