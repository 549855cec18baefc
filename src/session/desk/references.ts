/**
 * The prices that certificates speak of (rule DK-13). A block is certified at the prices of one instant, its reference; while no price
 * has moved from there by more than the block's radius, in units of the price's own swing, no state in the block can have changed.
 */

interface Reference {
  factor: Float64Array;
  /** 1 ÷ (factor · swing): what a change is multiplied by to be a move; 0 where the price has no swing. */
  perMove: Float64Array;
  swing: Float64Array;
  /** Blocks that rest on it. */
  blockCount: number;
  /** Tick at which it was taken. */
  tick: number;
  /** Largest |move| ÷ swing of any price since. */
  move: number;
}

export type References = Reference[];

/** References alive at one time: each costs a pass over all prices a tick. */
export const REFERENCES_MAX = 96;

export const createReferences = (): References => [];

/** The reference of this tick; undefined when all are taken by other ticks. Swings are those of the moment, kept by identity; `count` prices. */
export function referenceAt(
  references: References,
  tick: number,
  factor: Float64Array,
  swing: Float64Array,
  count: number,
): number | undefined {
  let free = -1;
  for (let i = 0; i < references.length; i++) {
    const reference = references[i]!;
    if (reference.tick === tick && reference.swing === swing) return i;
    if (reference.blockCount === 0) free = i;
  }
  if (free < 0) {
    if (references.length >= REFERENCES_MAX) return undefined;
    free = references.push({ factor: factor.slice(), perMove: new Float64Array(factor.length), swing, blockCount: 0, tick, move: 0 }) - 1;
  }
  const reference = references[free]!;
  reference.factor.set(factor);
  reference.swing = swing;
  reference.tick = tick;
  reference.move = 0;
  for (let d = 0; d < count; d++) reference.perMove[d] = perMoveOf(factor[d]!, swing[d]!);
  return free;
}

const perMoveOf = (factor: number, swing: number): number => (swing === 0 ? 0 : 1 / (factor * swing));

/** A price that nothing certified so far rests on, because it is new: at every reference it stood where it stands. */
export function noteDriver(references: References, driver: number, value: number, swing: number): void {
  for (const reference of references) {
    reference.factor[driver] = value;
    reference.perMove[driver] = perMoveOf(value, swing);
  }
}

/** How far prices have moved from every reference that is in use: max |f − f₀| ÷ (f₀ · swing). */
export function measureMoves(references: References, factor: Float64Array, count: number): void {
  for (const reference of references) {
    if (reference.blockCount === 0) continue;
    const { factor: from, perMove } = reference;
    let most = 0;
    for (let d = 0; d < count; d++) {
      const move = Math.abs(factor[d]! - from[d]!) * perMove[d]!;
      if (move > most) most = move;
    }
    reference.move = most;
  }
}

/**
 * The radius under an older reference of what is certified at present prices: moves of at most R from the reference are moves of at
 * most (R + m) ÷ (1 − m·s) from now, where m is the move since and s the largest swing; so R = r·(1 − m·s) − m, or 0.
 */
export const radiusUnder = (radius: number, move: number, largestSwing: number): number =>
  radius === Number.POSITIVE_INFINITY ? radius : Math.max(0, radius * (1 - move * largestSwing) - move);
