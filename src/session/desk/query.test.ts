import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { figuresOf } from './figures.ts';
import { DESK_COLUMNS, type DeskFilter, type DeskQuery, type DeskRows, type DeskSort, NO_FILTER } from './messages.ts';
import { keySource, markOverAge, type OpenDesk } from './opened.ts';
import { readRows } from './reader.ts';
import { drain, openBookNow } from './testing/open.ts';
import { randomBook, seeded } from './testing/random-books.ts';
import { QueryWindow } from './window.ts';

const CLOCK = Date.parse('2026-01-01T00:10:00Z');

/** A book on which some prices are old and some accounts are watched. */
function deskOf(seed: number): OpenDesk {
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

const DESKS = [1, 2, 3, 4].map(deskOf);

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
      const value = column === 'shock' || column === 'biggest' ? Math.abs(signed) : signed;
      return value >= (atLeast ?? -Infinity) && (isBelow && atMost !== null ? value < atMost : value <= (atMost ?? Infinity));
    })
  );
}

function naive(open: OpenDesk, { filter, sort, window }: DeskQuery): { matched: number; accounts: string[] } {
  const all = Array.from({ length: open.kernel.columns.count }, (_, row) => row);
  const rows = readRows(keySource(open, CLOCK), all, CLOCK);
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
const query: fc.Arbitrary<DeskQuery> = fc.record({
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

describe('DM-11 a query is what a plain evaluation of it says', () => {
  it('filters, orders and windows, held or not, on random books of every venue', () => {
    const reached = { queries: 0, some: 0, all: 0, sorted: 0, held: 0 };
    fc.assert(
      fc.property(query, fc.nat({ max: DESKS.length - 1 }), (asked, which) => {
        const open = DESKS[which]!;
        const window = new QueryWindow(open, figuresOf(open), false);
        drain(window.take(asked, CLOCK));
        const frame = window.window(1, 1, CLOCK);
        const expected = naive(open, asked);
        expect(frame.matched).toBe(expected.matched);
        expect(frame.rows?.account).toEqual(expected.accounts);
        expect(frame.from).toBe(Math.min(asked.window.from, expected.matched));
        expect(frame.frozen).toBe(asked.freeze);
        reached.queries++;
        if (expected.matched > 0 && expected.matched < 150) reached.some++;
        if (expected.matched === 150) reached.all++;
        if (asked.sort.length > 1 && expected.matched > 1) reached.sorted++;
        if (asked.freeze && expected.matched > 1) reached.held++;
      }),
      { numRuns: 400 },
    );
    console.log('queries compared with a plain evaluation', reached);
    expect(reached.some).toBeGreaterThan(80);
    expect(reached.all).toBeGreaterThan(2);
    expect(reached.sorted).toBeGreaterThan(40);
    expect(reached.held).toBeGreaterThan(40);
  });

  it('watched accounts only, and the watched ones in the order of the list whatever the filter says', () => {
    const open = DESKS[0]!;
    const window = new QueryWindow(open, figuresOf(open), false);
    window.watchedSources = [14, 0, 7];
    const filter: DeskFilter = { ...NO_FILTER, watchedOnly: true };
    drain(window.take({ filter, sort: [], window: { from: 0, count: 100 }, freeze: false, columns: [] }, CLOCK));
    const frame = window.window(1, 1, CLOCK);
    expect(frame.rows?.account).toEqual(Array.from({ length: 22 }, (_, i) => `a${7 * i}`));
    expect(frame.watched.account).toEqual(['a14', 'a0', 'a7']);
  });
});

describe('DM-13 rows are held while the pointer is in the table', () => {
  it('keeps rows and order while values move, through scrolling, and lets go of them', () => {
    const open = deskOf(9);
    const { columns } = open.kernel;
    const figures = { ...figuresOf(open), refreshAll: () => undefined, refreshRows: () => undefined };
    const window = new QueryWindow(open, figures, false);
    const asked: DeskQuery = {
      filter: NO_FILTER,
      sort: [{ column: 'equity', falling: true }],
      window: { from: 0, count: 20 },
      freeze: true,
      columns: [],
    };
    drain(window.take(asked, CLOCK));
    const before = window.window(1, 1, CLOCK);
    for (let row = 0; row < columns.count; row++) columns.accounts.equity[row] = row;
    const held = window.window(0, 2, CLOCK);
    expect(held.rows?.account).toEqual(before.rows?.account);
    expect(held.rows?.equity).not.toEqual(before.rows?.equity);
    drain(window.take({ ...asked, window: { from: 20, count: 20 } }, CLOCK));
    const scrolled = window.window(2, 3, CLOCK);
    expect(new Set([...before.rows!.account, ...scrolled.rows!.account]).size).toBe(40);
    drain(window.take({ ...asked, freeze: false }, CLOCK));
    const free = window.window(3, 4, CLOCK);
    expect([...free.rowIds]).toEqual(Array.from({ length: 20 }, (_, i) => columns.count - 1 - i));
    drain(window.take({ ...asked, sort: [{ column: 'equity', falling: false }] }, CLOCK));
    expect([...window.window(4, 5, CLOCK).rowIds]).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
