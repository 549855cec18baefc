/** Sizes that a procedure closes: a share, or as much as leaves the tier. Whole lots, never more than is held. Rules CL-5, CL-6. */
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { maintenanceAt, notionalAt } from '../margin/leg.ts';
import { tierAt } from '../margin/table.ts';
import type { Leg } from '../resolve.ts';
import { lotsIn, sizeOfLots, type Units } from '../trade/units.ts';

/** `share` of the position, rounded up to the lot (CL-5). */
export const sizeOfShare = (leg: Leg, share: Decimal, units: Units): Decimal => {
  const lot = units.lotOf(leg.instrument, leg.position.size);
  return sizeOfLots(lotsIn(leg.position.size.times(share), lot), lot, leg.position.size);
};

/** Number of the row that holds, from 0. */
export function tierNumber(leg: Leg): number {
  if (!leg.table.ok || !leg.v.ok) return 0;
  const { table } = leg;
  return table.value.tiers.indexOf(tierAt(table.value, measureOf(leg)));
}

const basisV = (leg: Leg): Decimal => (leg.rules.basis === 'entry' ? leg.entryV : leg.v.ok ? leg.v.value : ZERO);
const measureOf = (leg: Leg): Decimal =>
  leg.table.ok && leg.table.value.measure === 'size' ? leg.position.size.abs() : notionalAt(leg, basisV(leg));

/** The smallest size whose closing brings the position into row `number` or a lower one (CL-6); a floor belongs to its own row. */
export function sizeToTier(leg: Leg, number: number, units: Units): Decimal {
  const size = leg.position.size.abs();
  const above = leg.table.ok ? leg.table.value.tiers[number + 1] : undefined;
  if (!above) return ZERO;
  const most = size.times(above.floor).div(measureOf(leg));
  if (most.gt(size)) return ZERO;
  const lot = units.lotOf(leg.instrument, size);
  const lots = BigInt(size.minus(most).div(lot).floor().plus(ONE).toFixed());
  return sizeOfLots(lots, lot, size);
}

/** Notional at the mark, settlement currency; 0 where no mark is known. */
export const notionalNow = (leg: Leg): Decimal => (leg.v.ok ? notionalAt(leg, leg.v.value) : ZERO);

/** Maintenance margin in the unit of account; 0 where it is not known. */
export const maintenanceNow = (leg: Leg): Decimal =>
  leg.v.ok && leg.table.ok && leg.settlePrice.ok ? maintenanceAt(leg, leg.table.value, leg.v.value).times(leg.settlePrice.value) : ZERO;

/** The leg with the largest figure; the earlier of two equal ones. */
export const largest = (legs: readonly Leg[], figure: (leg: Leg) => Decimal): Leg | undefined =>
  legs.reduce<Leg | undefined>((most, leg) => (most === undefined || figure(leg).gt(figure(most)) ? leg : most), undefined);
