/**
 * AA-20, AA-9: every decoder of accounts against answers that were bent: words cut, moved, blown up, offsets that point anywhere, fields gone or of another kind. Only validated values come
 * out, or a refusal that is counted; never anything else. Seeded; built from answers of the stand-ins.
 */
import { describe, expect, it } from 'vitest';
import { answerAccount, NOTHING } from '../../../venue-sim/accounts.ts';
import { createMarket } from '../../../venue-sim/market.ts';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { readJson } from '../../wire/json.ts';
import { decodeAggregate, decodeSymbol, encodeAggregate, Words } from './abi.ts';
import { hyperliquidPush } from './hyperliquid-push.ts';
import { ACCOUNT_SOURCES } from './index.ts';
import { atStandIn } from './placed.ts';
import { type AccountReading, type Ask, AskError } from './source.ts';

const NOW = 1_790_000_000_000;
const reached = caseFloors();

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const random = randomOf(7);
const below = (most: number): number => Math.floor(random() * most);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const WORDS = [
  '0'.repeat(64),
  'f'.repeat(64),
  `${'0'.repeat(63)}1`,
  `8${'0'.repeat(63)}`,
  `${'0'.repeat(60)}ffff`,
  `${'0'.repeat(48)}${'f'.repeat(16)}`,
];
/** Hexadecimal text with one thing wrong. */
function bentHex(hex: string): string {
  const count = Math.floor((hex.length - 2) / 64);
  const at = 2 + 64 * below(Math.max(1, count));
  switch (below(7)) {
    case 0:
      return hex.slice(0, below(hex.length));
    case 1:
      return hex.slice(0, at) + pick(WORDS) + hex.slice(at + 64);
    case 2:
      return hex.slice(0, at) + hex.slice(at + 64);
    case 3:
      return hex + pick(WORDS);
    case 4:
      return (
        hex.slice(0, at) +
        below(2 ** 31)
          .toString(16)
          .padStart(64, '0') +
        hex.slice(at + 64)
      );
    case 5:
      return `${hex.slice(0, at)}zz${hex.slice(at + 2)}`;
    default:
      return hex.slice(0, at + 60) + (32 * below(count + 3)).toString(16).padStart(4, '0') + hex.slice(at + 64);
  }
}

const ODD = [
  '',
  'x',
  '-1',
  '1e400',
  '0',
  'NaN',
  '99999999999999999999999999999999999999999999999999',
  null,
  true,
  0,
  -1,
  1e308,
  [],
  {},
  ['x'],
  { a: 1 },
];
/** One value somewhere in it replaced, gone or doubled. */
function bentJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string' && value.startsWith('0x') && value.length > 66 && random() < 0.8) return bentHex(value);
  if (typeof value !== 'object' || value === null || random() < 0.05 || depth > 12) return pick(ODD);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(ODD)];
    const at = below(value.length);
    if (random() < 0.1) return value.filter((_, i) => i !== at);
    if (random() < 0.1) return [...value, value[at]];
    return value.map((one, i) => (i === at ? bentJson(one, depth + 1) : one));
  }
  const keys = Object.keys(value);
  const key = keys.length === 0 ? 'a' : pick(keys);
  const { [key]: inside, ...rest } = value as Record<string, unknown>;
  return random() < 0.1 ? rest : { ...rest, [key]: bentJson(inside, depth + 1) };
}

const isRefusal = (error: unknown): boolean => error instanceof InputError || error instanceof AskError;
/** What came out, or undefined for a refusal. Anything else is thrown on. */
function tried<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function checkBook(book: Book): void {
  expect(Number.isFinite(Date.parse(book.asOf))).toBe(true);
  for (const { price } of book.assets.values()) expect(price === undefined || (price.isFinite() && price.gt(0))).toBe(true);
  for (const { markPrice } of book.instruments.values())
    expect(markPrice === undefined || (markPrice.isFinite() && markPrice.gt(0))).toBe(true);
  expect(new Set(book.accounts.map(({ id }) => id)).size, 'accounts told once').toBe(book.accounts.length);
  for (const { balances, positions } of book.accounts) {
    for (const { amount, asset } of balances) expect(amount.isFinite() && asset !== '').toBe(true);
    for (const { size, entryPrice } of positions) expect(size.isFinite() && entryPrice.isFinite()).toBe(true);
  }
}

const quotes = (() => {
  const market = createMarket(1);
  return new Map(market.bases.map((base) => [base, market.quote(base)] as const));
})();
const placed = atStandIn('http://127.0.0.1:1');
let count = 0;
/** An answer of a venue in good order. */
function answerOf(url: string, body: string | undefined): unknown {
  const path = decodeURIComponent(new URL(placed(url)).pathname).slice('/venue-sim/'.length);
  const [id = '', ...rest] = path.split('/');
  const parsed = body === undefined ? undefined : (JSON.parse(body) as { type?: string });
  if (parsed?.type === 'metaAndAssetCtxs') return META;
  const answer = answerAccount({ id, path: `/${rest.join('/')}`, body: parsed }, quotes, { nowMs: NOW, fault: undefined, count: count++ });
  return answer === NOTHING ? null : (answer ?? null);
}
const META = [
  { universe: ['BTC', 'ETH'].map((name) => ({ name, szDecimals: 2, maxLeverage: 20, marginTableId: 20 })), marginTables: [] },
  ['BTC', 'ETH'].map((base) => ({ markPx: quotes.get(base)?.mark, oraclePx: quotes.get(base)?.index })),
];
const USER = `0x${'0'.repeat(38)}08`;

/** Cheaper than an expectation, for what is said a hundred thousand times. */
function hold(is: boolean): void {
  if (!is) throw new Error('not what a decoder may say');
}

describe('decoders', () => {
  it('AA-20: aggregates, symbols and words: what fits, or a refusal', () => {
    const calls = [0, 1, 2].map((i) => ({ to: USER, data: `0x${'ab'.repeat(4 + 32 * i)}` }));
    const list = `0x${encodeAggregate(calls).slice(10)}`;
    const word = (value: number): string => value.toString(16).padStart(64, '0');
    const two = `${word(1)}${word(64)}${word(32)}${word(7)}`;
    const aggregate = `0x${word(32)}${word(2)}${word(64)}${word(192)}${two}${two}`;
    expect(decodeAggregate(aggregate, 2)).toEqual([`0x${word(7)}`, `0x${word(7)}`]);
    const addresses = `0x${word(32)}${word(2)}${word(5)}${word(6)}`;
    const symbol = `0x${word(32)}${word(4)}${Buffer.from('WETH').toString('hex').padEnd(64, '0')}`;
    for (let i = 0; i < 32_000; i++) {
      const made = tried(() => decodeAggregate(bentHex(random() < 0.5 ? aggregate : list), 2));
      if (made) for (const bytes of made) hold(bytes === undefined || /^0x(?:[0-9a-f]{2})*$/i.test(bytes));
      reached('aggregates', 32_000);
      const named = tried(() => decodeSymbol(bentHex(symbol))) ?? '';
      hold(/^[\x20-\x7e]{0,24}$/.test(named));
      reached('symbols', 32_000);
      const uint = tried(() => new Words(bentHex(addresses)).exactly(4).uint(below(6), 64));
      hold(uint === undefined || (uint >= 0n && uint < 2n ** 64n));
      reached('words', 32_000);
    }
  });
  it('AA-14: frames of accounts: a change of a known part, alive, refused, or a refusal', () => {
    const frames = [
      { channel: 'allDexsClearinghouseState', data: { user: USER, clearinghouseStates: [['', { time: 1 }]] } },
      { channel: 'spotState', data: { user: USER, spotState: { balances: [] } } },
      { channel: 'webData3', data: { userState: { user: USER, abstraction: 'unifiedAccount' } } },
      { channel: 'error', data: 'Invalid subscription' },
    ];
    for (let i = 0; i < 10_000; i++) {
      const reading = tried(() => hyperliquidPush.frame(readJson(JSON.stringify(bentJson(pick(frames)) ?? null))));
      if (reading?.kind === 'change') {
        expect(['states', 'spot', 'mode']).toContain(reading.change.part);
        expect(reading.change.address).toMatch(/^0x[0-9a-f]{40}$/);
      }
      reached('frames', 10_000);
    }
  });
});

describe('readings', () => {
  it.each(['hyperliquid', 'dydx-v4', 'aave-v3:base', 'spark:ethereum', 'compound-v3:polygon', 'morpho-blue:base'])(
    'AA-9, AA-20: %s with one answer bent: a book of validated values, or a refusal',
    async (id) => {
      const source = ACCOUNT_SOURCES.find((one) => one.id === id);
      const address = id === 'dydx-v4' ? `dydx1${'q'.repeat(38)}` : USER;
      let refused = 0;
      for (let i = 0; i < 150; i++) {
        // Of every server the same question: one that answers well would hide it.
        const bent = below(id.startsWith('hyper') ? 8 : 5);
        const asked = new Map<string, number>();
        const ask: Ask = async ({ url, body }) => {
          const answer = answerOf(url, body);
          const nth = asked.get(url) ?? 0;
          asked.set(url, nth + 1);
          return readJson(JSON.stringify((nth === bent ? bentJson(answer) : answer) ?? null));
        };
        const made: AccountReading | undefined = await source?.read(address, ask, NOW).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
          refused++;
          return undefined;
        });
        if (made) checkBook(made.book);
        reached(`readings of ${id}`, 150);
      }
      expect(refused, 'refusals').toBeGreaterThan(0);
    },
  );
  it('AA-14: changes told of an account, bent: a newer book of validated values, stale, again, or a refusal', async () => {
    const [source] = ACCOUNT_SOURCES;
    const reading = await source?.read(USER, async ({ url, body }) => readJson(JSON.stringify(answerOf(url, body) ?? null)), NOW);
    const state = answerOf('https://api.hyperliquid.xyz/info', JSON.stringify({ type: 'clearinghouseState', user: USER })) as object;
    const body = [['', { ...state, time: NOW + 1 }]];
    for (let i = 0; i < 2_000; i++) {
      const made = tried(() =>
        reading?.after?.({ address: USER, part: pick(['states', 'spot', 'mode']), body: readJson(JSON.stringify(bentJson(body) ?? null)) }),
      );
      if (typeof made === 'object') checkBook(made.book);
      else expect([undefined, 'stale', 'again']).toContain(made);
      reached('changes', 2_000);
    }
  });
});
