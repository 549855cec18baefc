/** The desk's slots at a scenario's prices, with the margin tables that are tried out. Rule ST-3. */
import { isPegged } from '../../domain/pegged-assets.ts';
import { Decimal } from '../../domain/units.ts';
import type { ResolvedTable } from '../../engine/margin/table.ts';
import { resolveTable } from '../../engine/margin/table.ts';
import {
  createSlotMarkets,
  createSlots,
  DEDUCTION,
  FIELDS,
  FLOOR,
  GAIN,
  OWN,
  REQUIRED,
  SETTLE,
  type SlotMarkets,
  type StressSlots,
  UPPER,
  WORTH,
} from '../../engine/stress-columns/slots.ts';
import type { DeskState } from '../desk/desk-state.ts';
import { driverValue, jumps, type Ladder } from '../desk/ladders.ts';
import type { PriceBoard } from '../desk/price-board.ts';
import type { ScenarioPrices } from './scenario.ts';

export interface StressForm {
  readonly slots: StressSlots;
  readonly slotMarkets: SlotMarkets;
  /** Bases of instruments in the book's order, then volatile assets. */
  readonly markets: readonly string[];
  /** Ladders whose legs the form does not follow: their pools go the exact path. */
  readonly unfollowed: ReadonlySet<number>;
}

/** What takes the place of a ladder's own rows. */
interface Substitute {
  readonly floor: readonly number[];
  readonly rate: readonly number[];
  readonly deduction: readonly number[];
  readonly isStepped: boolean;
}

/** The slots of `desk` at the scenario's prices. */
export function stressForm(desk: DeskState, prices: ScenarioPrices): StressForm {
  const { ladders, ladderColumns, tables, store } = desk;
  const { scenario } = prices;
  const substitutes = new Map<number, Substitute>();
  const unfollowed = new Set<number>();
  if (scenario.tiers.size > 0) {
    const constant = new Set([...ladders.byKey].filter(([key]) => key.startsWith('constant ')).map(([, id]) => id));
    for (const ladder of ladders.all) substitute(desk, ladder, prices, constant, substitutes, unfollowed);
  }
  const live = ladders.slotCount;
  const more = [...substitutes.values()].reduce((sum, { floor }) => sum + floor.length, 0);
  const slots = createSlots(live, more);
  const slotMarkets = createSlotMarkets(live + more);
  const markets = marketsOf(desk);
  const marketOf = new Map(markets.map((market, i) => [market, i] as const));
  const note = marketNotes(desk, marketOf, slotMarkets);
  const funding = scenario.funding.toNumber();
  let next = live;
  for (const ladder of ladders.all) {
    const board = prices.boardOf(store.venues[ladder.venue]!);
    const own = ladder.role === 'leg' ? driverValue(ladders.drivers[ladder.ownDriver]!, board) : 0;
    const value = driverValue(ladders.drivers[ladder.driver]!, board);
    const fill = filler(ladder, board, own, value, funding, slots.table);
    const { slotBase, rowCount, isFixed } = ladder;
    for (let row = 0; row < rowCount; row++) {
      const s = slotBase + row;
      note(ladder, s, Math.max(...ladder.rate) * value);
      slots.deducted[s] = ladderColumns.deduction[s]!;
      slots.counted[s] = tables.counted[s]!;
      slots.stepped[s] = ladder.isStepped ? 1 : 0;
      const upper = isFixed || row + 1 === rowCount ? Number.POSITIVE_INFINITY : ladder.floor[row + 1]!;
      fill(s, ladderColumns.worth[s]!, ladder.rate[row]!, isFixed ? 0 : ladder.floor[row]!, upper, ladder.deduction[row]!, !isFixed);
    }
    slots.hasSteps ||= ladder.isStepped;
    const other = substitutes.get(ladder.id);
    if (!other) continue;
    for (let row = 0; row < rowCount; row++) slots.base[slotBase + row] = next;
    other.floor.forEach((floor, row) => {
      note(ladder, next + row, other.isStepped ? Number.POSITIVE_INFINITY : Math.max(...other.rate) * value);
      const upper = other.floor[row + 1] ?? Number.POSITIVE_INFINITY;
      slots.stepped[next + row] = other.isStepped ? 1 : 0;
      fill(next + row, 1, other.rate[row]!, floor, upper, other.deduction[row]!, true);
    });
    slots.hasSteps ||= other.isStepped;
    next += other.floor.length;
  }
  slots.table[UPPER] = Number.POSITIVE_INFINITY;
  return { slots, slotMarkets, markets, unfollowed };
}

/** Every market of the book: what cascades and the feedback matrix number. */
export function marketsOf({ board }: DeskState): string[] {
  const unit = board.book.unit ?? 'USD';
  const bases = board.instruments.map(({ base }) => base);
  return [...new Set([...bases, ...board.assets.filter((asset) => asset !== unit && !isPegged(asset))])];
}

/** Writes whose price a slot follows. */
function marketNotes(
  desk: DeskState,
  marketOf: ReadonlyMap<string, number>,
  into: SlotMarkets,
): (ladder: Ladder, slot: number, steepest: number) => void {
  const { board, store } = desk;
  const isLending = store.venues.map((venue) => desk.rulesOf(venue).kind === 'lending');
  return (ladder, slot, steepest) => {
    const asset = ladder.asset < 0 ? -1 : (marketOf.get(board.assets[ladder.asset]!) ?? -1);
    into.asset[slot] = asset;
    into.steepest[slot] = ladder.isStepped ? Number.POSITIVE_INFINITY : Math.abs(steepest);
    if (ladder.role === 'leg') {
      into.own[slot] = marketOf.get(board.instruments[ladder.instrument]!.base) ?? -1;
      into.power[slot] = ladder.direction;
      into.trades[slot] = 1;
    } else if (isLending[ladder.venue] && asset >= 0 && (ladder.role === 'lent' || ladder.role === 'equity')) into.trades[slot] = 2;
  };
}

type Fill = (slot: number, worth: number, rate: number, floor: number, upper: number, deduction: number, follows: boolean) => void;

function filler(ladder: Ladder, board: PriceBoard, own: number, value: number, funding: number, table: Float64Array): Fill {
  const isLeg = ladder.role === 'leg';
  const settle = isLeg && ladder.asset >= 0 ? board.price[ladder.asset]! : 1;
  const paid = isLeg ? 1 - ladder.direction * funding : 1;
  return (slot, worth, rate, floor, upper, deduction, follows) => {
    const at = slot * FIELDS;
    table[at + GAIN] = worth * value * paid;
    table[at + WORTH] = worth * value;
    table[at + REQUIRED] = rate * value;
    table[at + OWN] = follows ? own : 0;
    table[at + FLOOR] = floor;
    table[at + UPPER] = upper;
    table[at + DEDUCTION] = deduction;
    table[at + SETTLE] = settle;
  };
}

/** The table that takes the place of the ladder's, where it has the one that is replaced; notes the ladder where that is not followed. */
function substitute(
  desk: DeskState,
  ladder: Ladder,
  { scenario }: ScenarioPrices,
  constant: ReadonlySet<number>,
  substitutes: Map<number, Substitute>,
  unfollowed: Set<number>,
): void {
  const instrument = desk.board.instruments[ladder.instrument];
  const rows = instrument && ladder.role === 'leg' ? scenario.tiers.get(instrument.id) : undefined;
  if (!instrument || !rows) return;
  const rules = desk.rulesOf(desk.store.venues[ladder.venue]!);
  const given = instrument.tiers
    ? { join: rules.tableJoin, measure: 'notional' as const, tiers: instrument.tiers }
    : rules.marginTable(instrument);
  const before = given && resolveTable(given);
  const after = resolveTable({ join: rules.tableJoin, measure: 'notional', tiers: rows });
  if (constant.has(ladder.id) || !before || after.join === 'slope' || !isTableOf(ladder, before)) {
    unfollowed.add(ladder.id);
    return;
  }
  const fee = new Decimal(ladder.rate[0]!).minus(before.tiers[0]!.rate);
  substitutes.set(ladder.id, {
    floor: after.tiers.map(({ floor }, i) => (i === 0 ? 0 : floor.toNumber())),
    rate: after.tiers.map(({ rate }) => rate.plus(fee).toNumber()),
    deduction: after.tiers.map(({ deduction }) => deduction.toNumber()),
    isStepped: jumps(after),
  });
}

const isTableOf = ({ rowCount, floor, deduction }: Ladder, { tiers }: ResolvedTable): boolean =>
  tiers.length === rowCount &&
  tiers.every((tier, i) => (i === 0 || tier.floor.toNumber() === floor[i]) && tier.deduction.toNumber() === deduction[i]);
