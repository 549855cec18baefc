/**
 * Compound v3 through a chain's public servers: an account in every market (Comet) where the address has collateral or debt, all of one block (rules AA-7, AA-25 of docs/spec/addresses.md).
 * Factors, price feeds and the debt with its interest are what the market itself says. Source: compound-finance/comet@d5a30b0a contracts/Comet.sol and
 * deployments (the markets, and what the prices of each are counted in).
 */
import type { ChainName } from '../../domain/account-sources.ts';
import type { Asset, Balance } from '../../domain/book.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { type Call, callData, Words } from './abi.ts';
import { bookOfAccounts, type CountedAccount, factsOf, scaled, tokenName } from './pieces.ts';
import { addressOf, type Chain, readChain, symbolCall, uintOf } from './rpc.ts';
import { type AccountReading, type AccountSource, AskError, evmRefusal } from './source.ts';

interface Comet {
  /** `usdc`: names the market among those of its chain. */
  readonly name: string;
  readonly address: string;
  /** What its price feeds are counted in; absent: US dollars. */
  readonly unit?: string;
}

const comet = (name: string, address: string, unit?: string): Comet => ({ name, address, ...(unit === undefined ? {} : { unit }) });

export const COMETS: Readonly<Record<ChainName, readonly Comet[]>> = {
  ethereum: [
    comet('usdc', '0xc3d688B66703497DAA19211EEdff47f25384cdc3'),
    comet('usdt', '0x3Afdc9BCA9213A35503b077a6072F3D0d5AB0840'),
    comet('usds', '0x5D409e56D886231aDAf00c8775665AD0f9897b56'),
    comet('weth', '0xA17581A9E3356d9A858b789D68B4d866e593aE94', 'ETH'),
    comet('wsteth', '0x3D0bb1ccaB520A66e607822fC55BC921738fAFE3', 'wstETH'),
    comet('wbtc', '0xe85Dc543813B8c2CFEaAc371517b925a166a9293', 'BTC'),
  ],
  base: [
    comet('usdc', '0xb125E6687d4313864e53df431d5425969c15Eb2F'),
    comet('usdbc', '0x9c4ec768c28520B50860ea7a15bd7213a9fF58bf'),
    comet('usds', '0x2c776041CCFe903071AF44aa147368a9c8EEA518'),
    comet('aero', '0x784efeB622244d2348d4F2522f8860B96fbEcE89'),
    comet('weth', '0x46e6b214b524310239732D51387075E0e70970bf', 'ETH'),
  ],
  arbitrum: [
    comet('usdc', '0x9c4ec768c28520B50860ea7a15bd7213a9fF58bf'),
    comet('usdc.e', '0xA5EDBDD9646f8dFF606d7448e414884C7d905dCA'),
    comet('usdt', '0xd98Be00b5D27fc98112BdE293e487f8D4cA57d07'),
    comet('weth', '0x6f7D514bbD4aFf3BcD1140B7344b32f063dEe486', 'ETH'),
  ],
  optimism: [
    comet('usdc', '0x2e44e174f7D53F0212823acC11C01A11d58c5bCB'),
    comet('usdt', '0x995E394b8B2437aC8Ce61Ee0bC610D617962B214'),
    comet('weth', '0xE36A30D249f7761327fd973001A32010b521b6Fd', 'ETH'),
  ],
  polygon: [comet('usdc', '0xF25212E676D1F7F89Cd72fFEe66158f541246445'), comet('usdt', '0xaeB318360f27748Acb200CE616E389A6C9409a07')],
};

/** A market lists at most 24 assets (CometWithExtendedAssetList). */
const ASSETS_MAX = 24;
const PRICE_DECIMALS = 8;
const FACTOR_DECIMALS = 18;

/** A market in which the address has something. */
interface Standing {
  readonly comet: Comet;
  readonly debt: bigint;
  readonly assets: number;
  readonly baseToken: string;
  readonly basePriceFeed: string;
  readonly baseScale: bigint;
  /** Undefined where the contract does not say. */
  readonly isLiquidatable: boolean | undefined;
}

interface AssetInfo {
  readonly asset: string;
  readonly priceFeed: string;
  readonly scale: bigint;
  readonly borrowFactor: bigint;
  readonly liquidateFactor: bigint;
  readonly liquidationFactor: bigint;
}

const whole = (value: bigint): Decimal => new Decimal(value.toString());

/** Markets in which the address owes something or may have collateral: `assetsIn` names the collateral it holds. */
async function readStandings(chain: Chain, user: string): Promise<Standing[]> {
  const comets = COMETS[chain.name];
  const each = (to: string): Call[] => [
    { to, data: callData('0x374c49b4', user) },
    { to, data: callData('0xdc4abafd', user) },
    { to, data: callData('0xa46fe83b') },
    { to, data: callData('0xc55dae63') },
    { to, data: callData('0xe7dad6bd') },
    { to, data: callData('0x44c1e5eb') },
    // Without a price of what is held it says nothing.
    { to, data: callData('0x042e02cf', user), mayFail: true },
  ];
  const questions = comets.map(({ address }) => each(address));
  const answers = await chain.call(questions.flat());
  return comets.flatMap((one, i) => {
    const [debt, basic, count, baseToken, feed, scale, isLiquidatable] = answers.slice(i * 7, i * 7 + 7);
    const place = `/${one.name}`;
    const owed = uintOf(debt, `${place}/borrowBalanceOf`);
    const user = new Words(basic, `${place}/userBasic`).exactly(5);
    const hasCollateral = user.uint(3, 16) !== 0n || user.uint(4, 8) !== 0n;
    if (owed === 0n && !hasCollateral) return [];
    return [
      {
        comet: one,
        debt: owed,
        assets: new Words(count ?? '0x', `${place}/numAssets`).exactly(1).count(0, ASSETS_MAX),
        baseToken: addressOf(baseToken, `${place}/baseToken`),
        basePriceFeed: addressOf(feed, `${place}/baseTokenPriceFeed`),
        baseScale: scaleOf(uintOf(scale, `${place}/baseScale`), `${place}/baseScale`),
        isLiquidatable: isLiquidatable === undefined ? undefined : new Words(isLiquidatable, `${place}/isLiquidatable`).exactly(1).flag(0),
      },
    ];
  });
}

/** A power of ten: smallest units of a token. */
function scaleOf(scale: bigint, place: string): bigint {
  if (!/^10{0,18}$/.test(scale.toString())) throw new AskError(`${place}: a token’s scale is a power of ten, not ${scale}`, 0);
  return scale;
}

function infoOf(answer: string | undefined, place: string): AssetInfo {
  const words = new Words(answer, place).exactly(8);
  return {
    asset: words.address(1),
    priceFeed: words.address(2),
    scale: scaleOf(words.uint(3, 64), place),
    borrowFactor: words.uint(4, 64),
    liquidateFactor: words.uint(5, 64),
    liquidationFactor: words.uint(6, 64),
  };
}

async function readStanding(chain: Chain, standing: Standing, user: string): Promise<CountedAccount> {
  const { comet: market, assets, baseToken, basePriceFeed, baseScale, debt } = standing;
  const to = market.address;
  const place = `/${market.name}`;
  const infos = (await chain.call(Array.from({ length: assets }, (_, i) => ({ to, data: callData('0xc8c7fe6b', i) })))).map((answer, i) =>
    infoOf(answer, `${place}/getAssetInfo/${i}`),
  );
  const [baseSymbol, basePrice, ...answers] = await chain.call([
    symbolCall(baseToken),
    { to, data: callData('0x41976e09', basePriceFeed), mayFail: true },
    ...infos.flatMap(({ asset, priceFeed }) => [
      { to, data: callData('0x2b92a07d', user, asset) },
      { to, data: callData('0x41976e09', priceFeed), mayFail: true },
      symbolCall(asset),
    ]),
  ]);
  const unit = market.unit ?? 'USD';
  const priced = (symbol: string, answer: string | undefined, at: string): Asset => {
    // A feed that fails is a missing price.
    const price = answer === undefined ? 0n : uintOf(answer, at);
    return { symbol, unit, ...(price > 0n ? { price: scaled(price, PRICE_DECIMALS) } : {}) };
  };
  const base = priced(tokenName(baseSymbol, baseToken), basePrice, `${place}/getPrice/base`);
  const held: Asset[] = [base];
  const balances: Balance[] = debt > 0n ? [{ asset: base.symbol, amount: whole(debt).div(whole(baseScale)).negated() }] : [];
  for (const [i, info] of infos.entries()) {
    const amount = new Words(answers[i * 3], `${place}/userCollateral/${i}`).exactly(2).uint(0, 128);
    if (amount === 0n) continue;
    const symbol = tokenName(answers[i * 3 + 2], info.asset, (name) => held.some((asset) => asset.symbol === name));
    held.push(priced(symbol, answers[i * 3 + 1], `${place}/getPrice/${i}`));
    balances.push({ asset: symbol, amount: whole(amount).div(whole(info.scale)), ...termsOf(info) });
  }
  const id = `${user}@${chain.name}/compound-${market.name}`;
  const account = { id, venue: 'compound-v3', label: `Compound v3 ${market.name} on ${chain.name}`, balances, positions: [] };
  return {
    account: { ...account, ...(unit === 'USD' ? {} : { unit }) },
    assets: held,
    place: `compound-${market.name}`,
  };
}

/** CO-1, CO-7: the bonus is 1 ÷ liquidation factor − 1; none where an asset is seized for nothing. */
const termsOf = ({
  borrowFactor,
  liquidateFactor,
  liquidationFactor,
}: AssetInfo): Pick<Balance, 'loanToValue' | 'liquidationThreshold' | 'liquidationBonus'> => ({
  loanToValue: scaled(borrowFactor, FACTOR_DECIMALS),
  liquidationThreshold: scaled(liquidateFactor, FACTOR_DECIMALS),
  ...(liquidationFactor > 0n ? { liquidationBonus: ONE.div(scaled(liquidationFactor, FACTOR_DECIMALS)).minus(ONE) } : {}),
});

async function readMarkets(chain: Chain, user: string): Promise<AccountReading> {
  const standings = await readStandings(chain, user);
  const counted: CountedAccount[] = [];
  for (const standing of standings) counted.push(await readStanding(chain, standing, user));
  const book = bookOfAccounts(new Date(chain.block.timeMs).toISOString(), counted);
  return {
    book,
    theirs: book.accounts.map(({ id }) => ({ account: id, positions: [] })),
    notes: standings.flatMap(({ comet: { name }, isLiquidatable }) =>
      isLiquidatable === undefined ? [] : [`The ${name} market says: ${isLiquidatable ? 'liquidatable' : 'not liquidatable'}.`],
    ),
  };
}

export const compoundAccounts = (chain: ChainName): AccountSource => ({
  ...factsOf(`compound-v3:${chain}`),
  refusal: evmRefusal,
  read: (address, ask, nowMs) => readChain(chain, ask, nowMs, (at) => readMarkets(at, address.toLowerCase())),
  pace: { most: 120, withinMs: 60_000, weight: 5, everyMs: 30_000 },
});
