/** What deadbands and delays are worth, measured: the figures of docs/spec/back-test.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { dailyVolatility, type VolatilityEstimate, warmStart, withPrice } from '../../engine/volatility/stream.ts';
import { parseReplay } from '../../feeds/replay-format.ts';
import { type AlarmRules, DEFAULT_RULES } from '../alarms/rules.ts';
import { type BackTestLook, type BackTestReport, backTest } from './back-test.ts';
import { ratioRules, sigmaRules } from './rule-sets.ts';
import { simulatedWeeks } from './testing/weeks.ts';
import { longAt } from './weekly-longs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const BYPASS = { measure: 'sigmaDistance', worsening: new Decimal(1), withinMs: HOUR } as const;

const sum = (reports: readonly BackTestReport[], of: (report: BackTestReport) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

/** One line of the table: all seeds together. */
function line(name: string, reports: readonly BackTestReport[]): string {
  const leads = reports.flatMap(({ leadsMs }) => leadsMs).sort((a, b) => a - b);
  const hours = (ms: number | undefined): string => (ms === undefined ? '–' : (ms / HOUR).toFixed(1));
  return [
    name,
    sum(reports, ({ announcements }) => announcements),
    sum(reports, ({ notices }) => notices),
    (sum(reports, ({ announcements }) => announcements) / sum(reports, (report) => report.hours)).toFixed(4),
    sum(reports, ({ chattering }) => chattering),
    sum(reports, ({ liquidations }) => liquidations),
    sum(reports, ({ liquidationsWithoutWarning }) => liquidationsWithoutWarning),
    hours(leads[leads.length >> 1]),
    hours(leads[0]),
  ].join(' | ');
}

const HEAD = 'rules | announcements | notices | per hour | chattering | liquidations | without warning | median lead h | worst lead h';

describe('BT-6 bare thresholds against a deadband with delay', () => {
  it.each([
    ['every hour', HOUR / 6, HOUR, HOUR],
    ['every ten minutes', HOUR / 6, HOUR / 6, HOUR],
  ])(
    'BTC 8×, 25 weeks of each of 8 seeds, looked at %s',
    (_name, stepMs, lookMs, delayMs) => {
      const sets: readonly (readonly [string, AlarmRules])[] = [
        ['bare', sigmaRules('0', 0)],
        ['deadband 0.25σ', sigmaRules('0.25', 0)],
        ['deadband 0.5σ', sigmaRules('0.5', 0)],
        ['0.5σ, on-delay 1 h', sigmaRules('0.5', delayMs)],
        ['the same, bypass 1σ', sigmaRules('0.5', delayMs, BYPASS)],
        ['shipped rules', { ...DEFAULT_RULES, gapMs: 2 * HOUR }],
      ];
      const streams = SEEDS.map((seed): BackTestLook[] => [...simulatedWeeks({ seed, weeks: 25, leverage: 8, stepMs, lookMs })]);
      const reports = sets.map(([, rules]) => streams.map((stream) => backTest(rules, stream, { chatterWindowMs: 6 * lookMs })));
      console.log([HEAD, ...sets.map(([name], i) => line(name, reports[i]!))].join('\n'));
      const announced = reports.map((all) => sum(all, ({ announcements }) => announcements));
      expect(announced[0]! / announced[3]!).toBeGreaterThan(1.8);
      expect(announced[0]!).toBeGreaterThan(announced[1]!);
      expect(announced[1]!).toBeGreaterThan(announced[2]!);
      expect(announced[2]!).toBeGreaterThanOrEqual(announced[3]!);
      const unwarned = reports.map((all) => sum(all, ({ liquidationsWithoutWarning }) => liquidationsWithoutWarning));
      expect(unwarned[4]!).toBeLessThanOrEqual(unwarned[3]!);
      expect(sum(reports[0]!, ({ liquidations }) => liquidations)).toBeGreaterThan(5);
    },
    180_000,
  );
});

/** Longs of one leverage on every market of the replay, opened at its first price; bars told as open, low, high, close or open, high, low, close. */
function* replayed(name: string, leverage: number): Generator<BackTestLook> {
  const data = parseReplay(readFileSync(new URL(`../../../public/replay/${name}.json`, import.meta.url), 'utf8'));
  const longs = data.markets.map((series) => {
    const of = (integer: number): number => integer / 10 ** series.decimals;
    const ticks: [number, number][] = series.at.flatMap((bar, i): [number, number][] => {
      const start = data.startMs + bar * series.stepMs;
      const [open, high, low, close] = [series.open[i]!, series.high[i]!, series.low[i]!, series.close[i]!].map(of) as [
        number,
        number,
        number,
        number,
      ];
      const extremes = close < open ? [high, low] : [low, high];
      return [open, ...extremes, close].map((price, k) => [start + Math.min((k * series.stepMs) / 3, series.stepMs - 1), price]);
    });
    return { market: series.market, ticks, long: longAt(ticks[0]![1], leverage, series.market, series.market), at: 0 };
  });
  const estimates = new Map<string, VolatilityEstimate>(longs.map(({ market }) => [market, warmStart(market)]));
  const gone = new Set<string>();
  for (let timeMs = data.startMs; timeMs <= data.endMs; timeMs += 20_000) {
    const readings = longs.flatMap((one) => {
      let price: number | undefined;
      while (one.at < one.ticks.length && one.ticks[one.at]![0] <= timeMs) {
        price = one.ticks[one.at++]![1];
        estimates.set(one.market, withPrice(estimates.get(one.market)!, timeMs, price));
      }
      if (price === undefined || gone.has(one.market)) return [];
      const reading = one.long.reading(price, dailyVolatility(estimates.get(one.market)!));
      if (reading.venueState === 'liquidation') gone.add(one.market);
      return [reading];
    });
    yield { timeMs, readings };
  }
}

describe('BT-7 the crash of 10 October 2025', () => {
  it.each([3, 5, 10])('longs of %s× on 26 markets: what the shipped rules said before', (leverage) => {
    const [shipped, ratio] = [DEFAULT_RULES, ratioRules()].map((rules) => backTest(rules, replayed('2025-10-10', leverage)));
    const minutes = (report: BackTestReport): string =>
      [report.medianLeadMs, report.worstLeadMs].map((ms) => (ms === undefined ? '–' : (ms / MINUTE).toFixed(1))).join(' / ');
    for (const [name, report] of [
      ['shipped', shipped!],
      ['ratio alone', ratio!],
    ] as const)
      console.log(
        `${leverage}× ${name}: ${report.liquidations} liquidated, ${report.liquidationsWithoutWarning} without warning, lead ${minutes(report)} min, ${report.notices} notices of ${report.announcements}`,
      );
    expect(shipped!.liquidations).toBe(ratio!.liquidations);
    expect(shipped!.liquidationsWithoutWarning).toBeLessThanOrEqual(ratio!.liquidationsWithoutWarning);
  });
});
