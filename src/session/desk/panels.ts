/**
 * The desk's panels from the columns: who is where, who carries it, on which side. Whole book, every account, also those that the table
 * does not show. Each function is one slice of work. Rules DM-14, DS-6…DS-22.
 */
import {
  type Bins,
  binCount,
  createBins,
  distribute,
  EMPTY_AFTER_BINS,
  INDETERMINATE_AFTER_BINS,
  INSOLVENT_AFTER_BINS,
  LEVERAGE_EDGES,
  MARGIN_RATIO_EDGES,
  OVER_AFTER_BINS,
  slotCount,
  UNDER,
} from '../../engine/desk/bins.ts';
import { concentrationSteps } from '../../engine/desk/concentration.ts';
import { addExposure, emptyExposure, equityByGroup, openInterest, sumByGroup, systemLeverage } from '../../engine/desk/exposure.ts';
import { addToSkew, emptySkewSums, type LeveragedSide, skewOfSums } from '../../engine/desk/skew.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { maskAll } from '../../engine/kernel/filter.ts';
import { orderScratch } from '../../engine/kernel/order.ts';
import { selectWindow } from '../../engine/kernel/select.ts';
import type { KeySource } from './keys.ts';
import { rangeValues } from './keys.ts';
import type {
  DeskConcentration,
  DeskDistribution,
  DeskOpenInterest,
  DeskSide,
  DeskSkew,
  DeskTally,
  DeskVenueLeverage,
  DeskWhales,
} from './messages.ts';
import { type Job, slices } from './names.ts';
import type { QueryScratch } from './query.ts';
import { readRows, shownState } from './reader.ts';

/** Which instruments belong together, by index. */
export interface Groups {
  /** Market of each instrument, and the markets' names. */
  readonly marketOf: Uint32Array;
  readonly markets: readonly string[];
  /** Market and venue of each instrument, as one group. */
  readonly pairOf: Uint32Array;
  readonly pairs: readonly { readonly market: string; readonly venue: string }[];
  /** Codes of venues, as the accounts have them. */
  readonly venues: readonly string[];
  /** Code of each instrument's venue; −1 where no account is on it. */
  readonly venueOf: Int32Array;
}

/** Groups of instruments in the order in which they first appear. */
export function groupsOf(instruments: readonly { readonly base: string; readonly venue: string }[], venues: readonly string[]): Groups {
  const markets: string[] = [];
  const pairs: { market: string; venue: string }[] = [];
  const marketIndex = new Map<string, number>();
  const pairIndex = new Map<string, number>();
  const marketOf = new Uint32Array(instruments.length);
  const pairOf = new Uint32Array(instruments.length);
  instruments.forEach(({ base, venue }, i) => {
    if (!marketIndex.has(base)) marketIndex.set(base, markets.push(base) - 1);
    const key = JSON.stringify([base, venue]);
    if (!pairIndex.has(key)) pairIndex.set(key, pairs.push({ market: base, venue }) - 1);
    marketOf[i] = marketIndex.get(base)!;
    pairOf[i] = pairIndex.get(key)!;
  });
  return { marketOf, markets, pairOf, pairs, venues, venueOf: Int32Array.from(instruments, ({ venue }) => venues.indexOf(venue)) };
}

/** Counts of accounts by the state that is shown. */
export function countShownStates({ columns, board, hasOverAge }: KeySource): Uint32Array {
  const counts = new Uint32Array(RISK_STATES.length);
  const { state, source } = columns.accounts;
  if (!hasOverAge) {
    for (let row = 0; row < columns.count; row++) counts[state[row]!]!++;
    return counts;
  }
  for (let row = 0; row < columns.count; row++) counts[shownState(state[row]!, board.overAge[source[row]!]!)]!++;
  return counts;
}

const BINS: Readonly<Record<DeskDistribution['column'], Bins>> = {
  leverage: createBins(LEVERAGE_EDGES),
  marginRatio: createBins(MARGIN_RATIO_EDGES),
};

/** How many accounts, and how much notional, lie in each bin of a figure. */
export function distributionPanel({ columns }: KeySource, column: DeskDistribution['column'], scratch: QueryScratch): DeskDistribution {
  const { accounts, count } = columns;
  const bins = BINS[column];
  const n = binCount(bins);
  const counts = new Float64Array(slotCount(bins));
  const notionals = new Float64Array(slotCount(bins));
  maskAll(count, scratch.mask);
  distribute(count, accounts[column], accounts.equity, accounts.grossNotional, accounts.unitRate, scratch.mask, bins, counts, notionals);
  const tally = (slot: number): DeskTally => ({ accounts: counts[slot]!, notional: notionals[slot]! });
  return {
    column,
    edges: bins.edges.slice(),
    accounts: counts.slice(1, n + 1),
    notional: notionals.slice(1, n + 1),
    under: tally(UNDER),
    over: tally(n + OVER_AFTER_BINS),
    insolvent: tally(n + INSOLVENT_AFTER_BINS),
    empty: tally(n + EMPTY_AFTER_BINS),
    indeterminate: tally(n + INDETERMINATE_AFTER_BINS),
  };
}

/** Largest accounts whose share is told. */
const TOPS = [1, 10, 100, 1_000] as const;

/** Everybody, for as many rows as there may be. */
export const everyone = (capacity: number): Uint8Array => new Uint8Array(capacity).fill(1);

/** How much of the gross notional few hold. */
export function* concentrationPanel({ columns }: KeySource, mask: Uint8Array, scratch: QueryScratch): Job<DeskConcentration> {
  const { accounts, count } = columns;
  scratch.order ??= orderScratch(scratch.mask.length);
  const found = yield* slices(
    concentrationSteps(
      count,
      accounts.grossNotional,
      accounts.unitRate,
      mask,
      TOPS,
      new Uint32Array(count),
      new Float64Array(count),
      scratch.order,
    ),
  );
  return {
    top: Uint32Array.from(TOPS),
    share: Float64Array.from(found?.topShares ?? TOPS.map(() => Number.NaN)),
    herfindahl: found?.herfindahl ?? Number.NaN,
    gini: found?.gini ?? Number.NaN,
    holders: found?.holders ?? 0,
    total: found?.total ?? 0,
    unknown: found?.unknown ?? 0,
  };
}

/** Rows that are added up in one slice. */
const ROWS_PER_SLICE = 32_768;

/** Long and short by market and venue, the equity behind them, and the venues' own leverage. */
export function* openInterestPanel({ columns, board }: KeySource, groups: Groups, mask: Uint8Array): Job<DeskOpenInterest> {
  const { accounts, legs } = columns;
  const instruments = groups.marketOf.length;
  const pairs = groups.pairs.length;
  const exposure = emptyExposure(instruments);
  const worth = board.worth.slice();
  const lastRow = new Uint32Array(instruments);
  const holders = new Float64Array(pairs);
  const lastHolder = new Uint32Array(pairs);
  for (let from = 0; from < columns.count; from += ROWS_PER_SLICE) {
    const to = Math.min(from + ROWS_PER_SLICE, columns.count);
    addExposure(
      from,
      to,
      mask,
      accounts.legStart,
      accounts.legEnd,
      legs.instrument,
      legs.size,
      worth,
      accounts.equity,
      accounts.unitRate,
      lastRow,
      exposure,
    );
    addHolders(columns, groups, from, to, lastHolder, holders);
    yield;
  }
  const byPair = (values: Float64Array): Float64Array => {
    const out = new Float64Array(pairs);
    sumByGroup(instruments, values, groups.pairOf, out);
    return out;
  };
  const [long, short, carried, equity] = [byPair(exposure.long), byPair(exposure.short), byPair(exposure.carried), byPair(exposure.equity)];
  const open = long.map((value, i) => openInterest(value, short[i]!));
  const order = Array.from(open.keys())
    .filter((i) => holders[i]! > 0)
    .sort((a, b) => open[b]! - open[a]! || a - b);
  const column = (values: Float64Array): Float64Array => Float64Array.from(order, (i) => values[i]!);
  return {
    count: order.length,
    market: order.map((i) => groups.pairs[i]!.market),
    venue: order.map((i) => groups.pairs[i]!.venue),
    long: column(long),
    short: column(short),
    openInterest: column(open),
    accounts: column(holders),
    equity: column(equity),
    leverage: Float64Array.from(order, (i) => systemLeverage(carried[i]!, equity[i]!) ?? Number.NaN),
    venues: venueLeverage(columns, exposure, groups, mask),
  };
}

/** Adds rows [from, to) to the accounts that hold each pair of market and venue, each once. */
function addHolders(
  { accounts, legs }: KeySource['columns'],
  { pairOf }: Groups,
  from: number,
  to: number,
  last: Uint32Array,
  holders: Float64Array,
): void {
  for (let row = from; row < to; row++) {
    for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
      const pair = pairOf[legs.instrument[leg]!]!;
      if (last[pair] === row + 1) continue;
      last[pair] = row + 1;
      holders[pair]! += 1;
    }
  }
}

function venueLeverage(
  { accounts, count }: KeySource['columns'],
  exposure: { readonly long: Float64Array; readonly short: Float64Array },
  { venues, venueOf }: Groups,
  mask: Uint8Array,
): DeskVenueLeverage {
  const column = (): Float64Array => new Float64Array(venues.length);
  const [equity, unknown, held, long, short] = [column(), column(), column(), column(), column()];
  equityByGroup(count, mask, accounts.equity, accounts.unitRate, accounts.venue, equity, unknown);
  for (let row = 0; row < count; row++) held[accounts.venue[row]!]! += 1;
  venueOf.forEach((venue, i) => {
    if (venue < 0) return;
    long[venue]! += exposure.long[i]!;
    short[venue]! += exposure.short[i]!;
  });
  const open = long.map((value, i) => openInterest(value, short[i]!));
  return {
    venue: [...venues],
    accounts: held,
    openInterest: open,
    equity,
    leverage: open.map((value, i) => systemLeverage(value, equity[i]!) ?? Number.NaN),
  };
}

/** The largest accounts by what they carry, and those with the fewest dollars to their line. `refresh` completes their figures. */
export function whalesPanel(source: KeySource, n: number, scratch: QueryScratch, refresh: (rows: ArrayLike<number>) => void): DeskWhales {
  const { accounts, count } = source.columns;
  const { mask } = scratch;
  const out = new Uint32Array(n);
  scratch.keys[0] ??= new Float64Array(mask.length);
  const pick = (column: 'grossNotional' | 'marginExcess', falling: boolean): ReturnType<typeof readRows> => {
    const keys = rangeValues(source, column, scratch.keys[0]!);
    const length = selectWindow(count, mask, [{ keys, falling }], 0, n, out, scratch.select);
    const rows = out.slice(0, length);
    refresh(rows);
    return readRows(source, rows, source.clockMs);
  };
  for (let row = 0; row < count; row++) mask[row] = accounts.grossNotional[row]! > 0 ? 1 : 0;
  const largest = pick('grossNotional', true);
  for (let row = 0; row < count; row++) mask[row]! &= accounts.marginExcess[row]! > 0 ? 1 : 0;
  return { largest, nearest: pick('marginExcess', false) };
}

/** Whether longs or shorts carry more leverage. */
export function* skewPanel({ columns, board }: KeySource, mask: Uint8Array): Job<DeskSkew> {
  const { accounts, legs } = columns;
  const sums = emptySkewSums();
  const worth = board.worth.slice();
  for (let from = 0; from < columns.count; from += ROWS_PER_SLICE) {
    const to = Math.min(from + ROWS_PER_SLICE, columns.count);
    addToSkew(
      from,
      to,
      mask,
      accounts.legStart,
      accounts.legEnd,
      legs.instrument,
      legs.size,
      worth,
      accounts.equity,
      accounts.unitRate,
      sums,
    );
    yield;
  }
  const skew = skewOfSums(sums);
  return {
    long: sideOf(skew.long),
    short: sideOf(skew.short),
    balanced: skew.balanced,
    unknown: skew.unknown,
    skew: skew.skew ?? Number.NaN,
  };
}

const sideOf = ({ rows, notional, equity, leverage, insolvent, insolventNotional }: LeveragedSide): DeskSide => ({
  accounts: rows,
  notional,
  equity,
  leverage: leverage ?? Number.NaN,
  insolvent,
  insolventNotional,
});
