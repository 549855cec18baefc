import { describe, expect, it } from 'vitest';
import { type Figure, none, some } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import type { PoolAssessment } from '../../engine/types.ts';
import type { AlarmEvent } from './events.ts';
import { alarmLoad, chatterers, type ToldAlarm, toldAlarms } from './load.ts';
import { createAlarmMachine } from './machine.ts';
import { feedReading, poolReading, reproductionReading } from './reading.ts';
import { DEFAULT_RULES } from './rules.ts';

const figure = (text: string): Figure => some(new Decimal(text));

const pool = (stated: Partial<PoolAssessment> = {}): PoolAssessment =>
  ({
    id: 'cross',
    equity: figure('1000'),
    grossNotional: figure('9000'),
    leverage: figure('9'),
    maintenanceMargin: figure('90'),
    liquidationFees: figure('10'),
    marginRatio: figure('0.1'),
    healthFactor: none('not-applicable'),
    marginExcess: figure('900'),
    uniformShock: figure('-0.1'),
    isLiquidatable: some(false),
    ...stated,
  }) as unknown as PoolAssessment;

const SUBJECT = { account: 'a', venue: 'okx', markets: ['BTC'] };
const ODDS = { sigmaDistance: 3.4, liquidationProbability24h: 0.019 };

describe('AL-22 a pool as it is read', () => {
  it('figures, distance without its sign, capital', () => {
    const reading = poolReading(SUBJECT, pool(), ODDS);
    expect(reading).toMatchObject({
      subject: { kind: 'pool', account: 'a', pool: 'cross', venue: 'okx', markets: ['BTC'] },
      knowledge: 'known',
      venueState: 'open',
      atRisk: 9000,
      capital: { equity: 1000, requirement: 100 },
    });
    const shown = Object.entries(reading.values).map(([measure, value]) => [measure, String(value)]);
    expect(Object.fromEntries(shown)).toEqual({
      sigmaDistance: '3.4',
      liquidationProbability24h: '0.019',
      marginRatio: '0.1',
      leverage: '9',
      marginExcess: '900',
      liquidationDistance: '0.1',
    });
  });

  it('what is not known is not nothing', () => {
    const stale = poolReading(SUBJECT, pool({ marginRatio: none('stale-mark', 'X'), isLiquidatable: none('stale-mark', 'X') }), ODDS);
    expect(stale).toMatchObject({ knowledge: 'stale', venueState: 'unknown', values: { marginRatio: 'unknown' } });
    const odd = poolReading(SUBJECT, pool(), { sigmaDistance: 'unknown', liquidationProbability24h: 'unknown' });
    expect(odd.values.sigmaDistance).toBe('unknown');
  });

  it('what the venue does', () => {
    expect(poolReading(SUBJECT, pool({ isLiquidatable: some(true) }), ODDS).venueState).toBe('liquidation');
    expect(poolReading(SUBJECT, pool({ equity: figure('-1') }), ODDS).venueState).toBe('bankrupt');
  });

  it('AL-3: feeds by their place', () => {
    expect(feedReading('BTC', 'okx', 'lost').values.feed).toBe(3);
    expect(feedReading('BTC', 'okx', 'live').values.feed).toBe(0);
  });
});

const MINUTE = 60_000;
const told = (minutes: readonly number[], rule = 'r'): ToldAlarm[] =>
  minutes.map((minute) => ({ atMs: minute * MINUTE, subject: 's', rule }));

describe('AL-23 the load', () => {
  it('windows end now', () => {
    const load = alarmLoad(told([0, 1000, 1435, 1436, 1440, 1445]), 2, 1440 * MINUTE);
    expect(load).toEqual({ lastTenMinutes: 3, lastHour: 3, lastDay: 4, standing: 2, chattering: 1, level: 'high' });
    expect(alarmLoad([], 0, 0).level).toBe('acceptable');
    expect(alarmLoad(told(Array.from({ length: 11 }, () => 5)), 0, 5 * MINUTE).level).toBe('flood');
  });

  it('only what was told counts', () => {
    const event = (notice: string, atMs: number) => ({ notice, atMs, rule: 'r', subject: { kind: 'market', market: 'BTC', venue: 'okx' } });
    const events = [event('due', 1), event('cooldown', 2), event('flood', 3), event('quiet', 4)] as unknown as AlarmEvent[];
    expect(toldAlarms(events)).toEqual([{ atMs: 1, subject: 'market:3:okx:3:BTC', rule: 'r' }]);
  });

  it('chattering: three within the window, of one rule', () => {
    expect(chatterers(told([0, 5, 10.1]), 10 * MINUTE).size).toBe(0);
    expect(chatterers(told([10, 0, 5]), 10.1 * MINUTE).size).toBe(1);
    expect(chatterers([...told([0, 5]), ...told([6], 'other')], 10 * MINUTE).size).toBe(0);
  });
});

describe('AL-25 R of a book', () => {
  const START_MS = Date.UTC(2026, 0, 1);
  const machine = () => createAlarmMachine(DEFAULT_RULES);
  /** One look every five seconds. */
  const states = (values: readonly number[]): string[] => {
    const run = machine();
    return values.map((value, i) => {
      run.evaluate({ sequence: i + 1, timeMs: START_MS + i * 5_000, readings: [reproductionReading('Demo', value)] });
      return run.stateOf({ kind: 'system', book: 'Demo', venue: '' });
    });
  };

  it('arms at the level, waits for its delay, and clears on the better side of the clear level only, after its own', () => {
    const up = states([...Array.from({ length: 13 }, () => 0.5), 0.8, 0.8, 0.8, 0.8, 0.8, 1, 1]);
    expect(up.slice(0, 12).every((state) => state === 'healthy')).toBe(true);
    expect(up[12]).toBe('watch');
    expect(up[16]).toBe('watch');
    expect(up[17]).toBe('warning');
    expect(up[19]).toBe('margin-call');
    // Between the levels nothing ends; below, once the off-delay (5 min) has run.
    const between = states([1, 1, 1, ...Array.from({ length: 100 }, () => 0.9)]);
    expect(between.at(-1)).toBe('margin-call');
    const below = states([1, 1, ...Array.from({ length: 61 }, () => 0.1)]);
    expect(below.at(-2)).toBe('margin-call');
    expect(below.at(-1)).toBe('healthy');
  });

  it('what is not known arms nothing and ends nothing, and no margin call is issued', () => {
    expect(states(Array.from({ length: 100 }, () => Number.NaN)).every((state) => state === 'healthy')).toBe(true);
    expect(states([1, 1, ...Array.from({ length: 200 }, () => Number.NaN)]).at(-1)).toBe('margin-call');
    const run = machine();
    run.evaluate({ sequence: 1, timeMs: START_MS, readings: [reproductionReading('Demo', 2)] });
    run.evaluate({ sequence: 2, timeMs: START_MS + 6_000, readings: [reproductionReading('Demo', 2)] });
    expect(run.standing()).toMatchObject([{ subject: { kind: 'system', book: 'Demo' }, worstState: 'margin-call' }]);
    expect(run.standing()[0]).not.toHaveProperty('call');
  });
});
