/**
 * Which pools of the desk the alarms must read, and their figures (rules DA-1 to DA-3). Every pool is summed at every look, whatever is
 * certified: a certificate speaks of risk states and not of the levels of rules.
 */
import { assessAccount } from '../../../engine/assess.ts';
import { type MarketShocks, marketShocks, type SlotMoves, SOLVED, UNCERTAIN } from '../../../engine/desk/market-shock.ts';
import type { Exposure } from '../../../engine/first-passage/pool-distance.ts';
import { BLOCK_PLACES, BLOCK_STARTS, LENDING, NO_POOL } from '../../../engine/kernel/layout.ts';
import { BAND } from '../../../engine/kernel/limits.ts';
import type { PoolAssessment } from '../../../engine/types.ts';
import { type DailyVolatilityOf, exposuresOf, oddsOf } from '../../alarms/odds.ts';
import { accountAndBook } from '../desk-engine.ts';
import { type DeskState, NONE } from '../desk-state.ts';
import { everything, slotMoves } from '../slot-moves.ts';
import { codeOfPool } from '../states.ts';
import { type FigureScratch, figureScratch, probabilityOf, sumFigures } from './figures.ts';
import type { SlotMarkets } from './slot-markets.ts';
import type { Interest, Terms } from './terms.ts';

/** Figures of a candidate, in this order; amounts in the account's unit. */
export const EQUITY = 0;
export const REQUIREMENT = 1;
export const NOTIONAL = 2;
export const RATIO = 3;
export const LEVERAGE = 4;
export const HEALTH = 5;
export const SIGMA = 6;
export const PROBABILITY = 7;
export const SHOCK = 8;
export const FIGURES = 9;

/** Pools that must be read, with what was found of them at one set of prices. */
export class Candidates {
  count = 0;
  pool = new Uint32Array(1_024);
  code = new Uint8Array(1_024);
  figures = new Float64Array(1_024 * FIGURES);
  /** By place in this list: what the exact engine says, where doubles do not decide. */
  readonly exact = new Map<number, PoolAssessment>();

  clear(): void {
    this.count = 0;
    this.exact.clear();
  }

  /** Takes one more in; returns where its figures begin. */
  add(pool: number, code: number): number {
    if (this.count === this.pool.length) this.grow();
    this.pool[this.count] = pool;
    this.code[this.count] = code;
    return this.count++ * FIGURES;
  }

  private grow(): void {
    const length = 2 * this.pool.length;
    const [pool, code, figures] = [new Uint32Array(length), new Uint8Array(length), new Float64Array(length * FIGURES)];
    pool.set(this.pool);
    code.set(this.code);
    figures.set(this.figures);
    [this.pool, this.code, this.figures] = [pool, code, figures];
  }
}

/** Bits of `watched`: it has a state, or rules of its own, and is read whatever its figures are; its account is in a group. */
export const IN_ALARM = 1;
export const ALWAYS = 2;
export const GROUPED = 4;

export interface GatherContext {
  readonly desk: DeskState;
  readonly terms: Terms;
  readonly markets: SlotMarkets;
  /** By pool: bits of why it is read. */
  readonly watched: Uint8Array;
  readonly volatilityOf: DailyVolatilityOf;
}

/** Places of one slice: some ten milliseconds. A book of no more is read at one set of prices. */
const BLOCKS_PER_SLICE = 128;
/** Pools that the exact engine assesses in one slice. */
const EXACT_PER_SLICE = 16;

/** Fills `into`; each pool's figures are of one tick. */
export function* gather(context: GatherContext, into: Candidates): Generator<void, void> {
  const { desk, terms } = context;
  into.clear();
  const scratch = figureScratch();
  const edges = new Set([...desk.edgePools.values()].flatMap((pools) => [...pools]));
  const shocks = terms.distances.length > 0 ? new BlockShocks(context) : undefined;
  for (let block = 0; block < desk.blocks.used; block++) {
    if (block > 0 && block % BLOCKS_PER_SLICE === 0) yield;
    gatherBlock(context, block, scratch, edges, shocks, into);
  }
  let assessed = 0;
  for (const { pool } of desk.exactPools.values()) {
    if (++assessed % EXACT_PER_SLICE === 0) yield;
    const at = into.add(pool, codeOfPool(desk, pool));
    into.figures.fill(Number.NaN, at, at + FIGURES);
    const { assessed: exact, exposures } = wholly(desk, pool, context.volatilityOf);
    const { sigmaDistance, liquidationProbability24h } = oddsOf(exact, exposures);
    // A distance that does not exist is one that no price ends.
    const none = Number.isNaN(sigmaDistance as number) && sigmaDistance !== 'unknown';
    into.figures[at + SIGMA] = none ? Number.POSITIVE_INFINITY : Number(sigmaDistance);
    into.figures[at + PROBABILITY] = Number(liquidationProbability24h);
    into.exact.set(at / FIGURES, exact);
  }
}

function gatherBlock(
  { desk, terms, markets, watched }: GatherContext,
  block: number,
  scratch: FigureScratch,
  edges: ReadonlySet<number>,
  shocks: BlockShocks | undefined,
  into: Candidates,
): void {
  const { layout, tables } = desk;
  const kind = layout.kind[block]!;
  const unitAsset = desk.blocks.unitAsset[block]!;
  const rate = unitAsset < 0 ? 1 : desk.board.price[unitAsset]!;
  shocks?.fill(block);
  for (let i = 0; i < 2 * layout.groups[block]!; i++) {
    const place = block * BLOCK_PLACES + i;
    const pool = layout.pool[place]!;
    if (pool === NO_POOL) continue;
    const g = block * BLOCK_STARTS + (i >> 1);
    const from = layout.groupStart[g]!;
    sumFigures(layout, tables, markets, kind, place, 2 * from + (place & 1), layout.groupStart[g + 1]! - from, scratch);
    const code = layout.state[place]!;
    const width = BAND * (layout.scale[place]! + 2 * scratch.turnover);
    const shock = shocks?.at(i) ?? Number.NaN;
    const why = watched[pool]!;
    const interest = why & GROUPED ? terms.grouped : terms.anyone;
    if ((why & (IN_ALARM | ALWAYS)) === 0 && !isOfInterest(interest, scratch, kind, code, rate, width, shock)) continue;
    const at = into.add(pool, code);
    write(into.figures, at, scratch, kind, rate, shock, desk.pools.entryCount[pool]! === 0);
    if (edges.has(pool) || isNear(terms, scratch, kind, rate, width) || shocks?.isUncertain(i, terms.distances))
      into.exact.set(at / FIGURES, assessedPool(desk, pool));
  }
}

/** DA-2: at or beyond the loosest level of some measure, within the band of it, or closed by the venue. Never too few. */
function isOfInterest(
  { loosest, furthest }: Interest,
  f: FigureScratch,
  kind: number,
  code: number,
  rate: number,
  width: number,
  shock: number,
): boolean {
  if (code === 4 || code === 5) return true;
  const { over, under, equity, notional, sigmaDistance } = f;
  if (over > 0) {
    if (over >= loosest.marginRatio * under - (1 + loosest.marginRatio) * width) return true;
    if (kind === LENDING && under <= loosest.healthFactor * over + (1 + loosest.healthFactor) * width) return true;
  }
  if (notional >= loosest.leverage * equity - (1 + loosest.leverage) * width && equity > 0) return true;
  if ((equity - f.requirement) * rate <= loosest.marginExcess + slackOf(loosest.marginExcess, rate, width)) return true;
  if (sigmaDistance <= loosest.sigmaDistance) return true;
  if (sigmaDistance <= furthest && probabilityOf(f) >= loosest.liquidationProbability24h) return true;
  return Math.abs(shock) <= loosest.liquidationDistance;
}

/** How far the double of a buffer may be from its exact value, in the account's unit. */
const slackOf = (level: number, rate: number, width: number): number =>
  Number.isFinite(level) ? 2 * width * rate + BAND * Math.abs(level) : 0;

/** DA-3: some level lies within the band. */
function isNear({ ratios, healths, leverages, excesses }: Terms, f: FigureScratch, kind: number, rate: number, width: number): boolean {
  if (width === 0) return false;
  const { over, under, equity, notional } = f;
  for (const level of ratios) if (Math.abs(level * under - over) <= (1 + level) * width) return true;
  if (kind === LENDING) for (const level of healths) if (Math.abs(under - level * over) <= (1 + level) * width) return true;
  for (const level of leverages) if (Math.abs(notional - level * equity) <= (1 + level) * width) return true;
  const excess = (equity - f.requirement) * rate;
  for (const level of excesses) if (Math.abs(excess - level) <= slackOf(level, rate, width)) return true;
  // Where equity or the denominator may be either side of zero, whether there is a number at all.
  return Math.abs(equity) <= width || Math.abs(under) <= width;
}

function write(out: Float64Array, at: number, f: FigureScratch, kind: number, rate: number, shock: number, isUnpriced: boolean): void {
  const { equity, requirement, over, under } = f;
  const notional = Number.isNaN(equity) && Number.isNaN(requirement) && isUnpriced ? Number.NaN : f.notional;
  out[at + EQUITY] = equity * rate;
  out[at + REQUIREMENT] = requirement * rate;
  out[at + NOTIONAL] = notional * rate;
  out[at + RATIO] = kind === LENDING && over === 0 ? 0 : under > 0 ? over / under : Number.NaN;
  out[at + LEVERAGE] = equity > 0 ? notional / equity : Number.NaN;
  out[at + HEALTH] = kind === LENDING && over > 0 ? under / over : Number.NaN;
  out[at + SIGMA] = f.sigmaDistance;
  out[at + PROBABILITY] = probabilityOf(f);
  out[at + SHOCK] = Math.abs(shock);
}

/** The pool by the exact engine, at the board's prices. */
function assessedPool(desk: DeskState, pool: number): PoolAssessment {
  const row = desk.pools.row[pool]!;
  const { account, book } = accountAndBook(desk, row);
  return assessAccount(account, book, desk.rulesOf(account.venue)).pools[ordinalOf(desk, pool)]!;
}

/** Its place among the account's pools, as the engine lists them. */
export function ordinalOf({ pools, firstPool }: DeskState, pool: number): number {
  let ordinal = 0;
  for (let other = firstPool[pools.row[pool]!]!; other !== pool && other !== NONE; other = pools.next[other]!) ordinal++;
  return ordinal;
}

/** A pool without linear form, with what moves it. */
function wholly(
  desk: DeskState,
  pool: number,
  volatilityOf: DailyVolatilityOf,
): { readonly assessed: PoolAssessment; readonly exposures: readonly Exposure[] } {
  const { account, book } = accountAndBook(desk, desk.pools.row[pool]!);
  const rules = desk.rulesOf(account.venue);
  const assessed = assessAccount(account, book, rules).pools[ordinalOf(desk, pool)]!;
  const unit = account.unit ?? book.unit ?? 'USD';
  return { assessed, exposures: exposuresOf(account, { book }, rules, unit, volatilityOf).get(assessed.id) ?? [] };
}

const FURTHEST_MOVE = 0.999_999;

/** Uniform shocks of the pools of one block, where a rule asks for distances. */
class BlockShocks {
  private readonly desk: DeskState;
  private readonly moves: SlotMoves;
  private readonly reach: number;
  private readonly mask = new Uint8Array(BLOCK_PLACES);
  private readonly start = new Uint32Array(BLOCK_PLACES);
  private readonly length = new Uint32Array(BLOCK_PLACES);
  private readonly out: MarketShocks = {
    down: new Float64Array(BLOCK_PLACES),
    up: new Float64Array(BLOCK_PLACES),
    error: new Float64Array(BLOCK_PLACES),
    flag: new Uint8Array(BLOCK_PLACES),
  };

  constructor({ desk, terms }: GatherContext) {
    this.desk = desk;
    this.moves = slotMoves(desk, everything(desk));
    this.reach = Math.min(FURTHEST_MOVE, 1.01 * Math.max(...terms.distances));
  }

  fill(block: number): void {
    const { layout, pools } = this.desk;
    const first = block * BLOCK_PLACES;
    const count = 2 * layout.groups[block]!;
    for (let i = 0; i < count; i++) {
      const pool = layout.pool[first + i]!;
      this.mask[i] = pool === NO_POOL ? 0 : 1;
      this.start[i] = 2 * layout.groupStart[block * BLOCK_STARTS + (i >> 1)]! + (i & 1);
      this.length[i] = pool === NO_POOL ? 0 : pools.entryCount[pool]!;
    }
    const part = <T extends Float64Array | Float32Array>(column: T): T => column.subarray(first, first + count) as T;
    const { constant, requirement, scale, weight, slot } = layout;
    const entries = { start: this.start, length: this.length, stride: 2, weight, slot };
    marketShocks(
      count,
      this.mask,
      { ...entries, constant: part(constant), requirement: part(requirement), scale: part(scale) },
      this.moves,
      this.reach,
      this.out,
    );
  }

  /** The nearer of the two, 0 where only the exact engine knows, NaN where none is within reach of a rule or the line is passed. */
  at(i: number): number {
    const { down, up, flag } = this.out;
    if (flag[i] === UNCERTAIN) return 0;
    if (flag[i] !== SOLVED) return Number.NaN;
    const [fall, rise] = [Math.abs(down[i]!), up[i]!];
    return Number.isNaN(fall) ? rise : Number.isNaN(rise) ? fall : Math.min(fall, rise);
  }

  isUncertain(i: number, levels: readonly number[]): boolean {
    if (this.out.flag[i] === UNCERTAIN) return true;
    const value = this.at(i);
    const error = this.out.error[i]! + BAND;
    return levels.some((level) => Math.abs(value - level) <= error);
  }
}
