/**
 * Morpho Blue's integers (MO-3…MO-8 of docs/spec/venues/morpho-blue.md): amounts in a token's smallest unit, the oracle's price scaled by 1e36,
 * shares of 18 decimals (wads). Source: morpho-org/morpho-blue@3085651, morpho-org/sdks@cdff8c45.
 */
import { Decimal, ONE } from '../../domain/units.ts';

const WAD = 10n ** 18n;
const ORACLE_SCALE = 10n ** 36n;
/** Against a first depositor's tricks every market starts with these. */
const VIRTUAL_ASSETS = 1n;
const VIRTUAL_SHARES = 10n ** 6n;
const CURSOR = 3n * 10n ** 17n;
const INCENTIVE_MAX = 115n * 10n ** 16n;

const divUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

export interface ShareTotals {
  readonly totalAssets: bigint;
  readonly totalShares: bigint;
}

/** ⌊shares × (total assets + 1) ÷ (total shares + 1e6)⌋: what a supply is worth (MO-3). */
export const toAssetsDown = (shares: bigint, { totalAssets, totalShares }: ShareTotals): bigint =>
  (shares * (totalAssets + VIRTUAL_ASSETS)) / (totalShares + VIRTUAL_SHARES);

/** The same rounded up: what a debt is (MO-3). */
export const toAssetsUp = (shares: bigint, { totalAssets, totalShares }: ShareTotals): bigint =>
  divUp(shares * (totalAssets + VIRTUAL_ASSETS), totalShares + VIRTUAL_SHARES);

/** ⌊⌊collateral × price ÷ 1e36⌋ × lltv⌋: the most that may be owed (MO-4). */
export const maxBorrow = (collateral: bigint, price: bigint, lltv: bigint): bigint => (((collateral * price) / ORACLE_SCALE) * lltv) / WAD;

export interface MorphoHealth {
  /** Wads. `undefined` without a debt. */
  readonly healthFactor: bigint | undefined;
  /** Debt ÷ collateral value, wads, up. `undefined` without collateral. */
  readonly loanToValue: bigint | undefined;
  /** Debt ÷ what may be owed, wads, up. `undefined` where nothing may. */
  readonly usage: bigint | undefined;
  /** What may still be borrowed, at least 0. */
  readonly borrowable: bigint;
  readonly isHealthy: boolean;
}

/** MO-4, MO-5: health of a position in one market; healthy when as much may be owed as is, exactly as much included. */
export function healthOf(borrow: bigint, collateral: bigint, price: bigint, lltv: bigint): MorphoHealth {
  const most = maxBorrow(collateral, price, lltv);
  const value = (collateral * price) / ORACLE_SCALE;
  return {
    healthFactor: borrow === 0n ? undefined : (most * WAD) / borrow,
    loanToValue: value === 0n ? undefined : divUp(borrow * WAD, value),
    usage: most === 0n ? undefined : divUp(borrow * WAD, most),
    borrowable: most > borrow ? most - borrow : 0n,
    isHealthy: most >= borrow,
  };
}

/** ⌈debt × 1e36 ÷ (collateral × lltv)⌉, the oracle price at which the position is liquidated (MO-6). Collateral and lltv > 0. */
export const liquidationPrice = (borrow: bigint, collateral: bigint, lltv: bigint): bigint =>
  divUp(borrow * ORACLE_SCALE * WAD, collateral * lltv);

/** min(1.15, 1 ÷ (1 − 0.3 × (1 − lltv))), wads, floored: collateral a liquidator receives for one unit repaid (MO-7). */
export const liquidationIncentiveFactor = (lltv: bigint): bigint => {
  const factor = (WAD * WAD) / (WAD - (CURSOR * (WAD - lltv)) / WAD);
  return factor < INCENTIVE_MAX ? factor : INCENTIVE_MAX;
};

/** Yearly yield of a rate that compounds at every instant: e^(rate × seconds) − 1; the rate per second a wad, as on chain (MO-8). */
export const yearlyYield = (ratePerSecond: bigint, secondsPerYear: number): Decimal =>
  Decimal.exp(new Decimal(ratePerSecond.toString()).div(WAD.toString()).times(secondsPerYear)).minus(ONE);

/** How far the price is from the liquidation price: 1 ÷ health factor − 1; positive is past it (MO-6). */
export const priceVariation = (healthFactor: Decimal): Decimal => ONE.div(healthFactor).minus(ONE);
