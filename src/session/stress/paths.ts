/** The open desk as price paths see it: a copy of its pools, packed, so that other threads can work on it while prices go on. Rule ST-20. */
import { InputError } from '../../domain/fault.ts';
import { ONE } from '../../domain/units.ts';
import { LENDING, NO_POOL } from '../../engine/kernel/layout.ts';
import { type Collateral, resolveAccount } from '../../engine/resolve.ts';
import { pathModel } from '../../engine/stress/paths.ts';
import { healthAt } from '../../engine/stress-columns/feedback.ts';
import type { PathExposure, PathPlan, PathPools } from '../../engine/stress-columns/paths.ts';
import { FIELDS, GAIN, type SlotMarkets, type StressSlots, WORTH } from '../../engine/stress-columns/slots.ts';
import { accountAt } from '../desk/account-store.ts';
import { type DeskState, IS_ISOLATED, NONE } from '../desk/desk-state.ts';
import type { Job } from '../desk/names.ts';
import { bookAtPrices } from '../desk/price-board.ts';
import { BlockReader, type BlockView } from './blocks.ts';
import type { StressCommand } from './messages.ts';
import { NOTHING_MOVES, scenarioPrices } from './scenario.ts';
import { type StressForm, stressForm } from './stress-slots.ts';

export type PathsCommand = Extract<StressCommand, { readonly kind: 'stress-paths' }>;

/** Prices are looked at once an hour, and no more often than this. */
const STEPS_PER_DAY = 24;
const STEPS_MAX = 240;
/** Markets that move; the work of a path grows with their square. */
const MARKETS_MAX = 500;
const BLOCKS_PER_SLICE = 16;
/** Times that a copy is begun anew because accounts changed places; then it is made in one slice. */
const TRIES = 3;

export interface DeskPaths {
  readonly plan: PathPlan;
  /** Pools past their line now, and those of which nothing can be said: in none of the figures. */
  readonly past: number;
  readonly unknown: number;
}

/** The desk at its present prices, ready for paths. `allocate`: memory for what every thread reads. Throws `InputError` for too many markets. */
export function* pathsOf(desk: DeskState, command: PathsCommand, allocate: (bytes: number) => ArrayBufferLike): Job<DeskPaths> {
  for (let left = TRIES; ; left--) {
    const packed = yield* pack(desk, command, allocate, left > 0);
    if (packed) return packed;
  }
}

function* pack(
  desk: DeskState,
  { sigmas, otherwise, common, days, seed, paths }: PathsCommand,
  allocate: (bytes: number) => ArrayBufferLike,
  isSliced: boolean,
): Job<DeskPaths | undefined> {
  const { layout, columns } = desk;
  const { rowVersion } = columns;
  const { sortedLocallyAt } = desk;
  const form = stressForm(desk, scenarioPrices(desk.board, NOTHING_MOVES));
  const sigma = form.markets.map((market) => (Object.hasOwn(sigmas, market) ? sigmas[market]! : otherwise));
  const packer = new Packer(desk, form, sigma);
  const reader = new BlockReader();
  for (let block = 0; block < desk.blocks.used; block++) {
    packer.add(reader.read(desk, block));
    if (!isSliced || (block + 1) % BLOCKS_PER_SLICE !== 0) continue;
    yield;
    if (desk.layout !== layout || columns.rowVersion !== rowVersion || desk.sortedLocallyAt !== sortedLocallyAt) return undefined;
  }
  const numbers = packer.markets();
  const moving = form.markets.filter((_, m) => numbers[m]! >= 0);
  if (moving.length > MARKETS_MAX)
    throw new InputError([
      {
        pointer: '/sigmas',
        message: `${moving.length} markets would move, and paths draw at most ${MARKETS_MAX}: give the others a σ of 0`,
      },
    ]);
  const model = pathModel(
    {
      sigma: new Map(form.markets.flatMap((market, m) => (numbers[m]! >= 0 ? [[market, sigma[m]!] as const] : []))),
      correlation: moving.flatMap((a, i) => moving.slice(i + 1).map((b) => [a, b, common] as const)),
      space: 'log',
    },
    'touch',
    days,
    Math.min(STEPS_MAX, Math.max(1, Math.round(STEPS_PER_DAY * days))),
  );
  yield;
  const into = sharing(allocate);
  const plan: PathPlan = { seed, paths, model, ...packer.packed(numbers, into) };
  return { plan, past: packer.past, unknown: packer.unknown };
}

/** A list of numbers that grows. */
class Column {
  length = 0;
  private data = new Float64Array(1024);

  push(value: number): void {
    if (this.length === this.data.length) {
      const more = new Float64Array(2 * this.length);
      more.set(this.data);
      this.data = more;
    }
    this.data[this.length++] = value;
  }

  get values(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}

/** Takes pools block by block. */
class Packer {
  past = 0;
  unknown: number;
  private readonly desk: DeskState;
  private readonly form: StressForm;
  private readonly sigma: readonly number[];
  private readonly columns = {
    start: new Column(),
    weight: new Column(),
    slot: new Column(),
    constant: new Column(),
    requirement: new Column(),
    scale: new Column(),
    rate: new Column(),
    unit: new Column(),
    notional: new Column(),
    hiddenStart: new Column(),
    hiddenMarket: new Column(),
    hidden: new Column(),
  };
  /** By unit, and by slot: Σ weight × rate; constants and hidden worth by market, −1 in front. */
  private readonly held = new Map<number, Float64Array>();
  private readonly cash: Float64Array;
  private readonly marketOf: Map<string, number>;
  private readonly assetFactor: Float64Array;

  constructor(desk: DeskState, form: StressForm, sigma: readonly number[]) {
    this.desk = desk;
    this.form = form;
    this.sigma = sigma;
    this.unknown = desk.exactPools.size;
    this.marketOf = new Map(form.markets.map((market, m) => [market, m]));
    this.cash = new Float64Array(form.markets.length + 1);
    const { board, store } = desk;
    this.assetFactor = Float64Array.from(store.assets, (symbol) => (board.book.assets.get(symbol)?.collateralFactor ?? ONE).toNumber());
  }

  add(view: BlockView): void {
    const { desk } = this;
    const { pool: poolAt } = desk.layout;
    const asset = view.unitAsset;
    const unit = asset < 0 ? -1 : (this.marketOf.get(desk.board.assets[asset]!) ?? -1);
    const price = asset < 0 ? 1 : desk.board.price[asset]!;
    for (let i = 0; i < view.count; i++) {
      const pool = poolAt[view.first + i]!;
      if (pool !== NO_POOL) this.addPool(view, i, pool, unit, price * desk.columns.accounts.unitRate[desk.pools.row[pool]!]!);
    }
  }

  private addPool(view: BlockView, i: number, pool: number, unit: number, rate: number): void {
    const { slots, slotMarkets } = this.form;
    const { weight, slot } = view;
    let isTrading = view.kind === LENDING;
    let health = view.constant[i]! - view.requirement[i]!;
    let notional = 0;
    const from = view.start[i]!;
    const end = from + 2 * view.length[i]!;
    for (let at = from; at < end; at += 2) {
      const w = weight[at]!;
      const s = slot[at]!;
      if (w === 0) continue;
      isTrading ||= slotMarkets.trades[s] !== 0;
      health += healthAt(slots, w, s, 1, 1);
      notional += Math.abs(w) * slots.table[s * FIELDS + WORTH]! * slots.counted[s]!;
    }
    if (Number.isNaN(health * rate)) {
      if (isTrading) this.unknown++;
      return;
    }
    if (isTrading && health < 0) {
      this.past++;
      return;
    }
    const hidden = view.kind === LENDING ? [] : this.hiddenOf(pool);
    this.expose(view, i, unit, rate, hidden);
    if (!isTrading) return;
    const { columns } = this;
    columns.start.push(columns.weight.length);
    columns.hiddenStart.push(columns.hidden.length);
    for (let at = from; at < end; at += 2) {
      if (weight[at] === 0) continue;
      columns.weight.push(weight[at]!);
      columns.slot.push(slot[at]!);
    }
    for (const { market, worth } of hidden) {
      columns.hiddenMarket.push(market);
      columns.hidden.push(worth);
    }
    columns.constant.push(view.constant[i]!);
    columns.requirement.push(view.requirement[i]!);
    columns.scale.push(view.scale[i]!);
    columns.rate.push(rate);
    columns.unit.push(unit);
    columns.notional.push(notional * rate);
  }

  private expose(
    { weight, slot, start, length, constant }: BlockView,
    i: number,
    unit: number,
    rate: number,
    hidden: readonly Hidden[],
  ): void {
    let held = this.held.get(unit);
    if (!held) {
      held = new Float64Array(this.form.slots.live);
      this.held.set(unit, held);
    }
    const end = start[i]! + 2 * length[i]!;
    for (let at = start[i]!; at < end; at += 2) if (weight[at] !== 0) held[slot[at]!]! += weight[at]! * rate;
    this.cash[unit + 1]! += constant[i]! * rate;
    for (const { market, worth } of hidden) this.cash[market + 1]! += worth;
  }

  /** What haircuts leave out of the pool's equity: balances are in the first pool that is not isolated. */
  private hiddenOf(pool: number): Hidden[] {
    const { desk, assetFactor } = this;
    const { store, pools, board, columns } = desk;
    const row = pools.row[pool]!;
    if ((pools.flags[pool]! & IS_ISOLATED) !== 0) return [];
    const source = columns.accounts.source[row]!;
    const rate = columns.accounts.unitRate[row]!;
    if (store.special.has(source) || this.hasOtherCross(pool, row)) return this.exactHidden(pool, row, rate);
    const hidden: Hidden[] = [];
    for (let b = store.balanceStart[row]!; b < store.balanceEnd[row]!; b++) {
      const asset = store.balanceAsset[b]!;
      const symbol = store.assets[asset]!;
      const amount = store.balanceAmount[b]!;
      if (assetFactor[asset] === 1 || !(amount > 0)) continue;
      const price = board.price[board.assetIndex.get(symbol)!]!;
      hidden.push({ market: this.marketOf.get(symbol) ?? -1, worth: amount * (1 - assetFactor[asset]!) * price * rate });
    }
    return hidden;
  }

  private hasOtherCross(pool: number, row: number): boolean {
    const { pools, firstPool } = this.desk;
    for (let other = firstPool[row]!; other !== NONE; other = pools.next[other]!)
      if (other !== pool && (pools.flags[other]! & IS_ISOLATED) === 0) return true;
    return false;
  }

  private exactHidden(pool: number, row: number, rate: number): Hidden[] {
    const { desk } = this;
    let ordinal = 0;
    for (let other = desk.firstPool[row]!; other !== pool && other !== NONE; other = desk.pools.next[other]!) ordinal++;
    const account = accountAt(desk.store, row);
    const { collateral } = resolveAccount(account, bookAtPrices(desk.board, account), desk.rulesOf(account.venue)).pools[ordinal]!;
    return collateral.flatMap(({ asset, amount, price, factor }: Collateral) => {
      if (factor.eq(ONE) || !price.ok) return [];
      const worth = amount.times(ONE.minus(factor)).times(price.value).toNumber() * rate;
      return [{ market: this.marketOf.get(asset) ?? -1, worth }];
    });
  }

  /** By market of the desk: its number among those that move and that somebody holds, −1 for the others. */
  markets(): Int32Array {
    const { form, sigma, held, cash } = this;
    const { own, asset } = form.slotMarkets;
    const isHeld = new Uint8Array(form.markets.length + 1);
    for (const [unit, weights] of held) {
      isHeld[unit + 1] = 1;
      weights.forEach((weight, s) => {
        if (weight !== 0) isHeld[own[s]! + 1] = isHeld[asset[s]! + 1] = 1;
      });
    }
    // Weights of one slot may cancel: what pools hold counts, not the sum.
    for (const s of this.columns.slot.values) isHeld[own[s]! + 1] = isHeld[asset[s]! + 1] = 1;
    cash.forEach((value, at) => {
      if (value !== 0) isHeld[at] = 1;
    });
    let next = 0;
    return Int32Array.from(form.markets, (_, m) => (isHeld[m + 1] === 1 && sigma[m]! > 0 ? next++ : -1));
  }

  /** `numbers`: what `markets` said. */
  packed(numbers: Int32Array, into: Sharing): Pick<PathPlan, 'pools' | 'slots' | 'markets' | 'exposure'> {
    const { columns: c, form } = this;
    const { slots, slotMarkets } = form;
    const count = c.start.length;
    const renumbered = (values: ArrayLike<number>): Int32Array =>
      into(Int32Array, values.length, (k) => (values[k]! < 0 ? -1 : numbers[values[k]!]!));
    const start = c.start.values;
    const pools: PathPools = {
      count,
      stride: 1,
      start: into(Uint32Array, count, (i) => start[i]!),
      length: into(Uint32Array, count, (i) => (start[i + 1] ?? c.weight.length) - start[i]!),
      weight: copied(into, c.weight),
      slot: into(Uint32Array, c.slot.length, (k) => c.slot.values[k]!),
      constant: copied(into, c.constant),
      requirement: copied(into, c.requirement),
      scale: copied(into, c.scale),
      rate: copied(into, c.rate),
      unit: renumbered(c.unit.values),
      notional: copied(into, c.notional),
      hiddenStart: into(Uint32Array, count + 1, (i) => c.hiddenStart.values[i] ?? c.hidden.length),
      hiddenMarket: renumbered(c.hiddenMarket.values),
      hidden: copied(into, c.hidden),
    };
    const markets: SlotMarkets = { ...slotMarkets, own: renumbered(slotMarkets.own), asset: renumbered(slotMarkets.asset) };
    return { pools, slots, markets, exposure: this.exposure(slots, markets, numbers) };
  }

  private exposure({ table }: StressSlots, { own, asset, power }: SlotMarkets, numbers: Int32Array): PathExposure {
    const parts: { value: number; own: number; power: number; asset: number; unit: number }[] = [];
    const numberOf = (market: number): number => (market < 0 ? -1 : numbers[market]!);
    for (const [unit, weights] of this.held)
      weights.forEach((weight, s) => {
        if (weight === 0) return;
        parts.push({ value: weight * table[s * FIELDS + GAIN]!, own: own[s]!, power: power[s]!, asset: asset[s]!, unit: numberOf(unit) });
      });
    this.cash.forEach((value, at) => {
      if (value !== 0 && at > 0) parts.push({ value, own: -1, power: 1, asset: -1, unit: numberOf(at - 1) });
    });
    return {
      value: Float64Array.from(parts, ({ value }) => value),
      own: Int32Array.from(parts, (part) => part.own),
      power: Int8Array.from(parts, (part) => part.power),
      asset: Int32Array.from(parts, (part) => part.asset),
      unit: Int32Array.from(parts, (part) => part.unit),
    };
  }
}

interface Hidden {
  readonly market: number;
  /** Desk's unit, now. */
  readonly worth: number;
}

interface ArrayOf<T> {
  new (buffer: ArrayBufferLike): T;
  readonly BYTES_PER_ELEMENT: number;
}
type Sharing = <T extends Float64Array | Uint32Array | Int32Array>(of: ArrayOf<T>, length: number, valueAt: (k: number) => number) => T;

/** Arrays in memory of `allocate`. */
const sharing =
  (allocate: (bytes: number) => ArrayBufferLike): Sharing =>
  (of, length, valueAt) => {
    const array = new of(allocate(length * of.BYTES_PER_ELEMENT));
    for (let k = 0; k < length; k++) array[k] = valueAt(k);
    return array;
  };

const copied = (into: Sharing, { values }: Column): Float64Array => into(Float64Array, values.length, (k) => values[k]!);
