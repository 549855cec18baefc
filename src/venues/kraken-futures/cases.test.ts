import { describe, expect, it } from 'vitest';
import { assessLegs, d, type LegInputs, numberOf } from '../testing/cex-cases.ts';
import { krakenFuturesRules, krakenFuturesSingleRules } from './rules.ts';

/** The first two levels of fi_ethusd as ccxt records them: from 0 contracts 2 % and 1 %, from 250,000 4 % and 2 %. */
const LEVELS = [
  { notionalFloor: d(0), maxLeverage: d(50), maintenanceMarginRate: d('0.01') },
  { notionalFloor: d(250_000), maxLeverage: d(25), maintenanceMarginRate: d('0.02') },
];
const leg: LegInputs = {
  id: 'PF_ETHUSD',
  contract: 'linear',
  mode: 'cross',
  side: 'long',
  quantity: d(10),
  entry: d(3_000),
  mark: d(3_300),
  tiers: LEVELS,
};

describe('kraken futures', () => {
  it('KF-1: margins stand on the entry value, whatever the mark and the leverage wished for', () => {
    const { position } = assessLegs(krakenFuturesRules, [{ ...leg, leverage: d(5) }], d(1_000));
    expect(numberOf(position.initialMargin).toFixed()).toBe('600');
    expect(numberOf(position.maintenanceMargin).toFixed()).toBe('300');
  });
  it('KF-1: the second level holds for the whole position', () => {
    const { position } = assessLegs(krakenFuturesRules, [{ ...leg, quantity: d(100) }], d(50_000));
    expect(numberOf(position.maintenanceMargin).toFixed()).toBe('6000');
    expect(numberOf(position.initialMargin).toFixed()).toBe('12000');
  });
  it.each([
    ['long', '2930'],
    ['short', '3070'],
  ] as const)('KF-3: a %s of 10 on 1,000 is liquidated at %s', (side, price) => {
    const { position } = assessLegs(krakenFuturesRules, [{ ...leg, side, mark: d(3_000) }], d(1_000));
    expect(numberOf(position.liquidationPrice).toFixed()).toBe(price);
  });
  it('KF-3: inverse', () => {
    const inverse: LegInputs = {
      ...leg,
      id: 'PI_ETHUSD',
      contract: 'inverse',
      quantity: d(3_000),
      mark: d(3_000),
      tiers: [LEVELS[0] as (typeof LEVELS)[0]],
    };
    const { position } = assessLegs(krakenFuturesSingleRules, [inverse], d('0.11'));
    // 3,000 ÷ (1 + 0.11 − 0.01)
    expect(numberOf(position.liquidationPrice).toFixed(8)).toBe('2727.27272727');
  });
  it('KF-5: equality is not liquidated', () => {
    const at = (balance: string) =>
      assessLegs(krakenFuturesRules, [{ ...leg, mark: d(3_000) }], d(balance)).assessment.pools[0]?.isLiquidatable;
    expect(at('300')).toEqual({ ok: true, value: false });
    expect(at('299.99999999')).toEqual({ ok: true, value: true });
  });
});
