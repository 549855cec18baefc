import { describe, expect, it } from 'vitest';
import type { Reading } from '../alarms/events.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_FLOOD } from '../alarms/rules.ts';
import { ruleAtOnce } from '../alarms/testing/rule.ts';
import { type BackTestLook, backTest, compareRuleSets, mergedReport } from './back-test.ts';
import { sigmaRules } from './rule-sets.ts';
import { simulatedWeeks } from './testing/weeks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const rules = (arm: string, clear: string, more: Partial<AlarmRule> = {}): AlarmRules => ({
  format: 'alarm-rules/1',
  rules: [ruleAtOnce({ id: 'ratio', measure: 'marginRatio', severity: 'warning' }, arm, clear, more)],
  marginCall: { clockMs: 0, venueClockMs: {} },
  flood: DEFAULT_FLOOD,
  escalateAfterMs: 0,
  gapMs: HOUR,
});

const at = (account: string, ratio: number): Reading => ({
  subject: { kind: 'pool', account, pool: 'cross', venue: 'v', markets: [] },
  values: { marginRatio: ratio },
  knowledge: 'known',
  venueState: ratio >= 1 ? 'liquidation' : 'open',
});

/** One look a minute. */
const stream = (ratios: Readonly<Record<string, readonly number[]>>): BackTestLook[] => {
  const length = Math.max(...Object.values(ratios).map((list) => list.length));
  return Array.from({ length }, (_, i) => ({
    timeMs: i * MINUTE,
    readings: Object.entries(ratios).flatMap(([account, list]) => (list[i] === undefined ? [] : [at(account, list[i])])),
  }));
};

describe('BT-1 to BT-4', () => {
  it('leads: median and worst; a liquidation out of the blue has no warning', () => {
    const report = backTest(
      rules('0.5', '0.5'),
      stream({ a: [0.1, 0.6, 0.7, 0.8, 1], b: [0.1, 0.1, 0.1, 0.6, 1.1], c: [0.1, 0.1, 0.1, 0.1, 1.2], d: [0.6, 0.4, 0.4, 0.4, 0.4] }),
    );
    expect(report).toMatchObject({
      looks: 5,
      hours: 4 / 60,
      announcements: 4,
      liquidations: 3,
      liquidationsWithoutWarning: 1,
      leadsMs: [MINUTE, 3 * MINUTE],
      medianLeadMs: 2 * MINUTE,
      worstLeadMs: MINUTE,
      episodes: 4,
    });
    expect(report.announcementsPerHour).toBeCloseTo(60, 9);
  });

  it('a watch is no warning, unless it is asked for', () => {
    const watch = rules('0.5', '0.5', { severity: 'watch' });
    const looks = stream({ a: [0.1, 0.6, 1] });
    expect(backTest(watch, looks).liquidationsWithoutWarning).toBe(1);
    expect(backTest(watch, looks, { warnedFrom: 'watch' }).leadsMs).toEqual([MINUTE]);
  });

  it('BT-4: chattering is three announcements within the window', () => {
    const looks = stream({ a: [0.6, 0.4, 0.6, 0.4, 0.6, 0.4] });
    expect(backTest(rules('0.5', '0.5'), looks).chattering).toBe(1);
    expect(backTest(rules('0.5', '0.5'), looks, { chatterWindowMs: 4 * MINUTE }).chattering).toBe(0);
    expect(backTest(rules('0.5', '0.3'), looks).chattering).toBe(0);
  });

  it('an empty stream', () => {
    expect(backTest(rules('0.5', '0.5'), [])).toMatchObject({ looks: 0, hours: 0, announcementsPerHour: 0, liquidations: 0 });
  });

  it('BT-5: two sets side by side', () => {
    const looks = stream({ a: [0.6, 0.4, 0.6, 0.4, 0.6, 0.7, 1] });
    const { first, second, announcementRatio, medianLeadGainMs } = compareRuleSets([rules('0.5', '0.5'), rules('0.65', '0.3')], [looks]);
    expect([first.announcements, second.announcements]).toEqual([3, 1]);
    expect(announcementRatio).toBeCloseTo(1 / 3, 12);
    expect(medianLeadGainMs).toBe(-MINUTE);
  });

  it('BT-1: the same weeks give the same report', () => {
    const weeks = () => simulatedWeeks({ seed: 5, weeks: 2, leverage: 8, stepMs: HOUR, lookMs: HOUR });
    expect(backTest(sigmaRules('0.5', HOUR), weeks())).toEqual(backTest(sigmaRules('0.5', HOUR), weeks()));
  });

  it('every liquidation is listed with its lead, in the order in which they came', () => {
    const { liquidationList } = backTest(rules('0.5', '0.5'), stream({ a: [0.1, 0.6, 0.7, 1], b: [0.1, 0.1, 1.2] }));
    expect(liquidationList.map(({ subject, atMs, leadMs }) => [subject.kind === 'pool' && subject.account, atMs, leadMs])).toEqual([
      ['b', 2 * MINUTE, undefined],
      ['a', 3 * MINUTE, 2 * MINUTE],
    ]);
  });

  it('BT-9: alarms that stand, averaged over time, and the time in flood', () => {
    const ratios = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`account ${i}`, [0.1, 0.6, 0.6, 0.1, 0.1]]));
    const report = backTest(rules('0.5', '0.5'), stream(ratios));
    expect(report).toMatchObject({ mostStanding: 12, meanStanding: 6, announcements: 12 });
    expect(report.floodHours).toBeCloseTo(3 / 60, 12);
    expect(backTest(rules('0.5', '0.5'), stream({ a: [0.6, 0.6] })).floodHours).toBe(0);
  });

  it('BT-10: runs are added up, leads taken together', () => {
    const looks = [stream({ a: [0.6, 0.7, 1] }), stream({ a: [0.1, 0.6, 1] }), stream({ a: [0.1, 0.1, 0.1, 1] })];
    const [first, second, third] = looks.map((one) => backTest(rules('0.5', '0.5'), one));
    const merged = mergedReport([first!, second!, third!]);
    expect(merged).toMatchObject({ looks: 10, liquidations: 3, liquidationsWithoutWarning: 1, leadsMs: [MINUTE, 2 * MINUTE] });
    expect(merged.hours).toBeCloseTo(7 / 60, 12);
    expect(mergedReport([first!])).toEqual(first);
    expect(compareRuleSets([rules('0.5', '0.5'), rules('0.65', '0.3')], looks).first).toEqual(merged);
  });
});
