import { describe, expect, it } from 'vitest';
import {
  assessLegs,
  type Case,
  d,
  describeCases,
  type LegInputs,
  numberOf,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { positionFigures } from '../testing/cex-figures.ts';
import { deribitCrossRules, deribitRules as rules } from './rules.ts';

const legOf = ({ inputs, contract }: Case): LegInputs => ({
  id: `deribit:${inputs.instrument ?? 'BTC-PERPETUAL'}`,
  contract: contract === 'inverse' ? 'inverse' : 'linear',
  mode: 'cross',
  side: 'long',
  quantity: d(inputs.size ?? inputs.Q_usd ?? 0),
  entry: d(inputs.entryPrice ?? inputs.price ?? 1),
  mark: d(inputs.markPrice ?? inputs.price ?? 1),
});

const solve: Solver = (item: Case) => {
  const { inputs } = item;
  if (inputs.marginBalance !== undefined) {
    const extra = { initialMarginOther: d(inputs.initialMargin) };
    const { assessment } = assessLegs(deribitCrossRules, [legOf(item)], d(inputs.marginBalance), { extra });
    return { availableFunds: () => assessment.freeCollateral };
  }
  const legs = [legOf(item)];
  const assessed = assessLegs(rules, legs, d(1_000));
  const figures = positionFigures(rules, legs, assessed);
  return { ...figures, sizeCurrency: () => assessed.position.notional, totalProfitLoss: () => assessed.position.unrealizedPnl };
};

describeCases('deribit vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 9);
describeCases('deribit collected cases', sharedCases('deribit'), solve, 9);

describe('DB-1 a recorded inverse position', () => {
  it('asks 2 % and 1 % of its value in coin', () => {
    const leg: LegInputs = {
      id: 'deribit:BTC-PERPETUAL',
      contract: 'inverse',
      mode: 'cross',
      side: 'short',
      quantity: d(100),
      entry: d('102438.16'),
      mark: d('103554.56'),
    };
    const { position } = assessLegs(rules, [leg], d('0.01'));
    expect(numberOf(position.initialMargin).toFixed(8)).toBe('0.00001931');
    expect(numberOf(position.maintenanceMargin).toFixed(8)).toBe('0.00000966');
  });
  it('DB-5: is not liquidated where equity equals maintenance', () => {
    const leg: LegInputs = {
      id: 'deribit:SOL_USDC',
      contract: 'linear',
      mode: 'cross',
      side: 'long',
      quantity: d(25),
      entry: d(200),
      mark: d(200),
    };
    const requirement = numberOf(assessLegs(rules, [leg], d(500)).position.maintenanceMargin);
    const at = (balance: ReturnType<typeof d>) => assessLegs(rules, [leg], balance).assessment.pools[0]?.isLiquidatable;
    expect(at(requirement)).toEqual({ ok: true, value: false });
    expect(at(requirement.minus('1e-12'))).toEqual({ ok: true, value: true });
  });
});
