import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBook } from '../../formats/leverage-book.ts';
import { figuresOf } from './figures.ts';
import { type DeskFilter, type DeskQuery, NO_FILTER } from './messages.ts';
import { keySource } from './opened.ts';
import { concentrationPanel, distributionPanel, whalesPanel } from './panels.ts';
import { refreshRow, sweepColumns } from './refresh.ts';
import { drain, openBookNow } from './testing/open.ts';
import { anyQuery, plainAnswer, QUERY_CLOCK, queryDesk } from './testing/plain-query.ts';
import { seeded } from './testing/random-books.ts';
import { totals } from './totals.ts';
import { QueryWindow } from './window.ts';

describe('DM-11 a query is what a plain evaluation of it says', () => {
  const desk = queryDesk(1);

  it('filters, orders and windows on one random book', () => {
    let some = 0;
    fc.assert(
      fc.property(anyQuery, (asked) => {
        const window = new QueryWindow(desk, figuresOf(desk), false);
        drain(window.take(asked, QUERY_CLOCK));
        const frame = window.window(1, 1, QUERY_CLOCK);
        const expected = plainAnswer(desk, asked);
        expect(frame.matched).toBe(expected.matched);
        expect(frame.rows?.account).toEqual(expected.accounts);
        if (expected.matched > 0 && expected.matched < 150) some++;
      }),
      { numRuns: 20, seed: 5 },
    );
    expect(some).toBeGreaterThan(3);
  });

  it('a range as a bar asks for it holds the accounts that the bar counts', () => {
    const figures = figuresOf(desk);
    figures.refreshAll();
    let some = 0;
    for (const column of ['leverage', 'marginRatio'] as const) {
      const { edges, accounts } = distributionPanel(keySource(desk, QUERY_CLOCK), column, desk.scratch);
      accounts.forEach((count, bin) => {
        const range = { column, atLeast: edges[bin]!, atMost: edges[bin + 1]!, isBelow: true };
        const window = new QueryWindow(desk, figures, false);
        drain(
          window.take(
            { filter: { ...NO_FILTER, ranges: [range] }, sort: [], window: { from: 0, count: 1 }, freeze: false, columns: [] },
            0,
          ),
        );
        expect([column, range.atLeast, window.window(1, 1, 0).matched]).toEqual([column, range.atLeast, count]);
        if (count > 0) some++;
      });
    }
    expect(some).toBeGreaterThan(15);
  });

  it('an account that owes nothing is of leverage 1 exactly, in its bar and by the filter; leverage is what the division says', () => {
    const next = seeded(12);
    const prices: Record<string, string> = { ETH: '3187.53', BTC: '65013.7', USDC: '0.9998' };
    const accounts = Array.from({ length: 300 }, (_, i) => ({
      id: `l${i}`,
      venue: 'aave-v3',
      balances: Object.keys(prices).map((asset) => ({ asset, amount: (1000 * next()).toPrecision(7) })),
    }));
    const assets = Object.fromEntries(
      Object.entries(prices).map(([symbol, price]) => [symbol, { price, liquidationThreshold: '0.8', loanToValue: '0.7' }]),
    );
    const lent = { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', assets, accounts };
    const open = openBookNow(readBook(JSON.stringify(lent)));
    figuresOf(open).refreshAll();
    const { count, accounts: rows } = open.kernel.columns;
    expect([...rows.leverage.subarray(0, count)]).toEqual(new Array(count).fill(1));
    const { edges, accounts: bars } = distributionPanel(keySource(open, QUERY_CLOCK), 'leverage', open.scratch);
    expect(bars[edges.indexOf(1)]).toBe(count);
    const window = new QueryWindow(open, figuresOf(open), false);
    const filter: DeskFilter = { ...NO_FILTER, ranges: [{ column: 'leverage', atLeast: 1, atMost: null, isBelow: false }] };
    drain(window.take({ filter, sort: [], window: { from: 0, count: 1 }, freeze: false, columns: [] }, 0));
    expect(window.window(1, 1, 0).matched).toBe(count);
    // The sweep and a row alone say the same, to the last bit: whatever the unit that a pool is counted in.
    for (const { kernel } of [open, desk]) {
      sweepColumns(kernel);
      const { leverage, marginRatio, equity, grossNotional } = kernel.columns.accounts;
      for (let row = 0; row < kernel.columns.count; row++) {
        const swept = [leverage[row], marginRatio[row]];
        expect(swept[0]).toBe(equity[row]! > 0 ? grossNotional[row]! / equity[row]! : Number.NaN);
        refreshRow(kernel, row);
        expect([row, leverage[row]]).toEqual([row, swept[0]]);
        if (grossNotional[row]! > 0) expect([row, marginRatio[row]]).toEqual([row, swept[1]]);
      }
    }
  });

  // One pool of several currencies, and a pool for each.
  it.each(['okx', 'hyperliquid'])('a grain of what has no price leaves an account of %s among whales and holders', (venue) => {
    const tiers = [{ notionalFloor: '0', maxLeverage: '50', maintenanceMarginRate: '0.02' }];
    const market = { venue, contract: 'linear', base: 'BTC', quote: 'USD', settle: 'USDC', contractSize: '1', tiers };
    const accountOf = (id: string, size: string, balances: object[]) => ({
      id,
      venue,
      balances: [{ asset: 'USDC', amount: '1000000000' }, ...balances],
      positions: [{ instrument: 'm:BTC', size, entryPrice: '60000', marginMode: 'cross' }],
    });
    const book = {
      format: 'leverage-book/1',
      asOf: '2026-01-01T00:00:00Z',
      instruments: { 'm:BTC': { ...market, markPrice: '62500' } },
      assets: { USDC: { price: '1' } },
      accounts: [accountOf('small', '-2', []), accountOf('whale', '1500000', [{ asset: 'GRAIN', amount: '3' }])],
    };
    const open = openBookNow(readBook(JSON.stringify(book)));
    const figures = figuresOf(open);
    figures.refreshAll();
    const source = keySource(open, QUERY_CLOCK);
    const { largest } = whalesPanel(source, 2, open.scratch, figures.refreshRows);
    expect([...largest.account, ...largest.grossNotional]).toEqual(['whale', 'small', 93_750_000_000, 125_000]);
    expect([...largest.equity, ...largest.leverage].map(Number.isNaN)).toEqual([true, false, true, false]);
    expect(largest.maintenance[0]).toBeGreaterThan(1e9);
    const { holders, unknown, total } = drain(concentrationPanel(source, new Uint8Array(2).fill(1), open.scratch));
    expect({ holders, unknown, total }).toEqual({ holders: 2, unknown: 0, total: 93_750_125_000 });
    expect(distributionPanel(source, 'leverage', open.scratch).indeterminate.accounts).toBe(1);
    // Totals are of pools: one whose equity is not known is in none of them.
    if (venue === 'okx') expect(totals(open.kernel)).toMatchObject({ notional: 125_000, equity: 999_995_000 });
  });

  it('watched accounts only, and the watched ones in the order of the list whatever the filter says', () => {
    const open = desk;
    const window = new QueryWindow(open, figuresOf(open), false);
    window.watchedSources = [14, 0, 7];
    const filter: DeskFilter = { ...NO_FILTER, watchedOnly: true };
    drain(window.take({ filter, sort: [], window: { from: 0, count: 100 }, freeze: false, columns: [] }, QUERY_CLOCK));
    const frame = window.window(1, 1, QUERY_CLOCK);
    expect(frame.rows?.account).toEqual(Array.from({ length: 22 }, (_, i) => `a${7 * i}`));
    expect(frame.watched.account).toEqual(['a14', 'a0', 'a7']);
  });
});

describe('DM-13 rows are held while the pointer is in the table', () => {
  it('keeps rows and order while values move, through scrolling, and lets go of them', () => {
    const open = queryDesk(9);
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
    drain(window.take(asked, QUERY_CLOCK));
    const before = window.window(1, 1, QUERY_CLOCK);
    for (let row = 0; row < columns.count; row++) columns.accounts.equity[row] = row;
    const held = window.window(0, 2, QUERY_CLOCK);
    expect(held.rows?.account).toEqual(before.rows?.account);
    expect(held.rows?.equity).not.toEqual(before.rows?.equity);
    drain(window.take({ ...asked, window: { from: 20, count: 20 } }, QUERY_CLOCK));
    const scrolled = window.window(2, 3, QUERY_CLOCK);
    expect(new Set([...before.rows!.account, ...scrolled.rows!.account]).size).toBe(40);
    drain(window.take({ ...asked, freeze: false }, QUERY_CLOCK));
    const free = window.window(3, 4, QUERY_CLOCK);
    expect([...free.rowIds]).toEqual(Array.from({ length: 20 }, (_, i) => columns.count - 1 - i));
    drain(window.take({ ...asked, sort: [{ column: 'equity', falling: false }] }, QUERY_CLOCK));
    expect([...window.window(4, 5, QUERY_CLOCK).rowIds]).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
