/** What is left of a buffer when prices are old: the market may have moved unseen (rules ST-4 to ST-6 of docs/spec/staleness.md). */
import type { Freshness } from '../../domain/freshness.ts';
import { Decimal } from '../../domain/units.ts';
import type { Exposure } from '../../engine/first-passage/pool-distance.ts';

const DAY_MS = 86_400_000;

/** k: how many standard deviations of the unseen move are taken off. */
export const AGE_DEVIATIONS = 2;

export interface AgedExposure extends Exposure {
  /** Age of the market's price, ms, ≥ 0. */
  readonly ageMs: number;
}

/**
 * ST-4: standard deviation of what the buffer has moved since its prices were seen, in money:
 * √ Σᵢⱼ cᵢcⱼ ρᵢⱼ σᵢσⱼ · min(ageᵢ, ageⱼ) ÷ day, for two markets move together only while neither is seen. One market: |c| σ √(age ÷ day).
 */
export function unseenSpread(exposures: readonly AgedExposure[], correlation: (a: string, b: string) => number): number {
  let variance = 0;
  for (const a of exposures)
    for (const b of exposures) {
      const days = Math.min(a.ageMs, b.ageMs) / DAY_MS;
      if (days === 0) continue;
      variance += correlation(a.market, b.market) * a.sensitivity * a.dailyVolatility * b.sensitivity * b.dailyVolatility * days;
    }
  return Math.sqrt(Math.max(0, variance));
}

export interface AgedFigure {
  /** The figure less what may have gone unseen; signed. Absent where a price is missing altogether. */
  readonly value?: Decimal;
  /** What was taken off, ≥ 0; ∞ where a price is missing. */
  readonly shrinkage: number;
  /** ST-6: too old to be shown as a figure. */
  readonly isStruck: boolean;
}

/** ST-5: buffer − k · spread, in money. */
export const agedBuffer = (marginExcess: Decimal, spread: number, freshness: Freshness): AgedFigure => ({
  ...aged(marginExcess, spread),
  isStruck: freshness === 'lost',
});

/** ST-5: distance to liquidation − k · spread, both fractions of the price: spread ÷ |c|, of one market σ √(age ÷ day). */
export const agedDistance = (distance: Decimal, relativeSpread: number): Pick<AgedFigure, 'value' | 'shrinkage'> =>
  aged(distance, relativeSpread);

function aged(figure: Decimal, spread: number): Pick<AgedFigure, 'value' | 'shrinkage'> {
  const shrinkage = AGE_DEVIATIONS * spread;
  return Number.isFinite(shrinkage) ? { value: figure.minus(new Decimal(shrinkage)), shrinkage } : { shrinkage };
}
