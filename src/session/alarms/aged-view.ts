/** A pool's buffer as old prices leave it (rules ST-4 to ST-7 of docs/spec/staleness.md). */
import { Decimal } from '../../domain/units.ts';
import type { PositionAssessment } from '../../engine/types.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import { decimalText } from '../../formats/assessment-json.ts';
import { type AgedExposure, agedBuffer, agedDistance, unseenSpread } from '../../policy/staleness/aged-buffer.ts';
import { type MarketAge, oldestOf, worstFreshness } from '../../policy/staleness/market-age.ts';
import type { LookedAt } from './look.ts';
import type { AgedPool } from './machine-messages.ts';

const text = (value: Decimal | undefined): string => (value ? decimalText(value) : '');

/** A market that no input names has no age that is known. */
const ageOf = (ages: readonly MarketAge[], market: string): number =>
  oldestOf(ages.filter((age) => age.market === market))?.ageMs ?? Number.POSITIVE_INFINITY;

export function agedPool({ pool, exposures, ages, positions }: LookedAt): AgedPool {
  const aged: AgedExposure[] = exposures.map((one) => ({ ...one, ageMs: ageOf(ages, one.market) }));
  const freshness = worstFreshness(ages.map((age) => age.freshness));
  const spread = unseenSpread(aged, longRunCorrelation);
  const oldest = oldestOf(ages);
  const { marginExcess, uniformShock } = pool;
  const buffer = marginExcess.ok ? agedBuffer(marginExcess.value, spread, freshness) : undefined;
  const left = buffer?.value;
  const share = left && marginExcess.ok && marginExcess.value.gt(0) ? left.div(marginExcess.value) : undefined;
  return {
    freshness,
    ageMs: oldest ? oldest.ageMs : Number.NaN,
    market: oldest?.market ?? '',
    buffer: text(left),
    shrinkage: buffer && Number.isFinite(buffer.shrinkage) ? text(new Decimal(buffer.shrinkage)) : '',
    distance: share && uniformShock.ok ? text(uniformShock.value.abs().times(share)) : '',
    isStruck: freshness === 'lost',
    positions: freshness === 'live' ? [] : positions.flatMap((position) => agedPosition(position, exposures, spread)),
  };
}

/** ST-5: of a position, by its own market's share: what the buffer may have lost is k · spread ÷ |c| of this market's price. */
function agedPosition(
  { row, base, figures }: LookedAt['positions'][number],
  exposures: LookedAt['exposures'],
  spread: number,
): AgedPool['positions'] {
  const { liquidationDistance } = figures satisfies PositionAssessment;
  const sensitivity = exposures.find(({ market }) => market === base)?.sensitivity ?? Number.NaN;
  if (!liquidationDistance.ok) return [];
  return [{ row, distance: text(agedDistance(liquidationDistance.value, spread / Math.abs(sensitivity)).value) }];
}
