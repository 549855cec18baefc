import { describe, expect, it } from 'vitest';
import {
  availableBorrows,
  calculateAccountData,
  debtBalance,
  debtValue,
  healthFactorFromAverage,
  healthFactorFromWeightedSum,
  isLiquidatable,
  type ReserveState,
  supplyBalance,
  supplyValue,
  type UserReserve,
} from './account-data.ts';
import { RAY, WAD } from './fixed-point.ts';
import { protocolRules } from './protocol.ts';

const before = protocolRules['v3.4'];
const after = protocolRules['v3.5'];
const NO_DEBT = { ok: false, reason: 'no-debt' };

const reserve = (over: Partial<ReserveState> = {}): ReserveState => ({
  unit: 10n ** 8n,
  price: 10n ** 8n,
  normalizedIncome: RAY,
  normalizedDebt: RAY,
  loanToValueBps: 7_000n,
  liquidationThresholdBps: 8_000n,
  liquidationBonusBps: 10_500n,
  ...over,
});
const held = (of: ReserveState, scaledSupply: bigint, scaledDebt = 0n, isCollateral = true): UserReserve => ({
  reserve: of,
  scaledSupply,
  scaledDebt,
  isCollateral,
});

describe('AV-10, AV-11 balances and values', () => {
  it('half up until v3.4, for the pool since', () => {
    const index = (RAY * 3n) / 2n;
    expect([supplyBalance(3n, index, before), debtBalance(3n, index, before)]).toEqual([5n, 5n]);
    expect([supplyBalance(3n, index, after), debtBalance(3n, index, after)]).toEqual([4n, 5n]);
    expect([supplyBalance(1n, RAY + 1n, after), debtBalance(1n, RAY + 1n, after)]).toEqual([1n, 2n]);
    expect([supplyBalance(1n, RAY + 1n, before), debtBalance(1n, RAY + 1n, before)]).toEqual([1n, 1n]);
  });

  it('supply down, debt down then up', () => {
    const odd = reserve({ unit: 2n, price: 3n });
    expect([supplyValue(1n, odd), debtValue(1n, odd, before), debtValue(1n, odd, after)]).toEqual([1n, 1n, 2n]);
    expect(debtValue(2n, odd, after)).toBe(3n);
  });
});

describe('AV-12 to AV-16 the tuple', () => {
  const low = reserve({ liquidationThresholdBps: 7_500n, loanToValueBps: 6_000n });
  const high = reserve({ liquidationThresholdBps: 8_301n, loanToValueBps: 8_000n });
  // 3 × 7500 + 4 × 8301 = 55704, ÷ 7 = 7957.71…; 3 × 6000 + 4 × 8000 = 50000, ÷ 7 = 7142.85…
  const account = [held(low, 3n), held(high, 4n, 2n)];

  it('v3.4: from the floored average, half up', () => {
    expect(calculateAccountData(account, 0, before)).toEqual({
      totalCollateralBase: 7n,
      totalDebtBase: 2n,
      // percentMul(7, 7142) = ⌊4.9994 + 0.5⌋ = 5
      availableBorrowsBase: 3n,
      liquidationThresholdBps: 7_957n,
      loanToValueBps: 7_142n,
      // percentMul(7, 7957) = ⌊5.5699 + 0.5⌋ = 6
      healthFactor: { ok: true, value: 3n * WAD },
    });
  });

  it('v3.5: from the weighted sum, and the limit rounded down', () => {
    expect(calculateAccountData(account, 0, after)).toEqual({
      totalCollateralBase: 7n,
      totalDebtBase: 2n,
      availableBorrowsBase: 2n,
      liquidationThresholdBps: 7_957n,
      loanToValueBps: 7_142n,
      healthFactor: { ok: true, value: 2_785_200_000_000_000_000n },
    });
  });

  it('a supply that is not collateral counts for nothing, its debt does', () => {
    const data = calculateAccountData([held(low, 100n, 2n, false), held(high, 4n)], 0, after);
    expect([data.totalCollateralBase, data.totalDebtBase, data.liquidationThresholdBps]).toEqual([4n, 2n, 8_301n]);
  });

  it('AV-13: a category replaces the terms of its reserves alone', () => {
    const eModes = new Map([[1, { loanToValueBps: 9_000n, liquidationThresholdBps: 9_300n, liquidationBonusBps: 10_100n }]]);
    const listed = reserve({ eModes });
    const pair = [held(listed, 10n), held(reserve(), 10n, 10n)];
    expect(calculateAccountData(pair, 0, after).liquidationThresholdBps).toBe(8_000n);
    expect(calculateAccountData(pair, 1, after).liquidationThresholdBps).toBe(8_650n);
    expect(calculateAccountData(pair, 2, after).liquidationThresholdBps).toBe(8_000n);
    expect(calculateAccountData(pair, 1, after).loanToValueBps).toBe(8_000n);
  });

  it('no debt is no health factor, whatever the collateral', () => {
    expect(calculateAccountData([held(low, 3n)], 0, before).healthFactor).toEqual(NO_DEBT);
    expect(calculateAccountData([], 0, after)).toEqual({
      totalCollateralBase: 0n,
      totalDebtBase: 0n,
      availableBorrowsBase: 0n,
      liquidationThresholdBps: 0n,
      loanToValueBps: 0n,
      healthFactor: NO_DEBT,
    });
    expect(isLiquidatable(calculateAccountData([held(low, 3n)], 0, after).healthFactor)).toBe(false);
  });

  it('debt against nothing is a health factor of zero', () => {
    for (const rules of [before, after]) {
      const { healthFactor } = calculateAccountData([held(low, 0n, 5n)], 0, rules);
      expect(healthFactor).toEqual({ ok: true, value: 0n });
      expect(isLiquidatable(healthFactor)).toBe(true);
    }
  });

  it('exactly 1 is safe, a wei less is not', () => {
    expect(isLiquidatable(healthFactorFromAverage(125n, 100n, 8_000n))).toBe(false);
    expect(isLiquidatable({ ok: true, value: WAD - 1n })).toBe(true);
  });

  it('the recorded account before its liquidation: the regimes are 1.08e7 wei apart', () => {
    const [collateral, debt, threshold] = [14_533_942_611n, 12_084_228_335n, 8_300n];
    const average = healthFactorFromAverage(collateral, debt, threshold);
    const sum = healthFactorFromWeightedSum(collateral * threshold, debt);
    expect(average).toEqual({ ok: true, value: 998_257_566_191_544_493n });
    expect(sum.ok && average.ok && sum.value - average.value).toBe(10_757_823n);
  });

  it('available borrows: never below zero, as on chain', () => {
    expect(availableBorrows(100n, 80n, 8_000n, after)).toBe(0n);
    expect(availableBorrows(100n, 81n, 8_000n, after)).toBe(0n);
    expect(availableBorrows(100n, 79n, 8_000n, after)).toBe(1n);
    expect([availableBorrows(3n, 0n, 5_000n, before), availableBorrows(3n, 0n, 5_000n, after)]).toEqual([2n, 1n]);
  });
});
