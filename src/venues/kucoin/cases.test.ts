import { describe, expect, it } from 'vitest';
import {
  assessLegs,
  type Case,
  d,
  describeCases,
  type LegInputs,
  legsOfCase,
  numberOf,
  oneTier,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { positionFigures } from '../testing/cex-figures.ts';
import { bankruptcyFee, referencePrice, kucoinRules as rules } from './rules.ts';

/** A recorded position: its cost, the margin behind it, and rate + funding provision as one row. */
function recorded({ inputs }: Case): LegInputs {
  const quantity = d(inputs.baseQty);
  const cost = d(inputs.posCost);
  const rate = inputs.mmr === undefined ? d(inputs.posMaint).div(cost) : d(inputs.mmr).plus(String(inputs.fundingProvisionRate ?? 0));
  return {
    id: 'XBTUSDTM',
    contract: 'linear',
    mode: 'isolated',
    side: inputs.side === 'short' ? 'short' : 'long',
    quantity,
    entry: cost.div(quantity),
    mark: cost.div(quantity),
    tiers: oneTier(rate),
    isolatedMargin: inputs.posInit === undefined ? d(inputs.posMargin) : d(inputs.posInit).plus(String(inputs.posCross)),
    priceTick: d(inputs.priceTick),
  };
}

const solve: Solver = (item: Case) => {
  const { inputs } = item;
  if (item.verified === false) return { skip: `contradicts its own formula: ${item.notes}` };
  const isRecorded = inputs.posCost !== undefined;
  const lots = inputs.lots === undefined ? undefined : d(inputs.lots).times(String(inputs.multiplier));
  const legs = isRecorded ? [recorded(item)] : legsOfCase(item).map((leg) => (lots ? { ...leg, quantity: lots } : leg));
  const [leg] = legs;
  const own =
    leg && lots ? legs.map((each) => ({ ...each, isolatedMargin: each.quantity.times(each.entry).div(each.leverage ?? 1) })) : legs;
  const assessed = assessLegs(rules, own, undefined);
  const commission = isRecorded && inputs.posComm !== undefined ? d(inputs.posComm) : d(0);
  return {
    ...positionFigures(rules, own, assessed),
    posMaint: () => numberOf(assessed.position.maintenanceMargin).plus(commission),
    posMargin: () => d(inputs.posInit).plus(String(inputs.posCross)).plus(commission),
  };
};

describeCases('kucoin vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 18);
describeCases('kucoin collected cases', sharedCases('kucoin'), solve, 18);

describe('KC-4 the fee held back', () => {
  it('is what recorded positions hold', () => {
    expect(bankruptcyFee(d('40.008'), d('0.0006'), d(5)).toFixed(8)).toBe('0.02880576');
    expect(bankruptcyFee(d('26.821'), d('0.0006'), d(5)).toFixed(8)).toBe('0.01931112');
  });
});

describe('KC-3 the reference price of cross margin', () => {
  const leg: LegInputs = {
    id: 'XBTUSDTM',
    contract: 'linear',
    mode: 'cross',
    side: 'long',
    quantity: d('0.1'),
    entry: d(60_000),
    mark: d(62_000),
    takerFeeRate: d('0.0006'),
    tiers: oneTier('0.005'),
  };
  it('of one position is the liquidation price', () => {
    const { position, assessment } = assessLegs(rules, [leg], d(1_000));
    const reference = referencePrice(
      d(62_000),
      1,
      numberOf(assessment.equity),
      numberOf(assessment.grossNotional),
      d('0.005'),
      d('0.0006'),
    );
    expect(reference.minus(numberOf(position.liquidationPrice)).abs().toNumber()).toBeLessThan(1e-25);
  });
  it('of several is not: the margin is shared out by value', () => {
    const other: LegInputs = { ...leg, id: 'ETHUSDTM', quantity: d(1), entry: d(3_000), mark: d(3_000) };
    const { position, assessment } = assessLegs(rules, [leg, other], d(1_000), { target: 'XBTUSDTM' });
    const reference = referencePrice(
      d(62_000),
      1,
      numberOf(assessment.equity),
      numberOf(assessment.grossNotional),
      d('0.005'),
      d('0.0006'),
    );
    expect(reference.minus(numberOf(position.liquidationPrice)).abs().toNumber()).toBeGreaterThan(100);
  });
  it('of the documented example is what its formula gives, not what the page prints', () => {
    expect(referencePrice(d(62_000), 1, d(1_000), d(4_420), d('0.005'), d('0.0006')).toFixed(4)).toBe('48243.0115');
  });
});
