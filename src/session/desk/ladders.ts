/**
 * Slots (rule DK-6): every row of every margin table that a leg can stand in, in the unit of its pool, with the price it follows.
 * A ladder is the rows of one instrument under one table, one fee and one unit; an asset ladder has a single row.
 */
import type { Instrument } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { SlotTables } from '../../engine/kernel/tables.ts';
import type { ResolvedTable } from '../../engine/margin/table.ts';
import type { PriceBoard } from './price-board.ts';

/**
 * A price that coefficients follow: the instrument's own variable (price, or 1 ÷ price for an inverse contract), times the price of an
 * asset where the pool is measured in another unit than it settles in. −1 stands for none.
 */
export interface Driver {
  readonly instrument: number;
  readonly isInverse: boolean;
  readonly asset: number;
}

/**
 * `leg`: a position. `equity`, `plus`, `minus`: an amount of an asset that is collateral, requirement, or a deduction from it.
 * `lent`: lending collateral; its row's rate is 1 − liquidation threshold.
 */
export type LadderRole = 'leg' | 'equity' | 'plus' | 'minus' | 'lent';

export interface Ladder {
  readonly id: number;
  /** Index of the accounts' venue. */
  readonly venue: number;
  readonly role: LadderRole;
  /** −1 for an asset's. */
  readonly instrument: number;
  readonly asset: number;
  readonly slotBase: number;
  readonly rowCount: number;
  /** Floors in the settle currency, 0 for the first row. */
  readonly floor: Float64Array;
  /** Rate with the fees that follow the price. */
  readonly rate: Float64Array;
  readonly deduction: Float64Array;
  /** Rows are chosen once, by size or entry value, and do not change with the price. */
  readonly isFixed: boolean;
  /** The requirement is not continuous at some floor: floors are thresholds of their own. */
  readonly isStepped: boolean;
  /** Price variable in the pool's unit, and in the settle currency: indices into the drivers. */
  readonly driver: number;
  readonly ownDriver: number;
  /** Base or quote units per unit of size. */
  readonly contractSize: number;
  /** −1 where the weight is −size (inverse), else 1. */
  readonly direction: 1 | -1;
}

export interface Ladders {
  readonly all: Ladder[];
  readonly drivers: Driver[];
  /** By slot. */
  readonly ladderOfSlot: number[];
  readonly byKey: Map<string, number>;
  readonly driverByKey: Map<string, number>;
  /** Drivers by the instrument or asset that moves them. */
  readonly driversOfInstrument: number[][];
  readonly driversOfAsset: number[][];
  readonly laddersOfDriver: number[][];
  slotCount: number;
}

/** Slot 0 is everybody's padding: worth nothing, moved by nothing. */
export function createLadders(): Ladders {
  return {
    all: [],
    drivers: [],
    ladderOfSlot: [-1],
    byKey: new Map(),
    driverByKey: new Map(),
    driversOfInstrument: [],
    driversOfAsset: [],
    laddersOfDriver: [],
    slotCount: 1,
  };
}

export function driverOf(ladders: Ladders, driver: Driver): number {
  const key = `${driver.instrument} ${driver.isInverse} ${driver.asset}`;
  const known = ladders.driverByKey.get(key);
  if (known !== undefined) return known;
  const id = ladders.drivers.push(driver) - 1;
  ladders.driverByKey.set(key, id);
  ladders.laddersOfDriver[id] = [];
  const note = (list: number[][], at: number): void => {
    if (at < 0) return;
    list[at] ??= [];
    list[at].push(id);
  };
  note(ladders.driversOfInstrument, driver.instrument);
  note(ladders.driversOfAsset, driver.asset);
  return id;
}

/** Value of a driver now; 1 for one that follows nothing. */
export function driverValue({ instrument, isInverse, asset }: Driver, board: PriceBoard): number {
  const own = instrument < 0 ? 1 : isInverse ? 1 / board.mark[instrument]! : board.mark[instrument]!;
  return asset < 0 ? own : own * board.price[asset]!;
}

type NewLadder = Omit<Ladder, 'id' | 'slotBase'>;

/** The ladder under `key`, made by `create` when it is new. */
export function ladderOf(ladders: Ladders, key: string, create: () => NewLadder): Ladder {
  const known = ladders.byKey.get(key);
  if (known !== undefined) return ladders.all[known]!;
  const parts = create();
  const ladder: Ladder = { ...parts, id: ladders.all.length, slotBase: ladders.slotCount };
  ladders.all.push(ladder);
  ladders.byKey.set(key, ladder.id);
  for (let row = 0; row < ladder.rowCount; row++) ladders.ladderOfSlot.push(ladder.id);
  ladders.slotCount += ladder.rowCount;
  ladders.laddersOfDriver[ladder.driver]!.push(ladder.id);
  if (ladder.ownDriver !== ladder.driver) ladders.laddersOfDriver[ladder.ownDriver]!.push(ladder.id);
  return ladder;
}

const ONE_ROW = { rowCount: 1, floor: new Float64Array(1), deduction: new Float64Array(1), isFixed: true, isStepped: false } as const;

/** The single row of an asset in some role; `rate` is 1 − liquidation threshold for `lent`, else unused. */
export function assetLadder(
  ladders: Ladders,
  venue: number,
  role: Exclude<LadderRole, 'leg'>,
  asset: number,
  rate: Decimal | undefined,
): Ladder {
  return ladderOf(ladders, `${role} ${venue} ${asset} ${rate?.toString() ?? ''}`, () => {
    const driver = driverOf(ladders, { instrument: -1, isInverse: false, asset });
    const share = role === 'plus' ? 1 : role === 'minus' ? -1 : role === 'lent' ? (rate ?? new Decimal(1)).toNumber() : 0;
    return {
      ...ONE_ROW,
      venue,
      role,
      instrument: -1,
      asset,
      rate: Float64Array.of(share),
      driver,
      ownDriver: driver,
      contractSize: 1,
      direction: 1,
    };
  });
}

const TABLE_KEYS = new WeakMap<ResolvedTable, string>();

/** Tables of the same content share ladders, however often a book repeats them. */
export function tableKey(table: ResolvedTable): string {
  let key = TABLE_KEYS.get(table);
  if (key === undefined) {
    key = `${table.measure} ${table.join} ${table.tiers.map(({ floor, rate, deduction }) => `${floor}:${rate}:${deduction}`).join(' ')}`;
    TABLE_KEYS.set(table, key);
  }
  return key;
}

/** Relative jump of the requirement at a floor that is rounding of the table's own derivation (40 digits) and not a step. */
const SEAM = new Decimal('1e-25');

/** Whether the requirement jumps at any floor: always where rows are stepped, and where stated deductions do not meet. */
export function jumps({ tiers }: ResolvedTable): boolean {
  return tiers.some((tier, i) => {
    const below = tiers[i - 1];
    if (!below) return false;
    const seam = tier.rate.minus(below.rate).times(tier.floor).minus(tier.deduction.minus(below.deduction));
    return seam.abs().gt(tier.floor.times(SEAM));
  });
}

/**
 * Rows of `instrument` for legs whose requirement follows the price. `fee` is added to every rate; `asset` multiplies the price
 * where the pool is measured in another unit (−1: none).
 */
export function legLadder(
  ladders: Ladders,
  venue: number,
  instrument: Instrument,
  index: number,
  table: ResolvedTable,
  fee: Decimal,
  asset: number,
): Ladder {
  return ladderOf(ladders, `leg ${venue} ${index} ${asset} ${fee.toString()} ${tableKey(table)}`, () => {
    const isInverse = instrument.contract === 'inverse';
    return {
      venue,
      role: 'leg',
      instrument: index,
      asset,
      rowCount: table.tiers.length,
      floor: Float64Array.from(table.tiers, ({ floor }, i) => (i === 0 ? 0 : floor.toNumber())),
      rate: Float64Array.from(table.tiers, ({ rate }) => rate.plus(fee).toNumber()),
      deduction: Float64Array.from(table.tiers, ({ deduction }) => deduction.toNumber()),
      isFixed: table.measure === 'size' || table.tiers.length === 1,
      isStepped: table.measure === 'notional' && jumps(table),
      driver: driverOf(ladders, { instrument: index, isInverse, asset }),
      ownDriver: driverOf(ladders, { instrument: index, isInverse, asset: -1 }),
      contractSize: instrument.contractSize.toNumber(),
      direction: isInverse ? -1 : 1,
    };
  });
}

/** The single row of legs whose requirement is a constant: entry basis. */
export function constantLadder(ladders: Ladders, venue: number, instrument: Instrument, index: number, asset: number): Ladder {
  return ladderOf(ladders, `constant ${venue} ${index} ${asset}`, () => {
    const isInverse = instrument.contract === 'inverse';
    return {
      ...ONE_ROW,
      venue,
      role: 'leg',
      instrument: index,
      asset,
      rate: new Float64Array(1),
      driver: driverOf(ladders, { instrument: index, isInverse, asset }),
      ownDriver: driverOf(ladders, { instrument: index, isInverse, asset: -1 }),
      contractSize: instrument.contractSize.toNumber(),
      direction: isInverse ? -1 : 1,
    };
  });
}

/** The row that holds at notional `value` (settle currency): the last whose floor is ≤ it. */
export function rowAt({ floor, rowCount }: Ladder, value: number): number {
  let row = rowCount - 1;
  while (row > 0 && value < floor[row]!) row--;
  return row;
}

/** Writes what does not follow prices: which entries count as notional. */
export function fillConstants(ladder: Ladder, tables: SlotTables): void {
  const counts = ladder.role === 'leg' || ladder.role === 'lent';
  for (let row = 0; row < ladder.rowCount; row++) tables.counted[ladder.slotBase + row] = counts ? 1 : 0;
}

/** Writes the coefficients of a ladder at the value of its driver. */
export function fillCoefficients({ slotBase, rowCount, rate, role }: Ladder, value: number, tables: SlotTables): void {
  const { coefficient } = tables;
  const worth = role === 'plus' || role === 'minus' ? 0 : value;
  for (let row = 0, at = 2 * slotBase; row < rowCount; row++, at += 2) {
    coefficient[at] = worth;
    coefficient[at + 1] = value * rate[row]!;
  }
}

/** Writes what certificates need (tables.ts) at the values of both drivers; `swing` is the driver's. */
export function fillBounds(ladder: Ladder, value: number, own: number, swing: number, tables: SlotTables): void {
  const { slotBase, rowCount, floor, rate, isFixed, isStepped } = ladder;
  const near = isFixed || isStepped ? 0 : 1;
  for (let row = 0; row < rowCount; row++) {
    const s = slotBase + row;
    let high = Math.abs(rate[row]!);
    if (near && row > 0) high = Math.max(high, Math.abs(rate[row - 1]!));
    if (near && row + 1 < rowCount) high = Math.max(high, Math.abs(rate[row + 1]!));
    const above = row + 1 + near;
    const below = row - near;
    tables.swing[s] = swing;
    tables.requiredHigh[s] = high * value;
    tables.reachUp[s] = isFixed || above >= rowCount ? 0 : own / floor[above]!;
    tables.reachDown[s] = isFixed || below <= 0 ? 0 : floor[below]! / own;
  }
}
