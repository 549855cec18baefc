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
  /** Of pools whose equity is not known: in no total (DK-18). */
  readonly isApart: boolean;
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
  isApart = false,
): Ladder {
  return ladderOf(ladders, `${role} ${venue} ${asset} ${rate?.toString() ?? ''}${isApart ? ' apart' : ''}`, () => {
    const driver = driverOf(ladders, { instrument: -1, isInverse: false, asset });
    const share = role === 'plus' ? 1 : role === 'minus' ? -1 : role === 'lent' ? (rate ?? new Decimal(1)).toNumber() : 0;
    return {
      ...ONE_ROW,
      venue,
      role,
      isApart,
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
  isApart = false,
): Ladder {
  return ladderOf(ladders, `leg ${venue} ${index} ${asset} ${fee.toString()} ${tableKey(table)}${isApart ? ' apart' : ''}`, () => {
    const isInverse = instrument.contract === 'inverse';
    return {
      venue,
      role: 'leg',
      isApart,
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
export function constantLadder(
  ladders: Ladders,
  venue: number,
  instrument: Instrument,
  index: number,
  asset: number,
  isApart = false,
): Ladder {
  return ladderOf(ladders, `constant ${venue} ${index} ${asset}${isApart ? ' apart' : ''}`, () => {
    const isInverse = instrument.contract === 'inverse';
    return {
      ...ONE_ROW,
      venue,
      role: 'leg',
      isApart,
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

/**
 * The numbers of all ladders, end to end: what every tick runs through. By ladder and by slot; written once, when a ladder is adopted,
 * but for `below` and `above`.
 */
export interface LadderColumns {
  /** Ladders written so far. */
  count: number;
  readonly slotBase: Uint32Array;
  readonly rowCount: Uint32Array;
  readonly driver: Uint32Array;
  readonly ownDriver: Uint32Array;
  readonly contractSize: Float64Array;
  /** 1 where rows follow the price; 2 where they also step. */
  readonly moves: Uint8Array;
  /** By slot: worth per value of the driver (1, or 0 for a pure requirement), and required per value. */
  readonly worth: Float64Array;
  readonly rate: Float64Array;
  readonly floor: Float64Array;
  /** Largest |rate| of the row and those beside it; 1 ÷ floor and floor of the rows that a certificate may not reach (0: none). */
  readonly high: Float64Array;
  readonly upInverse: Float64Array;
  readonly down: Float64Array;
  readonly deduction: Float64Array;
  /** |size| of the legs on either side of the pointer to the row's floor (row-order.ts). */
  readonly below: Float64Array;
  readonly above: Float64Array;
}

export const MOVES = 1;
export const STEPS = 2;

export function createLadderColumns(slots: number): LadderColumns {
  const bySlot = (): Float64Array => new Float64Array(slots);
  const byLadder = (): Uint32Array => new Uint32Array(slots);
  return {
    count: 0,
    slotBase: byLadder(),
    rowCount: byLadder(),
    driver: byLadder(),
    ownDriver: byLadder(),
    contractSize: bySlot(),
    moves: new Uint8Array(slots),
    worth: bySlot(),
    rate: bySlot(),
    floor: bySlot(),
    high: bySlot(),
    upInverse: bySlot(),
    down: bySlot(),
    deduction: bySlot(),
    below: bySlot(),
    above: bySlot().fill(Number.POSITIVE_INFINITY),
  };
}

/** Writes a new ladder's numbers, and in the tables which entries count as notional. */
export function adoptLadder(columns: LadderColumns, ladder: Ladder, tables: SlotTables): void {
  const { id, role, slotBase, rowCount, floor, rate, isFixed, isStepped } = ladder;
  columns.count = id + 1;
  columns.slotBase[id] = slotBase;
  columns.rowCount[id] = rowCount;
  columns.driver[id] = ladder.driver;
  columns.ownDriver[id] = ladder.ownDriver;
  columns.contractSize[id] = ladder.contractSize;
  columns.moves[id] = role !== 'leg' || isFixed ? 0 : isStepped ? STEPS : MOVES;
  // Rows beside the own one that a certificate allows for: none where the requirement jumps.
  const near = isFixed || isStepped ? 0 : 1;
  for (let row = 0; row < rowCount; row++) {
    const s = slotBase + row;
    const above = row + 1 + near;
    const below = row - near;
    const rates = rate.subarray(Math.max(0, row - near), row + near + 1);
    columns.worth[s] = role === 'plus' || role === 'minus' ? 0 : 1;
    columns.rate[s] = rate[row]!;
    columns.floor[s] = floor[row]!;
    columns.high[s] = rates.reduce((most, own) => Math.max(most, Math.abs(own)), 0);
    columns.upInverse[s] = isFixed || above >= rowCount ? 0 : 1 / floor[above]!;
    columns.down[s] = isFixed || below <= 0 ? 0 : floor[below]!;
    columns.deduction[s] = ladder.deduction[row]!;
    tables.counted[s] = role === 'leg' || role === 'lent' ? 1 : 0;
  }
}

/** Writes the coefficients of a ladder at the value of its driver. */
export function fillCoefficients({ slotBase, rowCount, worth, rate }: LadderColumns, id: number, value: number, tables: SlotTables): void {
  const { coefficient } = tables;
  const first = slotBase[id]!;
  const end = first + rowCount[id]!;
  for (let s = first; s < end; s++) {
    coefficient[2 * s] = worth[s]! * value;
    coefficient[2 * s + 1] = rate[s]! * value;
  }
}

/** Writes what certificates need (tables.ts) at the values of both drivers; `swing` is the driver's. */
export function fillBounds(columns: LadderColumns, id: number, value: number, own: number, swing: number, tables: SlotTables): void {
  const { high, upInverse, down } = columns;
  const first = columns.slotBase[id]!;
  const end = first + columns.rowCount[id]!;
  // Reaches are in weights: what a unit of weight is worth is the own price alone.
  const perOwn = 1 / own;
  for (let s = first; s < end; s++) {
    tables.swing[s] = swing;
    tables.requiredHigh[s] = high[s]! * value;
    tables.reachUp[s] = upInverse[s]! * own;
    tables.reachDown[s] = down[s]! * perOwn;
  }
}
