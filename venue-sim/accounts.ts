/**
 * Accounts by address at stand-ins: what `/venue-sim/hyperliquid/info`, `/venue-sim/dydx-v4/v4/…`, `/venue-sim/ethereum` and Morpho's list answer of any address. Prices are invented; the
 * address of zeros has nothing anywhere.
 */
import { CHAIN_NUMBERS, type ChainName } from '../src/domain/account-sources.ts';
import { type ChainInstant, createChain, MORPHO_MARKET, sizeOf } from './chain.ts';
import type { Quote } from './market.ts';

export interface AccountQuestion {
  /** What stands behind `/venue-sim/`: `hyperliquid`, `base`, `morpho-blue:ethereum`. */
  readonly id: string;
  readonly path: string;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const CHAINS = new Map((Object.keys(CHAIN_NUMBERS) as ChainName[]).map((chain) => [chain as string, createChain(chain)]));
const HOUR_MS = 3_600_000;

/** The answer of a venue in good order; undefined for what is asked of no account. */
export function answerAccount(
  { id, path, body }: AccountQuestion,
  quotes: ReadonlyMap<string, Quote>,
  at: Omit<ChainInstant, 'priceOf'>,
): unknown {
  const priceOf = (base: string): number => Number(quotes.get(base)?.index ?? '0');
  const chain = CHAINS.get(id);
  if (chain) return chain.answer(body, { ...at, priceOf });
  if (id.startsWith('morpho-blue') && path === '/graphql') return morphoList(priceOf('BTC'));
  if (id === 'dydx-v4' && path.startsWith('/v4/')) return dydx(path.slice(3), priceOf);
  return id === 'hyperliquid' && path === '/info' && isFields(body) ? hyperliquid(body, quotes, skewed(at)) : undefined;
}

const skewed = ({ nowMs, fault }: Omit<ChainInstant, 'priceOf'>): number =>
  fault === 'clock-hour-behind' ? nowMs - HOUR_MS : fault === 'clock-hour-ahead' ? nowMs + HOUR_MS : nowMs;

/** One coin against a debt of 60,000 with an hour of 4 % a year, at 86 %. */
const morphoList = (price: number): Fields => ({
  data: {
    marketPositions: {
      items: [
        {
          healthFactor: (price * 0.86) / (60_000 * (1 + 0.04 / 8_760)),
          market: { marketId: MORPHO_MARKET },
          state: { collateral: '100000000', borrowShares: 60_000_000_000_000_000 },
        },
      ],
    },
  },
});

/** A subaccount with a long in BTC and a short in ETH, and an isolated child with LINK. */
function dydx(path: string, priceOf: (base: string) => number): unknown {
  const fractions = { initialMarginFraction: '0.05', maintenanceMarginFraction: '0.03' };
  const bases = ['BTC', 'ETH', 'LINK'];
  if (path === '/perpetualMarkets')
    return {
      markets: Object.fromEntries(
        bases.map((base) => [`${base}-USD`, { ticker: `${base}-USD`, oraclePrice: String(priceOf(base)), ...fractions }]),
      ),
    };
  const address = /^\/addresses\/(dydx1[a-z0-9]{38})$/.exec(path)?.[1];
  if (address === undefined) return undefined;
  const held = (base: string, size: number, entry: number): [string, Fields] => [
    `${base}-USD`,
    { market: `${base}-USD`, status: 'OPEN', side: size < 0 ? 'SHORT' : 'LONG', size: String(size), entryPrice: String(entry) },
  ];
  const subaccount = (subaccountNumber: number, cash: number, rows: readonly [string, number, number][]): Fields => {
    const value = rows.reduce((sum, [base, size]) => sum + size * priceOf(base), cash);
    const margin = rows.reduce((sum, [base, size]) => sum + 0.05 * Math.abs(size) * priceOf(base), 0);
    return {
      address,
      subaccountNumber,
      equity: String(value),
      freeCollateral: String(value - margin),
      openPerpetualPositions: Object.fromEntries(rows.map(([base, size, entry]) => held(base, size, entry))),
      assetPositions: {
        USDC: { symbol: 'USDC', side: cash < 0 ? 'SHORT' : 'LONG', size: String(Math.abs(cash)), assetId: '0', subaccountNumber },
      },
    };
  };
  return {
    subaccounts: [
      subaccount(0, -20_000, [
        ['BTC', 0.5, 110_000],
        ['ETH', -2, 4_100],
      ]),
      subaccount(128, -1_500, [['LINK', 100, 20]]),
    ],
    totalTradingRewards: '0',
  };
}

const DOLLARS = 6;
const text = (value: number): string => value.toFixed(DOLLARS);
/** The stand-in's one row of margin: 20 times, and half of it to stay. */
const LEVERAGE = 20;
const RATE = 1 / (2 * LEVERAGE);

/** A long in BTC and a short in ETH, cross, on the venue's own dex. */
export function hyperliquidState(user: bigint, quotes: ReadonlyMap<string, Quote>, timeMs: number): Fields {
  const size = sizeOf(user);
  const held =
    size === 0
      ? []
      : [
          { coin: 'BTC', szi: size * 0.5, entry: 110_000 },
          { coin: 'ETH', szi: -size * 3, entry: 4_000 },
        ];
  const rows = held.map((row) => ({ ...row, mark: Number(quotes.get(row.coin)?.mark ?? '0') }));
  const raw = rows.reduce((sum, { szi, entry }) => sum - szi * entry, size * 9_000);
  const value = rows.reduce((sum, { szi, mark }) => sum + szi * mark, raw);
  const notional = rows.reduce((sum, { szi, mark }) => sum + Math.abs(szi) * mark, 0);
  const totals = {
    accountValue: text(value),
    totalNtlPos: text(notional),
    totalRawUsd: text(raw),
    totalMarginUsed: text(notional / LEVERAGE),
  };
  return {
    marginSummary: totals,
    crossMarginSummary: totals,
    crossMaintenanceMarginUsed: text(notional * RATE),
    withdrawable: text(Math.max(0, value - notional / LEVERAGE)),
    assetPositions: rows.map(({ coin, szi, entry, mark }) => {
      const others = RATE * (notional - Math.abs(szi) * mark);
      const liquidation = (others + szi * mark - value) / (szi - RATE * Math.abs(szi));
      return {
        type: 'oneWay',
        position: {
          coin,
          szi: String(szi),
          leverage: { type: 'cross', value: LEVERAGE },
          entryPx: String(entry),
          positionValue: text(Math.abs(szi) * mark),
          unrealizedPnl: text(szi * (mark - entry)),
          liquidationPx: liquidation > 0 ? liquidation.toFixed(8) : null,
          marginUsed: text((Math.abs(szi) * mark) / LEVERAGE),
          maxLeverage: LEVERAGE,
        },
      };
    }),
    time: timeMs,
  };
}

export const hyperliquidSpot = (): Fields => ({ balances: [{ coin: 'USDC', token: 0, total: '0.0', hold: '0.0', entryNtl: '0.0' }] });

function hyperliquid(body: Fields, quotes: ReadonlyMap<string, Quote>, timeMs: number): unknown {
  const { type, user } = body;
  if (type === 'perpDexs') return [null];
  if (type === 'userAbstraction') return 'default';
  if (type === 'spotClearinghouseState') return hyperliquidSpot();
  if (type === 'vaultDetails') return NOTHING;
  const isAddress = typeof user === 'string' && /^0x[0-9a-f]{40}$/.test(user);
  return type === 'clearinghouseState' && isAddress ? hyperliquidState(BigInt(user), quotes, timeMs) : undefined;
}

/** JSON's null as an answer, which is not the absence of one. */
export const NOTHING = Symbol('null');
