/** Which blocks a tick must look at, and how they earn the right to be left alone. Rules DK-12…DK-15. */
import type { Blocks, DeskState } from './desk-state.ts';
import { fillBounds } from './ladders.ts';
import { REFERENCES_MAX, radiusUnder, referenceAt } from './references.ts';

/** Ticks that a block whose certificate did not last waits before it is certified again, at most. */
const WAIT_MAX = 64;
/** A certificate that lasts fewer ticks doubles the wait: about what computing one costs, in sweeps of the block. */
const LASTING = 6;

/** Brings what certificates need up to the present prices. */
export function freshenBounds(desk: DeskState): void {
  if (desk.areBoundsFresh) return;
  const { ladderColumns, factor, swing, tables } = desk;
  const { driver, ownDriver, count } = ladderColumns;
  for (let id = 0; id < count; id++)
    fillBounds(ladderColumns, id, factor[driver[id]!]!, factor[ownDriver[id]!]!, swing[driver[id]!]!, tables);
  desk.areBoundsFresh = true;
}

/**
 * Whether the block must be swept: some price may have moved further than its certificate allows, or had when last looked. A
 * certificate speaks of the states at its reference: where prices come back, so must the states, with one more sweep. `moves` are
 * those of all references.
 */
export function mustSweep({ reference, least, isOutside }: Blocks, moves: Float64Array, block: number): boolean {
  const own = reference[block]!;
  const isOut = own < 0 || !(least[block]! > moves[own]!);
  if (!isOut && isOutside[block] === 0) return false;
  isOutside[block] = isOut ? 1 : 0;
  return true;
}

export function dropCertificate({ blocks, references }: DeskState, block: number): void {
  const reference = blocks.reference[block]!;
  if (reference >= 0) references[reference]!.blockCount--;
  blocks.reference[block] = -1;
  blocks.least[block] = -1;
}

/** Certifies a block at present prices; false when no reference is free. States of the block must be up to date. */
export function certifyBlock(desk: DeskState, block: number): boolean {
  const { blocks, references, layout } = desk;
  dropCertificate(desk, block);
  const reference = referenceAt(references, desk.tickCount, desk.factor, desk.swing, desk.knownDrivers);
  if (reference === undefined) return false;
  freshenBounds(desk);
  blocks.least[block] = desk.kernel.certify(block, layout.groups[block]!);
  blocks.reference[block] = reference;
  blocks.isOutside[block] = 0;
  references[reference]!.blockCount++;
  desk.counters.blocksCertified++;
  return true;
}

/**
 * Certifies a block that was swept, when its wait is over. A certificate costs some sweeps: while one does not last that many ticks, the
 * wait for the next doubles.
 */
export function recertify(desk: DeskState, block: number): boolean {
  const { blocks, tickCount } = desk;
  if (blocks.certifyFrom[block] === Number.POSITIVE_INFINITY) {
    const lasted = tickCount - blocks.certifiedAt[block]!;
    blocks.certifyWait[block] = lasted >= LASTING ? 0 : Math.min(WAIT_MAX, Math.max(1, 2 * blocks.certifyWait[block]!));
    blocks.certifyFrom[block] = tickCount + blocks.certifyWait[block]!;
  }
  if (tickCount < blocks.certifyFrom[block]! || !certifyBlock(desk, block)) return false;
  blocks.certifiedAt[block] = tickCount;
  // Set when it is first swept again.
  blocks.certifyFrom[block] = Number.POSITIVE_INFINITY;
  return true;
}

/**
 * Frees a reference when nearly all are in use: the one with the fewest blocks gives them to the present prices. At most a few blocks
 * a tick, since that one has few.
 */
export function renewReferences(desk: DeskState, sweep: (block: number) => void): void {
  const { references, blocks } = desk;
  if (references.length < REFERENCES_MAX || references.some(({ blockCount }) => blockCount === 0)) return;
  let fewest = 0;
  references.forEach(({ blockCount }, i) => {
    if (blockCount < references[fewest]!.blockCount) fewest = i;
  });
  const mine: number[] = [];
  for (let block = 0; block < blocks.used; block++) if (blocks.reference[block] === fewest) mine.push(block);
  for (const block of mine) dropCertificate(desk, block);
  for (const block of mine) {
    sweep(block);
    certifyBlock(desk, block);
  }
}

/** A pool of `radius` at present prices joins a certified block. */
export function lowerCertificate(desk: DeskState, block: number, radius: number): void {
  const { blocks, references, swing } = desk;
  const reference = blocks.reference[block]!;
  if (reference < 0) return;
  if (references[reference]!.swing !== swing) {
    dropCertificate(desk, block);
    return;
  }
  let largest = 0;
  for (let d = 0; d < desk.knownDrivers; d++) largest = Math.max(largest, swing[d]!);
  blocks.least[block] = Math.min(blocks.least[block]!, radiusUnder(radius, references[reference]!.move, largest));
}
