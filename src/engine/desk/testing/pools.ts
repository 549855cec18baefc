/** Pools of the exact engine in the linear form that the desk's kernels read, for tests. */

import { isPegged } from '../../../domain/pegged-assets.ts';
import { type Decimal, ZERO } from '../../../domain/units.ts';
import { bankruptcyFeeRate, maintenanceAt, takerFeeAt, tierOfLegAt } from '../../margin/leg.ts';
import { type PoolSums, sumPool } from '../../margin/pool.ts';
import type { ResolvedTable } from '../../margin/table.ts';
import type { Leg, Pool } from '../../resolve.ts';
import type { MarketShocks, PoolEntries, SlotMoves } from '../market-shock.ts';
import type { MarketMove } from '../market-terms.ts';

export interface PoolColumns {
  readonly count: number;
  readonly mask: Uint8Array;
  readonly entries: PoolEntries;
  readonly slots: SlotMoves;
}

/** What moves a price, as a power of t. `move` undefined: everything that is not pegged. */
interface Powers {
  readonly isUniform: boolean;
  readonly ofInstrument: (leg: Leg) => number;
  readonly ofAsset: (asset: string) => number;
}

const powersOf = (move: MarketMove | undefined, isLending: boolean): Powers => ({
  isUniform: !move,
  ofInstrument: (leg) => {
    if (move && !move.movesInstrument(leg.instrument.id)) return 0;
    return leg.instrument.contract === 'inverse' ? -1 : 1;
  },
  ofAsset: (asset) => (move ? Number(isLending && move.movesAsset(asset)) : Number(!isPegged(asset))),
});

interface Slot {
  worth: number;
  rate: number;
  power: number;
  requiredPower: number;
  first: number;
  end: number;
  floor: number;
  deduction: number;
  own: number;
  ownPower: number;
  settle: number;
  settlePower: number;
}

interface Row {
  readonly entries: { weight: number; slot: number }[];
  constant: Decimal;
  requirement: Decimal;
  scale: number;
}

/** The pools with their marks as they are now. */
export function columnsOf(pools: readonly Pool[], move: MarketMove | undefined): PoolColumns {
  const slots: Slot[] = [];
  const rows = pools.map((pool) => rowOf(pool, powersOf(move, pool.kind === 'lending'), slots));
  const flat = rows.flatMap((row) => row.entries);
  const lengths = rows.map((row) => row.entries.length);
  const numbers = (of: (slot: Slot) => number): Float64Array => Float64Array.from(slots, of);
  return {
    count: rows.length,
    mask: new Uint8Array(rows.length).fill(1),
    entries: {
      start: Uint32Array.from(lengths, (_, i) => 2 * lengths.slice(0, i).reduce((sum, length) => sum + length, 0)),
      length: Uint32Array.from(lengths),
      stride: 2,
      weight: Float64Array.from(flat.flatMap(({ weight }) => [weight, Number.NaN])),
      slot: Uint16Array.from(flat.flatMap(({ slot }) => [slot, 0xffff])),
      constant: Float64Array.from(rows, (row) => row.constant.toNumber()),
      requirement: Float64Array.from(rows, (row) => row.requirement.toNumber()),
      scale: Float64Array.from(rows, (row) => row.scale),
    },
    slots: {
      coefficient: Float64Array.from(slots.flatMap(({ worth, rate }) => [worth, worth * rate])),
      power: Int8Array.from(slots, (slot) => slot.power),
      requiredPower: Int8Array.from(slots, (slot) => slot.requiredPower),
      first: Uint32Array.from(slots, (slot) => slot.first),
      end: Uint32Array.from(slots, (slot) => slot.end),
      floor: numbers((slot) => slot.floor),
      deduction: numbers((slot) => slot.deduction),
      own: numbers((slot) => slot.own),
      ownPower: Int8Array.from(slots, (slot) => slot.ownPower),
      settle: numbers((slot) => slot.settle),
      settlePower: Int8Array.from(slots, (slot) => slot.settlePower),
    },
  };
}

function rowOf(pool: Pool, powers: Powers, slots: Slot[]): Row {
  const row: Row = { entries: [], constant: ZERO, requirement: pool.maintenanceMarginOther, scale: 0 };
  for (const item of pool.collateral) {
    if (!item.price.ok) throw new Error('a pool of a test knows its prices');
    const isCounted = pool.kind === 'lending' && item.amount.gt(0);
    if (isCounted && !item.liquidationThreshold.ok) throw new Error('a lending pool of a test knows its thresholds');
    const share = isCounted && item.liquidationThreshold.ok ? item.liquidationThreshold.value : item.factor;
    addAmount(row, slots, item.amount.times(share), item.price.value, powers.ofAsset(item.asset));
  }
  const sums = sumPool(pool);
  for (const [i, leg] of pool.legs.entries()) addLeg(row, slots, leg, i, sums, powers);
  row.scale += row.constant.abs().plus(row.requirement.abs()).toNumber();
  return row;
}

/** An amount of equity in an asset (a requirement when negative): a slot of its own. */
function addAmount(row: Row, slots: Slot[], amount: Decimal, price: Decimal, power: number): void {
  const slot = slots.push({ ...NO_SLOT, worth: price.toNumber(), power, first: slots.length, end: slots.length + 1 }) - 1;
  row.entries.push({ weight: amount.toNumber(), slot });
}

const NO_SLOT: Slot = {
  worth: 0,
  rate: 0,
  power: 0,
  requiredPower: 0,
  first: 0,
  end: 0,
  floor: 0,
  deduction: 0,
  own: 0,
  ownPower: 0,
  settle: 1,
  settlePower: 0,
};

function addLeg(row: Row, slots: Slot[], leg: Leg, i: number, sums: PoolSums, powers: Powers): void {
  if (!leg.v.ok || !leg.settlePrice.ok || !leg.table.ok) throw new Error('a pool of a test knows its prices and tables');
  const settlePower = powers.ofAsset(leg.instrument.settle);
  const ownPower = powers.ofInstrument(leg);
  const settle = leg.settlePrice.value;
  const table = leg.table.value;
  // A uniform shock holds the whole requirement of a leg whose fee is taken at the bankruptcy price.
  const hasConstantFee = leg.rules.fee === 'taker-at-bankruptcy-price';
  const follows = leg.rules.basis === 'price' && !(hasConstantFee && powers.isUniform);
  const isFrozen = leg.rules.basis === 'frozen';
  const fee = bankruptcyFeeRate(leg).plus(leg.rules.fee === 'taker' ? leg.takerFeeRate : 0);
  addAmount(row, slots, leg.delta.times(leg.entryV).negated(), settle, settlePower);
  const constantFee = hasConstantFee ? sums.legFees[i] : undefined;
  if (constantFee?.ok) addAmount(row, slots, constantFee.value.div(settle).negated(), settle, settlePower);
  if (!follows && !isFrozen) {
    const held = maintenanceAt(leg, table, leg.v.value).plus(takerFeeAt(leg, leg.v.value));
    addAmount(row, slots, held.negated(), settle, settlePower);
  }
  const isFixed = !follows || table.measure === 'size';
  const inForce = tierOfLegAt(leg, table, leg.v.value);
  const tiers: ResolvedTable['tiers'] = isFixed ? [inForce] : table.tiers;
  const first = slots.length;
  for (const tier of tiers) {
    slots.push({
      worth: leg.v.value.times(settle).toNumber(),
      rate: follows || isFrozen ? tier.rate.plus(fee).toNumber() : 0,
      power: ownPower + settlePower,
      requiredPower: follows ? ownPower + settlePower : settlePower,
      first,
      end: first + tiers.length,
      floor: tier.floor.toNumber(),
      deduction: tier.deduction.toNumber(),
      own: leg.v.value.toNumber(),
      ownPower,
      settle: settle.toNumber(),
      settlePower,
    });
  }
  if (follows || isFrozen) addAmount(row, slots, inForce.deduction, settle, settlePower);
  row.entries.push({ weight: leg.delta.toNumber(), slot: first + tiers.indexOf(inForce) });
}

export const shocksFor = (count: number): MarketShocks => ({
  down: new Float64Array(count),
  up: new Float64Array(count),
  error: new Float64Array(count),
  flag: new Uint8Array(count),
});
