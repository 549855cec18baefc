import { describe, expect, it } from 'vitest';
import { Decimal, ZERO } from '../../domain/units.ts';
import { movedBook } from '../../engine/moved-book.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { readBook } from '../../formats/leverage-book.ts';
import type { Reading } from '../../policy/alarms/events.ts';
import type { Outlook } from '../../policy/alarms/outlook.ts';
import { type AlarmRule, DEFAULT_RULES, type Measure } from '../../policy/alarms/rules.ts';
import { NO_LIMITS } from '../inputs.ts';
import { NO_PRICES } from '../prices.ts';
import { NO_SOURCE } from '../protocol.ts';
import { bookText } from '../testing/fixtures.ts';
import { type LookedAt, lookAt, watchedAccount } from './look.ts';
import { nextStep } from './next-step.ts';
import { placeOf } from './projection.ts';

const reached = caseFloors();
const BOOK = readBook(bookText());
const VOLATILITY = 0.04;

/** What a look at every pool of the book says, by `account pool`. */
function looks(book = BOOK): Map<string, { readonly at: LookedAt; readonly reading: Reading }> {
  const found = new Map<string, { readonly at: LookedAt; readonly reading: Reading }>();
  for (const account of book.accounts) {
    const readings: Reading[] = [];
    const looked = new Map<string, LookedAt>();
    const context = { book, prices: NO_PRICES, source: NO_SOURCE, limits: NO_LIMITS, volatilityOf: () => VOLATILITY };
    lookAt(watchedAccount(account, book), context, readings, new Map(), looked);
    [...looked.values()].forEach((at, i) => {
      found.set(`${account.id} ${at.pool.id}`, { at, reading: readings[i]! });
    });
  }
  return found;
}

const rule = (measure: Measure, arm: string, severity: AlarmRule['severity'] = 'warning'): AlarmRule => ({
  ...DEFAULT_RULES.rules[0]!,
  id: `${measure} ${arm}`,
  measure,
  severity,
  arm: new Decimal(arm),
  clear: new Decimal(arm),
});
const outlook = (...rules: readonly AlarmRule[]): Outlook => ({
  state: 'healthy',
  knowledge: 'known',
  rules: rules.map((one) => ({ rule: one, isActive: false })),
});
const readOf = ({ values }: Reading, measure: Measure): number => Number(values[measure]);

describe('AM-11 the price of the next step', () => {
  /** A level somewhat worse than now. */
  const LEVELS: readonly (readonly [Measure, (now: number) => number])[] = [
    ['marginRatio', (now) => now + (1 - now) / 3],
    ['marginExcess', (now) => now * 0.7],
    ['sigmaDistance', (now) => now * 0.6],
    ['liquidationProbability24h', (now) => now + (1 - now) / 4],
    ['liquidationDistance', (now) => now * 0.6],
    ['healthFactor', (now) => 1 + (now - 1) / 2],
  ];

  it('is one at which the rule’s measure stands at its arm level, by the engine at that price', () => {
    for (const [name, { at, reading }] of looks())
      for (const [measure, levelOf] of LEVELS) {
        const now = readOf(reading, measure);
        if (!Number.isFinite(now)) continue;
        const level = levelOf(now);
        const next = nextStep(at, outlook(rule(measure, level.toFixed(12))))!;
        if (next.rule === 'venue' || next.price === '') continue;
        const moved = movedBook(BOOK, 'USD', { all: ZERO, byMarket: new Map([[next.market, new Decimal(next.move)]]) });
        const then = readOf(looks(moved).get(name)!.reading, measure);
        // Money of an inverse contract is counted in a coin whose price moves with it.
        if (measure === 'marginExcess' && name.startsWith('inverse')) continue;
        expect(Math.abs(then / level - 1), `${name} ${measure} at ${next.market} ${next.price}`).toBeLessThan(2e-4);
        reached(measure, 1);
        reached('all', 12);
      }
  });

  it('of the liquidation itself, where no rule comes before it', () => {
    for (const { at } of looks().values()) {
      const next = nextStep(at, outlook())!;
      if (next.price === '') continue;
      expect(next).toMatchObject({ rule: 'venue', severity: 'liquidation', reason: '' });
      reached('venue', 4);
    }
  });

  it('is that of the rule that comes first', () => {
    const { at, reading } = looks().get('perp cross')!;
    const ratio = readOf(reading, 'marginRatio');
    const near = rule('marginRatio', (ratio + 0.01).toFixed(6));
    const far = rule('marginRatio', (ratio + 0.2).toFixed(6), 'margin-call');
    expect(nextStep(at, outlook(far, near))).toMatchObject({ rule: near.id, severity: 'warning' });
    const active: Outlook = { ...outlook(far), state: 'warning' };
    expect(nextStep(at, { ...active, rules: [...active.rules, { rule: near, isActive: true }] })).toMatchObject({ rule: far.id });
  });

  it('of an armed rule is the time until it counts, the first of several', () => {
    const { at } = looks().get('perp cross')!;
    const slow = { rule: rule('marginRatio', '0.1'), isActive: false, countsInMs: 14_000 };
    const quick = { rule: rule('leverage', '1'), isActive: false, countsInMs: 3_000 };
    expect(nextStep(at, { state: 'healthy', knowledge: 'known', rules: [slow, quick] })).toMatchObject({
      rule: 'leverage 1',
      countsInMs: 3_000,
      price: '',
      reason: '',
    });
  });

  it('error: nothing comes after liquidation', () => {
    const { at } = looks().get('perp cross')!;
    expect(nextStep(at, { ...outlook(), state: 'liquidation' })).toBeNull();
  });
});

describe('AM-9 the places of levels on the gauges', () => {
  it('the level that the pool stands at has the pool’s own place; a worse one is nearer to the end', () => {
    for (const [name, { at, reading }] of looks()) {
      const { pool } = at;
      if (!pool.uniformShock.ok || !pool.marginRatio.ok || !pool.marginExcess.ok || !pool.marginExcess.value.gt(0)) continue;
      const shock = pool.uniformShock.value.abs().toNumber();
      for (const measure of [
        'marginRatio',
        'marginExcess',
        'leverage',
        'healthFactor',
        'liquidationDistance',
        'sigmaDistance',
        'liquidationProbability24h',
      ] as const) {
        const now = readOf(reading, measure);
        if (!Number.isFinite(now) || (measure === 'leverage' && pool.kind === 'lending')) continue;
        const own = placeOf(rule(measure, '1'), now, at);
        expect(own.ratio / pool.marginRatio.value.toNumber(), `${name} ${measure}`).toBeCloseTo(1, 6);
        expect(own.distance / shock, `${name} ${measure}`).toBeCloseTo(1, 6);
        const isUp = measure === 'marginRatio' || measure === 'leverage' || measure === 'liquidationProbability24h';
        const worse = placeOf(rule(measure, '1'), now * (isUp ? 1.02 : 0.98), at);
        expect(worse.distance).toBeLessThan(own.distance);
        expect(worse.ratio).toBeGreaterThan(own.ratio);
        reached('places', 20);
      }
    }
  });
});
