/** The position that a move of its own market alone would liquidate first. A choice among figures, not a new one. */
import type { PositionColumns } from '../../store/types.ts';

/** Index of the smallest liquidation distance; −1 where no position has one. */
export const nearestPosition = (positions: PositionColumns): number => {
  let nearest = -1;
  for (let i = 0; i < positions.count; i++) {
    const distance = positions.liquidationDistance.value[i]!;
    if (Number.isNaN(distance)) continue;
    if (nearest < 0 || distance < positions.liquidationDistance.value[nearest]!) nearest = i;
  }
  return nearest;
};
