/** What the account holds against what it should be worth: pegged assets against a dollar, other collateral's mark against its index (rules RF-2 to RF-5). */
import type { Account } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import { collateralGap, pegGap } from '../../engine/reference/reference-price.ts';
import type { MarketGap } from '../../policy/alarms/reading.ts';
import { isStalePrice, type StaleLimits } from '../inputs.ts';
import type { LivePrice, LivePrices } from '../prices.ts';
import type { SourceView } from '../protocol.ts';
import type { GapView } from './messages.ts';

/** Tokens that stand for one dollar each; those that earn (sUSDe, sDAI) are worth more by design. */
const ONE_DOLLAR: ReadonlySet<string> = new Set(
  'USDC USDT DAI USDS USDE USDH USDT0 FDUSD TUSD PYUSD GHO RLUSD USDP GUSD USDG BUSD FRAX LUSD CRVUSD'.split(' '),
);

/** A gap of this size or more is told: a fraction. */
export const PEG_LIMIT = 0.01;
export const COLLATERAL_LIMIT = 0.02;

/** Whether `asset` stands for one dollar. */
export const isOneDollar = (asset: string): boolean => ONE_DOLLAR.has(asset.toUpperCase());

/**
 * AL-26: the gaps as alarms read them, in size, while a live feed runs. Of a dollar token that is held and not told, or told too long ago, the gap is not known:
 * that raises nothing and ends nothing. Of other collateral there is none where the venue does not tell both prices.
 */
export function marketGaps(account: Account, prices: LivePrices, source: SourceView, limits: StaleLimits): readonly MarketGap[] {
  if (source.kind !== 'live') return [];
  const held = [...new Set(account.balances.flatMap(({ asset, amount }) => (amount.isZero() ? [] : [asset])))];
  const isOld = (market: string, { timeMs, arrivalMs }: LivePrice): boolean =>
    isStalePrice({ market, timeMs, ...(arrivalMs === undefined ? {} : { arrivalMs }) }, source, limits);
  return held.flatMap((market): MarketGap[] => {
    const { mark, index } = prices.get(market) ?? {};
    if (isOneDollar(market)) {
      const told = index ?? mark;
      return [{ market, measure: 'pegGap', value: told && !isOld(market, told) ? pegGap(told.price).abs() : 'unknown' }];
    }
    if (!mark || !index) return [];
    const value = isOld(market, mark) || isOld(market, index) ? 'unknown' : collateralGap(mark.price, index.price).abs();
    return [{ market, measure: 'collateralGap', value }];
  });
}

/** RF-4, RF-5: one row an asset that the account holds and the feed prices, the widest gap first. Nothing is assumed of an asset that no venue told. */
export function gapViews(account: Account, prices: LivePrices): readonly GapView[] {
  const assets = new Set(account.balances.filter(({ amount }) => !amount.isZero()).map(({ asset }) => asset));
  return [...assets].flatMap((asset) => gapOf(asset, prices) ?? []).sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap));
}

function gapOf(asset: string, prices: LivePrices): GapView | undefined {
  const held = prices.get(asset);
  if (isOneDollar(asset)) {
    const told = held?.index ?? held?.mark;
    return told && viewOf(asset, 'peg', told.price.toFixed(), '1', pegGap(told.price), told.timeMs, PEG_LIMIT);
  }
  const { mark, index } = held ?? {};
  if (!mark || !index) return undefined;
  const gap = collateralGap(mark.price, index.price);
  return viewOf(
    asset,
    'collateral',
    mark.price.toFixed(),
    index.price.toFixed(),
    gap,
    Math.min(mark.timeMs, index.timeMs),
    COLLATERAL_LIMIT,
  );
}

const viewOf = (
  asset: string,
  kind: GapView['kind'],
  price: string,
  against: string,
  gap: Decimal,
  venueTimeMs: number,
  limit: number,
): GapView => ({ asset, kind, price, against, gap: gap.toNumber(), venueTimeMs, limit, isBeyond: gap.abs().gte(limit) });
