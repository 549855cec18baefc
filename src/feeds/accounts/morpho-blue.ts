/**
 * Morpho Blue: which markets an address stands in, from Morpho's public list; everything that counts from the contract itself, at one block (rules AA-7, AA-26 of docs/spec/addresses.md).
 * Sources: morpho-org/morpho-blue@3085651 src/interfaces, src/libraries/periphery/MorphoBalancesLib.sol; api.morpho.org/graphql as recorded.
 */
import * as v from 'valibot';
import type { ChainName } from '../../domain/account-sources.ts';
import { CHAIN_NUMBERS } from '../../domain/account-sources.ts';
import type { Asset, Balance } from '../../domain/book.ts';
import { ONE } from '../../domain/units.ts';
import { liquidationIncentiveFactor, toAssetsUp } from '../../venues/morpho-blue/market.ts';
import { check } from '../../wire/schema.ts';
import { figure } from '../live/reading.ts';
import { type Call, callData, Words } from './abi.ts';
import { bookOfAccounts, type CountedAccount, factsOf, scaled, tokenName } from './pieces.ts';
import { type Chain, readChain, symbolCall, uintOf } from './rpc.ts';
import { type AccountReading, type AccountSource, type Ask, AskError, evmRefusal, type VenueFigures } from './source.ts';

export const MORPHO_CHAINS = ['ethereum', 'base'] as const satisfies readonly ChainName[];
type MorphoChain = (typeof MORPHO_CHAINS)[number];
/** The same address on both chains. */
const MORPHO = '0xBBBBBbbBBb9cC5e90e3b3Af64bdAF62C37EEFFCb';
const API = 'https://api.morpho.org/graphql';
/** Positions of one address that are read. */
const MARKETS_MAX = 100;
const WAD = 10n ** 18n;
const NOBODY = `0x${'0'.repeat(40)}`;

const QUERY =
  'query($w:MarketPositionFilters){marketPositions(first:100,orderBy:BorrowShares,orderDirection:Desc,where:$w){items{healthFactor market{marketId} state{collateral borrowShares}}}}';

const marketId = () => v.pipe(v.string('expected a market id'), v.regex(/^0x[0-9a-fA-F]{64}$/, 'expected a market id of 32 bytes'));
const listSchema = v.looseObject({
  data: v.looseObject({
    marketPositions: v.looseObject({
      items: v.pipe(
        v.array(
          v.looseObject({
            healthFactor: v.nullish(figure()),
            market: v.looseObject({ marketId: marketId() }),
            state: v.nullish(v.looseObject({ collateral: v.nullish(figure()), borrowShares: v.nullish(figure()) })),
          }),
        ),
        v.maxLength(MARKETS_MAX),
      ),
    }),
  }),
});
const errorSchema = v.looseObject({
  errors: v.pipe(v.array(v.looseObject({ message: v.string(), status: v.nullish(v.string()) })), v.minLength(1)),
});

interface Listed {
  readonly id: string;
  /** What the API says, of another instant than the block. */
  readonly healthFactor: string | null;
}

/** Markets with collateral or debt of the address, as Morpho lists them. Errors come with status 200. */
async function listMarkets(chain: MorphoChain, user: string, ask: Ask): Promise<readonly Listed[]> {
  const variables = { w: { userAddress_in: [user], chainId_in: [CHAIN_NUMBERS[chain]] } };
  const answer = await ask({ url: API, body: JSON.stringify({ query: QUERY, variables }), weight: 1 });
  if (v.is(errorSchema, answer)) {
    const [first] = answer.errors;
    if (first?.status === 'NOT_FOUND') return [];
    throw new AskError(`Morpho’s list refuses: ${first?.message.slice(0, 200)}`, 0);
  }
  const isSome = (text: string | null | undefined): boolean => text !== undefined && text !== null && !/^0+$/.test(text);
  const listed = new Map<string, Listed>();
  for (const { healthFactor, market, state } of check(listSchema, answer).data.marketPositions.items)
    if (!state || isSome(state.collateral) || isSome(state.borrowShares))
      listed.set(market.marketId.toLowerCase(), { id: market.marketId.toLowerCase(), healthFactor: healthFactor ?? null });
  return [...listed.values()];
}

interface Market {
  readonly id: string;
  readonly loan: string;
  readonly collateral: string;
  readonly oracle: string;
  readonly lltv: bigint;
  readonly amount: bigint;
  readonly borrowShares: bigint;
  /** With interest up to the block. */
  readonly totalBorrow: { readonly totalAssets: bigint; readonly totalShares: bigint };
}

/** e^(rate × seconds) − 1 by three terms, each floored, as on chain. Wads. */
function compounded(rate: bigint, seconds: bigint): bigint {
  const first = rate * seconds;
  const second = (first * first) / (2n * WAD);
  return first + second + (second * first) / (3n * WAD);
}

async function readMarkets(chain: Chain, user: string, ids: readonly string[]): Promise<Market[]> {
  const to = MORPHO;
  const answers = await chain.call(
    ids.flatMap((id): Call[] => [
      { to, data: callData('0x2c3c9157', id) },
      { to, data: callData('0x93c52062', id, user) },
      { to, data: callData('0x5c60e39a', id) },
    ]),
  );
  const read = ids.map((id, i) => {
    const terms = new Words(answers[i * 3], `/${id}/idToMarketParams`).exactly(5);
    const position = new Words(answers[i * 3 + 1], `/${id}/position`).exactly(3);
    const market = new Words(answers[i * 3 + 2], `/${id}/market`).exactly(6);
    if (terms.uint(0, 160) === 0n) throw new AskError(`there is no market ${id} on ${chain.name}`, 0);
    return { id, terms, position, market };
  });
  // Without an interest rate model, or where nothing is lent, there is no interest.
  const growing = read.filter(({ terms, market }) => terms.address(3) !== NOBODY && market.uint(2, 128) > 0n);
  const said = await chain.call(growing.map(({ terms, market }) => ({ to: terms.address(3), data: rateQuestion(terms, market) })));
  const rates = new Map(growing.map(({ id }, i) => [id, uintOf(said[i], `/${id}/borrowRateView`, 128)]));
  const now = BigInt(chain.block.timeMs / 1_000);
  return read.map(({ id, terms, position, market }) => {
    const borrowed = market.uint(2, 128);
    const elapsed = now > market.uint(4, 128) ? now - market.uint(4, 128) : 0n;
    return {
      id,
      loan: terms.address(0),
      collateral: terms.address(1),
      oracle: terms.address(2),
      lltv: terms.uint(4, 64),
      amount: position.uint(2, 128),
      borrowShares: position.uint(1, 128),
      totalBorrow: {
        totalAssets: borrowed + (borrowed * compounded(rates.get(id) ?? 0n, elapsed)) / WAD,
        totalShares: market.uint(3, 128),
      },
    };
  });
}

/** `borrowRateView(MarketParams, Market)`: the eleven words that the contract itself said. */
function rateQuestion(terms: Words, market: Words): string {
  const all = [...Array.from({ length: 5 }, (_, i) => terms.uint(i)), ...Array.from({ length: 6 }, (_, i) => market.uint(i, 128))];
  return callData('0x8c00bf6b', ...all);
}

const decimalsCall = (token: string): Call => ({ to: token, data: callData('0x313ce567') });

async function readPositions(chain: Chain, user: string, listed: readonly Listed[]): Promise<AccountReading> {
  const markets = (
    await readMarkets(
      chain,
      user,
      listed.map(({ id }) => id),
    )
  ).filter(({ amount, borrowShares }) => amount > 0n || borrowShares > 0n);
  const answers = await chain.call(
    markets.flatMap(({ loan, collateral, oracle }): Call[] => [
      symbolCall(loan),
      decimalsCall(loan),
      symbolCall(collateral),
      decimalsCall(collateral),
      // An oracle that fails has no price: that is said, not guessed.
      { to: oracle, data: callData('0xa035b1fe'), mayFail: true },
    ]),
  );
  const counted = markets.map((market, i) => accountOf(chain, user, market, answers.slice(i * 5, i * 5 + 5)));
  const theirs: VenueFigures[] = counted.map(({ account }, i) => {
    const said = listed.find(({ id }) => id === markets[i]?.id)?.healthFactor;
    return { account: account.id, ...(said ? { healthFactor: said } : {}), positions: [] };
  });
  return { book: bookOfAccounts(new Date(chain.block.timeMs).toISOString(), counted), theirs };
}

/** MO-1 to MO-3: counted in the loan asset, on the market's own oracle. */
function accountOf(chain: Chain, user: string, market: Market, answers: readonly (string | undefined)[]): CountedAccount {
  const { id, lltv, amount, borrowShares, totalBorrow } = market;
  const [loanSymbol, loanDecimals, collateralSymbol, collateralDecimals, oracle] = answers;
  const loan = tokenName(loanSymbol, market.loan);
  const collateral = tokenName(collateralSymbol, market.collateral, (name) => name === loan);
  const loanPlaces = new Words(loanDecimals ?? '0x', `/${id}/decimals`).exactly(1).count(0, 36);
  const collateralPlaces = new Words(collateralDecimals ?? '0x', `/${id}/decimals`).exactly(1).count(0, 36);
  const price = oracle === undefined ? 0n : uintOf(oracle, `/${id}/price`);
  const threshold = scaled(lltv, 18);
  const assets: Asset[] = [
    { symbol: loan, unit: loan, price: ONE },
    { symbol: collateral, unit: loan, ...(price > 0n ? { price: scaled(price, 36 + loanPlaces - collateralPlaces) } : {}) },
  ];
  const balances: Balance[] = [];
  if (amount > 0n)
    balances.push({
      asset: collateral,
      amount: scaled(amount, collateralPlaces),
      loanToValue: threshold,
      liquidationThreshold: threshold,
      liquidationBonus: scaled(liquidationIncentiveFactor(lltv), 18).minus(ONE),
    });
  if (borrowShares > 0n) balances.push({ asset: loan, amount: scaled(toAssetsUp(borrowShares, totalBorrow), loanPlaces).negated() });
  const label = `Morpho Blue ${collateral}/${loan} ${threshold.times(100).toFixed()} % on ${chain.name}`;
  return {
    account: { id: `${user}@${chain.name}/morpho-${id}`, venue: 'morpho-blue', label, unit: loan, balances, positions: [] },
    assets,
    place: id.slice(0, 10),
  };
}

/** `markets`: only these, by their ids; Morpho's list is not asked then. */
export const morphoAccounts = (chain: MorphoChain, markets?: readonly string[]): AccountSource => ({
  ...factsOf(`morpho-blue:${chain}`),
  refusal: evmRefusal,
  read: async (address, ask, nowMs) => {
    const user = address.toLowerCase();
    const listed = markets?.map((id) => ({ id: id.toLowerCase(), healthFactor: null })) ?? (await listMarkets(chain, user, ask));
    return readChain(chain, ask, nowMs, (at) => readPositions(at, user, listed));
  },
  pace: { most: 120, withinMs: 60_000, weight: 6, everyMs: 30_000 },
});
