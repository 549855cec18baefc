/**
 * The move of a market that liquidates each pool (rule DS-10), for a whole book in Float64: twin of `market-terms.ts`. Health in t is
 * followed from t = 1 outwards, from one edge of a margin tier to the next, until it changes sign. Where rounding could decide – the
 * health now, at an edge or at a turning point within the band, a notional on an edge – the pool is flagged, and the exact twin decides.
 */

/** Legs by row; a row is what is liquidated together. Legs of row i: legStart[i] ≤ leg < legEnd[i]. */
export interface PoolLegs {
  readonly legStart: Uint32Array;
  readonly legEnd: Uint32Array;
  readonly legInstrument: Uint32Array;
  /** Signed, + long; times the contract size gives base units (linear) or quote units (inverse). */
  readonly legSize: Float64Array;
  /** Margin table of the leg's requirement; `HELD` where it does not follow the price (entry or frozen basis, a lending debt). */
  readonly legTable: Uint32Array;
  /** Closing fee that follows the notional beside the tier's rate, a fraction (MR-2). */
  readonly legFeeRate: Float64Array;
}

/** `legTable` of a leg whose requirement stays what it is. */
export const HELD = 0xffff_ffff;

/** By instrument. */
export interface MarketPrices {
  readonly contractSize: Float64Array;
  readonly mark: Float64Array;
  /** Desk's unit per unit of the settle currency. */
  readonly settlePrice: Float64Array;
  readonly isInverse: Uint8Array;
  /** 1 for the instruments of the chosen market. */
  readonly moves: Uint8Array;
}

/** Margin tables end to end. Tiers of table k: tableStart[k] ≤ tier < tableStart[k + 1]; one that counts contracts has one tier, the one in force. */
export interface TierTables {
  readonly tableStart: Uint32Array;
  readonly tierFloor: Float64Array;
  readonly tierRate: Float64Array;
  readonly tierDeduction: Float64Array;
  /** By table: maintenance slope per base unit (Deribit), else 0. */
  readonly tableSlope: Float64Array;
}

/** What `flag` says of a row. */
export const UNTOUCHED = 0;
/** Shocks are as given: a number within `error` of the exact one, NaN where none within reach. */
export const SOLVED = 1;
/** Past its line now. */
export const PAST = 2;
/** Too close to call in Float64, or no closed form: the exact path decides. */
export const UNCERTAIN = 3;
/** Health is not known. */
export const UNKNOWN = 4;

export interface MarketShocks {
  /** Nearest fall in [−reach, 0) and rise in (0, reach] that liquidates; NaN where none. */
  readonly down: Float64Array;
  readonly up: Float64Array;
  /** Greatest absolute error of the two. */
  readonly error: Float64Array;
  readonly flag: Uint8Array;
}

/** Relative error granted to every sum: a hundred times what was ever measured (docs/spec/desk-statistics.md, DS-10). */
const TOLERANCE = 1e-12;

/** Columns of the legs of one row that move; made as long as the longest row before the loop. */
interface MovingLegs {
  /** |notional| now, desk's unit, and in the settle currency. */
  readonly notional: Float64Array;
  readonly settled: Float64Array;
  /** Desk's unit per unit of the settle currency. */
  readonly settlePrice: Float64Array;
  /** + long, − short. */
  readonly side: Float64Array;
  /** Rate beside the tier's: closing fee, and for a linear leg slope × base units. */
  readonly rate: Float64Array;
  /** Slope of an inverse leg, else 0. */
  readonly slope: Float64Array;
  /** First tier of its table, the one after its last (0 where the requirement is held), the one in force, the one reached. */
  readonly first: Uint32Array;
  readonly end: Uint32Array;
  readonly inForce: Uint32Array;
  readonly tier: Uint32Array;
  readonly isInverse: Uint8Array;
}

const movingLegs = (capacity: number): MovingLegs => {
  const numbers = (): Float64Array => new Float64Array(capacity);
  const indices = (): Uint32Array => new Uint32Array(capacity);
  return {
    notional: numbers(),
    settled: numbers(),
    settlePrice: numbers(),
    side: numbers(),
    rate: numbers(),
    slope: numbers(),
    first: indices(),
    end: indices(),
    inForce: indices(),
    tier: indices(),
    isInverse: new Uint8Array(capacity),
  };
};

/** One row as it is followed: health × tᵐ = a + b·t + c·t², m = `power`. */
interface Walk {
  moved: number;
  a: number;
  b: number;
  c: number;
  power: number;
  /** Magnitude behind the health now, desk's unit. */
  scale: number;
  /** Some leg has no closed form with the others, or stands on a tier's edge. */
  isUncertain: boolean;
  isUnknown: boolean;
  /** Of the last move found. */
  error: number;
}

/**
 * Fills `out` for every row that the mask lets through. `marginExcess` (equity − requirement) and `scale` (|collateral| + Σ|notional| +
 * requirement, or more) are in the account's unit; × unitRate gives the desk's. 0 < reach < 1: moves beyond ±reach are not looked for.
 */
export function marketShocks(
  count: number,
  mask: Uint8Array,
  legs: PoolLegs,
  marginExcess: Float64Array,
  scale: Float64Array,
  unitRate: Float64Array,
  prices: MarketPrices,
  tables: TierTables,
  reach: number,
  out: MarketShocks,
): void {
  const moving = movingLegs(mostLegs(count, legs));
  const walk: Walk = { moved: 0, a: 0, b: 0, c: 0, power: 0, scale: 0, isUncertain: false, isUnknown: false, error: 0 };
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    gather(row, legs, prices, tables, moving, walk);
    const excess = marginExcess[row]! * unitRate[row]!;
    walk.scale = scale[row]! * unitRate[row]!;
    let flag = flagOf(excess, walk);
    let down = Number.NaN;
    let up = Number.NaN;
    let error = 0;
    if (flag === SOLVED) {
      down = nearestMove(-1, excess, reach, moving, tables, walk) - 1;
      error = walk.error;
      up = nearestMove(1, excess, reach, moving, tables, walk) - 1;
      error = Math.max(error, walk.error);
      if (error === Number.POSITIVE_INFINITY) flag = UNCERTAIN;
    }
    out.down[row] = flag === SOLVED ? down : Number.NaN;
    out.up[row] = flag === SOLVED ? up : Number.NaN;
    out.error[row] = flag === SOLVED ? error : 0;
    out.flag[row] = flag;
  }
}

const mostLegs = (count: number, { legStart, legEnd }: PoolLegs): number => {
  let most = 0;
  for (let row = 0; row < count; row++) most = Math.max(most, legEnd[row]! - legStart[row]!);
  return most;
};

function flagOf(excess: number, walk: Walk): number {
  if (walk.moved === 0) return UNTOUCHED;
  if (walk.isUnknown || !(Math.abs(excess) < Number.POSITIVE_INFINITY && walk.scale < Number.POSITIVE_INFINITY)) return UNKNOWN;
  if (Math.abs(excess) <= TOLERANCE * walk.scale) return UNCERTAIN;
  if (excess < 0) return PAST;
  return walk.isUncertain ? UNCERTAIN : SOLVED;
}

/** Lists the row's legs that move, each with its tier in force, and finds the power that makes their sum a polynomial. */
function gather(row: number, legs: PoolLegs, prices: MarketPrices, tables: TierTables, moving: MovingLegs, walk: Walk): void {
  walk.moved = 0;
  walk.isUncertain = false;
  walk.isUnknown = false;
  let hasLinear = false;
  walk.power = 0;
  for (let leg = legs.legStart[row]!; leg < legs.legEnd[row]!; leg++) {
    const instrument = legs.legInstrument[leg]!;
    const size = legs.legSize[leg]!;
    if (prices.moves[instrument] === 0 || size === 0) continue;
    const k = walk.moved++;
    const isInverse = prices.isInverse[instrument] !== 0;
    const units = Math.abs(size) * prices.contractSize[instrument]!;
    const settled = isInverse ? units / prices.mark[instrument]! : units * prices.mark[instrument]!;
    const notional = settled * prices.settlePrice[instrument]!;
    if (!(notional < Number.POSITIVE_INFINITY)) walk.isUnknown = true;
    const table = legs.legTable[leg]!;
    const slope = table === HELD ? 0 : tables.tableSlope[table]!;
    moving.isInverse[k] = isInverse ? 1 : 0;
    moving.settled[k] = settled;
    moving.notional[k] = notional;
    moving.settlePrice[k] = prices.settlePrice[instrument]!;
    moving.side[k] = size < 0 ? -1 : 1;
    moving.rate[k] = table === HELD ? 0 : legs.legFeeRate[leg]! + (isInverse ? 0 : slope * units);
    moving.slope[k] = isInverse ? slope : 0;
    hasLinear ||= !isInverse;
    if (isInverse) walk.power = Math.max(walk.power, slope === 0 ? 1 : 2);
    findTier(k, table, settled, tables, moving, walk);
  }
  if (walk.power === 2 && hasLinear) walk.isUncertain = true;
}

/** The tier in force: the last whose floor ≤ notional. A notional within the tolerance of a floor is not decided here. */
function findTier(k: number, table: number, settled: number, tables: TierTables, moving: MovingLegs, walk: Walk): void {
  const first = table === HELD ? 0 : tables.tableStart[table]!;
  const end = table === HELD ? 0 : tables.tableStart[table + 1]!;
  let tier = first;
  while (tier + 1 < end && settled >= tables.tierFloor[tier + 1]!) tier++;
  moving.first[k] = first;
  moving.end[k] = end;
  moving.inForce[k] = tier;
  if (tier + 1 < end && isNear(settled, tables.tierFloor[tier + 1]!)) walk.isUncertain = true;
  if (tier > first && isNear(settled, tables.tierFloor[tier]!)) walk.isUncertain = true;
}

const isNear = (value: number, edge: number): boolean => Math.abs(value - edge) <= TOLERANCE * edge;

/** Looked for a little beyond reach, so that what happens at its very end is seen. */
const BEYOND = 1 + 1e-6;

/**
 * The nearest t beyond 1, downwards or upwards, at which health ends, within reach; NaN where none. Leaves the absolute error of t in
 * `walk.error`: 0 for NaN, infinite where rounding could decide whether there is one.
 */
function nearestMove(direction: number, excess: number, reach: number, moving: MovingLegs, tables: TierTables, walk: Walk): number {
  begin(excess, moving, tables, walk);
  const limit = 1 + direction * reach * BEYOND;
  let from = 1;
  for (;;) {
    const edge = nextEdge(direction, limit, moving, tables, walk);
    const root = rootBetween(from, edge, walk);
    if (walk.error !== 0 || edge === limit) return root;
    pass(edge, direction, moving, tables, walk);
    const health = healthAt(edge, walk);
    if (health <= bandAt(edge, walk)) {
      const isJump = health < -bandAt(edge, walk);
      walk.error = isJump ? TOLERANCE * edge : Number.POSITIVE_INFINITY;
      return isJump ? edge : Number.NaN;
    }
    from = edge;
  }
}

/** Health at t = 1: the excess, and every moving leg in its tier in force. */
function begin(excess: number, moving: MovingLegs, tables: TierTables, walk: Walk): void {
  walk.a = 0;
  walk.b = 0;
  walk.c = 0;
  let rest = excess;
  for (let k = 0; k < walk.moved; k++) {
    moving.tier[k] = moving.inForce[k]!;
    const isHeld = moving.end[k] === 0;
    const tier = moving.inForce[k]!;
    const rate = moving.rate[k]! + (isHeld ? 0 : tables.tierRate[tier]!);
    const deduction = isHeld ? 0 : tables.tierDeduction[tier]! * moving.settlePrice[k]!;
    const settled = moving.settled[k]!;
    rest += rate * moving.notional[k]! - deduction + moving.slope[k]! * settled * settled * moving.settlePrice[k]!;
    addPiece(k, 1, moving, tables, walk);
  }
  if (walk.power === 0) walk.a += rest;
  else if (walk.power === 1) walk.b += rest;
  else walk.c += rest;
}

/**
 * Adds sign × (profit − requirement) of leg k in the tier `moving.tier[k]`, × tᵐ. With N its notional now, R the rates, D the deduction:
 * linear side·N·(t − 1) − R·N·t + D; inverse side·N·(1 − 1/t) − R·N/t + D − slope·N²/t².
 */
function addPiece(k: number, sign: number, moving: MovingLegs, tables: TierTables, walk: Walk): void {
  const isHeld = moving.end[k] === 0;
  const tier = moving.tier[k]!;
  const notional = sign * moving.notional[k]!;
  const signed = moving.side[k]! * notional;
  const required = (moving.rate[k]! + (isHeld ? 0 : tables.tierRate[tier]!)) * notional;
  const deduction = isHeld ? 0 : sign * tables.tierDeduction[tier]! * moving.settlePrice[k]!;
  if (moving.isInverse[k] === 0) {
    if (walk.power === 0) {
      walk.a += deduction - signed;
      walk.b += signed - required;
    } else {
      walk.b += deduction - signed;
      walk.c += signed - required;
    }
  } else if (walk.power === 1) {
    walk.a -= signed + required;
    walk.b += signed + deduction;
  } else {
    walk.a -= moving.slope[k]! * moving.settled[k]! * notional;
    walk.b -= signed + required;
    walk.c += signed + deduction;
  }
}

/** The t at which leg k leaves its tier in this direction: floor ÷ notional for a linear leg, notional ÷ floor for an inverse one. */
function edgeOf(k: number, direction: number, moving: MovingLegs, tables: TierTables): number {
  const isInverse = moving.isInverse[k] !== 0;
  const tier = moving.tier[k]!;
  const grows = direction > 0 !== isInverse;
  const none = direction > 0 ? Number.POSITIVE_INFINITY : 0;
  if (grows ? tier + 1 >= moving.end[k]! : tier <= moving.first[k]!) return none;
  const floor = tables.tierFloor[grows ? tier + 1 : tier]!;
  return isInverse ? moving.settled[k]! / floor : floor / moving.settled[k]!;
}

function nextEdge(direction: number, limit: number, moving: MovingLegs, tables: TierTables, walk: Walk): number {
  let next = limit;
  for (let k = 0; k < walk.moved; k++) {
    const edge = edgeOf(k, direction, moving, tables);
    next = direction > 0 ? Math.min(next, edge) : Math.max(next, edge);
  }
  return next;
}

/** Moves every leg whose tier ends at `edge` to the next one. */
function pass(edge: number, direction: number, moving: MovingLegs, tables: TierTables, walk: Walk): void {
  for (let k = 0; k < walk.moved; k++) {
    if (edgeOf(k, direction, moving, tables) !== edge) continue;
    addPiece(k, -1, moving, tables, walk);
    moving.tier[k]! += direction > 0 !== (moving.isInverse[k] !== 0) ? 1 : -1;
    addPiece(k, 1, moving, tables, walk);
  }
}

const healthAt = (t: number, walk: Walk): number => walk.a + t * (walk.b + t * walk.c);

/** Health × tᵐ is known to within this. */
function bandAt(t: number, { a, b, c, power, scale }: Walk): number {
  const magnitude = Math.abs(a) + t * (Math.abs(b) + t * Math.abs(c));
  return TOLERANCE * (magnitude + scale * (power === 0 ? 1 : power === 1 ? t : t * t));
}

/**
 * The first root beyond `from`, where health is above zero, and up to `to`; NaN where health stays above zero, with `walk.error`
 * infinite where it comes within the band of zero at the end or at its turning point.
 */
function rootBetween(from: number, to: number, walk: Walk): number {
  walk.error = 0;
  let end = to;
  const turn = walk.c === 0 ? Number.NaN : -walk.b / (2 * walk.c);
  if (turn > Math.min(from, to) && turn < Math.max(from, to) && healthAt(turn, walk) <= bandAt(turn, walk)) end = turn;
  const health = healthAt(end, walk);
  const band = bandAt(end, walk);
  if (health > band) return Number.NaN;
  if (health >= -band) {
    walk.error = Number.POSITIVE_INFINITY;
    return Number.NaN;
  }
  const root = rootInside(Math.min(from, end), Math.max(from, end), walk);
  walk.error = bandAt(root, walk) / Math.abs(walk.b + 2 * walk.c * root) + TOLERANCE * root;
  return root;
}

/** The one root of a + b·t + c·t² between two t of opposite sign. */
function rootInside(low: number, high: number, { a, b, c }: Walk): number {
  let root = -a / b;
  if (c !== 0) {
    // The stable pair: never subtracts two nearly equal numbers.
    const q = -0.5 * (b + (b < 0 ? -1 : 1) * Math.sqrt(Math.max(0, b * b - 4 * a * c)));
    const other = a / q;
    root = q / c;
    if (!(root >= low && root <= high) && Math.abs(other - low) + Math.abs(other - high) < Math.abs(root - low) + Math.abs(root - high))
      root = other;
  }
  return Math.min(high, Math.max(low, root));
}
