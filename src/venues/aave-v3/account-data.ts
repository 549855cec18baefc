/**
 * A user's account as Pool.getUserAccountData computes it, to the wei, in both rounding regimes. Amounts in the pool's base currency have
 * 8 decimals (USD), thresholds are basis points, health factors wads. Rules AV-10…AV-16 of docs/spec/venues/aave-v3.md.
 * Source: aave-dao/aave-v3-origin, GenericLogic.calculateUserAccountData at v3.4.0 and fd1fbd91.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { BASIS_POINTS, mulDivCeil, percentMul, percentMulFloor, rayMul, rayMulCeil, rayMulFloor, WAD, wadDiv } from './fixed-point.ts';
import type { ProtocolRules } from './protocol.ts';

/** Loan-to-value and thresholds that hold for a reserve as collateral, basis points. */
export interface CollateralTerms {
  readonly loanToValueBps: bigint;
  readonly liquidationThresholdBps: bigint;
  /** 10500: collateral worth 105 % of the debt repaid. */
  readonly liquidationBonusBps: bigint;
}

/** A reserve at one instant: made once per market, shared by all users. */
export interface ReserveState extends CollateralTerms {
  /** 10^decimals. */
  readonly unit: bigint;
  /** Base currency, 8 decimals, for one unit. */
  readonly price: bigint;
  /** Supply index at the instant, ray. */
  readonly normalizedIncome: bigint;
  /** Debt index at the instant, ray. */
  readonly normalizedDebt: bigint;
  /** Terms that hold instead of the reserve's own inside an efficiency-mode category, by category id (AV-13). */
  readonly eModes?: ReadonlyMap<number, CollateralTerms>;
}

export interface UserReserve {
  readonly reserve: ReserveState;
  /** Before multiplication with the index, in the reserve's smallest unit. */
  readonly scaledSupply: bigint;
  readonly scaledDebt: bigint;
  /** Whether the user lets the supply count as collateral. */
  readonly isCollateral: boolean;
}

/** The tuple of getUserAccountData, and the sum its health factor is made of. */
export interface AccountData {
  readonly totalCollateralBase: bigint;
  readonly totalDebtBase: bigint;
  readonly availableBorrowsBase: bigint;
  /** Σ value × threshold ÷ Σ value, floored to a basis point. */
  readonly liquidationThresholdBps: bigint;
  readonly loanToValueBps: bigint;
  /** Wad; `no-debt` where the chain answers 2^256 − 1. */
  readonly healthFactor: Outcome<bigint>;
}

const NO_DEBT = none('no-debt');

/** Supply with interest, smallest units: scaled × index, half up; since v3.5 down (AV-10). */
export const supplyBalance = (scaled: bigint, normalizedIncome: bigint, rules: ProtocolRules): bigint =>
  rules.balanceRounding === 'half-up' ? rayMul(scaled, normalizedIncome) : rayMulFloor(scaled, normalizedIncome);

/** Debt with interest, smallest units: scaled × index, half up; since v3.5 up (AV-10). */
export const debtBalance = (scaled: bigint, normalizedDebt: bigint, rules: ProtocolRules): bigint =>
  rules.balanceRounding === 'half-up' ? rayMul(scaled, normalizedDebt) : rayMulCeil(scaled, normalizedDebt);

/** ⌊amount × price ÷ unit⌋, base currency (AV-11). */
export const supplyValue = (amount: bigint, reserve: ReserveState): bigint => (amount * reserve.price) / reserve.unit;

/** amount × price ÷ unit, base currency: down, since v3.5 up (AV-11). */
export const debtValue = (amount: bigint, reserve: ReserveState, rules: ProtocolRules): bigint =>
  rules.balanceRounding === 'half-up' ? (amount * reserve.price) / reserve.unit : mulDivCeil(amount, reserve.price, reserve.unit);

/** The terms that hold for a collateral: the category's where the user is in one that has the reserve, else the reserve's own (AV-13). */
export const termsOf = (reserve: ReserveState, eModeCategory: number): CollateralTerms =>
  (eModeCategory !== 0 && reserve.eModes?.get(eModeCategory)) || reserve;

interface Totals {
  collateral: bigint;
  debt: bigint;
  /** Σ value × threshold, base currency × basis points. */
  weightedThreshold: bigint;
  weightedLoanToValue: bigint;
}

/** Σ over the user's reserves (AV-12). The loop of every figure here: no allocation but the integers. */
function sumReserves(reserves: readonly UserReserve[], eModeCategory: number, rules: ProtocolRules): Totals {
  const totals: Totals = { collateral: 0n, debt: 0n, weightedThreshold: 0n, weightedLoanToValue: 0n };
  for (const { reserve, scaledSupply, scaledDebt, isCollateral } of reserves) {
    if (isCollateral && scaledSupply !== 0n) {
      const terms = termsOf(reserve, eModeCategory);
      const value = supplyValue(supplyBalance(scaledSupply, reserve.normalizedIncome, rules), reserve);
      totals.collateral += value;
      totals.weightedThreshold += value * terms.liquidationThresholdBps;
      totals.weightedLoanToValue += value * terms.loanToValueBps;
    }
    if (scaledDebt !== 0n) totals.debt += debtValue(debtBalance(scaledDebt, reserve.normalizedDebt, rules), reserve, rules);
  }
  return totals;
}

/** What getUserAccountData answers for these reserves; `eModeCategory` 0 is none. */
export function calculateAccountData(reserves: readonly UserReserve[], eModeCategory: number, rules: ProtocolRules): AccountData {
  const totals = sumReserves(reserves, eModeCategory, rules);
  const average = (weighted: bigint): bigint => (totals.collateral === 0n ? 0n : weighted / totals.collateral);
  const loanToValueBps = average(totals.weightedLoanToValue);
  return {
    totalCollateralBase: totals.collateral,
    totalDebtBase: totals.debt,
    availableBorrowsBase: availableBorrows(totals.collateral, totals.debt, loanToValueBps, rules),
    liquidationThresholdBps: average(totals.weightedThreshold),
    loanToValueBps,
    healthFactor: healthFactorOf(totals, rules),
  };
}

/** The health factor alone, wad: for many accounts over one set of `ReserveState`. */
export const healthFactorWad = (reserves: readonly UserReserve[], eModeCategory: number, rules: ProtocolRules): Outcome<bigint> =>
  healthFactorOf(sumReserves(reserves, eModeCategory, rules), rules);

function healthFactorOf(totals: Totals, rules: ProtocolRules): Outcome<bigint> {
  if (rules.healthFactorFrom === 'weighted-sum') return healthFactorFromWeightedSum(totals.weightedThreshold, totals.debt);
  const average = totals.collateral === 0n ? 0n : totals.weightedThreshold / totals.collateral;
  return healthFactorFromAverage(totals.collateral, totals.debt, average);
}

/** v3.5 on: ⌊wadDiv(Σ value × threshold, debt) ÷ 10⁴⌋, thresholds in basis points (AV-14). `no-debt` at a debt of 0. */
export const healthFactorFromWeightedSum = (weightedThreshold: bigint, debt: bigint): Outcome<bigint> =>
  debt === 0n ? NO_DEBT : some(wadDiv(weightedThreshold, debt) / BASIS_POINTS);

/** To v3.4: wadDiv(percentMul(collateral, average threshold), debt), both half up (AV-15). `no-debt` at a debt of 0. */
export const healthFactorFromAverage = (collateral: bigint, debt: bigint, averageThresholdBps: bigint): Outcome<bigint> =>
  debt === 0n ? NO_DEBT : some(wadDiv(percentMul(collateral, averageThresholdBps), debt));

/** max(0, collateral × average loan-to-value − debt), base currency: half up, since v3.5 down (AV-16). The chain's own floor at 0. */
export function availableBorrows(collateral: bigint, debt: bigint, averageLoanToValueBps: bigint, rules: ProtocolRules): bigint {
  const limit =
    rules.balanceRounding === 'half-up'
      ? percentMul(collateral, averageLoanToValueBps)
      : percentMulFloor(collateral, averageLoanToValueBps);
  return limit > debt ? limit - debt : 0n;
}

/** Health factor below 1: equality is safe, and no debt is never liquidated. */
export const isLiquidatable = (healthFactor: Outcome<bigint>): boolean => healthFactor.ok && healthFactor.value < WAD;
