/** AA-7, AA-20 to AA-26: lending accounts of one block, from contracts as the venues have them. */
import { describe, expect, it } from 'vitest';
import { type ChainInstant, createChain, MORPHO_MARKET } from '../../../venue-sim/chain.ts';
import { CHAIN_SERVERS, type ChainName } from '../../domain/account-sources.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { readBook, writeBook } from '../../formats/leverage-book.ts';
import { compareFigures } from '../../policy/disagreement.ts';
import { venues } from '../../venues/registry.ts';
import type { Venue } from '../../venues/venue.ts';
import { readJson } from '../../wire/json.ts';
import { AAVE_POOLS, aaveAccounts } from './aave-v3.ts';
import { decodeSymbol } from './abi.ts';
import { COMETS, compoundAccounts } from './compound-v3.ts';
import { morphoAccounts } from './morpho-blue.ts';
import { bookOfAccounts } from './pieces.ts';
import { type AccountReading, type Ask, AskError, type Question } from './source.ts';

const NOW = 1_790_000_000_500;
const PRICES: Readonly<Record<string, number>> = { ETH: 4_000, BTC: 110_000, USDC: 0.9999, LINK: 20 };
/** Twice the usual holding; in an efficiency mode it is the second. */
const USER = `0x${'0'.repeat(38)}08`;
const IN_MODE = `0x${'0'.repeat(38)}09`;
const NOBODY = `0x${'0'.repeat(40)}`;
type Rpc = { readonly method: string; readonly params: readonly unknown[] };

/** Questions to a chain, and to Morpho's list. `spoil` changes answers, or throws. */
function chainOf(chain: ChainName, spoil: (question: Question, answer: unknown, count: number) => unknown = (_, answer) => answer) {
  const server = createChain(chain);
  const questions: Question[] = [];
  const ask: Ask = async (question) => {
    questions.push(question);
    const at: ChainInstant = { nowMs: NOW, fault: undefined, priceOf: (base) => PRICES[base] ?? 1, count: questions.length };
    const items = [{ healthFactor: 1.5, market: { marketId: MORPHO_MARKET }, state: { collateral: '1', borrowShares: 1 } }];
    const list = { data: { marketPositions: { items } } };
    const answer = question.url.includes('morpho') ? list : server.answer(JSON.parse(question.body ?? ''), at);
    return readJson(JSON.stringify(spoil(question, answer, questions.length)));
  };
  return { ask, questions };
}
const rpcOf = ({ body }: Question): Rpc => JSON.parse(body ?? '{}') as Rpc;
const figures = ({ book, theirs }: AccountReading) =>
  book.accounts.map((account) => {
    const assessment = assessAccount(account, book, (venues[account.venue] as Venue).rules);
    const said = theirs.find((one) => one.account === account.id);
    return { account, assessment, compared: said ? compareFigures(assessment, account, said) : [] };
  });
const pool = (id: string) => AAVE_POOLS.find((one) => one.id === id)!;

describe('aave and its fork', () => {
  it.each(['aave-v3:base', 'spark:ethereum'])(
    'AA-23: %s by its reserves agrees with the pool’s own six words, in and out of an efficiency mode',
    async (id) => {
      for (const user of [USER, IN_MODE]) {
        const { ask } = chainOf(pool(id).chain);
        const reading = await aaveAccounts(pool(id)).read(user, ask, NOW);
        const [one] = figures(reading);
        expect(one?.account.balances.map(({ asset }) => asset)).toEqual(['WETH', 'USDC', 'LINK']);
        expect(one?.compared.map(({ figure, reason }) => [figure, reason])).toEqual([
          ['equity', undefined],
          ['healthFactor', undefined],
        ]);
        expect(Math.abs(Number(one?.compared[1]?.gap))).toBeLessThan(1e-12);
        expect(one?.account.venue).toBe(pool(id).venue);
        const weth = one?.account.balances[0];
        expect((weth?.liquidationThreshold ?? reading.book.assets.get('WETH')?.liquidationThreshold)?.toNumber()).toBe(
          user === IN_MODE ? 0.93 : 0.83,
        );
        expect(reading.notes?.length).toBe(user === IN_MODE ? 1 : 0);
      }
    },
  );
  it('AA-7, AA-22: every call at one block, its time dates the book, and the block is looked at again', async () => {
    const { ask, questions } = chainOf('base');
    const { book } = await aaveAccounts(pool('aave-v3:base')).read(USER, ask, NOW);
    expect(book.asOf).toBe('2026-09-21T14:13:20.000Z');
    const [first, ...rest] = questions.map(rpcOf);
    const number = `0x${(1_790_000_000 / 2).toString(16)}`;
    expect(first).toMatchObject({ method: 'eth_getBlockByNumber', params: ['latest', false] });
    expect(new Set(rest.flatMap(({ method, params }) => (method === 'eth_call' ? [params[1]] : [params[0]])))).toEqual(new Set([number]));
    expect(rest.at(-1)).toMatchObject({ method: 'eth_getBlockByNumber' });
    expect(questions.length).toBeLessThanOrEqual(6);
  });
  it('AV-8: nobody’s account is nothing, without a health factor', async () => {
    const { ask } = chainOf('base');
    const reading = await aaveAccounts(pool('aave-v3:base')).read(NOBODY, ask, NOW);
    expect(reading.book.accounts[0]?.balances).toEqual([]);
    expect(reading.theirs[0]).toMatchObject({ healthFactor: null });
  });
  it('AA-7: what a server does not answer the next one is asked for, whole; all failing says each one’s reason', async () => {
    const [first = ''] = CHAIN_SERVERS.base;
    const { ask, questions } = chainOf('base', (question, answer, count) => {
      if (question.url === first && count > 2) throw new AskError('gone', 0);
      return answer;
    });
    await aaveAccounts(pool('aave-v3:base')).read(USER, ask, NOW);
    const second = questions.findIndex(({ url }) => url !== first);
    expect(rpcOf(questions[second] as Question).params[0]).toBe('latest');
    expect(new Set(questions.slice(second).map(({ url }) => url)).size).toBe(1);
    const limit = chainOf('base', () => ({ error: { message: 'limit exceeded' } }));
    await expect(aaveAccounts(pool('aave-v3:base')).read(USER, limit.ask, NOW)).rejects.toThrow(/(limit exceeded.*){3}/);
  });
});

describe('compound', () => {
  it('AA-25: an account in every market where anything stands, on the market’s own factors and prices', async () => {
    const { ask } = chainOf('polygon');
    const reading = await compoundAccounts('polygon').read(USER, ask, NOW);
    const [usdc, usdt] = figures(reading);
    expect([usdc?.account.id, usdt?.account.id]).toEqual([`${USER}@polygon/compound-usdc`, `${USER}@polygon/compound-usdt`]);
    // 2 × (0.5 × 110,000 × 0.77 + 100 × 20 × 0.65) ÷ (2 × 31,000 × 0.9999)
    const health = (0.5 * 110_000 * 0.77 + 100 * 20 * 0.65) / (31_000 * 0.9999);
    expect(usdc?.assessment.healthFactor).toMatchObject({ ok: true });
    expect(Number(usdc?.assessment.healthFactor.ok && usdc.assessment.healthFactor.value)).toBeCloseTo(health, 12);
    expect(usdc?.account.balances[1]).toMatchObject({ asset: 'cbBTC' });
    expect(usdc?.account.balances[1]?.liquidationBonus?.toNumber()).toBeCloseTo(1 / 0.92 - 1, 12);
    expect(reading.notes).toContain('The usdc market says: not liquidatable.');
  });
  it('AA-25: nobody stands nowhere', async () => {
    for (const chain of Object.keys(COMETS) as ChainName[]) {
      const { ask } = chainOf(chain);
      expect((await compoundAccounts(chain).read(NOBODY, ask, NOW)).book.accounts).toEqual([]);
    }
  });
});

describe('morpho', () => {
  it('AA-26: the markets of Morpho’s list, amounts and interest of the contract, on the market’s own oracle', async () => {
    const { ask } = chainOf('base');
    const [one] = figures(await morphoAccounts('base').read(USER, ask, NOW));
    expect(one?.account).toMatchObject({ venue: 'morpho-blue', unit: 'USDC' });
    // 60,000 × an hour of 4 % a year, in three terms.
    const owed = 60_000 * Math.expm1((0.04 / 31_536_000) * 3_600) + 60_000;
    expect(one?.account.balances[1]?.amount.toNumber()).toBeCloseTo(-2 * owed, 5);
    expect(Number(one?.assessment.healthFactor.ok && one.assessment.healthFactor.value)).toBeCloseTo((110_000 * 0.86) / owed, 9);
    expect(one?.compared[0]).toMatchObject({ figure: 'healthFactor', theirs: '1.5' });
  });
  it('AA-26: markets named by the user are read without the list; one that there is not is said', async () => {
    const { ask, questions } = chainOf('base');
    const { book } = await morphoAccounts('base', [MORPHO_MARKET]).read(USER, ask, NOW);
    expect(book.accounts).toHaveLength(1);
    expect(questions.some(({ url }) => url.includes('morpho'))).toBe(false);
    await expect(morphoAccounts('base', [`0x${'11'.repeat(32)}`]).read(USER, ask, NOW)).rejects.toThrow(/there is no market 0x11/);
  });
  it('AA-26: the list’s errors come with status 200: not found is nothing, anything else is said', async () => {
    const failing = (status: string) =>
      chainOf('base', (question, answer) => (question.url.includes('morpho') ? { errors: [{ message: 'Too complex', status }] } : answer));
    expect((await morphoAccounts('base').read(USER, failing('NOT_FOUND').ask, NOW)).book.accounts).toEqual([]);
    await expect(morphoAccounts('base').read(USER, failing('BAD').ask, NOW)).rejects.toThrow(/Morpho’s list refuses: Too complex/);
  });
});

describe('several accounts in one book', () => {
  it('AA-28: the same name at another price or in another unit is another asset, and the book can be written and read', () => {
    const account = (id: string, unit: string, asset: string) => ({
      id,
      venue: 'morpho-blue',
      unit,
      balances: [{ asset, amount: ONE }],
      positions: [],
    });
    const book = bookOfAccounts('2026-09-21T14:13:20.000Z', [
      { account: account('a', 'USD', 'WETH'), assets: [{ symbol: 'WETH', unit: 'USD', price: new Decimal(4_000) }], place: 'first' },
      { account: account('b', 'USD', 'WETH'), assets: [{ symbol: 'WETH', unit: 'USD', price: new Decimal(4_000) }], place: 'second' },
      { account: account('c', 'USDC', 'WETH'), assets: [{ symbol: 'WETH', unit: 'USDC', price: new Decimal(4_001) }], place: 'third' },
    ]);
    expect(book.accounts.map(({ balances }) => balances[0]?.asset)).toEqual(['WETH', 'WETH', 'WETH (third)']);
    expect(readBook(writeBook(book))).toMatchObject({ accounts: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  });
  it('AA-8: what is read of chains is a book like any other', async () => {
    for (const source of [compoundAccounts('polygon'), morphoAccounts('base'), aaveAccounts(pool('aave-v3:base'))]) {
      const { ask } = chainOf(source.id.split(':')[1] as ChainName);
      const { book } = await source.read(USER, ask, NOW);
      expect(readBook(writeBook(book)).accounts.map(({ id }) => id)).toEqual(book.accounts.map(({ id }) => id));
    }
  });
});

describe('symbols', () => {
  const word = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0');
  it('AA-20: text, the bytes of old tokens, and nothing that cannot be shown', () => {
    const text = (value: string): string =>
      `0x${(32).toString(16).padStart(64, '0')}${value.length.toString(16).padStart(64, '0')}${word(value)}`;
    expect(decodeSymbol(text('wstETH'))).toBe('wstETH');
    expect(decodeSymbol(`0x${word('MKR')}`)).toBe('MKR');
    for (const bad of [text('<b>\u0007'), text(''), '0x', undefined, `0x${'f'.repeat(64)}`]) expect(decodeSymbol(bad)).toBe('');
  });
});
