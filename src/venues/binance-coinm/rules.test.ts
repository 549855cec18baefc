import { describe, expect, it } from 'vitest';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual } from '../testing/cex-cases.ts';
import { contractSizeOf, binanceCoinmRules as rules } from './rules.ts';

const leg = (over: Partial<LegInputs>): LegInputs => ({
  id: 'BTCUSD_PERP',
  contract: 'inverse',
  side: 'long',
  quantity: d(10_000),
  entry: d(45_000),
  mark: d(44_000),
  mode: 'cross',
  leverage: d(10),
  ...over,
});
const closeTo = (found: ReturnType<typeof d>, wanted: ReturnType<typeof d>) =>
  expect(relativeResidual(found, wanted).lte('1e-30')).toBe(true);

describe('BC-1 Q (r + side) ÷ (WB + cum + side·Q ÷ entry)', () => {
  for (const side of ['long', 'short'] as const) {
    it(`a ${side} of 10,000 dollars on 0.02 BTC`, () => {
      const sign = side === 'long' ? 1 : -1;
      const { position } = assessLegs(rules, [leg({ side, tiers: oneTier('0.004', '0.001') })], d('0.02'));
      const wanted = d(10_000)
        .times(d('0.004').plus(sign))
        .div(d('0.02').plus('0.001').plus(d(10_000).div(45_000).times(sign)));
      closeTo(numberOf(position.liquidationPrice), wanted);
    });
  }
  it('a short whose wallet covers all of its coin: never, as is its bankruptcy', () => {
    const { position } = assessLegs(rules, [leg({ side: 'short', tiers: oneTier('0.004') })], d('0.3'));
    expect(position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
    expect(position.bankruptcyPrice).toEqual({ ok: false, reason: 'never' });
  });
  it('isolated is the same equation on its own wallet', () => {
    const isolated = assessLegs(rules, [leg({ mode: 'isolated', isolatedMargin: d('0.02'), tiers: oneTier('0.004') })], undefined);
    const cross = assessLegs(rules, [leg({ tiers: oneTier('0.004') })], d('0.02'));
    expect(numberOf(isolated.position.liquidationPrice).eq(numberOf(cross.position.liquidationPrice))).toBe(true);
  });
});

describe('BC-3 brackets by notional in the coin', () => {
  it('a long in its fourth row is liquidated in the fifth, since its coin value grows as the price falls', () => {
    // 40 BTC at 50,000 (row 20…50: 2.5 %, cum 0.355) becomes more than 50 BTC below 40,000 (5 %, cum 1.605).
    const { position } = assessLegs(rules, [leg({ quantity: d(2_000_000), entry: d(50_000), mark: d(50_000) })], d(15));
    expect(position.tier.ok && position.tier.value.maintenanceMarginRate.toFixed()).toBe('0.025');
    expect(position.tierAtLiquidation.ok && position.tierAtLiquidation.value.maintenanceMarginRate.toFixed()).toBe('0.05');
    closeTo(numberOf(position.liquidationPrice), d(2_000_000).times('1.05').div(d(15).plus('1.605').plus(40)));
  });
});

describe('BC-2 contracts', () => {
  it('are 100 dollars for BTC and 10 for every other coin', () => {
    expect(contractSizeOf('BTC').toFixed()).toBe('100');
    expect(contractSizeOf('ETH').toFixed()).toBe('10');
  });
});
