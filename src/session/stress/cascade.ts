/** A cascade of the open desk's accounts in columns, pools closed whole. Rule ST-7. */

import { InputError } from '../../domain/fault.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { type CriticalShock, criticalShockSteps, type EndMove } from '../../engine/cascade/critical-shock.ts';
import { repricedPool } from '../../engine/cascade/marks.ts';
import { judge, openPool } from '../../engine/cascade/standing.ts';
import { BLOCK_PLACES, GENERAL, LENDING, NO_POOL } from '../../engine/kernel/layout.ts';
import { type Pool, resolveAccount } from '../../engine/resolve.ts';
import {
  type CascadeColumns,
  type CascadePools,
  type CascadeProgress,
  type CascadeRoundColumns,
  playColumns,
} from '../../engine/stress-columns/cascade.ts';
import type { PoolEntries } from '../../engine/stress-columns/pools.ts';
import { FIELDS, SETTLE, type StressSlots, WORTH } from '../../engine/stress-columns/slots.ts';
import { accountAt } from '../desk/account-store.ts';
import { type DeskState, NONE } from '../desk/desk-state.ts';
import type { Job } from '../desk/names.ts';
import { atOnce } from '../desk/placing.ts';
import { bookAtPrices, type PriceBoard } from '../desk/price-board.ts';
import { BlockReader } from './blocks.ts';
import { priceOfMarket } from './feedback.ts';
import { NOTHING_MOVES, type Scenario, type ScenarioPrices, scenarioPrices } from './scenario.ts';
import { type StressForm, stressForm } from './stress-slots.ts';

export interface CascadeWish {
  readonly scenario: Scenario;
  /** Base units per unit of log price by market, in the order of `marketsOf`; Infinity where nothing moves it. */
  readonly depth: Float64Array;
  readonly fund: number;
  readonly hasDeleveraging: boolean;
}

export interface DeskCascade {
  readonly markets: readonly string[];
  readonly columns: CascadeColumns;
  /** Pools by number of the desk, round by round. */
  readonly closedPools: readonly (readonly number[])[];
  /** By round: Σ |volume| × fill price, and money missing, both in the desk's unit. */
  readonly notional: readonly number[];
  readonly deficits: readonly number[];
  readonly fundEnd: number;
  readonly socialised: number;
  readonly uncovered: number;
  /** Profit since the start by row (CA-14), of which the same share is taken everywhere; null where nothing is. */
  readonly profits: Float64Array | null;
  /** By market. */
  readonly start: Float64Array;
  readonly shocked: Float64Array;
  readonly end: Float64Array;
  readonly isMixed: boolean;
  readonly aside: number;
}

/** A copy of every pool as it was: a cascade comes back to single ones, between slices of the desk's own work. */
class PoolIndex {
  readonly entries: PoolEntries;
  readonly count: number;
  /** By place: the pool, NO_POOL where there is none, and its row. */
  readonly pool: Uint32Array;
  readonly row: Uint32Array;
  /** By block. */
  readonly kind: Uint8Array;
  readonly unitAsset: Int32Array;
  readonly rowVersion: number;

  constructor(desk: DeskState) {
    const { layout, blocks, pools } = desk;
    const places = blocks.used * BLOCK_PLACES;
    const start = new Uint32Array(places);
    const length = new Uint32Array(places);
    const reader = new BlockReader();
    for (let block = 0; block < blocks.used; block++) {
      const view = reader.read(desk, block);
      start.set(view.start.subarray(0, view.count), view.first);
      length.set(view.length.subarray(0, view.count), view.first);
    }
    this.count = places;
    this.pool = layout.pool.slice(0, places);
    this.row = this.pool.map((pool) => (pool === NO_POOL ? NONE : pools.row[pool]!));
    this.rowVersion = desk.columns.rowVersion;
    this.kind = layout.kind.slice(0, blocks.used);
    this.unitAsset = blocks.unitAsset.slice(0, blocks.used);
    const end = start.reduce((most, from, place) => Math.max(most, from + 2 * length[place]!), 0);
    this.entries = {
      start,
      length,
      stride: 2,
      weight: layout.weight.slice(0, end),
      slot: layout.slot.slice(0, end),
      constant: layout.constant.slice(0, places),
      requirement: layout.requirement.slice(0, places),
      scale: layout.scale.slice(0, places),
    };
  }
}

/** Closed pools whose money is a slice of its own. */
const MONEY_PER_SLICE = 1_000;

/** Everything that cascades of one book and scenario share. */
export class CascadeEngine {
  private readonly desk: DeskState;
  private readonly index: PoolIndex;
  private readonly now: StressForm;
  /** Prices of then. */
  private readonly board: PriceBoard;

  constructor(desk: DeskState) {
    this.desk = desk;
    this.index = new PoolIndex(desk);
    const prices = scenarioPrices(desk.board, NOTHING_MOVES);
    this.board = prices.now;
    this.now = stressForm(desk, prices);
  }

  /** Plays the cascade of a scenario; its funding is left out: it is paid once, and not again at every price. */
  play(wish: CascadeWish): DeskCascade {
    const steps = this.steps(wish);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /** The same in slices, of the desk as it was when the engine was made. Throws `InputError` where an account came or went meanwhile. */
  *steps({ scenario, depth, fund, hasDeleveraging }: CascadeWish): Generator<CascadeProgress, DeskCascade> {
    const { desk } = this;
    const prices = scenarioPrices(this.board, { ...scenario, funding: ZERO });
    const form = stressForm(desk, prices);
    yield { fraction: 0, rounds: 0, closed: 0 };
    const { alive, aside } = this.entrants(form, depth);
    const pools: CascadePools = { count: this.index.count, alive, entries: this.index.entries };
    const decide = (place: number, impact: Float64Array): boolean => this.isBreached(this.index.pool[place]!, prices, form.markets, impact);
    const columns = yield* playColumns(pools, form.slots, form.slotMarkets, depth, decide);
    if (desk.columns.rowVersion !== this.index.rowVersion)
      throw new InputError([{ pointer: '', message: 'accounts came or went while the cascade was played: ask again' }]);
    const played = {
      fraction: 1,
      rounds: columns.rounds.length,
      closed: columns.rounds.reduce((sum, { closed }) => sum + closed.length, 0),
    };
    const money: { notional: number; deficits: number }[] = [];
    for (const round of columns.rounds) {
      if (money.length === 0 || round.closed.length > MONEY_PER_SLICE) yield played;
      money.push(this.moneyOf(round, prices, form));
    }
    yield played;
    const deficits = money.map((round) => round.deficits);
    const missing = deficits.reduce((a, b) => a + b, 0);
    const shortfall = Math.max(0, missing - fund);
    const profits = hasDeleveraging && shortfall > 0 ? this.profits(alive, form, prices, columns.rounds.at(-1)?.after) : null;
    yield played;
    const socialised = profits ? Math.min(shortfall, sumAboveZero(profits)) : 0;
    const impact = columns.rounds.at(-1)?.after;
    const start = Float64Array.from(form.markets, (market) => priceOfMarket(prices.now, market)?.toNumber() ?? Number.NaN);
    const shocked = Float64Array.from(form.markets, (market) => priceOfMarket(prices.boardOf(''), market)?.toNumber() ?? Number.NaN);
    return {
      markets: form.markets,
      columns,
      closedPools: columns.rounds.map(({ closed }) => closed.map((place) => this.index.pool[place]!)),
      notional: money.map(({ notional }) => notional),
      deficits,
      fundEnd: Math.max(0, fund - missing),
      socialised,
      uncovered: shortfall - socialised,
      profits,
      start,
      shocked,
      end: shocked.map((price, m) => price * (impact?.[m] ?? 1)),
      isMixed: this.isMixed(form),
      aside: aside + columns.aside,
    };
  }

  /** Pools that hold something to trade; those that trade where there is no depth at all, or have no linear form, stand aside. */
  private entrants({ slots, slotMarkets, unfollowed }: StressForm, depth: Float64Array): { alive: Uint8Array; aside: number } {
    const { index, desk } = this;
    const { start, length, weight, slot, constant, requirement } = index.entries;
    const { own, asset, trades } = slotMarkets;
    const alive = new Uint8Array(index.count);
    let aside = desk.exactPools.size;
    for (let at = 0; at < index.count; at++) {
      if (index.pool[at] === NO_POOL) continue;
      let isTrading = index.kind[Math.floor(at / BLOCK_PLACES)] === LENDING;
      let isAside = Number.isNaN(constant[at]! + requirement[at]!);
      const end = start[at]! + 2 * length[at]!;
      for (let e = start[at]!; e < end; e += 2) {
        const s = slot[e]!;
        if (weight[e] === 0 || trades[s] === 0) continue;
        isTrading = true;
        const market = trades[s] === 1 ? own[s]! : asset[s]!;
        if (market >= 0 && !(depth[market]! > 0)) isAside = true;
        if (unfollowed.size > 0 && unfollowed.has(desk.ladders.ladderOfSlot[s]!)) isAside = true;
      }
      if (isTrading && isAside) aside++;
      alive[at] = isTrading && !isAside && slots.live > 0 ? 1 : 0;
    }
    return { alive, aside };
  }

  private resolved(pool: number, prices: ScenarioPrices): { pool: Pool; unit: string } {
    const { desk } = this;
    const row = desk.pools.row[pool]!;
    let ordinal = 0;
    for (let other = desk.firstPool[row]!; other !== pool && other !== NONE; other = desk.pools.next[other]!) ordinal++;
    const account = accountAt(desk.store, row);
    const book = bookAtPrices(prices.boardOf(account.venue), account);
    return {
      pool: resolveAccount(account, book, desk.rulesOf(account.venue)).pools[ordinal]!,
      unit: account.unit ?? book.unit ?? 'USD',
    };
  }

  /** The exact engine's word at these impacts. */
  private isBreached(pool: number, prices: ScenarioPrices, markets: readonly string[], impact: Float64Array): boolean {
    const { pool: start, unit } = this.resolved(pool, prices);
    const judgement = judge(openPool(repricedPool(start, unit, factorsOf(markets, impact))), this.rulesOf(pool));
    return judgement.ok && judgement.value.isBreached;
  }

  private rulesOf(pool: number) {
    const { desk } = this;
    return desk.rulesOf(desk.store.venues[desk.columns.accounts.venue[desk.pools.row[pool]!]!]!);
  }

  private moneyOf({ closed, fills, average, before, after }: CascadeRoundColumns, prices: ScenarioPrices, { markets }: StressForm) {
    const { desk, index } = this;
    const { board, store } = desk;
    const { unitRate } = desk.columns.accounts;
    const marketOf = new Map(markets.map((market, m) => [market, m] as const));
    let [notional, deficits] = [0, 0];
    closed.forEach((place, k) => {
      const pool = index.pool[place]!;
      const row = index.row[place]!;
      const block = Math.floor(place / BLOCK_PLACES);
      const asset = index.unitAsset[block]!;
      const symbol = asset < 0 ? '' : board.assets[asset]!;
      const m = marketOf.get(symbol);
      const price = asset < 0 ? 1 : prices.boardOf(store.venues[desk.columns.accounts.venue[row]!]!).price[asset]!;
      const fill = fills[k]!;
      notional += fill.notional * price * (m === undefined ? 1 : before[m]!) * unitRate[row]!;
      const hasHaircut =
        index.kind[block] === GENERAL ||
        store.special.has(desk.columns.accounts.source[row]!) ||
        (asset >= 0 && board.book.assets.get(symbol)?.collateralFactor !== undefined);
      const worth = hasHaircut
        ? worthAfter(this.resolved(pool, prices), markets, before, average, after)
        : fill.cash * price * (m === undefined ? 1 : after[m]!);
      if (worth < 0) deficits -= worth * unitRate[row]!;
    });
    return { notional, deficits };
  }

  /** By row: profit since the start on the positions still open (CA-14). */
  private profits(alive: Uint8Array, form: StressForm, prices: ScenarioPrices, impact: Float64Array | undefined): Float64Array {
    const { desk, index, now } = this;
    const { board, store } = desk;
    const { unitRate, venue } = desk.columns.accounts;
    const { start, length, weight, slot } = index.entries;
    const { slots, slotMarkets } = form;
    const perUnit = Float64Array.from({ length: slots.live }, (_, s) =>
      slotMarkets.trades[s] === 1 ? (ownIn(slots, s) - ownIn(now.slots, s)) * settleIn(slots, s) : 0,
    );
    const impactOf = board.assets.map((asset) => impact?.[form.markets.indexOf(asset)] ?? 1);
    const profit = new Float64Array(desk.columns.count);
    for (let block = 0; block < index.unitAsset.length; block++) {
      const asset = index.unitAsset[block]!;
      const units = store.venues.map((name) => (asset < 0 ? 1 : prices.boardOf(name).price[asset]! * impactOf[asset]!));
      for (let at = block * BLOCK_PLACES; at < (block + 1) * BLOCK_PLACES; at++) {
        if (alive[at] === 0) continue;
        const row = index.row[at]!;
        let sum = 0;
        const end = start[at]! + 2 * length[at]!;
        for (let e = start[at]!; e < end; e += 2) if (weight[e] !== 0) sum += weight[e]! * perUnit[slot[e]!]!;
        profit[row]! += sum * units[venue[row]!]! * unitRate[row]!;
      }
    }
    return profit;
  }

  /** Whether some account is long one market and short another. */
  private isMixed({ slotMarkets }: StressForm): boolean {
    const { desk, index } = this;
    const { start, length, weight, slot } = index.entries;
    const long = new Uint8Array(desk.columns.count);
    for (let at = 0; at < index.count; at++) {
      if (index.pool[at] === NO_POOL) continue;
      const row = index.row[at]!;
      for (let e = start[at]!; e < start[at]! + 2 * length[at]!; e += 2) {
        const s = slot[e]!;
        if (weight[e] === 0 || slotMarkets.trades[s] === 0) continue;
        long[row]! |= weight[e]! * slotMarkets.power[s]! > 0 ? 1 : 2;
        if (long[row] === 3) return true;
      }
    }
    return false;
  }

  /** s*, the smallest fall of all markets by beta that starts a cascade of its own (CA-25), on the columns. */
  critical(wish: Omit<CascadeWish, 'scenario'>, betas: ReadonlyMap<string, Decimal>): Outcome<CriticalShock> {
    return atOnce(this.criticalSteps(wish, betas));
  }

  /** The same, one cascade a step. */
  criticalSteps(wish: Omit<CascadeWish, 'scenario'>, betas: ReadonlyMap<string, Decimal>): Job<Outcome<CriticalShock>> {
    const ends = (move: number): EndMove[] => {
      if (move === 0) return [];
      const { markets, start, shocked, end } = this.play({
        ...wish,
        scenario: { ...NOTHING_MOVES, all: new Decimal(move), betas },
        hasDeleveraging: false,
      });
      return markets.flatMap((market, m) =>
        isPegged(market) || Number.isNaN(start[m]!) ? [] : [{ market, shock: shocked[m]! / start[m]! - 1, end: end[m]! / start[m]! - 1 }],
      );
    };
    return criticalShockSteps(ends, { step: 0.01 });
  }
}

export function sumAboveZero(values: Float64Array): number {
  let total = 0;
  for (const value of values) if (value > 0) total += value;
  return total;
}

const ownIn = ({ table, base }: StressSlots, s: number): number => table[base[s]! * FIELDS + WORTH]! / table[base[s]! * FIELDS + SETTLE]!;
const settleIn = ({ table, base }: StressSlots, s: number): number => table[base[s]! * FIELDS + SETTLE]!;

function factorsOf(markets: readonly string[], impact: Float64Array): (market: string) => Decimal {
  const number = new Map(markets.map((market, m) => [market, m] as const));
  return (market) => {
    const m = number.get(market);
    return m === undefined ? ONE : new Decimal(impact[m]!);
  };
}

/** What a closed pool is worth without haircuts: legs at the round's average, what it holds at the prices after (CA-11). */
function worthAfter(
  { pool, unit }: { pool: Pool; unit: string },
  markets: readonly string[],
  before: Float64Array,
  average: Float64Array,
  after: Float64Array,
): number {
  const number = new Map(markets.map((market, m) => [market, m] as const));
  const at = (values: Float64Array, market: string): number => (market === unit ? 1 : (values[number.get(market) ?? -1] ?? 1));
  let worth = 0;
  for (const { asset, amount, price } of pool.collateral) {
    const isTraded = pool.kind === 'lending' && asset !== unit && !isPegged(asset);
    const factor = isTraded ? at(before, asset) * at(average, asset) : at(after, asset);
    worth += amount.toNumber() * (price.ok ? price.value.toNumber() : Number.NaN) * factor;
  }
  for (const leg of pool.legs) {
    if (!leg.v.ok || !leg.settlePrice.ok) return Number.NaN;
    const { base, settle, contract } = leg.instrument;
    const factor = at(before, base) * at(average, base);
    const v = leg.v.value.toNumber() * (contract === 'inverse' ? 1 / factor : factor);
    worth += leg.delta.toNumber() * (v - leg.entryV.toNumber()) * leg.settlePrice.value.toNumber() * at(after, settle);
  }
  return worth;
}
