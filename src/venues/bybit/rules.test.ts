import { describe, expect, it } from 'vitest';
import { resolveTable } from '../../engine/margin/table.ts';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual } from '../testing/cex-cases.ts';
import { tiersOfRows } from '../tier-rows.ts';
import { bybitClassicRules, quantizeAmountUp, bybitRules as rules, takerFee } from './rules.ts';
import tiers from './tiers.json' with { type: 'json' };
import riskLimits from './vectors/risk-limits.json' with { type: 'json' };

const leg = (over: Partial<LegInputs>): LegInputs => ({
  id: 'market',
  contract: 'linear',
  side: 'long',
  quantity: d(1),
  entry: d(20_000),
  mark: d(20_100),
  mode: 'isolated',
  leverage: d(50),
  tiers: oneTier('0.005'),
  ...over,
});
const closeTo = (found: ReturnType<typeof d>, wanted: unknown, tolerance = '1e-30') =>
  expect(relativeResidual(found, d(wanted)).lte(tolerance)).toBe(true);

describe('BY-1 isolated: everything on the entry value, to the tick against the trader', () => {
  it('linear: entry − side·(IM − MM) ÷ q − side·extra ÷ q, bankruptcy entry (1 − side ÷ L)', () => {
    for (const side of ['long', 'short'] as const) {
      const sign = side === 'long' ? 1 : -1;
      const { position } = assessLegs(rules, [leg({ side, isolatedMargin: d(400).plus(3000) })], undefined);
      closeTo(
        numberOf(position.liquidationPrice),
        d(20_000)
          .minus(d(400 - 100).times(sign))
          .minus(d(3000).times(sign)),
      );
      const own = assessLegs(rules, [leg({ side })], undefined).position;
      closeTo(numberOf(own.bankruptcyPrice), d(20_000).times(d(1).minus(d(sign).div(50))));
    }
  });
  it('inverse: Q ÷ (V + side·(IM − MM)), bankruptcy entry·L ÷ (L + side)', () => {
    for (const side of ['long', 'short'] as const) {
      const sign = side === 'long' ? 1 : -1;
      const { position } = assessLegs(
        rules,
        [leg({ side, contract: 'inverse', quantity: d(60_000), entry: d(50_000), mark: d(50_000), leverage: d(10) })],
        undefined,
      );
      closeTo(numberOf(position.liquidationPrice), d(60_000).div(d('1.2').plus(d('0.12').minus('0.006').times(sign))));
      closeTo(numberOf(position.bankruptcyPrice), d(50_000).times(10).div(d(10).plus(sign)));
    }
  });
  it('the help page prints 55,248.62 for that inverse short', () => {
    const { position } = assessLegs(
      rules,
      [leg({ side: 'short', contract: 'inverse', quantity: d(60_000), entry: d(50_000), mark: d(50_000), leverage: d(10) })],
      undefined,
    );
    expect(numberOf(position.liquidationPrice).toFixed(2)).toBe('55248.62');
  });
  it('with a tick: a long up, a short down, both prices', () => {
    const at = (side: 'long' | 'short') =>
      assessLegs(
        rules,
        [leg({ side, entry: d('1198.45'), mark: d(1200), leverage: d('4.2'), quantity: d('0.1'), priceTick: d('0.05') })],
        undefined,
      ).position;
    expect([numberOf(at('long').liquidationPrice).toFixed(), numberOf(at('long').bankruptcyPrice).toFixed()]).toEqual(['919.1', '913.15']);
    expect([numberOf(at('short').liquidationPrice).toFixed(), numberOf(at('short').bankruptcyPrice).toFixed()]).toEqual([
      '1477.8',
      '1483.75',
    ]);
  });
  it('maintenance above initial margin puts the price beyond the entry: not clamped', () => {
    const { position } = assessLegs(rules, [leg({ entry: d(40), mark: d(40), leverage: d(100), tiers: oneTier('0.2') })], undefined);
    expect(numberOf(position.liquidationPrice).toFixed()).toBe('47.6');
  });
});

describe('BY-2 unified cross, linear: value at the mark, the fee to close inside both margins', () => {
  const cross = (side: 'long' | 'short') =>
    leg({ side, mode: 'cross', leverage: d(10), takerFeeRate: d('0.0006'), quantity: d(3), priceTick: d('0.5') });
  for (const side of ['long', 'short'] as const) {
    const sign = side === 'long' ? 1 : -1;
    it(`${side}: IM = V ÷ L + fee, MM = V·r + fee, fee = V (1 − side ÷ L) f`, () => {
      const { position } = assessLegs(rules, [cross(side)], d(9_000));
      const value = d(3).times(20_100);
      const fee = value.times(d(1).minus(d(sign).div(10))).times('0.0006');
      closeTo(numberOf(position.initialMargin), value.div(10).plus(fee));
      closeTo(numberOf(position.maintenanceMargin), value.times('0.005').plus(fee));
    });
    it(`${side}: the price solves equity = MM at that price, and is not rounded`, () => {
      const { position } = assessLegs(rules, [cross(side)], d(9_000));
      const required = d('0.005').plus(d(1).minus(d(sign).div(10)).times('0.0006'));
      const wanted = d(3)
        .times(20_000)
        .times(sign)
        .minus(9_000)
        .div(d(3).times(d(sign).minus(required)));
      closeTo(numberOf(position.liquidationPrice), wanted);
    });
  }
  it('the taker fee is 0.055 % where a book names none', () => {
    const { takerFeeRate, ...plain } = cross('long');
    expect(takerFeeRate?.toFixed()).toBe('0.0006');
    const { position } = assessLegs(rules, [plain], d(9_000));
    closeTo(numberOf(position.initialMargin), d(60_300).times(d('0.1').plus(d('0.9').times('0.00055'))));
  });
  it('USDT and USDC stand in one pool', () => {
    const pools = assessLegs(rules, [cross('long')], d(1)).assessment.pools;
    expect(pools.map((pool) => pool.id)).toEqual(['cross']);
  });
});

describe('BY-3 classic cross, inverse: maintenance at entry, a constant fee at the bankruptcy price', () => {
  const inverse = (side: 'long' | 'short', tick?: string) =>
    leg({
      side,
      mode: 'cross',
      contract: 'inverse',
      quantity: d(10_000),
      entry: d(8_000),
      mark: d(8_000),
      takerFeeRate: d('0.00075'),
      ...(tick ? { priceTick: d(tick) } : {}),
    });
  it('the example of the help page: bankruptcy 5,718.57, liquidation 5,739.50', () => {
    const exact = assessLegs(rules, [inverse('long')], d('0.5')).position;
    expect(numberOf(exact.bankruptcyPrice).toFixed(2)).toBe('5718.57');
    const rounded = assessLegs(rules, [inverse('long', '0.5')], d('0.5')).position;
    expect(numberOf(rounded.liquidationPrice).toFixed()).toBe('5739.5');
  });
  for (const side of ['long', 'short'] as const) {
    it(`${side}: Q ÷ (V + side·(B − V·r − Q·f ÷ BP)), BP = (1 + side·f) Q ÷ (V + side·B)`, () => {
      const sign = side === 'long' ? 1 : -1;
      const { position, assessment } = assessLegs(rules, [inverse(side)], d('0.5'));
      const bankruptcy = d(10_000)
        .times(d(1).plus(d('0.00075').times(sign)))
        .div(d('1.25').plus(d('0.5').times(sign)));
      const fee = d(10_000).times('0.00075').div(bankruptcy);
      closeTo(numberOf(position.bankruptcyPrice), bankruptcy);
      closeTo(numberOf(position.liquidationPrice), d(10_000).div(d('1.25').plus(d('0.5').minus('0.00625').minus(fee).times(sign))));
      closeTo(numberOf(assessment.liquidationFees), fee);
    });
  }
  it('a short that its balance covers: never', () => {
    const { position } = assessLegs(rules, [inverse('short')], d('1.3'));
    expect(position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
  });
  it("initial margin goes by the row's maximum leverage, not by the chosen one", () => {
    const { position } = assessLegs(rules, [{ ...inverse('long'), leverage: d(3), tiers: oneTier('0.005', 0, 100) }], d('0.5'));
    closeTo(numberOf(position.initialMargin), '0.0125');
  });
});

describe('BY-4 classic cross, linear', () => {
  it('bankruptcy ∓ entry·r: the fee is left out of the price', () => {
    const short = leg({ side: 'short', mode: 'cross', quantity: d(5), entry: d('20.205'), mark: d('19.935'), tiers: oneTier('0.01') });
    const { position } = assessLegs(bybitClassicRules, [short], d('1606.26').minus('20.205').times(5));
    closeTo(numberOf(position.bankruptcyPrice), '1606.26');
    closeTo(numberOf(position.liquidationPrice), d('1606.26').minus('0.20205'));
  });
});

describe('BY-5 risk limits', () => {
  it('join their rows: each deduction is the one before + floor × the step of the rate', () => {
    for (const { rows } of [...tiers.tables, ...riskLimits.tables]) {
      const stated = tiersOfRows(rows);
      const derived = resolveTable({
        join: 'continuous',
        measure: 'notional',
        tiers: stated.map(({ notionalFloor, maintenanceMarginRate }) => ({ notionalFloor, maintenanceMarginRate })),
      });
      expect(derived.tiers.map((row) => row.deduction.toFixed())).toEqual(stated.map((row) => row.maintenanceDeduction?.toFixed()));
    }
  });
  it('the bundled BTCPERP table holds at the liquidation price', () => {
    const { tiers: none, ...short } = leg({
      id: 'BTCPERP',
      side: 'short',
      mode: 'cross',
      quantity: d(9),
      entry: d(100_000),
      mark: d(100_000),
      leverage: d(10),
      takerFeeRate: d(0),
    });
    expect(none).toHaveLength(1);
    const { position } = assessLegs(rules, [short], d(150_000));
    // 900,000 at the mark (0.5 %, 100), above 1,000,000 where it ends (0.67 %, 1,800).
    expect(position.tierAtLiquidation.ok && position.tierAtLiquidation.value.maintenanceMarginRate.toFixed()).toBe('0.0067');
    closeTo(numberOf(position.liquidationPrice), d(150_000).plus(1_800).plus(900_000).div(d(9).times('1.0067')));
  });
});

describe('BY-6, BY-8 fees and amounts as printed', () => {
  it('a fee is on the value at its price; amounts go up', () => {
    closeTo(takerFee('inverse', d(5), d(3599), d('0.00075')), d(5).div(3599).times('0.00075'));
    expect(quantizeAmountUp(takerFee('inverse', d(5), d(3599), d('0.00075')), 8).toFixed()).toBe('0.00000105');
    expect(takerFee('linear', d('0.1'), d('913.15'), d('0.0006')).toFixed()).toBe('0.054789');
    expect(quantizeAmountUp(d('0.15405'), 4).toFixed()).toBe('0.1541');
    expect(quantizeAmountUp(d('0.1540'), 4).toFixed()).toBe('0.154');
  });
});
