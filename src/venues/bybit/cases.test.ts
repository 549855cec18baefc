import { describe, expect, it } from 'vitest';
import type { Contract } from '../../domain/book.ts';
import { map } from '../../domain/outcome.ts';
import {
  assessLegs,
  type Case,
  d,
  describeCases,
  type LegInputs,
  numberOf,
  oneTier,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { bybitClassicRules, bybitRules, quantizeAmountUp, takerFee } from './rules.ts';

/** What each market of the recorded classic accounts ticks in. */
const TICKS: Readonly<Record<string, string>> = { XRPUSDT: '0.0001' };

/** A classic position whose wallet is not told: the balance that puts its bankruptcy price where Bybit reports it. */
function classicByBankruptcyPrice(item: Case) {
  const legs: LegInputs[] = [];
  const { inputs } = item;
  const quantity = d(inputs.size);
  const entry = d(inputs.entryPrice);
  const side = inputs.side === 'short' ? -1 : 1;
  const base = assessCase(bybitClassicRules, item).legs[0];
  const tick = TICKS[String(inputs.symbol)];
  if (base) legs.push({ ...base, ...(tick ? { priceTick: d(tick) } : {}) });
  const balance = entry.minus(d(inputs.bustPriceReported)).times(quantity).times(side);
  const unified = assessCase(bybitRules, item).assessed;
  return {
    ...positionFigures(bybitClassicRules, legs, assessLegs(bybitClassicRules, legs, balance)),
    positionMargin: () => unified.position.initialMargin,
  };
}

const solve: Solver = (item: Case) => {
  const { inputs } = item;
  if (item.verified === false) return { skip: `a divergence of that project: ${item.notes}` };
  if (inputs.totalMarginBalance !== undefined) {
    const extra = { initialMarginOther: d(inputs.totalInitialMargin) };
    const leg: LegInputs = {
      id: 'none',
      contract: 'linear',
      side: 'long',
      quantity: d(0),
      entry: d(1),
      mark: d(1),
      mode: 'cross',
      leverage: d(1),
    };
    const { assessment } = assessLegs(bybitRules, [leg], d(inputs.totalMarginBalance), { extra });
    return { totalAvailableBalance: () => assessment.freeCollateral };
  }
  if (inputs.bustPriceReported !== undefined) return classicByBankruptcyPrice(item);
  const { legs, assessed } = assessCase(bybitRules, item);
  const contract: Contract = item.contract === 'inverse' ? 'inverse' : 'linear';
  const quantity = legs[0]?.quantity ?? d(0);
  const fee = d(inputs.takerFee ?? 0);
  const closing = () => takerFee(contract, quantity, numberOf(assessed.position.bankruptcyPrice), fee);
  return {
    ...positionFigures(bybitRules, legs, assessed),
    ...(String(inputs.symbol).endsWith('PERP')
      ? { maintenanceMargin: () => map(assessed.position.maintenanceMargin, (amount) => quantizeAmountUp(amount, 4)) }
      : {}),
    positionMargin: () => map(assessed.position.initialMargin, (margin) => margin.plus(closing())),
    occClosingFee: () => quantizeAmountUp(closing(), 8),
    twoWayTakerFee: () => takerFee(contract, quantity, d(inputs.price), fee).plus(closing()),
  };
};

describeCases('bybit vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 30);
describeCases('bybit collected cases', sharedCases('bybit', 'bybit-octobot', 'bybit-jesse'), solve, 45);

describe('BY-1 inverse positions without a threshold', () => {
  it('a short at 1x never goes bankrupt, and is liquidated only where maintenance is due in coin', () => {
    const leg: LegInputs = {
      id: 'BTCUSD',
      contract: 'inverse',
      side: 'short',
      quantity: d(100),
      entry: d(100),
      mark: d(100),
      mode: 'isolated',
      leverage: d(1),
      tiers: oneTier('0.01'),
    };
    const { position } = assessLegs(bybitRules, [leg], undefined);
    expect(position.bankruptcyPrice).toEqual({ ok: false, reason: 'never' });
    expect(numberOf(position.liquidationPrice).toFixed()).toBe('10000');
    const free = assessLegs(bybitRules, [{ ...leg, tiers: oneTier(0) }], undefined);
    expect(free.position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
  });
});
