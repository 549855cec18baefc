/** How the rows of a margin table given in a book must follow one another (BF-12). */
import type { MarginTier } from '../domain/book.ts';
import type { Fault } from '../domain/fault.ts';
import { Decimal } from '../domain/units.ts';

/** Of a row's floor × rate: as far as a published deduction may stand off the continuous one, for its own rounding. */
const GAP_MAX = new Decimal('1e-8');

/**
 * The faults of a table, pointers below `base`: floors start at 0 and rise, the maximum leverage never rises, deductions
 * stand on every row or on none. In a `continuous` table a stated deduction must make maintenance meet at each floor,
 * |floor × (rate − rate before) − (deduction − deduction before)| ≤ 1e-8 × floor × rate; the first row's is free, since the
 * table may be an excerpt. A `step` table takes no deduction.
 */
export function tierFaults(tiers: readonly MarginTier[], join: 'continuous' | 'step', base: string): Fault[] {
  const faults: Fault[] = [];
  const hasDeductions = tiers.some((tier) => tier.maintenanceDeduction !== undefined);
  let leverageBefore: Decimal | undefined;
  tiers.forEach((tier, i) => {
    const row = `${base}/${i}`;
    const before = tiers[i - 1];
    const floorFault = floorFaultOf(tier, before);
    if (floorFault) faults.push({ pointer: `${row}/notionalFloor`, message: floorFault });
    if (tier.maxLeverage && leverageBefore && tier.maxLeverage.gt(leverageBefore)) {
      const message = `must not be above the row before (${leverageBefore.toFixed()}), found ${tier.maxLeverage.toFixed()}`;
      faults.push({ pointer: `${row}/maxLeverage`, message });
    }
    leverageBefore = tier.maxLeverage ?? leverageBefore;
    const deductionFault = hasDeductions && !floorFault ? deductionFaultOf(tier, before, join) : undefined;
    if (deductionFault) faults.push({ pointer: `${row}/maintenanceDeduction`, message: deductionFault });
  });
  return faults;
}

function floorFaultOf(tier: MarginTier, before: MarginTier | undefined): string | undefined {
  const floor = tier.notionalFloor;
  if (!before) return floor.isZero() ? undefined : `the first row must begin at 0, found ${floor.toFixed()}`;
  if (floor.gt(before.notionalFloor)) return undefined;
  return `rows must be sorted: expected more than ${before.notionalFloor.toFixed()}, found ${floor.toFixed()}`;
}

function deductionFaultOf(tier: MarginTier, before: MarginTier | undefined, join: 'continuous' | 'step'): string | undefined {
  const deduction = tier.maintenanceDeduction;
  if (join === 'step')
    return deduction?.isZero() === false ? 'this venue applies the rate of a row to the whole notional: no deduction' : undefined;
  if (!deduction) return 'is required on every row where one row has it';
  if (!before?.maintenanceDeduction) return undefined;
  const rise = tier.maintenanceMarginRate.minus(before.maintenanceMarginRate).times(tier.notionalFloor);
  const gap = rise.minus(deduction.minus(before.maintenanceDeduction)).abs();
  if (gap.lte(tier.notionalFloor.times(tier.maintenanceMarginRate).times(GAP_MAX))) return undefined;
  const expected = before.maintenanceDeduction.plus(rise);
  return `maintenance jumps at this row's floor: a deduction of ${expected.toFixed()} would join the rows, found ${deduction.toFixed()}`;
}
