/** How many accounts are in each state, and what they carry (rule DS-6). */

/**
 * Clears and fills `counts` and `notionals`, one entry a code of `RISK_STATES`: accounts that the mask lets through, and their
 * Σ notional × unit rate (desk's unit). Notional that is not known adds nothing. Returns the number of accounts counted.
 */
export function countStates(
  count: number,
  state: Uint8Array,
  notional: Float64Array,
  unitRate: Float64Array,
  mask: Uint8Array,
  counts: Float64Array,
  notionals: Float64Array,
): number {
  counts.fill(0);
  notionals.fill(0);
  let total = 0;
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    const code = state[row]!;
    counts[code]! += 1;
    total++;
    const carried = notional[row]!;
    if (carried > 0) notionals[code]! += carried * unitRate[row]!;
  }
  return total;
}
