/** The shock matrix of the open desk: a coarse grid at once, refined in slices. Rule ST-6. */
import { Decimal, ONE } from '../../domain/units.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { BLOCK_PLACES, NO_POOL } from '../../engine/kernel/layout.ts';
import {
  addRun,
  axisOf,
  countMarks,
  emptyMatrix,
  finishMatrix,
  type MatrixAxis,
  type MatrixSums,
  MatrixWalker,
} from '../../engine/stress-columns/matrix.ts';
import type { StressSlots } from '../../engine/stress-columns/slots.ts';
import { accountAt } from '../desk/account-store.ts';
import { type DeskState, NONE } from '../desk/desk-state.ts';
import type { Job } from '../desk/names.ts';
import { BlockReader } from './blocks.ts';
import type { StressAxis } from './messages.ts';
import { NOTHING_MOVES, type Scenario, scenarioPrices } from './scenario.ts';
import { stressForm } from './stress-slots.ts';
import { exactWhatIf, onePool } from './what-if.ts';

/** Points of an axis, and every how many of them each grid takes. */
export const MATRIX_POINTS = 41;
const GRIDS = [5, 2, 1] as const;
const BLOCKS_PER_SLICE = 8;
/** Cells that the exact path decides, pool by pool, in one slice; and pools without linear form that are asked at all. */
const EXACT_PER_SLICE = 20;
const ASIDE_MAX = 8;

const LIQUIDATION = RISK_STATES.indexOf('liquidation');
const BANKRUPT = RISK_STATES.indexOf('bankrupt');
const isPastLine = (code: number): boolean => code === LIQUIDATION || code === BANKRUPT;

/** One grid: moves of both axes and its cells. */
export interface MatrixGrid {
  readonly xMoves: Float64Array;
  readonly yMoves: Float64Array;
  readonly accounts: Float64Array;
  readonly equityAtRisk: Float64Array;
  readonly notional: Float64Array;
  readonly past: number;
  readonly unknown: number;
  readonly isFinal: boolean;
}

/** The k-th of the points of an axis, from −reach to +reach; exact, 0 in the middle. */
const stepAt = (reach: number, k: number): Decimal => new Decimal(reach).times(2 * k - (MATRIX_POINTS - 1)).div(MATRIX_POINTS - 1);

/** Moves of the markets at a point of an axis. `taken`: the market that the other axis moves. */
export function axisScenario(axis: StressAxis, markets: readonly string[], taken: string | undefined, k: number): Scenario {
  const step = stepAt(axis.reach, k);
  if (axis.kind === 'market') return { ...NOTHING_MOVES, moves: new Map([[axis.market, step]]) };
  const moves = new Map<string, Decimal>();
  for (const market of markets) {
    const sigma = axis.sigmas[market] ?? axis.otherwise;
    const move = step.times(sigma);
    // A price does not fall below a thousandth of itself (SE-17).
    if (market !== taken && sigma > 0) moves.set(market, Decimal.max(move, new Decimal('-0.999')));
  }
  return { ...NOTHING_MOVES, moves };
}

const takenBy = (axis: StressAxis): string | undefined => (axis.kind === 'market' ? axis.market : undefined);

/** Grid after grid; the caller takes each as it comes. Undefined between slices. */
export function* matrixOf(desk: DeskState, x: StressAxis, y: StressAxis): Generator<MatrixGrid | undefined, undefined> {
  const markets = [...new Set(desk.board.instruments.map(({ base }) => base))];
  const now = scenarioPrices(desk.board, NOTHING_MOVES);
  const scenes = [x, y].map((axis, i) =>
    Array.from({ length: MATRIX_POINTS }, (_, k) => axisScenario(axis, markets, takenBy(i === 0 ? y : x), k)),
  ) as [Scenario[], Scenario[]];
  const nowSlots = stressForm(desk, now).slots;
  const slots: [StressSlots[], StressSlots[]] = [[], []];
  const slotsAt = (axis: 0 | 1, k: number): StressSlots =>
    (slots[axis][k] ??= stressForm(desk, scenarioPrices(now.now, scenes[axis][k]!)).slots);
  for (const every of GRIDS) {
    const points = Array.from({ length: (MATRIX_POINTS - 1) / every + 1 }, (_, i) => i * every);
    for (const axis of [0, 1] as const)
      for (const k of points) {
        if (slots[axis][k]) continue;
        slotsAt(axis, k);
        yield undefined;
      }
    const axes = ([0, 1] as const).map((axis) =>
      axisOf(
        nowSlots,
        points.map((k) => slotsAt(axis, k)),
      ),
    ) as [MatrixAxis, MatrixAxis];
    const sums = yield* walk(desk, nowSlots, axes, (i, j) => merged(scenes[0][points[i]!]!, scenes[1][points[j]!]!));
    const { accounts, equity, notional } = finishMatrix(sums);
    const moves = (axis: StressAxis): Float64Array => Float64Array.from(points, (k) => stepAt(axis.reach, k).toNumber());
    yield {
      xMoves: moves(x),
      yMoves: moves(y),
      accounts,
      equityAtRisk: equity,
      notional,
      past: sums.past,
      unknown: sums.unknown,
      isFinal: every === 1,
    };
  }
  return undefined;
}

/** Both axes together: they name different markets, or the same one, whose moves then multiply. */
function merged(a: Scenario, b: Scenario): Scenario {
  const moves = new Map(a.moves);
  for (const [market, move] of b.moves)
    moves.set(
      market,
      ONE.plus(moves.get(market) ?? 0)
        .times(ONE.plus(move))
        .minus(1),
    );
  return { ...NOTHING_MOVES, moves };
}

function* walk(
  desk: DeskState,
  now: StressSlots,
  [x, y]: readonly [MatrixAxis, MatrixAxis],
  sceneAt: (x: number, y: number) => Scenario,
): Job<MatrixSums> {
  const { layout, pools, board } = desk;
  const { unitRate } = desk.columns.accounts;
  const sums = emptyMatrix(x.steps.length, y.steps.length);
  const walker = new MatrixWalker(now, x, y);
  const reader = new BlockReader();
  const rate = new Float64Array(BLOCK_PLACES);
  const unsure: { pool: number; x: number; y: number; equity: number; notional: number }[] = [];
  // Accounts with several pools, and those with one that has no linear form, come by themselves.
  const rows = new Set<number>();
  if (desk.exactPools.size <= ASIDE_MAX) for (const pool of desk.exactPools.keys()) rows.add(pools.row[pool]!);
  else sums.unknown += desk.exactPools.size;
  for (let block = 0; block < desk.blocks.used; block++) {
    const view = reader.read(desk, block);
    const unit = view.unitAsset < 0 ? 1 : board.price[view.unitAsset]!;
    if (desk.blocks.isCompound[block] === 1) {
      for (let i = 0; i < view.count; i++) if (layout.pool[view.first + i] !== NO_POOL) rows.add(pools.row[layout.pool[view.first + i]!]!);
      continue;
    }
    for (let i = 0; i < view.count; i++) {
      const pool = layout.pool[view.first + i]!;
      rate[i] = pool === NO_POOL ? Number.NaN : unit * unitRate[pools.row[pool]!]!;
    }
    for (const cell of walker.add(view, view.count, rate, sums)) unsure.push({ ...cell, pool: layout.pool[view.first + cell.pool]! });
    if ((block + 1) % BLOCKS_PER_SLICE === 0) yield;
  }
  let done = 0;
  for (const { pool, x: i, y: j, equity, notional } of unsure) {
    if (isClosedAt(desk, pool, sceneAt(i, j))) addRun(sums, j, i, i + 1, equity, notional);
    if (++done % EXACT_PER_SLICE === 0) yield;
  }
  yield* addRows(desk, rows, walker, sums, sceneAt);
  return sums;
}

/** Rows of one slice. */
const ROWS_PER_SLICE = 400;

/** Accounts of several pools: counted once in a cell, however many of their pools it closes. */
function* addRows(
  desk: DeskState,
  rows: ReadonlySet<number>,
  walker: MatrixWalker,
  sums: MatrixSums,
  sceneAt: (x: number, y: number) => Scenario,
): Job<undefined> {
  const { pools, board, firstPool } = desk;
  const marks = new Uint8Array(sums.width * sums.height);
  const rate = new Float64Array(1);
  let done = 0;
  for (const row of rows) {
    for (let pool = firstPool[row]!; pool !== NONE; pool = pools.next[pool]!) {
      const place = pools.place[pool]!;
      if (place === NONE) {
        yield* addExact(desk, pool, marks, sums, sceneAt);
        continue;
      }
      const one = onePool(desk, place);
      rate[0] = (one.unitAsset < 0 ? 1 : board.price[one.unitAsset]!) * desk.columns.accounts.unitRate[row]!;
      for (const { x, y, equity, notional } of walker.add(one, 1, rate, sums, marks))
        if (isClosedAt(desk, pool, sceneAt(x, y))) addRun(sums, y, x, x + 1, equity, notional, marks);
    }
    countMarks(sums, marks);
    if (++done % ROWS_PER_SLICE === 0) yield;
  }
  return undefined;
}

/** A pool without linear form, cell by cell. Many of them are left out, and counted. */
function* addExact(
  desk: DeskState,
  pool: number,
  marks: Uint8Array,
  sums: MatrixSums,
  sceneAt: (x: number, y: number) => Scenario,
): Job<undefined> {
  if (!desk.exactPools.has(pool) || desk.exactPools.size > ASIDE_MAX) return undefined;
  const { equity, grossNotional, code } = exactAt(desk, pool, NOTHING_MOVES);
  const rate = desk.columns.accounts.unitRate[desk.pools.row[pool]!]!;
  if (isPastLine(code)) sums.past++;
  else if (!equity.ok || !grossNotional.ok) sums.unknown++;
  else
    for (let j = 0; j < sums.height; j++) {
      for (let i = 0; i < sums.width; i++)
        if (isClosedAt(desk, pool, sceneAt(i, j)))
          addRun(sums, j, i, i + 1, equity.value.toNumber() * rate, grossNotional.value.toNumber() * rate, marks);
      yield;
    }
  return undefined;
}

const isClosedAt = (desk: DeskState, pool: number, scenario: Scenario): boolean => isPastLine(exactAt(desk, pool, scenario).code);

function exactAt(desk: DeskState, pool: number, scenario: Scenario) {
  const row = desk.pools.row[pool]!;
  let ordinal = 0;
  for (let other = desk.firstPool[row]!; other !== pool && other !== NONE; other = desk.pools.next[other]!) ordinal++;
  return exactWhatIf(desk, accountAt(desk.store, row), scenarioPrices(desk.board, scenario))[ordinal]!;
}
