/**
 * dYdX v4 as the chain computes it: integers only. Quote quantums are 1e-6 USDC, base quantums 10^atomicResolution of the base asset,
 * fractions are parts per million. Rules DY-10…DY-17 of docs/spec/venues/dydx-v4.md.
 * Source: dydxprotocol/v4-chain at 84d4664b, x/perpetuals/lib, x/perpetuals/types, lib/margin, x/clob/keeper; see SOURCES.md.
 */
import { type Rational, rational } from './rational.ts';

export const ONE_MILLION = 1_000_000n;
/** One quote quantum is 10^−6 USDC. */
export const QUOTE_ATOMIC_RESOLUTION = -6;

/** What the margin of a market depends on. */
export interface ChainMarket {
  /** Oracle price = price × 10^priceExponent, USDC for one unit of base. */
  readonly price: bigint;
  readonly priceExponent: number;
  /** One base quantum = 10^atomicResolution units of base. */
  readonly atomicResolution: number;
  readonly initialMarginPpm: bigint;
  /** Share of the initial margin that is maintenance. */
  readonly maintenanceFractionPpm: bigint;
  /** Base quantums. */
  readonly openInterest: bigint;
  /** Quote quantums; an upper cap of 0 switches the scaling off. */
  readonly openInterestLowerCap: bigint;
  readonly openInterestUpperCap: bigint;
}

export interface ChainPosition {
  readonly market: ChainMarket;
  /** Signed. */
  readonly baseQuantums: bigint;
}

export interface ChainSubaccount {
  /** Signed; already holds −size × entry of every open position. */
  readonly quoteQuantums: bigint;
  readonly positions: readonly ChainPosition[];
}

/** Quote quantums. */
export interface ChainRisk {
  readonly netCollateral: bigint;
  readonly initialMargin: bigint;
  readonly maintenanceMargin: bigint;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** ⌈value × ppm ÷ 1e6⌉ for value ≥ 0. */
const timesPpmCeil = (value: bigint, ppm: bigint): bigint => (value * ppm + ONE_MILLION - 1n) / ONE_MILLION;

/** ⌊a ÷ b⌋ toward −∞, b > 0. */
const divideFloor = (a: bigint, b: bigint): bigint => (a < 0n && a % b !== 0n ? a / b - 1n : a / b);

/** Signed notional in quote quantums: quantums × price × 10^(priceExponent + atomicResolution + 6), truncated toward zero (DY-10). */
export function netNotional(market: ChainMarket, baseQuantums: bigint): bigint {
  const exponent = market.priceExponent + market.atomicResolution - QUOTE_ATOMIC_RESOLUTION;
  const product = baseQuantums * market.price;
  return exponent < 0 ? product / 10n ** BigInt(-exponent) : product * 10n ** BigInt(exponent);
}

/**
 * Initial margin fraction in force, ppm (DY-11): the base up to the lower cap of open interest, 1e6 from the upper cap on, between them
 * base + ⌊(1e6 − base) × (openNotional − lower) ÷ (upper − lower)⌋. `openNotional` in quote quantums.
 */
export function effectiveInitialMarginPpm(
  tier: Pick<ChainMarket, 'initialMarginPpm' | 'openInterestLowerCap' | 'openInterestUpperCap'>,
  openNotional: bigint,
): bigint {
  const { initialMarginPpm: base, openInterestLowerCap: lower, openInterestUpperCap: upper } = tier;
  if (upper === 0n || openNotional <= lower) return base;
  if (openNotional >= upper) return ONE_MILLION;
  return base + ((ONE_MILLION - base) * (openNotional - lower)) / (upper - lower);
}

/**
 * Requirements of one position in quote quantums (DY-12): initial ⌈|N| × max(effective, chosen)⌉; maintenance ⌈⌈|N| × base⌉ × fraction⌉, which
 * neither open interest nor the chosen fraction raises. `chosenInitialMarginPpm` is the user's own setting for the market, 0 for none.
 */
export function marginRequirements(
  market: ChainMarket,
  baseQuantums: bigint,
  chosenInitialMarginPpm = 0n,
): { readonly initialMargin: bigint; readonly maintenanceMargin: bigint } {
  const notional = netNotional(market, abs(baseQuantums));
  const effective = effectiveInitialMarginPpm(market, netNotional(market, market.openInterest));
  return {
    initialMargin: timesPpmCeil(notional, effective > chosenInitialMarginPpm ? effective : chosenInitialMarginPpm),
    maintenanceMargin: timesPpmCeil(timesPpmCeil(notional, market.initialMarginPpm), market.maintenanceFractionPpm),
  };
}

/** Net collateral = quote + Σ notional, and the summed requirements, quote quantums (DY-13). */
export function subaccountRisk(subaccount: ChainSubaccount): ChainRisk {
  let netCollateral = subaccount.quoteQuantums;
  let initialMargin = 0n;
  let maintenanceMargin = 0n;
  for (const { market, baseQuantums } of subaccount.positions) {
    const required = marginRequirements(market, baseQuantums);
    netCollateral += netNotional(market, baseQuantums);
    initialMargin += required.initialMargin;
    maintenanceMargin += required.maintenanceMargin;
  }
  return { netCollateral, initialMargin, maintenanceMargin };
}

/** Maintenance > 0 and maintenance > net collateral: equality is safe, and nothing open is never liquidated (DY-14). */
export const isLiquidatable = (risk: ChainRisk): boolean => risk.maintenanceMargin > 0n && risk.maintenanceMargin > risk.netCollateral;

/**
 * Quote quantums for which `deltaQuantums` of a position must change hands so that the subaccount loses its whole share of collateral
 * (DY-15): −ΔN − ⌊TNC × |ΔMMR| ÷ TMMR⌋, floor toward −∞; received for closing a long (> 0), paid for closing a short (< 0).
 * ΔN and ΔMMR are differences of the position before and after, so that rounding is the chain's.
 * Throws `RangeError` for a delta that does not reduce the position, or a subaccount without a maintenance requirement.
 */
export function bankruptcyPriceQuoteQuantums(subaccount: ChainSubaccount, index: number, deltaQuantums: bigint): bigint {
  const { market, baseQuantums } = reducedPosition(subaccount, index, deltaQuantums);
  const total = riskOfSomething(subaccount);
  const after = baseQuantums + deltaQuantums;
  const notionalChange = netNotional(market, after) - netNotional(market, baseQuantums);
  const released = marginRequirements(market, baseQuantums).maintenanceMargin - marginRequirements(market, after).maintenanceMargin;
  return -notionalChange - divideFloor(total.netCollateral * released, total.maintenanceMargin);
}

export interface FillablePriceConfig {
  readonly bankruptcyAdjustmentPpm: bigint;
  readonly spreadToMaintenanceMarginRatioPpm: bigint;
}

/**
 * Worst price of the liquidation order, quote quantums for one base quantum, exact (DY-16): (PNNV − ABR × SMMR × PMMR) ÷ PS with
 * ABR = BA × (1 − TNC ÷ TMMR) held in [0, 1]. Throws `RangeError` as `bankruptcyPriceQuoteQuantums`.
 */
export function fillablePrice(subaccount: ChainSubaccount, index: number, config: FillablePriceConfig): Rational {
  const position = subaccount.positions[index];
  if (!position || position.baseQuantums === 0n) throw new RangeError(`no open position at index ${index}`);
  const total = riskOfSomething(subaccount);
  const { market, baseQuantums } = position;
  // adjusted bankruptcy rating = rating ÷ ratingUnit
  const ratingUnit = ONE_MILLION * total.maintenanceMargin;
  const rating = clamp(config.bankruptcyAdjustmentPpm * (total.maintenanceMargin - total.netCollateral), 0n, ratingUnit);
  const spread = rating * config.spreadToMaintenanceMarginRatioPpm * marginRequirements(market, baseQuantums).maintenanceMargin;
  const unit = ratingUnit * ONE_MILLION;
  return rational(netNotional(market, baseQuantums) * unit - spread, unit * baseQuantums);
}

/**
 * What the insurance fund receives (> 0) or pays (< 0) when `deltaQuantums` of a position are filled for `fillQuoteQuantums` (signed as
 * seen by the subaccount: > 0 received), quote quantums (DY-17): d = fill − bankruptcy; d ≤ 0 is paid by the fund, otherwise the fee is
 * min(⌊|fill| × maxLiquidationFee⌋, d). Throws `RangeError` as `bankruptcyPriceQuoteQuantums`.
 */
export function insuranceFundDelta(
  subaccount: ChainSubaccount,
  index: number,
  deltaQuantums: bigint,
  fillQuoteQuantums: bigint,
  maxLiquidationFeePpm: bigint,
): bigint {
  const difference = fillQuoteQuantums - bankruptcyPriceQuoteQuantums(subaccount, index, deltaQuantums);
  if (difference <= 0n) return difference;
  const fee = (abs(fillQuoteQuantums) * maxLiquidationFeePpm) / ONE_MILLION;
  return fee < difference ? fee : difference;
}

const clamp = (value: bigint, low: bigint, high: bigint): bigint => (value < low ? low : value > high ? high : value);

function reducedPosition(subaccount: ChainSubaccount, index: number, deltaQuantums: bigint): ChainPosition {
  const position = subaccount.positions[index];
  const held = position?.baseQuantums ?? 0n;
  const reduces = held > 0n ? deltaQuantums < 0n && -deltaQuantums <= held : deltaQuantums > 0n && deltaQuantums <= -held;
  if (!position || !reduces) throw new RangeError(`a change of ${deltaQuantums} does not reduce the position of ${held} at index ${index}`);
  return position;
}

function riskOfSomething(subaccount: ChainSubaccount): ChainRisk {
  const risk = subaccountRisk(subaccount);
  if (risk.maintenanceMargin === 0n) throw new RangeError('the subaccount has no maintenance requirement: nothing to liquidate');
  return risk;
}
