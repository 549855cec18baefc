/** What a scenario does to every account of the desk: states and figures after, beside those of now. Rules ST-3…ST-5. */
import type { Account } from '../../domain/book.ts';
import { type Figure, map } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { BLOCK_PLACES, BLOCK_STARTS, type BlockKind, NO_POOL } from '../../engine/kernel/layout.ts';
import { NEAR, ratioOf } from '../../engine/kernel/sweep.ts';
import { type Collateral, type Pool, resolveAccount } from '../../engine/resolve.ts';
import { noSums, stressCode, sumColumns, sumPool, sumPools } from '../../engine/stress-columns/pools.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { accountAt } from '../desk/account-store.ts';
import { type DeskState, IS_ISOLATED, NONE } from '../desk/desk-state.ts';
import { type ExactPoolFigures, exactPool } from '../desk/exact-row.ts';
import type { Job } from '../desk/names.ts';
import { bookAtPrices } from '../desk/price-board.ts';
import { poolFloats } from '../desk/refresh.ts';
import { BlockReader, type BlockView } from './blocks.ts';
import type { StressTotals } from './messages.ts';
import type { ScenarioPrices } from './scenario.ts';
import { type StressForm, stressForm } from './stress-slots.ts';

const BLOCKS_PER_SLICE = 48;
const EXACT_PER_SLICE = 20;

/** By code: how much it weighs among the pools of an account (RS-4). */
const WEIGHT = Uint8Array.from(RISK_STATES, (state) => SEVERITY.indexOf(state));
const LIQUIDATION = RISK_STATES.indexOf('liquidation');
const BANKRUPT = RISK_STATES.indexOf('bankrupt');
const isPastLine = (code: number): boolean => code === LIQUIDATION || code === BANKRUPT;

/** Figures by row at the scenario's prices, in the account's unit; NaN where there is none. */
export interface AfterColumns {
  readonly count: number;
  readonly rowVersion: number;
  readonly equity: Float64Array;
  readonly grossNotional: Float64Array;
  readonly maintenance: Float64Array;
  readonly marginRatio: Float64Array;
  readonly marginExcess: Float64Array;
  readonly state: Uint8Array;
  /** By row: Σ notional, at present marks and in the account's unit, of the pools that the scenario puts past their line. */
  readonly closedNotional: Float64Array;
}

const columnsFor = (capacity: number): Omit<AfterColumns, 'count' | 'rowVersion'> => ({
  equity: new Float64Array(capacity),
  grossNotional: new Float64Array(capacity),
  maintenance: new Float64Array(capacity),
  marginRatio: new Float64Array(capacity),
  marginExcess: new Float64Array(capacity),
  state: new Uint8Array(capacity),
  closedNotional: new Float64Array(capacity),
});

export interface WhatIf {
  readonly columns: AfterColumns;
  /** Accounts decided by the exact path. */
  readonly exactAccounts: number;
}

/** Work on what-ifs of one desk; keeps its memory from one to the next. */
export class WhatIfEngine {
  private readonly desk: DeskState;
  private readonly reader = new BlockReader();
  private readonly out = sumColumns(BLOCK_PLACES);
  private memory: ReturnType<typeof columnsFor> | undefined;

  constructor(desk: DeskState) {
    this.desk = desk;
  }

  /** Evaluates a scenario. Throws nothing; undefined where accounts came or went meanwhile: to be asked again. */
  *evaluate(prices: ScenarioPrices): Job<WhatIf | undefined> {
    const { desk } = this;
    const { columns } = desk;
    const { rowVersion, count } = columns;
    if (!this.memory || this.memory.state.length < columns.accountCapacity) this.memory = columnsFor(columns.accountCapacity);
    const into: AfterColumns = { ...this.memory, count, rowVersion };
    const form = stressForm(desk, prices);
    into.closedNotional.fill(0, 0, count);
    const exactRows = new Set<number>();
    const compounds = new Set<number>();
    const { layout } = desk;
    for (let block = 0; block < desk.blocks.used; block++) {
      this.evaluateBlock(block, form, prices, into, exactRows, compounds);
      if ((block + 1) % BLOCKS_PER_SLICE !== 0) continue;
      yield;
      if (columns.rowVersion !== rowVersion || columns.count !== count || desk.layout !== layout) return undefined;
    }
    this.noteUnfollowed(form, prices, exactRows);
    for (const row of compounds) if (!exactRows.has(row)) this.evaluateRow(row, form, prices, into, exactRows);
    let done = 0;
    for (const row of exactRows) {
      exactRow(desk, row, prices, into);
      if (++done % EXACT_PER_SLICE !== 0) continue;
      yield;
      if (columns.rowVersion !== rowVersion || columns.count !== count) return undefined;
    }
    return { columns: into, exactAccounts: exactRows.size };
  }

  private evaluateBlock(
    block: number,
    { slots }: StressForm,
    prices: ScenarioPrices,
    into: AfterColumns,
    exactRows: Set<number>,
    compounds: Set<number>,
  ): void {
    const { desk, reader } = this;
    const { layout, pools } = desk;
    const view = reader.read(desk, block);
    const { kind, first, count } = view;
    const isCompound = desk.blocks.isCompound[block] === 1;
    // Rows that run in step with places: no look-up in memory that lies anywhere.
    const firstRow = desk.blocks.firstRow[block]!;
    const { out } = this;
    if (!isCompound) sumPools(view, count, slots, out);
    const { venue } = desk.columns.accounts;
    const rates = desk.store.venues.map((name) => (view.unitAsset < 0 ? 1 : prices.boardOf(name).price[view.unitAsset]!));
    for (let i = 0; i < count; i++) {
      const pool = layout.pool[first + i]!;
      if (pool === NO_POOL) continue;
      const row = firstRow >= 0 ? firstRow + i : pools.row[pool]!;
      if (isCompound) {
        compounds.add(row);
        continue;
      }
      const equity = out.equity[i]!;
      const requirement = out.requirement[i]!;
      const notional = out.notional[i]!;
      const code = stressCode(kind, equity, requirement, notional, out.turnover[i]!, view.scale[i]!, out.isOnStep[i] === 1);
      if (code & NEAR) {
        exactRows.add(row);
        continue;
      }
      const rate = rates[venue[row]!]!;
      into.equity[row] = equity * rate;
      into.grossNotional[row] = Number.isNaN(equity) && pools.entryCount[pool] === 0 ? Number.NaN : notional * rate;
      into.maintenance[row] = requirement * rate;
      into.marginRatio[row] = ratioOf(kind, equity, notional, requirement);
      into.marginExcess[row] = (equity - requirement) * rate;
      into.state[row] = code;
      if (isPastLine(code) && !isPastLine(layout.state[first + i]!)) into.closedNotional[row] = notionalNow(desk, view, i);
    }
  }

  /** An account of several pools: figures of its cross pools together, the worst state of all. */
  private evaluateRow(row: number, { slots }: StressForm, prices: ScenarioPrices, into: AfterColumns, exactRows: Set<number>): void {
    const { desk } = this;
    const { pools, firstPool, layout } = desk;
    const board = prices.boardOf(desk.store.venues[desk.columns.accounts.venue[row]!]!);
    const total = noTotal();
    const sums = noSums();
    for (let pool = firstPool[row]!; pool !== NONE; pool = pools.next[pool]!) {
      const place = pools.place[pool]!;
      if (place === NONE) return void exactRows.add(row);
      const one = onePool(desk, place);
      sumPool(one, 0, slots, sums);
      const code = stressCode(one.kind, sums.equity, sums.requirement, sums.notional, sums.turnover, one.scale[0]!, sums.isOnStep);
      if (code & NEAR) return void exactRows.add(row);
      const rate = one.unitAsset < 0 ? 1 : board.price[one.unitAsset]!;
      const ratio = ratioOf(one.kind, sums.equity, sums.notional, sums.requirement);
      const isIsolated = (pools.flags[pool]! & IS_ISOLATED) !== 0;
      addPool(total, isIsolated, code, sums.equity * rate, sums.notional * rate, sums.requirement * rate, ratio);
      if (isPastLine(code) && !isPastLine(layout.state[place]!)) total.closed += poolFloats(desk, place).notional;
    }
    writeRow(row, total, into);
  }

  /** Rows that hold what the form does not follow, and pools without linear form. */
  private noteUnfollowed({ unfollowed }: StressForm, { scenario }: ScenarioPrices, exactRows: Set<number>): void {
    const { desk } = this;
    const { pools, layout, ladders, store, columns } = desk;
    for (const pool of desk.exactPools.keys()) exactRows.add(pools.row[pool]!);
    if (scenario.tiers.size > 0)
      for (let row = 0; row < columns.count; row++) {
        const own = store.special.get(columns.accounts.source[row]!);
        if (own?.positions.some(({ instrument }) => scenario.tiers.has(instrument))) exactRows.add(row);
      }
    if (unfollowed.size === 0) return;
    for (let block = 0; block < desk.blocks.used; block++) {
      const view = this.reader.read(desk, block);
      for (let i = 0; i < view.count; i++) {
        const pool = layout.pool[view.first + i]!;
        if (pool === NO_POOL) continue;
        const first = view.start[i]!;
        for (let at = first; at < first + 2 * view.length[i]!; at += 2)
          if (view.weight[at] !== 0 && unfollowed.has(ladders.ladderOfSlot[view.slot[at]!]!)) exactRows.add(pools.row[pool]!);
      }
    }
  }
}

/** Notional of the pool at present marks, in the account's unit. */
function notionalNow({ tables, board }: DeskState, { start, length, weight, slot, unitAsset }: BlockView, i: number): number {
  const { coefficient, counted } = tables;
  let notional = 0;
  const end = start[i]! + 2 * length[i]!;
  for (let at = start[i]!; at < end; at += 2) notional += Math.abs(weight[at]! * coefficient[2 * slot[at]!]!) * counted[slot[at]!]!;
  return notional * (unitAsset < 0 ? 1 : board.price[unitAsset]!);
}

/** The pool of one place as a view of its own. */
export function onePool(desk: DeskState, place: number) {
  const { layout, blocks } = desk;
  const block = Math.floor(place / BLOCK_PLACES);
  const group = block * BLOCK_STARTS + ((place % BLOCK_PLACES) >> 1);
  const from = layout.groupStart[group]!;
  return {
    kind: layout.kind[block] as BlockKind,
    unitAsset: blocks.unitAsset[block]!,
    start: Uint32Array.of(2 * from + (place & 1)),
    length: Uint32Array.of(layout.groupStart[group + 1]! - from),
    stride: 2,
    weight: layout.weight,
    slot: layout.slot,
    constant: layout.constant.subarray(place, place + 1),
    requirement: layout.requirement.subarray(place, place + 1),
    scale: layout.scale.subarray(place, place + 1),
  };
}

interface RowTotal {
  equity: number;
  notional: number;
  requirement: number;
  ratio: number;
  code: number;
  closed: number;
}

const noTotal = (): RowTotal => ({ equity: 0, notional: 0, requirement: 0, ratio: Number.NEGATIVE_INFINITY, code: 0, closed: 0 });

/** PF-9 and RS-4: isolated pools have a state and no figures. */
function addPool(
  total: RowTotal,
  isIsolated: boolean,
  code: number,
  equity: number,
  notional: number,
  requirement: number,
  ratio: number,
): void {
  if (WEIGHT[code]! > WEIGHT[total.code]!) total.code = code;
  if (isIsolated) return;
  total.equity += equity;
  total.notional += notional;
  total.requirement += requirement;
  if (equity !== 0 || requirement !== 0) total.ratio = Math.max(total.ratio, ratio);
}

function writeRow(row: number, { equity, notional, requirement, ratio, code, closed }: RowTotal, into: AfterColumns): void {
  into.equity[row] = equity;
  into.grossNotional[row] = notional;
  into.maintenance[row] = requirement;
  into.marginRatio[row] = ratio === Number.NEGATIVE_INFINITY ? Number.NaN : ratio;
  into.marginExcess[row] = equity - requirement;
  into.state[row] = code;
  into.closedNotional[row] = closed;
}

const numberOf = (figure: Figure): number => (figure.ok ? figure.value.toNumber() : Number.NaN);

function exactRow(desk: DeskState, row: number, prices: ScenarioPrices, into: AfterColumns): void {
  const account = accountAt(desk.store, row);
  const rules = desk.rulesOf(account.venue);
  const now = resolveAccount(account, bookAtPrices(prices.now, account), rules).pools.map((pool) => exactPool(pool, rules));
  const total = noTotal();
  exactWhatIf(desk, account, prices).forEach((pool, i) => {
    addPool(
      total,
      pool.isIsolated,
      pool.code,
      numberOf(pool.equity),
      numberOf(pool.grossNotional),
      numberOf(pool.requirement),
      numberOf(pool.marginRatio),
    );
    if (isPastLine(pool.code) && !isPastLine(now[i]!.code)) total.closed += numberOf(now[i]!.grossNotional);
  });
  writeRow(row, total, into);
}

/** The exact twin: every pool of the account at the scenario's prices. */
export function exactWhatIf(desk: DeskState, account: Account, prices: ScenarioPrices): ExactPoolFigures[] {
  const rules = desk.rulesOf(account.venue);
  const book = bookAtPrices(prices.boardOf(account.venue), account);
  const { funding } = prices.scenario;
  return resolveAccount(account, book, rules).pools.map((pool) => exactPool(funding.isZero() ? pool : charged(pool, funding), rules));
}

/** The pool after longs have paid `funding` of their notional, in what each settles in. */
function charged(pool: Pool, funding: Decimal): Pool {
  const paid = pool.legs.map((leg): Collateral => {
    const notional = map(leg.v, (v) => leg.delta.abs().times(v).times(leg.side).times(funding));
    return {
      asset: leg.instrument.settle,
      amount: notional.ok ? notional.value.negated() : ZERO,
      price: leg.settlePrice,
      factor: ONE,
      volatile: leg.settleVolatile,
      liquidationThreshold: { ok: false, reason: 'not-applicable' },
      loanToValue: { ok: false, reason: 'not-applicable' },
      liquidationBonus: { ok: false, reason: 'not-applicable' },
    };
  });
  return { ...pool, collateral: [...pool.collateral, ...paid] };
}

/** What a scenario does to the whole book. */
export interface Outcome {
  readonly after: StressTotals;
  /** Accounts by state before (row of 8) and after (column). */
  readonly transitions: Uint32Array;
  readonly changed: number;
  readonly liquidated: number;
  /** Desk's unit, at present marks. */
  readonly liquidatedNotional: number;
}

/** Sums over all rows, in the desk's unit, beside the states of now. */
export function outcomeOf(before: Uint8Array, columns: AfterColumns, unitRate: Float64Array): Outcome {
  const codes = RISK_STATES.length;
  const { count, state, closedNotional } = columns;
  const transitions = new Uint32Array(codes * codes);
  let liquidatedNotional = 0;
  for (let row = 0; row < count; row++) {
    transitions[before[row]! * codes + state[row]!]!++;
    const notional = closedNotional[row]!;
    if (notional > 0) liquidatedNotional += notional * unitRate[row]!;
  }
  const states = new Uint32Array(codes);
  let [changed, liquidated] = [0, 0];
  transitions.forEach((accounts, at) => {
    const [from, to] = [Math.floor(at / codes), at % codes];
    states[to]! += accounts;
    if (from !== to) changed += accounts;
    if (isPastLine(to) && !isPastLine(from)) liquidated += accounts;
  });
  return { after: totalsOf(columns, unitRate, states), transitions, changed, liquidated, liquidatedNotional };
}

function totalsOf(
  { count, equity: e, maintenance: m, grossNotional: n }: AfterColumns,
  unitRate: Float64Array,
  states: Uint32Array,
): StressTotals {
  let [equity, maintenance, grossNotional, unknown] = [0, 0, 0, 0];
  for (let row = 0; row < count; row++) {
    const rate = unitRate[row]!;
    const [a, b, c] = [e[row]! * rate, m[row]! * rate, n[row]! * rate];
    if (!Number.isNaN(a + b + c)) {
      equity += a;
      maintenance += b;
      grossNotional += c;
    } else unknown++;
  }
  return { equity, maintenance, grossNotional, unknown, states };
}
