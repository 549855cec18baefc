/** AA: accounts by address, from recorded answers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { readJson } from '../../wire/json.ts';
import { aaveAccounts, CHAINS } from './aave-v3.ts';
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
  it('AA-9: an answer of another shape says where', async () => {
    const { ask } = venue({ clearinghouseState: { assetPositions: 'none' } });
    await expect(hyperliquidAccounts.read(USER, ask, NOW)).rejects.toThrow(InputError);
  });
});

describe('dydx', () => {
  const rest = recorded('dydx-v4/vectors/responses.json').find(({ id }) => id === 'rest_subaccount');
  const address = `dydx1${'q'.repeat(38)}`;
  it('AA-6: reads every subaccount beside the indexer’s own equity', async () => {
    const { subaccount } = (rest as NonNullable<typeof rest>).input.response as { subaccount: { equity: string } };
    const { ask } = asked(({ url }) =>
      url.endsWith('/perpetualMarkets') ? (rest?.input.meta ?? { markets: {} }) : { subaccounts: [subaccount], totalTradingRewards: '0' },
    );
    const { book, theirs } = await dydxAccounts.read(address, ask, NOW);
    expect(book.accounts).toHaveLength(1);
    expect(theirs[0]).toMatchObject({ account: book.accounts[0]?.id, equity: subaccount.equity });
  });
  it('AA-6: a country that is blocked is told in words', async () => {
    const ask: Ask = async () => {
      throw new AskError('status 403', 403);
    };
    await expect(dydxAccounts.read(address, ask, NOW)).rejects.toThrow(/GEOBLOCKED/);
  });
});

describe('aave', () => {
  const base = CHAINS.find(({ name }) => name === 'base')!;
  const answer = `0x${[0x3624a5d53n, 0x2d046b0efn, 0n, 0x206cn, 0x1f40n, 0xdda85f7ab3168adn].map((word) => word.toString(16).padStart(64, '0')).join('')}`;
  const chain = (result: unknown) =>
    asked((_, { method }) =>
      method === 'eth_getBlockByNumber' ? { result: { number: '0x1d406b5', timestamp: '0x6839d5a5' } } : { result },
    );
  it('AA-7: one block, its time, and the pool’s own health factor', async () => {
    const { ask, questions } = chain(answer);
    const { book, theirs } = await aaveAccounts(base).read(USER, ask, NOW);
    expect(theirs[0]?.healthFactor).toBe('0.998257566191544493');
    expect(book.asOf).toBe('2025-05-30T15:58:29.000Z');
    expect(JSON.parse(questions[1]?.body ?? '')).toMatchObject({ params: [{ to: base.pool }, '0x1d406b5'] });
  });
  it('AA-7: another contract’s words are refused, and the next server asked', async () => {
    const { ask, questions } = chain(`${answer}${'0'.repeat(64)}`);
    await expect(aaveAccounts(base).read(USER, ask, NOW)).rejects.toThrow(/another contract answers here/);
    expect(new Set(questions.map(({ url }) => url)).size).toBe(base.rpcs.length);
  });
  it('AA-7: a server’s own error is no answer', async () => {
    const { ask } = asked(() => ({ error: { message: 'limit exceeded' } }));
    await expect(aaveAccounts(base).read(USER, ask, NOW)).rejects.toThrow(/limit exceeded/);
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
