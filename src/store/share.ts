/**
 * Structural sharing between one snapshot and the next: a cell, column or list whose content is unchanged keeps its identity,
 * so that a component that reads only it does not render again. Content is compared by the exact text, never by the float.
 */
import type {
  AccountView,
  BalanceColumns,
  FigureCell,
  FigureColumn,
  PoolCells,
  PoolView,
  PositionColumns,
  Snapshot,
} from '../session/protocol.ts';

type Shared = { readonly [key: string]: unknown };

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((value, i) => value === b[i]);

const shareCell = (a: FigureCell, b: FigureCell): FigureCell => (a.text === b.text && a.reason === b.reason ? a : b);

const shareColumn = (a: FigureColumn, b: FigureColumn): FigureColumn => (sameList(a.text, b.text) && sameList(a.reason, b.reason) ? a : b);

const shareTimes = (a: Float64Array, b: Float64Array): Float64Array =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i])) ? a : b;

/** `b` with every field that equals the one of `a` taken from `a`; `a` itself when all do. */
function shareFields<T extends object>(a: T, b: T, shareField: (x: unknown, y: unknown) => unknown): T {
  const before = a as Shared;
  const next: Record<string, unknown> = { ...(b as Shared) };
  let isSame = Object.keys(before).length === Object.keys(next).length;
  for (const key of Object.keys(next)) {
    next[key] = shareField(before[key], next[key]);
    if (!Object.is(next[key], before[key])) isSame = false;
  }
  return isSame ? a : (next as T);
}

const shareCells = (a: PoolCells, b: PoolCells): PoolCells =>
  shareFields(a, b, (x, y) => (x === undefined ? y : shareCell(x as FigureCell, y as FigureCell)));

function shareColumnField(x: unknown, y: unknown): unknown {
  if (x === undefined || typeof y !== 'object' || y === null) return y;
  if (y instanceof Float64Array) return x instanceof Float64Array ? shareTimes(x, y) : y;
  if (Array.isArray(y)) return Array.isArray(x) && sameList(x, y) ? x : y;
  return shareColumn(x as FigureColumn, y as FigureColumn);
}

const shareColumns = <T extends PositionColumns | BalanceColumns>(a: T, b: T): T => shareFields(a, b, shareColumnField);

function sharePools(a: readonly PoolView[], b: readonly PoolView[]): readonly PoolView[] {
  const next = b.map((pool, i) => {
    const before = a[i];
    if (!before || before.id !== pool.id) return pool;
    const cells = shareCells(before.cells, pool.cells);
    const isSame =
      cells === before.cells &&
      before.riskState === pool.riskState &&
      before.kind === pool.kind &&
      before.freshness === pool.freshness &&
      Object.is(before.oldestInputMs, pool.oldestInputMs);
    return isSame ? before : { ...pool, cells };
  });
  return next.length === a.length && next.every((pool, i) => pool === a[i]) ? a : next;
}

/** The new view of the same account with what has not changed taken from the last one. */
export function shareAccount(before: AccountView | null, next: AccountView | null): AccountView | null {
  if (!before || !next || before.id !== next.id) return next;
  return {
    ...next,
    cells: shareCells(before.cells, next.cells),
    pools: sharePools(before.pools, next.pools),
    positions: shareColumns(before.positions, next.positions),
    balances: shareColumns(before.balances, next.balances),
  };
}

/** The new snapshot with what has not changed taken from the last one. */
export function shareSnapshot(before: Snapshot | null, next: Snapshot): Snapshot {
  if (!before) return next;
  return {
    ...next,
    account: shareAccount(before.account, next.account),
    markets: shareFields(before.markets, next.markets, shareColumnField),
  };
}
