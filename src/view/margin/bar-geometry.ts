/** Where things stand on a straight gauge, as per cent of its length. Geometry only. */
import type { BandLevels } from '../../store/types.ts';

/** Room beyond the outermost mark, as a share of the scale. */
const BEYOND = 0.12;

export interface BarScale {
  readonly low: number;
  readonly high: number;
}

/** A scale on which more is worse: from 0 to somewhat past liquidation, or to the value where that lies further but within reach. */
export const risingScale = (levels: BandLevels, value: number): BarScale => {
  const edge = Number.isFinite(levels.liquidation) ? levels.liquidation : Number.isFinite(value) ? value : 1;
  return { low: 0, high: Math.max(edge, 1e-9) * (1 + BEYOND) };
};

/** A scale on which less is worse: liquidation (0) at the left, half as much again as the outermost mark at the right. */
export const fallingScale = (levels: BandLevels): BarScale => {
  const edge = Number.isFinite(levels.watch) && levels.watch > 0 ? levels.watch : 0.2;
  return { low: 0, high: edge * 1.6 };
};

/** Place of `value` on the scale, per cent from its low end, held between 0 and 100. */
export const placeOn = (scale: BarScale, value: number): number =>
  Number.isNaN(value) ? 0 : Math.min(100, Math.max(0, ((value - scale.low) / (scale.high - scale.low)) * 100));
