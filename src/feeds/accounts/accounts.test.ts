/** AA: accounts by address, from recorded answers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { readJson } from '../../wire/json.ts';
import { dydxAccounts } from './dydx-v4.ts';
import { hyperliquidAccounts } from './hyperliquid.ts';
import { ACCOUNT_SOURCES } from './index.ts';
import { type Ask, AskError, type Question } from './source.ts';

const NOW = Date.UTC(2026, 10, 23);
const USER = `0x${'Ab'.repeat(20)}`;
const recorded = (path: string): { response: unknown; input: { response: unknown; meta?: unknown }; id: string }[] =>
  JSON.parse(readFileSync(new URL(`../../venues/${path}`, import.meta.url), 'utf8'));

/** Answers by the question's kind; every question is noted. */
function asked(answer: (question: Question, body: Readonly<Record<string, unknown>>) => unknown): { ask: Ask; questions: Question[] } {
  const questions: Question[] = [];
  return {
    questions,
    ask: async (question) => {
      questions.push(question);
      const body = question.body === undefined ? {} : (JSON.parse(question.body) as Record<string, unknown>);
      return readJson(JSON.stringify(answer(question, body) ?? null));
    },
  };
}

describe('hyperliquid', () => {
  const state = recorded('hyperliquid/vectors/responses.json').find(({ id }) => id === 'hl-raw-07')?.response as {
    assetPositions: { position: { coin: string; liquidationPx: string | null } }[];
  };
  const empty = {
    ...state,
    assetPositions: [],
    crossMarginSummary: { ...(state as never as { crossMarginSummary: object }).crossMarginSummary, accountValue: '0.0' },
  };
  const goldState = {
    assetPositions: [
      {
        position: {
          coin: 'xyz:GOLD',
          szi: '1',
          entryPx: '4000',
          positionValue: '4000',
          unrealizedPnl: '0',
          liquidationPx: null,
          leverage: { type: 'cross', value: 20 },
          maxLeverage: 20,
        },
      },
    ],
    crossMarginSummary: { accountValue: '10', totalNtlPos: '4000', totalMarginUsed: '200', totalRawUsd: '-3990' },
    crossMaintenanceMarginUsed: '100',
    time: 1_790_000_000_000,
  };
  const meta = [
    { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }], marginTables: [] },
    [{ markPx: '60000', oraclePx: '60000' }],
  ];
  const venue = (over: Readonly<Record<string, unknown>> = {}) =>
    asked((_, { type, dex }) => {
      if (typeof type === 'string' && type in over) return over[type];
      if (type === 'perpDexs') return [null, { name: 'xyz' }];
      if (type === 'clearinghouseState') return dex === '' ? state : empty;
      if (type === 'metaAndAssetCtxs') return meta;
      return type === 'spotClearinghouseState' ? { balances: [] } : null;
    });

  it('AA-4: one account, with the venue’s own prices; dexes without anything are left out', async () => {
    const { ask, questions } = venue();
    const { book, theirs } = await hyperliquidAccounts.read(USER, ask, NOW);
    expect(book.accounts.map(({ id }) => id)).toEqual([USER.toLowerCase()]);
    expect(theirs[0]?.positions).toEqual(
      state.assetPositions.map(({ position }) => ({ instrument: `hl:${position.coin}`, liquidationPrice: position.liquidationPx })),
    );
    expect(questions.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(1_200 / 10);
    expect(questions.every(({ body }) => body?.includes('key') !== true)).toBe(true);
  });
  it('AA-5: an account in portfolio margin is refused with the reason, not shown wrong', async () => {
    const { ask } = venue({ userAbstraction: 'portfolioMargin' });
    await expect(hyperliquidAccounts.read(USER, ask, NOW)).rejects.toThrow(/portfolio margin is not modelled/);
  });
  it('AA-5: of portfolio margin the venue’s own ratio is told', async () => {
    const { ask } = venue({ spotClearinghouseState: { balances: [], portfolioMarginEnabled: true, portfolioMarginRatio: '0.42' } });
    await expect(hyperliquidAccounts.read(USER, ask, NOW)).rejects.toThrow(/a ratio of 0\.42, liquidated above 0\.95/);
  });
  it('HL-15: unified dexes that settle alike are one pool on the spot balance, counted once', async () => {
    const balances = [{ coin: 'USDC', token: 0, total: '100000', hold: '0' }];
    const { ask } = venue({ userAbstraction: 'unifiedAccount', spotClearinghouseState: { balances } });
    const both: Ask = async (question) => {
      const body = JSON.parse(question.body ?? '{}') as { type: string; dex?: string };
      if (body.dex !== 'xyz') return ask(question);
      if (body.type === 'metaAndAssetCtxs')
        return readJson(
          JSON.stringify([
            { universe: [{ name: 'xyz:GOLD', szDecimals: 2, maxLeverage: 20 }], marginTables: [] },
            [{ markPx: '4000', oraclePx: '4000' }],
          ]),
        );
      return readJson(JSON.stringify(goldState));
    };
    const { book, theirs, notes } = await hyperliquidAccounts.read(USER, both, NOW);
    expect(book.accounts.map(({ id }) => id)).toEqual([USER.toLowerCase()]);
    const [account] = book.accounts;
    expect(account?.positions.map(({ instrument }) => instrument)).toContain('hl:xyz:GOLD');
    expect(account?.positions).toHaveLength(state.assetPositions.length + 1);
    expect(theirs[0]?.equity).toBeUndefined();
    expect(notes?.join()).toContain('Unified');
  });
  it('AA-27: a vault is read with its children', async () => {
    const child = `0x${'cd'.repeat(20)}`;
    const { ask, questions } = venue({ vaultDetails: { relationship: { type: 'parent', data: { childAddresses: [child] } } } });
    const { book } = await hyperliquidAccounts.read(USER, ask, NOW);
    expect(book.accounts.map(({ id }) => id)).toEqual([USER.toLowerCase(), child]);
    expect(questions.filter(({ body }) => body?.includes(child)).length).toBeGreaterThan(2);
  });
  it('AA-14: a newer state takes the place of the old one; an older one and the same mode change nothing; what is not known is asked for', async () => {
    const { ask } = venue();
    const reading = await hyperliquidAccounts.read(USER, ask, NOW);
    const address = USER.toLowerCase();
    const told = (time: number, dex = '') => ({ address, part: 'states', body: readJson(JSON.stringify([[dex, { ...state, time }]])) });
    const made = reading.after?.(told(4_000_000_000_000));
    expect(made).toMatchObject({ book: { asOf: new Date(4_000_000_000_000).toISOString() } });
    expect(typeof made === 'object' ? made.after?.(told(3_999_999_999_999)) : made).toBe('stale');
    expect(reading.after?.(told(4_000_000_000_000, 'new'))).toBe('again');
    expect(reading.after?.(told(4_000_000_000_000, 'xyz'))).toBe('again');
    expect(reading.after?.({ address, part: 'mode', body: null })).toBe('stale');
    expect(reading.after?.({ address, part: 'mode', body: 'unifiedAccount' })).toBe('again');
  });
  it('AA-9: an answer of another shape says where', async () => {
    const { ask } = venue({ clearinghouseState: { assetPositions: 'none' } });
    await expect(hyperliquidAccounts.read(USER, ask, NOW)).rejects.toThrow(InputError);
  });
});

describe('dydx', () => {
  const rest = recorded('dydx-v4/vectors/responses.json').find(({ id }) => id === 'rest_subaccount');
  const address = `dydx1${'q'.repeat(38)}`;
  it('AA-6: reads every subaccount beside the indexer’s own equity', async () => {
    const { subaccount } = (rest as NonNullable<typeof rest>).input.response as { subaccount: { address: string; equity: string } };
    const { ask } = asked(({ url }) =>
      url.endsWith('/perpetualMarkets') ? (rest?.input.meta ?? { markets: {} }) : { subaccounts: [subaccount], totalTradingRewards: '0' },
    );
    const { book, theirs } = await dydxAccounts.read(subaccount.address, ask, NOW);
    expect(book.accounts).toHaveLength(1);
    expect(theirs[0]).toMatchObject({ account: book.accounts[0]?.id, equity: subaccount.equity });
  });
  const holding = (number: number, owner = address): object => ({
    address: owner,
    subaccountNumber: number,
    equity: '55000',
    freeCollateral: '54400',
    openPerpetualPositions: { 'ETH-USD': { market: 'ETH-USD', status: 'OPEN', side: 'LONG', size: '10', entryPrice: '2800' } },
    assetPositions: { USDC: { size: '25000', symbol: 'USDC', side: 'LONG', assetId: '0' } },
  });
  const reading = (subaccounts: readonly object[], openInterest = '1') => {
    const caps = { openInterestLowerCap: '20000000', openInterestUpperCap: '100000000', openInterest };
    const fractions = { initialMarginFraction: '0.02', maintenanceMarginFraction: '0.012' };
    const markets = { 'ETH-USD': { ticker: 'ETH-USD', oraclePrice: '3000', ...fractions, ...caps } };
    const { ask } = asked(({ url }) => (url.endsWith('/perpetualMarkets') ? { markets } : { subaccounts }));
    return dydxAccounts.read(address, ask, NOW);
  };
  it('AA-6: an answer of another address, or one that lists a subaccount twice, is refused', async () => {
    await expect(reading([holding(0), holding(1, `dydx1${'p'.repeat(38)}`)])).rejects.toThrow('/subaccounts/1/address');
    await expect(reading([holding(0), holding(0)])).rejects.toThrow('/subaccounts/1/subaccountNumber');
    expect((await reading([holding(0), holding(1)])).book.accounts).toHaveLength(2);
  });
  it('DG-5: free collateral that the indexer states without what open interest raises is told with that reason', async () => {
    expect((await reading([holding(0)])).theirs[0]?.reasons).toBeUndefined();
    expect((await reading([holding(0)], '20000')).theirs[0]?.reasons).toEqual({ freeCollateral: 'tier' });
  });
  it.each([403, 451])('AA-6: a country that is blocked is told in words (%i)', async (status) => {
    const ask: Ask = async () => {
      throw new AskError(`status ${status}`, status);
    };
    await expect(dydxAccounts.read(address, ask, NOW)).rejects.toThrow(/GEOBLOCKED/);
  });
});

describe('addresses', () => {
  it.each(ACCOUNT_SOURCES.map((source) => [source.id, source] as const))(
    'AA-2: %s refuses what is none, and asks only its own hosts',
    async (_id, source) => {
      for (const bad of ['', '0x', `${USER}0`, 'javascript:alert(1)', `${USER}?a=b`, 'dydx1', `dydx1${'b'.repeat(38)}/..`])
        expect(source.refusal(bad)).toBeDefined();
      const good = source.id === 'dydx-v4' ? `dydx1${'q'.repeat(38)}` : USER;
      expect(source.refusal(good)).toBeUndefined();
      const seen: string[] = [];
      await source
        .read(good, async ({ url }) => Promise.reject(new AskError(`no ${seen.push(new URL(url).origin)}`, 0)), NOW)
        .catch(() => undefined);
      expect(seen.length).toBeGreaterThan(0);
      for (const origin of seen) expect(source.hosts).toContain(origin);
    },
  );
});
