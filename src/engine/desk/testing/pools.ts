/** Pools of the exact engine as the columns that the desk's statistics read, for tests. */
import type { Decimal } from '../../../domain/units.ts';
import { bankruptcyFeeRate } from '../../margin/leg.ts';
import { type PoolSums, sumPool } from '../../margin/pool.ts';
import { type ResolvedTable, tierAt } from '../../margin/table.ts';
import type { Leg, Pool } from '../../resolve.ts';
import { HELD, type MarketPrices, type MarketShocks, type PoolLegs, type TierTables } from '../market-shock.ts';
import type { MarketMove } from '../market-terms.ts';

export interface PoolColumns {
  readonly count: number;
  readonly legs: PoolLegs;
  readonly prices: MarketPrices;
  readonly tables: TierTables;
  readonly marginExcess: Float64Array;
  readonly scale: Float64Array;
  readonly unitRate: Float64Array;
  readonly mask: Uint8Array;
}

interface FlatLeg {
  readonly instrument: number;
  readonly size: number;
  readonly table: number;
  readonly feeRate: number;
}

/** Flat columns of the pools, marks as they are now, and which instruments `move` moves. */
export function columnsOf(pools: readonly Pool[], move: MarketMove): PoolColumns {
  const build = new Builder(move);
  for (const pool of pools) build.add(pool);
  return build.columns();
}

class Builder {
  private readonly instruments = new Map<string, number>();
  private readonly prices: { contractSize: number; mark: number; settlePrice: number; isInverse: number; moves: number }[] = [];
  private readonly tableOf = new Map<ResolvedTable, number>();
  private readonly tables: { tiers: { floor: number; rate: number; deduction: number }[]; slope: number }[] = [];
  private readonly rows: { legs: FlatLeg[]; excess: number; scale: number }[] = [];
  private readonly move: MarketMove;

  constructor(move: MarketMove) {
    this.move = move;
  }

  add(pool: Pool): void {
    if (pool.kind === 'lending') this.addLending(pool);
    else this.addPerpetual(pool, sumPool(pool));
  }

  private addPerpetual(pool: Pool, sums: PoolSums): void {
    const parts = [sums.equity, sums.maintenanceMargin, sums.liquidationFees, sums.grossNotional, sums.collateral];
    const [equity, maintenance, fees, gross, collateral] = parts.map((figure) => (figure.ok ? figure.value : undefined));
    const isKnown = equity && maintenance && fees && gross && collateral;
    this.rows.push({
      legs: pool.legs.map((leg) => this.legOf(leg)),
      excess: isKnown ? equity.minus(maintenance).minus(fees).toNumber() : Number.NaN,
      scale: isKnown ? collateral.abs().plus(gross).plus(maintenance).plus(fees).toNumber() : Number.NaN,
    });
  }

  private legOf(leg: Leg): FlatLeg {
    const { instrument } = leg;
    const settle = leg.settlePrice.ok ? leg.settlePrice.value.toNumber() : Number.NaN;
    const follows = leg.rules.basis === 'price';
    const taker = leg.rules.fee === 'taker' ? leg.takerFeeRate.toNumber() : 0;
    return {
      instrument: this.instrument(instrument.id, {
        contractSize: instrument.contractSize.toNumber(),
        mark: instrument.markPrice?.toNumber() ?? Number.NaN,
        settlePrice: settle,
        isInverse: instrument.contract === 'inverse' ? 1 : 0,
        moves: this.move.movesInstrument(instrument.id) ? 1 : 0,
      }),
      size: leg.position.size.toNumber(),
      table: follows && leg.table.ok ? this.table(leg.table.value, leg.position.size.abs()) : HELD,
      feeRate: follows ? bankruptcyFeeRate(leg).toNumber() + taker : 0,
    };
  }

  private addLending(pool: Pool): void {
    let excess = pool.maintenanceMarginOther.negated();
    let scale = 0;
    const legs = pool.collateral.map((item): FlatLeg => {
      const price = item.price.ok ? item.price.value : undefined;
      const threshold = item.liquidationThreshold.ok ? item.liquidationThreshold.value : undefined;
      const isDebt = item.amount.isNegative();
      if (!price || (!isDebt && !threshold)) throw new Error('a lending pool of a test knows its prices and thresholds');
      const value = item.amount.times(price);
      excess = excess.plus(isDebt || !threshold ? value : value.times(threshold));
      scale += value.abs().toNumber();
      const moves = this.move.movesAsset(item.asset) ? 1 : 0;
      const instrument = this.instrument(`asset:${item.asset}`, {
        contractSize: 1,
        mark: price.toNumber(),
        settlePrice: 1,
        isInverse: 0,
        moves,
      });
      return {
        instrument,
        size: item.amount.toNumber(),
        table: isDebt || !threshold ? HELD : this.flatTable(1 - threshold.toNumber()),
        feeRate: 0,
      };
    });
    this.rows.push({ legs, excess: excess.toNumber(), scale });
  }

  private instrument(id: string, prices: (typeof this.prices)[number]): number {
    const known = this.instruments.get(id);
    if (known !== undefined) return known;
    this.instruments.set(id, this.prices.length);
    return this.prices.push(prices) - 1;
  }

  /** A table that counts contracts becomes its one tier in force. */
  private table(table: ResolvedTable, size: Decimal): number {
    const known = this.tableOf.get(table);
    if (known !== undefined && table.measure === 'notional') return known;
    const rows = table.measure === 'size' ? [tierAt(table, size)] : table.tiers;
    const tiers = rows.map(({ floor, rate, deduction }) => ({
      floor: table.measure === 'size' ? 0 : floor.toNumber(),
      rate: rate.toNumber(),
      deduction: deduction.toNumber(),
    }));
    const index = this.tables.push({ tiers, slope: table.maintenanceSlope.toNumber() }) - 1;
    this.tableOf.set(table, index);
    return index;
  }

  private flatTable(rate: number): number {
    return this.tables.push({ tiers: [{ floor: 0, rate, deduction: 0 }], slope: 0 }) - 1;
  }

  columns(): PoolColumns {
    const flat = this.rows.flatMap((row) => row.legs);
    const ends = this.rows.map(() => 0);
    this.rows.reduce((at, row, i) => {
      ends[i] = at + row.legs.length;
      return at + row.legs.length;
    }, 0);
    const tiers = this.tables.flatMap((table) => table.tiers);
    const tableStart = [0];
    for (const table of this.tables) tableStart.push((tableStart.at(-1) as number) + table.tiers.length);
    const numbers = <T>(list: readonly T[], of: (item: T) => number): Float64Array => Float64Array.from(list, of);
    return {
      count: this.rows.length,
      legs: {
        legStart: Uint32Array.from(this.rows, (row, i) => (ends[i] as number) - row.legs.length),
        legEnd: Uint32Array.from(ends),
        legInstrument: Uint32Array.from(flat, (leg) => leg.instrument),
        legSize: numbers(flat, (leg) => leg.size),
        legTable: Uint32Array.from(flat, (leg) => leg.table),
        legFeeRate: numbers(flat, (leg) => leg.feeRate),
      },
      prices: {
        contractSize: numbers(this.prices, (p) => p.contractSize),
        mark: numbers(this.prices, (p) => p.mark),
        settlePrice: numbers(this.prices, (p) => p.settlePrice),
        isInverse: Uint8Array.from(this.prices, (p) => p.isInverse),
        moves: Uint8Array.from(this.prices, (p) => p.moves),
      },
      tables: {
        tableStart: Uint32Array.from(tableStart),
        tierFloor: numbers(tiers, (tier) => tier.floor),
        tierRate: numbers(tiers, (tier) => tier.rate),
        tierDeduction: numbers(tiers, (tier) => tier.deduction),
        tableSlope: numbers(this.tables, (table) => table.slope),
      },
      marginExcess: numbers(this.rows, (row) => row.excess),
      scale: numbers(this.rows, (row) => row.scale),
      unitRate: new Float64Array(this.rows.length).fill(1),
      mask: new Uint8Array(this.rows.length).fill(1),
    };
  }
}

export const shocksFor = (count: number): MarketShocks => ({
  down: new Float64Array(count),
  up: new Float64Array(count),
  error: new Float64Array(count),
  flag: new Uint8Array(count),
});
