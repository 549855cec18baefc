/** What the account holds against what it should be worth: pegged assets against a dollar, other collateral's mark against its index (rules RF-2 to RF-5). */
import type { Account } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import { collateralGap, pegGap } from '../../engine/reference/reference-price.ts';
import type { LivePrices } from '../prices.ts';
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
