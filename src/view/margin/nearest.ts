/** The position that a move of its own market alone would liquidate first. A choice among figures, not a new one. */
import type { PositionColumns } from '../../store/types.ts';

/** Index of the smallest liquidation distance, among the positions of `pools` where given; −1 where none has one. */
export const nearestPosition = (positions: PositionColumns, pools?: readonly string[]): number => {
  let nearest = -1;
  for (let i = 0; i < positions.count; i++) {
    const distance = positions.liquidationDistance.value[i]!;
    if (Number.isNaN(distance) || (pools && !pools.includes(positions.pool[i]!))) continue;
    if (nearest < 0 || distance < positions.liquidationDistance.value[nearest]!) nearest = i;
  }
  return nearest;
};
