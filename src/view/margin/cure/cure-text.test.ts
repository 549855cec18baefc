import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../domain/units.ts';
import { ALARM_MODULE } from '../../../session/alarms/index.ts';
import { createEngine } from '../../../session/engine.ts';
import type { ClosureView, CuresFrame, Frame } from '../../../session/protocol.ts';
import { AS_OF_MS, feed, loanBook, tick } from '../../../session/testing/fixtures.ts';
import { cureDetails, toxicTexts } from './cure-text.ts';

/** 10 WETH of a threshold of 0.93 and a bonus of 5 % against 15,000 USDC: the border is 0.93 × 1.05 = 0.9765, at a price of 1,575. */
const LOAN = loanBook({ price: '1700', loanToValue: '0.9', liquidationThreshold: '0.93' });

/** What is said of the loan at a price, and what the venue would do then. */
function at(price: string): { readonly cures: CuresFrame; readonly closure: ClosureView } {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  let nowMs = 0;
  const send = (input: Parameters<typeof engine.step>[0]): readonly Frame[] => {
    nowMs += 1_000;
    return engine.step(input, nowMs);
  };
  send({ kind: 'load', requestId: 1, name: 'book', text: JSON.stringify(LOAN) });
  send({ kind: 'alarm-closures', requestId: 2, on: false });
  send(feed([tick('WETH', price), tick('WETH', price, AS_OF_MS, 'index')], AS_OF_MS, { restarted: true }));
  send({ kind: 'flush' });
  const [cures] = send({ kind: 'alarm-cures', requestId: 3, pool: 'lending', goal: { kind: 'health-factor', level: '1.1' } });
  const [closure] = send({ kind: 'alarm-closure', requestId: 4, pool: 'lending' });
  if (cures?.kind !== 'cures' || closure?.kind !== 'closure' || !closure.closure) throw new Error(JSON.stringify([cures, closure]));
  return { cures, closure: closure.closure };
}

/** By hand: collateral × price × threshold ÷ debt. */
const health = (weth: Decimal, usdc: Decimal, price: string): Decimal => weth.times(price).times('0.93').div(usdc.negated());

const afterFirst = ({ steps }: ClosureView, asset: string, before: string): Decimal =>
  (steps[0]?.postings ?? [])
    .filter(({ party, item }) => party === 'account' && item.endsWith(asset))
    .reduce((sum, { amount }) => sum.plus(amount), new Decimal(before));

const WORSE = /A liquidation that takes WETH makes this loan worse, not better: .*0\.976.* It is there now\./;

describe('CU-14 what a loan near the border of the toxic region is told', () => {
  it.each([
    ['1575.1', 'above'],
    ['1575', 'at'],
    ['1574.9', 'below'],
  ])('at %s, %s the border, is what the venue’s procedure then does', (price, side) => {
    const { cures, closure } = at(price);
    const [text] = toxicTexts(cures);
    expect(cures.toxic).toMatchObject([{ asset: 'WETH', healthFactorBelow: '0.9765' }]);
    const before = health(new Decimal(10), new Decimal(-15_000), price);
    const after = health(afterFirst(closure, 'WETH', '10'), afterFirst(closure, 'USDC', '-15000'), price);
    // Half of the debt: 7,500, for 7,875 of WETH.
    expect(closure.steps[0]?.move).toBe('seizure');
    expect(afterFirst(closure, 'USDC', '-15000').toFixed()).toBe('-7500');
    const change = after.minus(before);
    if (side === 'above') {
      expect(change.toNumber()).toBeGreaterThan(1e-6);
      expect(text).toMatch(/^Below a health factor of 0\.976.* every liquidation that takes WETH makes the loan worse\.$/);
      // What the liquidations free covers the whole debt: nobody bears anything.
      expect(closure.end).not.toBe('bankrupt');
    } else if (side === 'below') {
      expect(change.toNumber()).toBeLessThan(-1e-6);
      expect(text).toMatch(WORSE);
      expect(closure.end).toBe('bankrupt');
    } else {
      expect(Math.abs(change.toNumber())).toBeLessThan(1e-6);
      expect(text).not.toMatch(WORSE);
    }
  });

  it.each([
    ['1500.1', false],
    ['1500', false],
    ['1499.9', true],
  ])('selling collateral to repay, at %s, lowers the health factor: %s', (price, isWorse) => {
    // 10,000 of debt repaid by 10,000 ÷ price WETH sold: a health factor of 0.93 is where nothing changes without slippage.
    const [weth, usdc] = [new Decimal(10).minus(new Decimal(10_000).div(price)), new Decimal(-5_000)];
    const change = health(weth, usdc, price).minus(health(new Decimal(10), new Decimal(-15_000), price));
    const { cures } = at(price);
    const sold = cures.cures.find(({ kind, subject }) => kind === 'sell-and-repay' && subject === 'WETH');
    expect(change.isNegative() && !change.isZero()).toBe(isWorse);
    const said = sold ? cureDetails(sold).join(' ') : 'nothing';
    if (isWorse) expect(said).toMatch(/^Cannot work: selling this collateral to repay lowers the health factor/);
    else expect(said).not.toMatch(/lowers the health factor/);
  });

  it('on either side money from outside raises it to the target, whether repaid or added', () => {
    for (const price of ['1575.1', '1574.9', '1400']) {
      const { cures } = at(price).cures;
      expect(cures.filter(({ kind }) => kind === 'repay' || kind === 'deposit').every(({ why }) => why === '')).toBe(true);
    }
  });
});
