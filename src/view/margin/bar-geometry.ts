/** Where things stand on a straight gauge, as per cent of its length. Geometry only. */
import type { BandLevels } from '../../store/types.ts';

/** Room beyond liquidation, as a share of the scale. */
const BEYOND = 0.12;

/** A buffer of this size fills its gauge. */
const FULL_BUFFER = 0.5;

export interface BarScale {
  readonly low: number;
  readonly high: number;
  /** `root` draws small values wider apart, so that the last few per cent can be told from each other. */
  readonly shape: 'linear' | 'root';
}

/** A scale on which more is worse: from 0 to somewhat past liquidation. */
export const risingScale = (levels: BandLevels, value: number): BarScale => {
  const edge = Number.isFinite(levels.liquidation) ? levels.liquidation : Number.isFinite(value) ? value * 2 : 1;
  return { low: 0, high: Math.max(edge, 1e-9) * (1 + BEYOND), shape: 'linear' };
};

/** The scale of a buffer, on which less is worse: liquidation (0) at the left, half and more at the right. */
export const BUFFER_SCALE: BarScale = { low: 0, high: FULL_BUFFER, shape: 'root' };

/** Place of `value` on the scale, per cent from its low end, held between 0 and 100. */
export const placeOn = (scale: BarScale, value: number): number => {
  if (Number.isNaN(value)) return 0;
  const share = Math.min(1, Math.max(0, (value - scale.low) / (scale.high - scale.low)));
  return (scale.shape === 'root' ? Math.sqrt(share) : share) * 100;
};
