/** CL-1 of docs/spec/closure.md on recorded accounts: none was recorded past its line but Aave's, so the perpetual ones are moved there. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../domain/book.ts';
import { InputError } from '../domain/fault.ts';
import { type Decimal, ZERO } from '../domain/units.ts';
import { assessAccount } from '../engine/assess.ts';
import { atMark, simulateClosure } from '../engine/closure/simulate.ts';
import { openingPostings } from '../engine/ledger/integers.ts';
import { EMPTY_LEDGER, post, sumsOf } from '../engine/ledger/ledger.ts';
import { movedBook } from '../engine/moved-book.ts';
import { d } from '../engine/testing/books.ts';
import { applyPayment } from '../engine/trade/trade.ts';
import { defaultUnits } from '../engine/trade/units.ts';
import { readJson } from '../wire/json.ts';
import { aaveV3 } from './aave-v3/index.ts';
import { venues } from './registry.ts';
import { readPlainJson } from './testing/cases.ts';
import type { Venue } from './venue.ts';

/**
 * The account past a pool's line: prices moved `beyond` times its uniform shock, or, where no shock near enough ends it, the
 * pool's money withdrawn until `beyond` of the way to nothing below its requirement.
 */
function pastTheLine(
  account: Account,
  book: Book,
  venue: Venue,
  beyond: Decimal,
): { account: Account; book: Book; pool: string } | undefined {
  for (const pool of assessAccount(account, book, venue.rules).pools) {
    if (!pool.marginExcess.ok || !pool.maintenanceMargin.ok || pool.maintenanceMargin.value.isZero()) continue;
    const isNear = pool.uniformShock.ok && pool.uniformShock.value.abs().lt('0.9');
    const all = isNear && pool.uniformShock.ok ? pool.uniformShock.value.times(beyond) : ZERO;
    const moved = movedBook(book, account.unit ?? book.unit ?? 'USD', { all, byMarket: new Map() });
    const missing = isNear ? ZERO : pool.marginExcess.value.plus(pool.maintenanceMargin.value.times(beyond.minus(1))).negated();
    const asset = account.balances[0]?.asset ?? '';
    const purse =
      pool.kind === 'isolated' ? ({ kind: 'pool-of', index: pool.positions[0] ?? 0, asset } as const) : ({ kind: 'cross', asset } as const);
    const poor = applyPayment(account, purse, missing.toDecimalPlaces(6));
    const after = assessAccount(poor, moved, venue.rules).pools.find(({ id }) => id === pool.id);
    if (after?.isLiquidatable.ok && after.isLiquidatable.value) return { account: poor, book: moved, pool: pool.id };
  }
  return undefined;
}

function playThrough(account: Account, book: Book, venue: Venue, pool: string): string {
  const closure = simulateClosure({
    account,
    book,
    rules: venue.rules,
    procedure: venue.closure,
    pool,
    timeMs: Date.parse(book.asOf),
    units: defaultUnits,
    fillPrice: atMark,
  });
  let ledger = post(EMPTY_LEDGER, openingPostings(account, book, closure.places));
  for (const { postings } of closure.steps) {
    ledger = post(ledger, postings);
    for (const [item, sum] of sumsOf(ledger)) expect(sum, item).toBe(0n);
  }
  expect(closure.steps.length).toBeGreaterThan(0);
  return closure.end === 'stopped' ? `stopped: ${closure.why}` : closure.end;
}

/** A recorded account may hold more than it lists. */
const ENDS = ['healthy', 'empty', 'taken-over', 'bankrupt', 'stopped: only holdings that are not listed are left'];

describe.each([
  ['hyperliquid', 5],
  ['binance-usdm', 1],
  ['bybit', 1],
  ['okx', 1],
  ['dydx-v4', 1],
])('%s', (name, floor) => {
  const venue = venues[name] as Venue;

  it('closes its recorded accounts a thousandth past their line, and a third', () => {
    const ends: string[] = [];
    for (const answer of responsesOf(name)) {
      const parsed = bookOf(venue, answer);
      for (const account of parsed?.accounts ?? []) {
        for (const beyond of ['1.001', '1.3']) {
          const at = parsed && pastTheLine(account, parsed, venue, d(beyond));
          if (at) ends.push(playThrough(at.account, at.book, venue, at.pool));
        }
      }
    }
    console.log(
      `${name}: ${ends.length} closures of recorded accounts: ${[...new Set(ends)].map((end) => `${end} ${ends.filter((other) => other === end).length}`)}`,
    );
    expect(ends.length).toBeGreaterThanOrEqual(floor);
    for (const end of ends) expect(ENDS).toContain(end);
  });
});

const recorded = (file: string): unknown => readJson(readFileSync(new URL(`./${file}.json`, import.meta.url), 'utf8'));

/** Responses by venue; what a venue sends in two answers is put together, and Bybit's wallet, which was not recorded, is 100 USDT. */
function responsesOf(name: string): { readonly response: unknown; readonly meta?: unknown }[] {
  const coin = [{ coin: 'USDT', walletBalance: '100', equity: '100', usdValue: '100', unrealisedPnl: '0' }];
  const wallet = { accountType: 'UNIFIED', totalWalletBalance: '100', totalMarginBalance: '100', totalPerpUPL: '0', coin };
  switch (name) {
    case 'hyperliquid':
      return recorded('hyperliquid/vectors/responses') as { response: unknown }[];
    case 'binance-usdm':
      return [{ response: recorded('binance-usdm/vectors/position-risk-v2') }];
    case 'bybit':
      return [
        { response: { positions: recorded('bybit/vectors/position-list-2022'), wallet: { retCode: '0', result: { list: [wallet] } } } },
      ];
    case 'okx':
      return [{ response: recorded('okx/vectors/positions-2021') }];
    default:
      return (recorded('dydx-v4/vectors/responses') as { input: { response: unknown; meta?: unknown } }[]).map(({ input }) => input);
  }
}

/** Undefined for a response that the venue's reader refuses: its own tests say why. */
function bookOf(venue: Venue, { response, meta }: { readonly response: unknown; readonly meta?: unknown }): Book | undefined {
  try {
    return venue.parse?.(response, { asOf: '2026-01-01T00:00:00Z', accountId: 'recorded', ...(meta === undefined ? {} : { meta }) });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

it('aave-v3: the accounts of getUserAccountData on the fork with a crashed feed', () => {
  const { accounts } = readPlainJson(new URL('./aave-v3/vectors/recorded.json', import.meta.url)) as {
    readonly accounts: readonly { readonly id: string; readonly readings: readonly (readonly [string, string, string, string])[] }[];
  };
  const ends: string[] = [];
  for (const { id, readings } of accounts) {
    for (const [collateral, debt, threshold, health] of readings) {
      if (d(health).gte(d(10).pow(18)) || d(debt).isZero()) continue;
      const balances = [
        {
          asset: 'COLLATERAL',
          amount: d(collateral).div(d(10).pow(8)),
          liquidationThreshold: d(threshold).div(10_000),
          liquidationBonus: d('0.05'),
        },
        { asset: 'USDC', amount: d(debt).div(d(10).pow(8)).negated() },
      ].filter(({ amount }) => !amount.isZero());
      const account: Account = { id, venue: 'aave-v3', balances, positions: [] };
      const assets = new Map([
        ['COLLATERAL', { symbol: 'COLLATERAL', price: d(1) }],
        ['USDC', { symbol: 'USDC', price: d(1) }],
      ]);
      const book: Book = { format: 'leverage-book/1', asOf: '2025-01-28T00:00:00Z', instruments: new Map(), assets, accounts: [account] };
      expect(assessAccount(account, book, aaveV3.rules).pools[0]?.isLiquidatable, id).toEqual({ ok: true, value: true });
      ends.push(playThrough(account, book, aaveV3, 'lending'));
      expect(d(collateral).gt(ZERO)).toBe(true);
    }
  }
  console.log(`aave-v3: ${ends.length} recorded accounts below a health factor of 1: ${[...new Set(ends)]}`);
  expect(ends.length).toBeGreaterThanOrEqual(4);
});
