/**
 * A chain's public server, spoken over JSON-RPC: a few contracts in which every address stands, with prices of the invented market. As far as the readers ask: blocks, `eth_call`
 * through Multicall3, Aave v3, Spark, Compound v3, Morpho Blue, their tokens and price feeds.
 */
import { CHAIN_NUMBERS, type ChainName } from '../src/domain/account-sources.ts';
import { AAVE_POOLS } from '../src/feeds/accounts/aave-v3.ts';
import { COMETS } from '../src/feeds/accounts/compound-v3.ts';
import { calculateAccountData, type ReserveState } from '../src/venues/aave-v3/account-data.ts';
import { normalizedDebt, normalizedIncome } from '../src/venues/aave-v3/interest.ts';
import { LATEST_VERSION, protocolRules } from '../src/venues/aave-v3/protocol.ts';
import type { AccountFaultName } from './account-faults.ts';

export interface ChainInstant {
  readonly nowMs: number;
  readonly fault: AccountFaultName | undefined;
  /** Dollars for one unit of a base asset. */
  readonly priceOf: (base: string) => number;
  /** Counts questions: what changes while it is read changes by it. */
  readonly count: number;
}

type Answer = readonly bigint[] | string | undefined;
type Contract = (selector: string, args: readonly bigint[]) => Answer;

const RULES = protocolRules[LATEST_VERSION];
const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const NO_DEBT = 2n ** 256n - 1n;
const HOUR_S = 3_600;
const BLOCK_S = 2;
const digits = (value: bigint): string => (value < 0n ? 2n ** 256n + value : value).toString(16).padStart(64, '0');
const hexOf = (answer: readonly bigint[] | string): string => (typeof answer === 'string' ? answer : `0x${answer.map(digits).join('')}`);
const addressWord = (address: string): bigint => BigInt(address);
/** An address that nothing else has: `kind` and a number. */
const invented = (kind: number, at: number): string =>
  `0x${kind.toString(16).padStart(4, '0')}${'5a'.repeat(16)}${at.toString(16).padStart(4, '0')}`;
const units = (amount: number, decimals: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** BigInt(decimals - 6);
/** An answer of Solidity's type string. */
const textAnswer = (text: string): string =>
  `0x${digits(32n)}${digits(BigInt(text.length))}${Buffer.from(text).toString('hex').padEnd(64, '0')}`;

interface Token {
  readonly symbol: string;
  readonly decimals: number;
  readonly address: string;
  /** The market whose price it has. */
  readonly base: string;
}

const TOKENS: readonly Token[] = [
  { symbol: 'WETH', decimals: 18, address: invented(1, 1), base: 'ETH' },
  { symbol: 'USDC', decimals: 6, address: invented(1, 2), base: 'USDC' },
  { symbol: 'cbBTC', decimals: 8, address: invented(1, 3), base: 'BTC' },
  { symbol: 'LINK', decimals: 18, address: invented(1, 4), base: 'LINK' },
];
const [WETH, USDC, CBBTC, LINK] = TOKENS as readonly [Token, Token, Token, Token];

/** So many times the usual holding: addresses differ, and the same address is the same every time. The address of zeros has nothing. */
export const sizeOf = (user: bigint): number => (user === 0n ? 0 : 1 + Number(user % 7n));

/** Every fifth address or so is in an efficiency mode. */
const categoryOf = (user: bigint): number => (user !== 0n && user % 5n === 4n ? 1 : 0);
const E_MODE = { loanToValueBps: 9_000n, liquidationThresholdBps: 9_300n, liquidationBonusBps: 10_100n };

export interface ChainServer {
  /** The answer to one JSON-RPC question; undefined for what is none. */
  readonly answer: (body: unknown, at: ChainInstant) => unknown;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Blocks whose prices are remembered. */
const BLOCKS_MAX = 32;

export function createChain(chain: ChainName): ChainServer {
  const told = new Map<number, Map<string, number>>();
  /** A block's prices are those it was first asked for: what two calls read of one block agrees. */
  const priceIn =
    (seconds: number, now: ChainInstant['priceOf']): ChainInstant['priceOf'] =>
    (base) => {
      const prices = told.get(seconds) ?? new Map<string, number>();
      told.set(seconds, prices);
      if (told.size > BLOCKS_MAX) told.delete(told.keys().next().value ?? seconds);
      const price = prices.get(base) ?? now(base);
      prices.set(base, price);
      return price;
    };
  return {
    answer: (body, at) => {
      if (!isFields(body) || !Array.isArray(body.params)) return undefined;
      const { method, params, id } = body;
      const put = (result: unknown): Fields => ({ jsonrpc: '2.0', id, result });
      const wrong = (code: number, message: string): Fields => ({ jsonrpc: '2.0', id, error: { code, message } });
      if (method === 'eth_chainId') return put(`0x${idOf(chain, at).toString(16)}`);
      if (method === 'eth_getBlockByNumber') return put(blockOf(chain, params[0], at));
      if (method !== 'eth_call') return wrong(-32_601, `the method ${String(method)} does not exist`);
      if (at.fault === 'unknown-block') return wrong(-32_000, 'header not found');
      const [call, number] = params;
      if (!isFields(call) || typeof call.to !== 'string' || typeof call.data !== 'string') return wrong(-32_602, 'invalid params');
      const seconds = secondsOf(chain, number, at);
      const result = multicall(chain, call.to, call.data, seconds, { ...at, priceOf: priceIn(seconds, at.priceOf) });
      return result === undefined ? wrong(3, 'execution reverted') : put(result);
    },
  };
}

const idOf = (chain: ChainName, { fault }: ChainInstant): number => (fault === 'other-chain' ? 31_337 : CHAIN_NUMBERS[chain]);

function newestSeconds({ nowMs, fault }: ChainInstant): number {
  const skew = fault === 'clock-hour-behind' ? -HOUR_S : fault === 'clock-hour-ahead' ? HOUR_S : 0;
  return Math.floor(nowMs / 1_000 / BLOCK_S) * BLOCK_S + skew;
}

/** Time of a block by its number, which is its time ÷ 2. */
const secondsOf = (_chain: ChainName, number: unknown, at: ChainInstant): number =>
  typeof number === 'string' && /^0x[0-9a-f]+$/.test(number) ? Number.parseInt(number, 16) * BLOCK_S : newestSeconds(at);

function blockOf(chain: ChainName, tag: unknown, at: ChainInstant): Fields {
  const seconds = secondsOf(chain, tag, at);
  const branch = at.fault === 'reorganised' ? at.count : 0;
  const hash = `0x${(BigInt(seconds) * 1_000_003n + BigInt(branch) * 7_919n + BigInt(CHAIN_NUMBERS[chain])).toString(16).padStart(64, '0')}`;
  return { number: `0x${(seconds / BLOCK_S).toString(16)}`, timestamp: `0x${seconds.toString(16)}`, hash };
}

/** `aggregate3`, as far as it is asked; every other call is one by itself. */
function multicall(chain: ChainName, to: string, data: string, seconds: number, at: ChainInstant): string | undefined {
  const contracts = contractsOf(chain, seconds, at);
  if (!data.startsWith('0x82ad56cb')) return one(contracts, to, data);
  const body = data.slice(10);
  const word = (place: number): number => Number.parseInt(body.slice(place * 2, place * 2 + 64), 16);
  const start = word(0);
  const count = word(start);
  const base = start + 32;
  const answers = Array.from({ length: count }, (_, i) => {
    const tuple = base + word(base + i * 32);
    const bytes = tuple + word(tuple + 64);
    const target = `0x${body.slice(tuple * 2 + 24, tuple * 2 + 64)}`;
    return one(contracts, target, `0x${body.slice(bytes * 2 + 64, bytes * 2 + 64 + word(bytes) * 2)}`);
  });
  const tuples = answers.map((answer, i) => {
    const raw = misshaped(answer ?? '0x', i, at.fault).slice(2);
    const padded = raw.padEnd(Math.ceil(raw.length / 64) * 64, '0');
    return `${digits(answer === undefined ? 0n : 1n)}${digits(64n)}${digits(BigInt(raw.length / 2))}${padded}`;
  });
  let offset = tuples.length * 32;
  const heads = tuples.map((tuple) => {
    const here = offset;
    offset += tuple.length / 2;
    return digits(BigInt(here));
  });
  return `0x${digits(32n)}${digits(BigInt(count))}${heads.join('')}${tuples.join('')}`;
}

/** The first two calls are of Multicall3 itself. */
function misshaped(answer: string, index: number, fault: AccountFaultName | undefined): string {
  if (index < 2 || answer === '0x') return answer;
  if (fault === 'cut-words') return answer.slice(0, -64);
  return fault === 'other-contract' ? `${answer}${digits(1n)}` : answer;
}

function one(contracts: ReadonlyMap<string, Contract>, to: string, data: string): string | undefined {
  const args = (data.slice(10).match(/.{64}/g) ?? []).map((text) => BigInt(`0x${text}`));
  const answer = contracts.get(to.toLowerCase())?.(data.slice(0, 10), args);
  return answer === undefined ? undefined : hexOf(answer);
}

function contractsOf(chain: ChainName, seconds: number, at: ChainInstant): Map<string, Contract> {
  const contracts = new Map<string, Contract>();
  const add = (address: string, contract: Contract): void => void contracts.set(address.toLowerCase(), contract);
  add('0xcA11bde05977b3631167028862bE2a173976CA11', (selector) =>
    selector === '0x0f28c97d' ? [BigInt(seconds)] : selector === '0x3408e470' ? [BigInt(idOf(chain, at))] : undefined,
  );
  for (const { address, symbol, decimals } of TOKENS)
    add(address, (selector) =>
      selector === '0x95d89b41' ? textAnswer(symbol) : selector === '0x313ce567' ? [BigInt(decimals)] : undefined,
    );
  for (const [i, pool] of AAVE_POOLS.filter((one) => one.chain === chain).entries()) addAave(add, pool, i, seconds, at);
  for (const comet of COMETS[chain]) addComet(add, comet.address, comet.unit, at);
  addMorpho(add, seconds, at);
  return contracts;
}

type Add = (address: string, contract: Contract) => void;
const price8 = (base: string, { priceOf }: ChainInstant): bigint => BigInt(Math.round(priceOf(base) * 1e8));

/** WETH as collateral, USDC as debt, and LINK as collateral too. Interest since an hour. */
function addAave(
  add: Add,
  { pool, provider, eModes }: (typeof AAVE_POOLS)[number],
  at: number,
  seconds: number,
  instant: ChainInstant,
): void {
  const oracle = invented(2, at);
  const reserves = [
    { token: WETH, terms: [8_000n, 8_300n, 10_500n], supply: 10, debt: 0 },
    { token: USDC, terms: [7_500n, 7_800n, 10_450n], supply: 0, debt: 21_000 },
    { token: LINK, terms: [6_600n, 7_100n, 10_700n], supply: 300, debt: 0 },
  ] as const;
  const updated = BigInt(seconds - HOUR_S);
  const [index, rate, debtIndex, debtRate] = [(RAY * 105n) / 100n, RAY / 50n, (RAY * 11n) / 10n, RAY / 25n];
  const held = (user: bigint): { supply: bigint; debt: bigint; state: ReserveState }[] =>
    reserves.map(({ token, terms: [loanToValueBps, liquidationThresholdBps, liquidationBonusBps], supply, debt }) => ({
      supply: units(supply * sizeOf(user), token.decimals),
      debt: units(debt * sizeOf(user), token.decimals),
      state: {
        unit: 10n ** BigInt(token.decimals),
        price: price8(token.base, instant),
        loanToValueBps,
        liquidationThresholdBps,
        liquidationBonusBps,
        normalizedIncome: normalizedIncome(index, rate, BigInt(HOUR_S)),
        normalizedDebt: normalizedDebt(debtIndex, debtRate, BigInt(HOUR_S), RULES),
        ...(token === WETH ? { eModes: new Map([[1, E_MODE]]) } : {}),
      },
    }));
  const bitmap = (user: bigint): bigint =>
    user === 0n
      ? 0n
      : reserves.reduce(
          (sum, { supply, debt }, i) => sum | ((debt > 0 ? 1n : 0n) << BigInt(2 * i)) | ((supply > 0 ? 1n : 0n) << BigInt(2 * i + 1)),
          0n,
        );
  const tokens = reserves.map((_, i) => [invented(3, at * 10 + i), invented(4, at * 10 + i)] as const);
  add(provider, (selector) => (selector === '0xfca513a8' ? [addressWord(oracle)] : undefined));
  add(oracle, (selector, [asset]) => {
    const found = reserves.find(({ token }) => addressWord(token.address) === asset);
    return selector === '0xb3596f07' && found ? [price8(found.token.base, instant)] : undefined;
  });
  for (const [i, [supplyToken, debtToken]] of tokens.entries()) {
    add(supplyToken, (selector, [user = 0n]) => (selector === '0x1da24f3e' ? [held(user)[i]?.supply ?? 0n] : undefined));
    add(debtToken, (selector, [user = 0n]) => (selector === '0x1da24f3e' ? [held(user)[i]?.debt ?? 0n] : undefined));
  }
  const reserveWords = (i: number): bigint[] | undefined => {
    const reserve = reserves[i];
    const [supplyToken, debtToken] = tokens[i] ?? [];
    if (!reserve || supplyToken === undefined || debtToken === undefined) return undefined;
    const [ltv, threshold, bonus] = reserve.terms;
    const configuration =
      ltv | (threshold << 16n) | (bonus << 32n) | (BigInt(reserve.token.decimals) << 48n) | ((reserve.token === WETH ? 1n : 0n) << 168n);
    const addresses = [supplyToken, '0x0', debtToken, '0x0'].map(addressWord);
    return [configuration, index, rate, debtIndex, debtRate, 0n, updated, BigInt(i), ...addresses, 0n, 0n, 0n];
  };
  add(pool, (selector, [first = 0n]) => {
    if (selector === '0xbf92857c') return accountData(held(first), categoryOf(first));
    if (selector === '0x4417a583') return [bitmap(first)];
    if (selector === '0xeddf1b79') return [BigInt(categoryOf(first))];
    const named = reserves[Number(first)];
    if (selector === '0x52751797') return named && [addressWord(named.token.address)];
    if (selector === '0x35ea6a75') return reserveWords(reserves.findIndex(({ token }) => addressWord(token.address) === first));
    // Up to v3.1 one call tells the category, and each reserve names its own; since v3.2 the category names its reserves.
    const terms = Object.values(E_MODE);
    if (eModes === 'category') return selector === '0x6c6f6ae1' ? [32n, ...terms, 0n, 160n, 0n] : undefined;
    if (selector === '0xb286f467') return terms;
    if (selector === '0xb0771dba') return [1n];
    return undefined;
  });
}

function accountData(
  held: readonly { readonly supply: bigint; readonly debt: bigint; readonly state: ReserveState }[],
  category: number,
): bigint[] {
  const data = calculateAccountData(
    held.map(({ supply, debt, state }) => ({ reserve: state, scaledSupply: supply, scaledDebt: debt, isCollateral: supply > 0n })),
    category,
    RULES,
  );
  const { totalCollateralBase, totalDebtBase, availableBorrowsBase, liquidationThresholdBps, loanToValueBps, healthFactor } = data;
  return [
    totalCollateralBase,
    totalDebtBase,
    availableBorrowsBase,
    liquidationThresholdBps,
    loanToValueBps,
    healthFactor.ok ? healthFactor.value : NO_DEBT,
  ];
}

/** cbBTC and LINK against USDC. Markets that are counted in another unit have nobody in them. */
function addComet(add: Add, comet: string, unit: string | undefined, instant: ChainInstant): void {
  const collateral = [
    { token: CBBTC, amount: 0.5, factors: [70n, 77n, 92n] },
    { token: LINK, amount: 100, factors: [60n, 65n, 88n] },
  ] as const;
  const feedOf = (token: Token): string => `0x${(addressWord(token.address) ^ 0xffffn).toString(16).padStart(40, '0')}`;
  const percent = (value: bigint): bigint => value * 10n ** 16n;
  add(comet, (selector, [first = 0n, second = 0n]) => {
    const size = unit === undefined ? sizeOf(first) : 0;
    const debt = units(31_000 * size, 6);
    if (selector === '0x374c49b4') return [debt];
    if (selector === '0xdc4abafd') return [-debt, 0n, 0n, size === 0 ? 0n : 3n, 0n];
    if (selector === '0xa46fe83b') return [BigInt(collateral.length)];
    if (selector === '0xc55dae63') return [addressWord(USDC.address)];
    if (selector === '0xe7dad6bd') return [addressWord(feedOf(USDC))];
    if (selector === '0x44c1e5eb') return [1_000_000n];
    if (selector === '0x042e02cf') return [0n];
    if (selector === '0xc8c7fe6b') {
      const asset = collateral[Number(first)];
      if (!asset) return undefined;
      const { token, factors } = asset;
      return [
        first,
        addressWord(token.address),
        addressWord(feedOf(token)),
        10n ** BigInt(token.decimals),
        ...factors.map(percent),
        10n ** 24n,
      ];
    }
    if (selector === '0x2b92a07d') {
      const asset = collateral.find(({ token }) => addressWord(token.address) === second);
      return asset && [units(asset.amount * size, asset.token.decimals), 0n];
    }
    const token = TOKENS.find((one) => addressWord(feedOf(one)) === first);
    return selector === '0x41976e09' && token ? [price8(token.base, instant)] : undefined;
  });
}

export const MORPHO_MARKET = `0x${'9b'.repeat(32)}`;

/** One market: cbBTC against USDC at 86 %. */
function addMorpho(add: Add, seconds: number, instant: ChainInstant): void {
  const oracle = invented(6, 1);
  const model = invented(6, 2);
  const known = (id: bigint | undefined): boolean => id === BigInt(MORPHO_MARKET);
  const shares = 10n ** 6n;
  add(oracle, (selector) => (selector === '0xa035b1fe' ? [(price8('BTC', instant) * 10n ** 34n) / 10n ** 8n] : undefined));
  // 4 % a year, by the second.
  add(model, (selector) => (selector === '0x8c00bf6b' ? [(WAD * 4n) / 100n / 31_536_000n] : undefined));
  add('0xBBBBBbbBBb9cC5e90e3b3Af64bdAF62C37EEFFCb', (selector, [id, user = 0n]) => {
    if (selector === '0x2c3c9157')
      return known(id) ? [USDC.address, CBBTC.address, oracle, model].map(addressWord).concat(86n * 10n ** 16n) : [0n, 0n, 0n, 0n, 0n];
    if (selector === '0x93c52062')
      return known(id) ? [0n, units(60_000 * sizeOf(user), 6) * shares, units(1 * sizeOf(user), 8)] : [0n, 0n, 0n];
    if (selector === '0x5c60e39a') {
      const lent = units(9_000_000, 6);
      return [units(10_000_000, 6), units(10_000_000, 6) * shares, lent, lent * shares, BigInt(seconds - HOUR_S), 0n];
    }
    return undefined;
  });
}
