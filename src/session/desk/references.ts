/**
 * The prices that certificates speak of (rule DK-13). A block is certified at the prices of one instant, its reference; while no price
 * has moved from there by more than the block's radius, in units of the price's own swing, no state in the block can have changed.
 */

interface Reference {
  factor: Float64Array;
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

/** The reference of this tick; undefined when all are taken by other ticks. Swings are those of the moment, kept by identity. */
export function referenceAt(references: References, tick: number, factor: Float64Array, swing: Float64Array): number | undefined {
  let free = -1;
  for (let i = 0; i < references.length; i++) {
    const reference = references[i]!;
    if (reference.tick === tick && reference.swing === swing) return i;
    if (reference.blockCount === 0) free = i;
  }
  if (free < 0) {
    if (references.length >= REFERENCES_MAX) return undefined;
    references.push({ factor: factor.slice(), swing, blockCount: 0, tick, move: 0 });
    return references.length - 1;
  }
  const reference = references[free]!;
  if (reference.factor.length === factor.length) reference.factor.set(factor);
  else reference.factor = factor.slice();
  reference.swing = swing;
  reference.tick = tick;
  reference.move = 0;
  return free;
}

/** How far prices have moved from every reference that is in use: max |f ÷ f₀ − 1| ÷ swing. Prices that no swing is given for are still. */
export function measureMoves(references: References, factor: Float64Array, count: number): void {
  for (const reference of references) {
    if (reference.blockCount === 0) continue;
    const { factor: from, swing } = reference;
    let most = 0;
    for (let d = 0; d < count; d++) {
      const s = swing[d]!;
      if (s === 0) continue;
      // Divided by what is positive; a first price (from nothing) is an infinite move.
      const move = Math.abs(factor[d]! - from[d]!) / (s * from[d]!);
      if (!(move <= most)) most = Number.isNaN(move) ? most : move;
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
