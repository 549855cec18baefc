/**
 * Interest between two updates of a reserve, rays. Rates are yearly, simple; a year is 365 days, leap years too.
 * Rules AV-20…AV-24 of docs/spec/venues/aave-v3.md. Source: MathUtils of aave-dao/aave-v3-origin at v3.3.0 and fd1fbd91.
 */
import { RAY, rayMul } from './fixed-point.ts';
import type { ProtocolRules } from './protocol.ts';

/** 365 days. */
export const SECONDS_PER_YEAR = 31_536_000n;

/** 1 + ⌊rate × seconds ÷ year⌋: growth of the supply index (AV-20). */
export const linearInterest = (rate: bigint, seconds: bigint): bigint => RAY + (rate * seconds) / SECONDS_PER_YEAR;

/** Growth of the debt index over `seconds` at `rate` (AV-21). Three terms of a series; undercharges long gaps a little, as the chain does. */
export const compoundedInterest = (rate: bigint, seconds: bigint, rules: ProtocolRules): bigint =>
  rules.compounding === 'binomial' ? binomialInterest(rate, seconds) : exponentialSeries(rate, seconds);

/** To v3.3: 1 + nr + n(n−1)/2·r² + n(n−1)(n−2)/6·r³ with r the rate per second, r² and r³ rounded as the contract does. */
function binomialInterest(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY;
  const minusOne = seconds - 1n;
  const minusTwo = seconds > 2n ? seconds - 2n : 0n;
  const squared = rayMul(rate, rate) / (SECONDS_PER_YEAR * SECONDS_PER_YEAR);
  const cubed = rayMul(squared, rate) / SECONDS_PER_YEAR;
  const second = (seconds * minusOne * squared) / 2n;
  const third = (seconds * minusOne * minusTwo * cubed) / 6n;
  return RAY + (rate * seconds) / SECONDS_PER_YEAR + second + third;
}

/** v3.4 on: 1 + x + x·(x/2 + x·x/6) with x = ⌊rate × seconds ÷ year⌋. */
function exponentialSeries(rate: bigint, seconds: bigint): bigint {
  const x = (rate * seconds) / SECONDS_PER_YEAR;
  return RAY + x + rayMul(x, x / 2n + rayMul(x, x / 6n));
}

/** Supply index now: index × linear interest since its last update, half up (AV-22). `seconds` ≥ 0. */
export const normalizedIncome = (liquidityIndex: bigint, liquidityRate: bigint, seconds: bigint): bigint =>
  seconds === 0n ? liquidityIndex : rayMul(linearInterest(liquidityRate, seconds), liquidityIndex);

/** Debt index now: index × compounded interest since its last update, half up (AV-23). `seconds` ≥ 0. */
export const normalizedDebt = (variableBorrowIndex: bigint, variableBorrowRate: bigint, seconds: bigint, rules: ProtocolRules): bigint =>
  seconds === 0n ? variableBorrowIndex : rayMul(compoundedInterest(variableBorrowRate, seconds, rules), variableBorrowIndex);

/**
 * (1 + rate ÷ year)^seconds − 1 by repeated squaring, each product half up: the yield that a rate becomes when it compounds every second,
 * as Aave's screens show it (AV-24).
 */
export function compoundedRate(rate: bigint, seconds: bigint): bigint {
  let base = RAY + rate / SECONDS_PER_YEAR;
  let result = seconds % 2n === 0n ? RAY : base;
  for (let left = seconds / 2n; left !== 0n; left /= 2n) {
    base = rayMul(base, base);
    if (left % 2n !== 0n) result = rayMul(result, base);
  }
  return result - RAY;
}
