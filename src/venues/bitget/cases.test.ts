import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { map } from '../../domain/outcome.ts';
import {
  assessLegs,
  type Case,
  d,
  describeCases,
  type LegInputs,
  numberOf,
  oneTier,
  relativeResidual,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { assessCase, balanceForEquity, positionFigures } from '../testing/cex-figures.ts';
import { bitgetOneWayRules, bitgetRules as rules } from './rules.ts';

const solve: Solver = (item: Case) => {
  const { legs, assessed } = assessCase(rules, item);
  const fee = d(item.inputs.takerFee ?? 0);
  return {
    ...positionFigures(rules, legs, assessed),
    // What Bitget's unified account holds for a position: initial margin and the fee to open it.
    positionBalance: () => map(assessed.position.initialMargin, (margin) => margin.plus(numberOf(assessed.position.notional).times(fee))),
  };
};

describeCases('bitget vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 4);
describeCases('bitget collected cases', sharedCases('bitget'), solve, 4);

interface Recorded {
  readonly equity: string;
  readonly marginRatio: string;
  readonly positions: readonly Readonly<
    Record<'symbol' | 'side' | 'size' | 'entryPrice' | 'markPrice' | 'rate' | 'liquidationPrice', string>
  >[];
}

describe('BG-6 a recorded cross account of two legs', () => {
  const recorded = JSON.parse(readFileSync(new URL('./vectors/positions-2024.json', import.meta.url), 'utf8')) as Recorded;
  const legs = recorded.positions.map(
    (row): LegInputs => ({
      id: row.symbol,
      contract: 'linear',
      mode: 'cross',
      side: row.side === 'short' ? 'short' : 'long',
      quantity: d(row.size),
      entry: d(row.entryPrice),
      mark: d(row.markPrice),
      takerFeeRate: d('0.0006'),
      tiers: oneTier(row.rate),
    }),
  );
  it('gives both prices and the ratio from one equity', () => {
    const { assessment } = assessLegs(bitgetOneWayRules, legs, balanceForEquity(d(recorded.equity)));
    expect(relativeResidual(numberOf(assessment.marginRatio), d(recorded.marginRatio)).toNumber()).toBeLessThan(1e-9);
    recorded.positions.forEach((row, i) => {
      const found = assessment.positions[i];
      expect(found && relativeResidual(numberOf(found.liquidationPrice), d(row.liquidationPrice)).toNumber()).toBeLessThan(1e-11);
    });
  });
  it('BG-2: answers never where the API prints a negative price', () => {
    const [leg] = legs;
    const { position } = assessLegs(rules, [{ ...(leg as LegInputs), quantity: d('0.001') }], d(200_000));
    expect(position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
  });
});
