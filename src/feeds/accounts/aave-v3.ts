/**
 * Aave v3 and its fork Spark through a chain's public servers: every reserve that the account uses, read of the pool itself at one block, beside the six words of `getUserAccountData`
 * (rules AA-7, AA-23, AA-24 of docs/spec/addresses.md). Sources: aave-dao/aave-v3-origin@fd1fbd91 IPool.sol, DataTypes.sol; bgd-labs/aave-address-book@f61c9762; sparkdotfi/
 * spark-address-registry@5348de20; aave/interface for the servers.
 */
import type { ChainName } from '../../domain/account-sources.ts';
import type { Book } from '../../domain/book.ts';
import { parseAaveV3 } from '../../venues/aave-v3/parse.ts';
import { type Call, callData, Words } from './abi.ts';
import { factsOf, scaledText, tokenName } from './pieces.ts';
import { addressOf, type Chain, readChain, symbolCall, uintOf } from './rpc.ts';
import { type AccountReading, type AccountSource, type Ask, AskError, evmRefusal } from './source.ts';

export interface AavePool {
  /** Of `ACCOUNT_SOURCE_FACTS`. */
  readonly id: string;
  readonly venue: 'aave-v3' | 'spark';
  readonly chain: ChainName;
  readonly pool: string;
  /** Its PoolAddressesProvider: what names the oracle. */
  readonly provider: string;
  /** `category`: up to v3.1 (Spark) a reserve names its one efficiency-mode category; since v3.2 (`bitmaps`) a category names its reserves. */
  readonly eModes: 'category' | 'bitmaps';
}

const aave = (chain: ChainName, pool: string, provider: string): AavePool => ({
  id: `aave-v3:${chain}`,
  venue: 'aave-v3',
  chain,
  pool,
  provider,
  eModes: 'bitmaps',
});

export const AAVE_POOLS: readonly AavePool[] = [
  aave('ethereum', '0x87870Bca3F3fD6335C3F4ce8392D69350B4fA4E2', '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e'),
  aave('base', '0xA238Dd80C259a72e81d7e4664a9801593F98d1c5', '0xe20fCBdBfFC4Dd138cE8b2E6FBb6CB49777ad64D'),
  aave('arbitrum', '0x794a61358D6845594F94dc1DB02A252b5b4814aD', '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb'),
  aave('optimism', '0x794a61358D6845594F94dc1DB02A252b5b4814aD', '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb'),
  aave('polygon', '0x794a61358D6845594F94dc1DB02A252b5b4814aD', '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb'),
  {
    id: 'spark:ethereum',
    venue: 'spark',
    chain: 'ethereum',
    pool: '0xC13e21B648A5Ee794902342038FF3aDAB66BE987',
    provider: '0x02C3eA4e34C0cBd694D2adFa2c690EECbC1793eE',
    eModes: 'category',
  },
];

/** A user's bitmap has two bits a reserve. */
const RESERVES_MAX = 128;
/** 8: prices in US dollars. */
const BASE_UNIT = 100_000_000n;
const RESERVE_WORDS = 15;

const bits = (word: bigint, from: number, count: number): bigint => (word >> BigInt(from)) & ((1n << BigInt(count)) - 1n);

/** What the pool says of the account as a whole. */
interface Overview {
  readonly tuple: Words;
  readonly configuration: bigint;
  readonly category: number;
  readonly oracle: string;
}

/** One reserve that the account uses. */
interface UsedReserve {
  readonly asset: string;
  readonly id: number;
  readonly isCollateral: boolean;
  readonly symbol: string;
  readonly price: bigint;
  readonly configuration: bigint;
  readonly words: Words;
  readonly supplyToken: string;
  readonly debtToken: string;
}

async function readOverview(chain: Chain, { pool, provider }: AavePool, user: string): Promise<Overview> {
  const [tuple, configuration, category, oracle] = await chain.call([
    { to: pool, data: callData('0xbf92857c', user) },
    { to: pool, data: callData('0x4417a583', user) },
    { to: pool, data: callData('0xeddf1b79', user) },
    { to: provider, data: callData('0xfca513a8') },
  ]);
  return {
    tuple: new Words(tuple, '/getUserAccountData').exactly(6),
    configuration: uintOf(configuration, '/getUserConfiguration'),
    category: Number(uintOf(category, '/getUserEMode', 8)),
    oracle: addressOf(oracle, '/getPriceOracle'),
  };
}

/** Bit 2i of the user's bitmap: reserve i is borrowed; bit 2i + 1: it is collateral. Everything else is no part of the position (AV-42). */
async function readReserves(chain: Chain, { pool }: AavePool, { configuration, oracle }: Overview): Promise<UsedReserve[]> {
  const ids = Array.from({ length: RESERVES_MAX }, (_, id) => id).filter((id) => bits(configuration, id * 2, 2) !== 0n);
  // By their ids: the pool's list leaves out what was dropped, and its places are no ids then.
  const assets = await chain.call(ids.map((id) => ({ to: pool, data: callData('0x52751797', id) })));
  const used = ids.map((id, i) => ({ id, asset: addressOf(assets[i], `/getReserveAddressById/${id}`) }));
  const answers = await chain.call(
    used.flatMap(({ asset }): Call[] => [
      { to: pool, data: callData('0x35ea6a75', asset) },
      { to: oracle, data: callData('0xb3596f07', asset) },
      symbolCall(asset),
    ]),
  );
  const symbols = new Set<string>();
  return used.map(({ asset, id }, i) => {
    const words = new Words(answers[i * 3], `/getReserveData/${asset}`).exactly(RESERVE_WORDS);
    if (words.uint(7, 16) !== BigInt(id)) throw new AskError(`the pool says another place of ${asset} than it gave`, 0);
    const symbol = tokenName(answers[i * 3 + 2], asset, (name) => symbols.has(name));
    symbols.add(symbol);
    return {
      asset,
      id,
      isCollateral: bits(configuration, id * 2 + 1, 1) === 1n,
      symbol,
      price: uintOf(answers[i * 3 + 1], `/getAssetPrice/${asset}`),
      configuration: words.uint(0),
      words,
      supplyToken: words.address(8),
      debtToken: words.address(10),
    };
  });
}

/** The terms of the account's efficiency mode in the form of UiPoolDataProvider; none outside of one. */
async function readCategory(chain: Chain, pool: AavePool, category: number, used: readonly UsedReserve[]): Promise<readonly object[]> {
  if (category === 0) return [];
  const to = pool.pool;
  if (pool.eModes === 'category') {
    const [answer] = await chain.call([{ to, data: callData('0x6c6f6ae1', category) }]);
    const whole = new Words(answer, '/getEModeCategoryData');
    const bitmap = used.reduce(
      (sum, { id, configuration }) => (bits(configuration, 168, 8) === BigInt(category) ? sum | (1n << BigInt(id)) : sum),
      0n,
    );
    return [eModeOf(category, whole.from(whole.count(0, 32)), bitmap)];
  }
  const [terms, collateral, ltvzero, isolated] = await chain.call([
    { to, data: callData('0xb286f467', category) },
    { to, data: callData('0xb0771dba', category) },
    // Only newer releases know these two.
    { to, data: callData('0xfd89dee5', category), mayFail: true },
    { to, data: callData('0x05f68acb', category), mayFail: true },
  ]);
  const words = new Words(terms, '/getEModeCategoryCollateralConfig').exactly(3);
  const bitmap = uintOf(collateral, '/getEModeCategoryCollateralBitmap', 128);
  const zero = ltvzero === undefined ? 0n : uintOf(ltvzero, '/getEModeCategoryLtvzeroBitmap', 128);
  const isIsolated = isolated !== undefined && new Words(isolated, '/getIsEModeCategoryIsolated').exactly(1).flag(0);
  return [eModeOf(category, words, bitmap, zero, isIsolated)];
}

const eModeOf = (id: number, terms: Words, bitmap: bigint, ltvzero = 0n, isolated = false): object => ({
  id: String(id),
  eMode: {
    ltv: String(terms.uint(0, 16)),
    liquidationThreshold: String(terms.uint(1, 16)),
    liquidationBonus: String(terms.uint(2, 16)),
    isolated,
    collateralBitmap: bitmap.toString(2),
    ltvzeroBitmap: ltvzero.toString(2),
  },
});

/** A reserve in the form of UiPoolDataProvider. */
const reserveOf = ({ asset, id, symbol, price, configuration, words }: UsedReserve): object => ({
  originalId: String(id),
  underlyingAsset: asset,
  symbol,
  decimals: String(bits(configuration, 48, 8)),
  baseLTVasCollateral: String(bits(configuration, 0, 16)),
  reserveLiquidationThreshold: String(bits(configuration, 16, 16)),
  reserveLiquidationBonus: String(bits(configuration, 32, 16)),
  priceInMarketReferenceCurrency: String(price),
  liquidityIndex: String(words.uint(1, 128)),
  liquidityRate: String(words.uint(2, 128)),
  variableBorrowIndex: String(words.uint(3, 128)),
  variableBorrowRate: String(words.uint(4, 128)),
  lastUpdateTimestamp: String(words.uint(6, 40)),
});

/** AV-40 to AV-42, from the pool's own words; interest runs to the block's time. */
async function readPool(chain: Chain, pool: AavePool, user: string): Promise<AccountReading> {
  const overview = await readOverview(chain, pool, user);
  const used = await readReserves(chain, pool, overview);
  const eModes = await readCategory(chain, pool, overview.category, used);
  const balances = await chain.call(
    used.flatMap(({ supplyToken, debtToken }): Call[] => [
      { to: supplyToken, data: callData('0x1da24f3e', user) },
      { to: debtToken, data: callData('0x1da24f3e', user) },
    ]),
  );
  const userReserves = used.map(({ asset, isCollateral }, i) => ({
    underlyingAsset: asset,
    scaledATokenBalance: String(uintOf(balances[i * 2], `/scaledBalanceOf/${asset}`, 128)),
    scaledVariableDebt: String(uintOf(balances[i * 2 + 1], `/scaledBalanceOf/${asset}`, 128)),
    usageAsCollateralEnabledOnUser: isCollateral,
  }));
  const meta = {
    reservesData: used.map(reserveOf),
    baseCurrencyData: { marketReferenceCurrencyDecimals: '8', marketReferenceCurrencyPriceInUsd: String(BASE_UNIT) },
    eModes,
  };
  const account = `${user}@${pool.venue === 'spark' ? 'spark-' : ''}${pool.chain}`;
  const asOf = new Date(chain.block.timeMs).toISOString();
  const book = parseAaveV3({ userReserves, userEmodeCategoryId: String(overview.category) }, { meta, asOf, accountId: account });
  return {
    book: ofVenue(book, pool),
    theirs: [{ account, healthFactor: healthFactorOf(overview.tuple), equity: equityOf(overview.tuple), positions: [] }],
    notes: notesOf(overview, used),
  };
}

/** Spark's accounts are its own venue's. */
const ofVenue = (book: Book, { venue }: AavePool): Book => ({ ...book, accounts: book.accounts.map((account) => ({ ...account, venue })) });

function notesOf({ category }: Overview, used: readonly UsedReserve[]): string[] {
  const collateral = used.filter(({ isCollateral }) => isCollateral);
  const [only] = collateral;
  const ceiling = only && collateral.length === 1 ? bits(only.configuration, 212, 40) : 0n;
  return [
    ...(category === 0 ? [] : [`Efficiency mode ${category}: its terms hold for the collateral of that category.`]),
    ...(only && ceiling > 0n
      ? [
          `Isolation mode: ${only.symbol} is the only collateral that counts, and all debts against it together have a ceiling of ${scaledText(ceiling, 2)} USD.`,
        ]
      : []),
  ];
}

/** The sixth word, a wad; null for the 2^256 − 1 of an account without debt. */
function healthFactorOf(tuple: Words): string | null {
  const word = tuple.uint(5);
  return word === 2n ** 256n - 1n ? null : scaledText(word, 18);
}

/** Collateral − debt, 8 decimals. */
const equityOf = (tuple: Words): string => scaledText(tuple.uint(0) - tuple.uint(1), 8);

export const aaveAccounts = (pool: AavePool): AccountSource => ({
  ...factsOf(pool.id),
  refusal: evmRefusal,
  read: (address: string, ask: Ask, nowMs: number) =>
    readChain(pool.chain, ask, nowMs, (chain) => readPool(chain, pool, address.toLowerCase())),
  pace: { most: 120, withinMs: 60_000, weight: 8, everyMs: 30_000 },
});
