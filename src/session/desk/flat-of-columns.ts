/**
 * A book as readers and generators make it (`BookColumns`), as the desk takes it (`FlatBook`). Columns are shared, not copied. What the
 * desk's columns cannot say is rebuilt as an account.
 */
import type { Account } from '../../domain/book.ts';
import {
  accountOf,
  type BookColumns,
  bookOf,
  DERIVED,
  hasNumber,
  type NumberColumn,
  RISK_PARAMETERS,
  textAt,
} from '../../domain/book-columns.ts';
import type { FlatBook } from './flat-book.ts';
import type { Job } from './names.ts';

/** Rows of `column` that state a number whose double does not say it. */
const exactRows = (column: NumberColumn | undefined): Iterable<number> => column?.exact.keys() ?? [];

/** Rows in which `column` states a number. */
function* statedRows(column: NumberColumn | undefined): Generator<number> {
  if (!column) return;
  for (let row = 0; row < column.value.length; row++) if (hasNumber(column, row)) yield row;
}

/** The account that row `row` belongs to: start[i] ≤ row < start[i + 1]. */
function ownerOf(start: Uint32Array, count: number, row: number): number {
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (start[middle]! <= row) low = middle;
    else high = middle;
  }
  return low;
}

/** By account: 1 where every balance is stated to be derived; undefined where none is. */
function derivedAccounts({ accounts, balances }: BookColumns): Uint8Array | undefined {
  const { count, balanceStart } = accounts;
  if (!balances.derived.includes(DERIVED.yes)) return undefined;
  const derived = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const end = balanceStart[i + 1]!;
    let b = balanceStart[i]!;
    while (b < end && balances.derived[b] === DERIVED.yes) b++;
    derived[i] = b === end && balanceStart[i]! < end ? 1 : 0;
  }
  return derived;
}

/** Rows of balances that are stated to be derived, or not to be, where the account is not in `derived`. */
function* statedDerived({ accounts, balances }: BookColumns, derived: Uint8Array | undefined): Generator<number> {
  if (!derived && !balances.derived.includes(DERIVED.no)) return;
  for (let b = 0; b < balances.count; b++) {
    if (balances.derived[b] !== DERIVED.notStated && derived?.[ownerOf(accounts.balanceStart, accounts.count, b)] !== 1) yield b;
  }
}

/** Accounts that the desk's columns cannot say, ascending. `derived`: by account. */
function specialAccounts(columns: BookColumns, derived: Uint8Array | undefined): number[] {
  const { accounts, balances, positions } = columns;
  const { count, balanceStart, positionStart, unit, label, hasLabel } = accounts;
  const special = new Set<number>();
  for (let i = 0; label && i < count; i++) if (hasLabel?.[i] === 1 && label.end[i] === (label.end[i - 1] ?? 0)) special.add(i);
  for (let i = 0; unit && i < count; i++) if (unit[i] !== 0) special.add(i);
  for (const column of [accounts.maintenanceMarginOther, accounts.initialMarginOther]) for (const i of statedRows(column)) special.add(i);
  const balanceRows = [
    statedDerived(columns, derived),
    exactRows(balances.amount),
    ...RISK_PARAMETERS.map((name) => statedRows(balances[name])),
  ];
  for (const rows of balanceRows) for (const row of rows) special.add(ownerOf(balanceStart, count, row));
  const positionRows = [
    ...[positions.size, positions.entryPrice, positions.leverage, positions.isolatedMargin].map(exactRows),
    statedRows(positions.maxLeverage),
    positions.tiers.keys(),
  ];
  for (const rows of positionRows) for (const row of rows) special.add(ownerOf(positionStart, count, row));
  return [...special].sort((a, b) => a - b);
}

/** The same book for the desk. */
export function* flatOf(columns: BookColumns): Job<FlatBook> {
  const { accounts, balances, positions } = columns;
  const special = new Map<number, Account>();
  const derived = derivedAccounts(columns);
  for (const [done, i] of specialAccounts(columns, derived).entries()) {
    special.set(i, accountOf(columns, i));
    if ((done + 1) % 4_096 === 0) yield;
  }
  const { label, hasLabel } = accounts;
  return {
    book: bookOf(columns, 0, 0),
    venues: columns.venues,
    instruments: columns.instruments.map(({ id }) => id),
    assets: columns.symbols,
    count: accounts.count,
    idOf: (i) => textAt(accounts.id, i),
    labelOf: (i) => (label && hasLabel?.[i] === 1 ? textAt(label, i) : undefined),
    texts: { id: accounts.id, label },
    venue: accounts.venue,
    balanceStart: accounts.balanceStart,
    balanceAsset: balances.asset,
    balanceAmount: balances.amount.value,
    positionStart: accounts.positionStart,
    positionInstrument: positions.instrument,
    positionSize: positions.size.value,
    positionEntry: positions.entryPrice.value,
    positionMode: positions.isolated,
    positionLeverage: positions.leverage?.value ?? new Float64Array(positions.count).fill(Number.NaN),
    positionMargin: positions.isolatedMargin?.value ?? new Float64Array(0),
    ...(derived ? { derived } : {}),
    special,
  };
}
