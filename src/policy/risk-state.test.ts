import { describe, expect, it } from 'vitest';
import { type Figure, none, type Outcome, some } from '../domain/outcome.ts';
import { Decimal } from '../domain/units.ts';
import type { AccountAssessment, PoolAssessment } from '../engine/types.ts';
import type { RiskState as ProtocolRiskState } from '../session/protocol.ts';
import { poolRiskState, RISK_THRESHOLDS, type RiskState, riskState } from './risk-state.ts';

const figure = (text: string): Figure => some(new Decimal(text));

/** A pool of which only what the policy reads is stated. */
const pool = (stated: { equity?: Figure; marginRatio?: Figure; isLiquidatable?: Outcome<boolean> }): PoolAssessment =>
  ({ equity: figure('100'), marginRatio: figure('0.1'), isLiquidatable: some(false), ...stated }) as unknown as PoolAssessment;

const account = (...pools: PoolAssessment[]): AccountAssessment => ({ pools }) as unknown as AccountAssessment;

describe('RS-3 a margin ratio decides', () => {
  it.each([
    ['0', 'healthy'],
    ['0.2999999999999999999999999999', 'healthy'],
    ['0.30', 'watch'],
    ['0.4999999999999999999999999999', 'watch'],
    ['0.50', 'warning'],
    ['0.7999999999999999999999999999', 'warning'],
    ['0.80', 'margin-call'],
    ['0.9999999999999999999999999999', 'margin-call'],
    ['1', 'margin-call'],
  ])('margin ratio %s of a pool that the venue leaves alone is %s', (ratio, state) => {
    expect(poolRiskState(pool({ marginRatio: figure(ratio) }))).toBe(state);
  });

  it('behavior: other thresholds can be given', () => {
    const thresholds = { ...RISK_THRESHOLDS, watch: new Decimal('0.05') };
    expect(poolRiskState(pool({}), thresholds)).toBe('watch');
  });
});

describe('RS-1, RS-2 the end', () => {
  it('RS-1: equity below zero is bankrupt, whatever else is known', () => {
    expect(poolRiskState(pool({ equity: figure('-0.000001'), marginRatio: none('insolvent'), isLiquidatable: some(true) }))).toBe(
      'bankrupt',
    );
    expect(poolRiskState(pool({ equity: figure('-1'), isLiquidatable: none('missing-tiers', 'X') }))).toBe('bankrupt');
  });

  it('RS-2: what the venue would liquidate is in liquidation, whatever its ratio', () => {
    expect(poolRiskState(pool({ isLiquidatable: some(true) }))).toBe('liquidation');
    expect(poolRiskState(pool({ equity: figure('0'), marginRatio: none('insolvent'), isLiquidatable: some(true) }))).toBe('liquidation');
  });

  it('RS-3: an empty pool owes nothing and is healthy', () => {
    expect(poolRiskState(pool({ equity: figure('0'), marginRatio: none('insolvent') }))).toBe('healthy');
    expect(poolRiskState(pool({ marginRatio: none('no-position') }))).toBe('healthy');
    expect(riskState(account())).toBe('healthy');
  });
});

describe('RS-5 what is not known', () => {
  it.each([
    ['missing-mark', 'indeterminate'],
    ['missing-tiers', 'indeterminate'],
    ['missing-threshold', 'indeterminate'],
    ['unsupported', 'indeterminate'],
    ['stale-mark', 'stale'],
  ] as const)('%s gives %s', (reason, state) => {
    const unknown = { equity: none(reason, 'X'), marginRatio: none(reason, 'X'), isLiquidatable: none(reason, 'X') };
    expect(poolRiskState(pool(unknown))).toBe(state);
    expect(poolRiskState(pool({ marginRatio: none(reason, 'X') }))).toBe(state);
  });

  it('a pool whose decision is known although its equity is not keeps its state: no debt, no danger', () => {
    expect(poolRiskState(pool({ equity: none('missing-mark', 'X'), marginRatio: figure('0') }))).toBe('healthy');
  });
});

describe('RS-4 the worst pool decides', () => {
  const of: Readonly<Record<string, PoolAssessment>> = {
    healthy: pool({}),
    'margin-call': pool({ marginRatio: figure('0.9') }),
    indeterminate: pool({ isLiquidatable: none('missing-mark', 'X') }),
    stale: pool({ isLiquidatable: none('stale-mark', 'X') }),
    liquidation: pool({ isLiquidatable: some(true) }),
    bankrupt: pool({ equity: figure('-1') }),
  };

  it.each([
    ['healthy', 'margin-call', 'margin-call'],
    ['margin-call', 'indeterminate', 'indeterminate'],
    ['healthy', 'stale', 'stale'],
    ['stale', 'indeterminate', 'indeterminate'],
    ['indeterminate', 'liquidation', 'liquidation'],
    ['liquidation', 'bankrupt', 'bankrupt'],
  ])('%s beside %s is %s, in either order', (a, b, worst) => {
    expect(riskState(account(of[a]!, of[b]!))).toBe(worst);
    expect(riskState(account(of[b]!, of[a]!))).toBe(worst);
  });

  it('the words are those that cross to the page', () => {
    const toPage: (state: RiskState) => ProtocolRiskState = (state) => state;
    const fromPage: (state: ProtocolRiskState) => RiskState = (state) => state;
    expect(fromPage(toPage('healthy'))).toBe('healthy');
  });
});
