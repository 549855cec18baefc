/** Queries of a desk's table evaluated plainly, row by row, for comparison. */
import fc from 'fast-check';
import { RISK_STATES } from '../../../engine/kernel/columns.ts';
import { SEVERITY } from '../../../policy/risk-state.ts';
import { figuresOf } from '../figures.ts';
import { DESK_COLUMNS, type DeskFilter, type DeskQuery, type DeskRows, type DeskSort } from '../messages.ts';
import { keySource, markOverAge, type OpenDesk } from '../opened.ts';
import { readRows } from '../reader.ts';
import { drain, openBookNow } from './open.ts';
import { randomBook, seeded } from './random-books.ts';

export const QUERY_CLOCK = Date.parse('2026-01-01T00:10:00Z');

/** A book on which some prices are old and some accounts are watched. */
export function queryDesk(seed: number): OpenDesk {
  const open = openBookNow(randomBook(seeded(seed), { accounts: 150, unknownShare: 0.1 }));
  const { board, kernel, prices } = open;
  kernel.board.instruments.forEach(({ base }, i) => {
    board.timeMs[i] = prices.asOfMs - (base === 'SOL' ? 60_000 : 0);
    open.stale.instruments[i] = base === 'SOL' ? 1 : 0;
  });
  open.stale = { ...open.stale, isAny: true };
  drain(markOverAge(open));
  for (let source = 0; source < 150; source += 7) board.watched[source] = 1;
  const figures = figuresOf(open);
  figures.refreshAll();
  figures.refreshRows(Array.from({ length: kernel.columns.count }, (_, row) => row));
  return open;
}

/** The cell of a row as the page shows it, or what stands for it in an order. */
function cell(open: OpenDesk, rows: DeskRows, i: number, column: DeskSort['column'] | 'book'): number {
  const { accounts } = open.kernel.columns;
  const state = RISK_STATES[rows.state[i]!]!;
  const own = RISK_STATES[accounts.state[i]!]!;
  switch (column) {
    case 'book':
      return accounts.source[i]!;
    case 'state':
      return SEVERITY.indexOf(state);
    case 'venue':
      return open.venueRank[rows.venue[i]!]!;
    case 'account':
      return [...rows.account].sort().indexOf(rows.account[i]!);
    case 'leverage':
    case 'marginRatio': {
      const value = rows[column][i]!;
      const isInsolvent = rows.equity[i]! < 0 || (rows.equity[i] === 0 && rows.grossNotional[i]! > 0);
      return Number.isNaN(value) && isInsolvent ? Number.POSITIVE_INFINITY : value;
    }
    case 'shock':
    case 'nearest':
      return own === 'liquidation' || own === 'bankrupt' ? Number.NEGATIVE_INFINITY : Math.abs(rows[column][i]!);
    case 'biggest':
      return Math.abs(rows.biggest[i]!);
    default:
      return rows[column][i]!;
  }
}

/** Whether a row belongs to what is asked for, said once more and plainly. */
function matches(open: OpenDesk, rows: DeskRows, i: number, filter: DeskFilter): boolean {
  const { legs, accounts } = open.kernel.columns;
  const held = Array.from({ length: accounts.legEnd[i]! - accounts.legStart[i]! }, (_, k) => {
    const leg = accounts.legStart[i]! + k;
    return { market: open.kernel.board.instruments[legs.instrument[leg]!]!.base, size: legs.size[leg]! };
  });
  const text = filter.text.trim().toLowerCase();
  return (
    (filter.states.length === 0 || filter.states.includes(RISK_STATES[rows.state[i]!]!)) &&
    (filter.venues.length === 0 || filter.venues.includes(open.names.venues[rows.venue[i]!]!)) &&
    (!filter.watchedOnly || rows.watched[i] === 1) &&
    (text === '' || rows.account[i]!.toLowerCase().includes(text)) &&
    (filter.markets.length + (filter.side === 'any' ? 0 : 1) === 0 ||
      held.some(
        ({ market, size }) =>
          (filter.markets.length === 0 || filter.markets.includes(market)) &&
          (filter.side === 'any' || (filter.side === 'long' ? size > 0 : size < 0)),
      )) &&
    filter.ranges.every(({ column, atLeast, atMost, isBelow }) => {
      const signed = column === 'state' ? SEVERITY.indexOf(RISK_STATES[rows.state[i]!]!) : rows[column][i]!;
      if ((column === 'leverage' || column === 'marginRatio') && rows.grossNotional[i] === 0) return false;
      const value = column === 'shock' || column === 'biggest' ? Math.abs(signed) : signed;
      return value >= (atLeast ?? -Infinity) && (isBelow && atMost !== null ? value < atMost : value <= (atMost ?? Infinity));
    })
  );
}

/** What a query asks for, by a plain evaluation over all rows. */
export function plainAnswer(open: OpenDesk, { filter, sort, window }: DeskQuery): { matched: number; accounts: string[] } {
  const all = Array.from({ length: open.kernel.columns.count }, (_, row) => row);
  const rows = readRows(keySource(open, QUERY_CLOCK), all, QUERY_CLOCK);
  const compare = (a: number, b: number, column: DeskSort['column'] | 'book', falling: boolean): number => {
    const [x, y] = [cell(open, rows, a, column), cell(open, rows, b, column)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x === y ? 0 : (x < y ? -1 : 1) * (falling ? -1 : 1);
  };
  const keys: readonly { readonly column: DeskSort['column'] | 'book'; readonly falling: boolean }[] =
    sort.length > 0 ? sort : [{ column: 'book', falling: false }];
  const found = all.filter((i) => matches(open, rows, i, filter));
  found.sort((a, b) => {
    for (const { column, falling } of keys) {
      const order = compare(a, b, column, falling);
      if (order !== 0) return order;
    }
    return a - b;
  });
  return { matched: found.length, accounts: found.slice(window.from, window.from + window.count).map((i) => rows.account[i]!) };
}

const some = <T>(values: readonly T[], most: number): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...values), { maxLength: most, minLength: 1 }) },
  );
const bound = fc.option(fc.constantFrom(-1, 0, 0.01, 0.1, 0.5, 1, 3, 10, 100, 1e4, 1e6, 600_000, 660_000), { freq: 3 });
/** Queries of every kind. */
export const anyQuery: fc.Arbitrary<DeskQuery> = fc.record({
  filter: fc.record({
    states: some([...RISK_STATES], 3),
    venues: some(['hyperliquid', 'aave-v3', 'bybit', 'okx', 'nowhere'], 2),
    markets: some(['BTC', 'ETH', 'SOL', 'NONE', 'XYZ'], 2),
    side: fc.constantFrom('any', 'any', 'long', 'short'),
    ranges: fc.array(fc.record({ column: fc.constantFrom(...DESK_COLUMNS), atLeast: bound, atMost: bound, isBelow: fc.boolean() }), {
      maxLength: 2,
    }),
    rung: fc.constant(null),
    text: fc.constantFrom('', '', '', 'a1', 'A2', ' 7', 'zz'),
    watchedOnly: fc.constantFrom(false, false, false, true),
  }),
  sort: fc.uniqueArray(
    fc.record({ column: fc.constantFrom(...DESK_COLUMNS, 'venue' as const, 'account' as const), falling: fc.boolean() }),
    {
      maxLength: 3,
      selector: ({ column }) => column,
    },
  ),
  window: fc.record({ from: fc.nat({ max: 60 }), count: fc.constantFrom(0, 1, 10, 200) }),
  freeze: fc.boolean(),
  columns: fc.constant([]),
});
