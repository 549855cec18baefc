/** Hyperliquid: the venue's own dex and those of builders, with the account's mode. Source: docs "info endpoint", recorded answers. */
import * as v from 'valibot';
import type { Book } from '../../domain/book.ts';
import { parseHyperliquid } from '../../venues/hyperliquid/parse.ts';
import { check, isRecord } from '../../wire/schema.ts';
import { figure } from '../live/reading.ts';
import { type AccountReading, type AccountSource, type Ask, evmRefusal, type VenueFigures } from './source.ts';

const URL = 'https://api.hyperliquid.xyz/info';
/** Builders' dexes asked at most; there are about ten. */
const DEXES_MAX = 40;

const dexesSchema = v.array(v.nullable(v.looseObject({ name: v.string() })));
const figuresSchema = v.looseObject({
  crossMarginSummary: v.looseObject({ accountValue: figure() }),
  crossMaintenanceMarginUsed: figure(),
  withdrawable: v.optional(figure()),
  assetPositions: v.array(v.looseObject({ position: v.looseObject({ coin: v.string(), liquidationPx: v.nullish(figure()) }) })),
});

/** `[]` of positions and nothing of value: a dex on which the account does not stand. */
const isEmpty = (state: unknown): boolean =>
  isRecord(state) && Array.isArray(state.assetPositions) && state.assetPositions.length === 0 && Number(text(state, 'accountValue')) === 0;

const text = (state: Readonly<Record<string, unknown>>, name: string): string =>
  isRecord(state.crossMarginSummary) ? String(state.crossMarginSummary[name]) : '0';

const asked = (ask: Ask, weight: number, body: object): Promise<unknown> => ask({ url: URL, body: JSON.stringify(body), weight });

async function read(address: string, ask: Ask, nowMs: number): Promise<AccountReading> {
  const user = address.toLowerCase();
  const dexes = check(dexesSchema, await asked(ask, 20, { type: 'perpDexs' })).slice(0, DEXES_MAX);
  const userAbstraction = await asked(ask, 20, { type: 'userAbstraction', user });
  const spotClearinghouseState = await asked(ask, 2, { type: 'spotClearinghouseState', user });
  const books: Book[] = [];
  const theirs: VenueFigures[] = [];
  // The first entry, null, is the venue's own dex.
  for (const dex of dexes.map((entry) => entry?.name ?? '')) {
    const clearinghouseState = await asked(ask, 2, { type: 'clearinghouseState', user, dex });
    if (dex !== '' && isEmpty(clearinghouseState)) continue;
    const meta = await asked(ask, 20, { type: 'metaAndAssetCtxs', dex });
    const accountId = dex === '' ? user : `${user}@${dex}`;
    const asOf = new Date(nowMs).toISOString();
    const response = { clearinghouseState, spotClearinghouseState, ...(typeof userAbstraction === 'string' ? { userAbstraction } : {}) };
    books.push(parseHyperliquid(response, { meta, asOf, accountId }));
    theirs.push(figuresOf(clearinghouseState, accountId));
  }
  return { book: joined(books), theirs };
}

function figuresOf(state: unknown, account: string): VenueFigures {
  const found = check(figuresSchema, state, '/clearinghouseState');
  return {
    account,
    equity: found.crossMarginSummary.accountValue,
    maintenanceMargin: found.crossMaintenanceMarginUsed,
    positions: found.assetPositions.map(({ position }) => ({
      instrument: `hl:${position.coin}`,
      liquidationPrice: position.liquidationPx ?? null,
    })),
  };
}

/** Several accounts of one reading in one book; the oldest instant is the book's. */
function joined(books: readonly Book[]): Book {
  const [first] = books;
  if (!first) throw new RangeError('no dex was read');
  return {
    ...first,
    asOf: books.map(({ asOf }) => asOf).sort()[0] ?? first.asOf,
    instruments: new Map(books.flatMap(({ instruments }) => [...instruments])),
    assets: new Map(books.flatMap(({ assets }) => [...assets])),
    accounts: books.flatMap(({ accounts }) => accounts),
  };
}

export const hyperliquidAccounts: AccountSource = {
  id: 'hyperliquid',
  name: 'Hyperliquid',
  hosts: ['https://api.hyperliquid.xyz'],
  refusal: evmRefusal,
  read,
};
