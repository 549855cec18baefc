/** What a rule set would have done on a stream, told in figures (rules BT-1 to BT-5 of docs/spec/back-test.md). */
import { type AlarmEvent, type Evaluation, rankOf, type Subject } from '../alarms/events.ts';
import { subjectKey } from '../alarms/identity.ts';
import { chatterers, type ToldAlarm } from '../alarms/load.ts';
import { createAlarmMachine, type MachineOptions } from '../alarms/machine.ts';
import type { AlarmRules, Severity } from '../alarms/rules.ts';

const HOUR_MS = 3_600_000;

/** One look of the stream; they are numbered as they come. */
export type BackTestLook = Omit<Evaluation, 'sequence'>;

export interface BackTestOptions {
  readonly isInGroup?: NonNullable<MachineOptions['isInGroup']>;
  /** BT-3: a notice of this severity or more is a warning. */
  readonly warnedFrom?: Severity;
  /** BT-4: a rule that announces three times within this chatters. */
  readonly chatterWindowMs?: number;
}

/** One passage that the venue ended. */
export interface BackTestLiquidation {
  readonly subject: Subject;
  readonly atMs: number;
  /** BT-3; absent where nothing was said before. */
  readonly leadMs?: number;
}

export interface BackTestReport {
  readonly looks: number;
  /** Σ of the steps forward between looks. */
  readonly hours: number;
  /** BT-2: rules that became active, each time: what would be announced if every rule rang by itself. */
  readonly announcements: number;
  /** Notices that were told, floods counted as one. */
  readonly notices: number;
  readonly announcementsPerHour: number;
  readonly noticesPerHour: number;
  readonly episodes: number;
  readonly liquidations: number;
  /** BT-3: from the first warning of the episode to the liquidation; ascending, one a liquidation that had a warning. */
  readonly leadsMs: readonly number[];
  readonly medianLeadMs?: number;
  readonly worstLeadMs?: number;
  readonly liquidationsWithoutWarning: number;
  /** In the order in which they came. */
  readonly liquidationList: readonly BackTestLiquidation[];
  /** BT-4: subjects and rules. */
  readonly chattering: number;
  /** BT-9: alarms that stand, averaged over time, and the most at one look. */
  readonly meanStanding: number;
  readonly mostStanding: number;
  /** BT-9: hours in which so much was said that it was told as one. */
  readonly floodHours: number;
}

const DEFAULT_CHATTER_WINDOW_MS = 600_000;

/** Rules on a stream that comes look by look. */
export interface BackTest {
  readonly take: (look: BackTestLook) => void;
  readonly report: () => BackTestReport;
}

/** BT-1: a machine that knows nothing, and what is counted of what it says. */
export function createBackTest(rules: AlarmRules, options: BackTestOptions = {}): BackTest {
  const { isInGroup, warnedFrom = 'warning', chatterWindowMs = DEFAULT_CHATTER_WINDOW_MS } = options;
  const announced: ToldAlarm[] = [];
  const machine = createAlarmMachine(rules, {
    ...(isInGroup ? { isInGroup } : {}),
    onActivation: (rule, subject, atMs) => announced.push({ atMs, subject: subjectKey(subject), rule: rule.id }),
  });
  const passages = createPassages(warnedFrom);
  let looks = 0;
  let elapsedMs = 0;
  let notices = 0;
  let lastMs: number | undefined;
  let isFlood = false;
  let standing = 0;
  const totals = { standingMs: 0, mostStanding: 0, floodMs: 0 };

  const pass = (timeMs: number): void => {
    const stepMs = lastMs === undefined ? 0 : Math.max(0, timeMs - lastMs);
    lastMs = timeMs;
    elapsedMs += stepMs;
    totals.standingMs += standing * stepMs;
    if (isFlood) totals.floodMs += stepMs;
  };
  return {
    take: (look) => {
      pass(look.timeMs);
      for (const event of machine.evaluate({ ...look, sequence: looks++ })) {
        if (event.kind === 'flood') {
          isFlood = event.phase === 'begins';
          if (isFlood) notices++;
          continue;
        }
        if (event.notice === 'due') notices++;
        passages.take(event, elapsedMs);
      }
      standing = machine.standing().length;
      totals.mostStanding = Math.max(totals.mostStanding, standing);
    },
    report: () =>
      summary({
        looks,
        hours: elapsedMs / HOUR_MS,
        announcements: announced.length,
        notices,
        episodes: passages.episodes.size,
        liquidationList: [...passages.list],
        chattering: chatterers(announced, chatterWindowMs).size,
        meanStanding: elapsedMs > 0 ? totals.standingMs / elapsedMs : 0,
        mostStanding: totals.mostStanding,
        floodHours: totals.floodMs / HOUR_MS,
      }),
  };
}

/** BT-1: the rules on the stream. The same stream gives the same report. */
export function backTest(rules: AlarmRules, stream: Iterable<BackTestLook>, options: BackTestOptions = {}): BackTestReport {
  const test = createBackTest(rules, options);
  for (const look of stream) test.take(look);
  return test.report();
}

type Counted = Pick<
  BackTestReport,
  | 'looks'
  | 'hours'
  | 'announcements'
  | 'notices'
  | 'episodes'
  | 'liquidationList'
  | 'chattering'
  | 'meanStanding'
  | 'mostStanding'
  | 'floodHours'
>;

/** What follows from what was counted. */
function summary(counted: Counted): BackTestReport {
  const { hours, announcements, notices, liquidationList } = counted;
  const leadsMs = liquidationList.flatMap(({ leadMs }) => (leadMs === undefined ? [] : [leadMs])).sort((a, b) => a - b);
  return {
    ...counted,
    announcementsPerHour: hours > 0 ? announcements / hours : 0,
    noticesPerHour: hours > 0 ? notices / hours : 0,
    liquidations: liquidationList.length,
    leadsMs,
    ...(leadsMs.length > 0 ? { medianLeadMs: medianOf(leadsMs), worstLeadMs: leadsMs[0]! } : {}),
    liquidationsWithoutWarning: liquidationList.length - leadsMs.length,
  };
}

/** BT-10: one report of several runs of the same rules: counts and hours are added, leads taken together. */
export function mergedReport(reports: readonly BackTestReport[]): BackTestReport {
  const sum = (of: (report: BackTestReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const hours = sum((report) => report.hours);
  return summary({
    looks: sum(({ looks }) => looks),
    hours,
    announcements: sum(({ announcements }) => announcements),
    notices: sum(({ notices }) => notices),
    episodes: sum(({ episodes }) => episodes),
    liquidationList: reports.flatMap(({ liquidationList }) => liquidationList),
    chattering: sum(({ chattering }) => chattering),
    meanStanding: hours > 0 ? sum((report) => report.meanStanding * report.hours) / hours : 0,
    mostStanding: reports.reduce((most, report) => Math.max(most, report.mostStanding), 0),
    floodHours: sum(({ floodHours }) => floodHours),
  });
}

/** BT-3: when each episode warned, and when the venue took it. Once an episode. */
function createPassages(warnedFrom: Severity) {
  const episodes = new Set<string>();
  const warnedMs = new Map<string, number>();
  const liquidated = new Set<string>();
  const list: BackTestLiquidation[] = [];
  const take = ({ kind, episode, subject, to, from, notice, atMs }: AlarmEvent, elapsedMs: number): void => {
    episodes.add(episode.id);
    if (kind !== 'step' || rankOf(to) <= rankOf(from)) return;
    if (rankOf(to) >= rankOf('liquidation')) {
      if (liquidated.has(episode.id)) return;
      liquidated.add(episode.id);
      const warned = warnedMs.get(episode.id);
      list.push({ subject, atMs, ...(warned === undefined ? {} : { leadMs: elapsedMs - warned }) });
    } else if (rankOf(to) >= rankOf(warnedFrom) && notice !== 'cooldown' && !warnedMs.has(episode.id)) {
      warnedMs.set(episode.id, elapsedMs);
    }
  };
  return { episodes, list, take };
}

const medianOf = (ascending: readonly number[]): number => {
  const middle = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
};

export interface BackTestComparison {
  readonly first: BackTestReport;
  readonly second: BackTestReport;
  /** Announcements and notices of the second ÷ those of the first; NaN where the first had none. */
  readonly announcementRatio: number;
  readonly noticeRatio: number;
  /** Median lead of the second − that of the first, ms; absent where either has none. */
  readonly medianLeadGainMs?: number;
}

/** BT-5: two rule sets side by side. */
export function comparisonOf(first: BackTestReport, second: BackTestReport): BackTestComparison {
  const isBoth = first.medianLeadMs !== undefined && second.medianLeadMs !== undefined;
  return {
    first,
    second,
    announcementRatio: second.announcements / (first.announcements || Number.NaN),
    noticeRatio: second.notices / (first.notices || Number.NaN),
    ...(isBoth ? { medianLeadGainMs: second.medianLeadMs - first.medianLeadMs } : {}),
  };
}

/** BT-5, BT-10: two rule sets on the same runs, look by look; answers after every look how many there have been. */
export function* comparisonSteps(
  [first, second]: readonly [AlarmRules, AlarmRules],
  runs: Iterable<Iterable<BackTestLook>>,
  options: BackTestOptions = {},
): Generator<number, BackTestComparison> {
  const reports: [BackTestReport, BackTestReport][] = [];
  let looks = 0;
  for (const stream of runs) {
    const a = createBackTest(first, options);
    const b = createBackTest(second, options);
    for (const look of stream) {
      a.take(look);
      b.take(look);
      yield ++looks;
    }
    reports.push([a.report(), b.report()]);
  }
  return comparisonOf(mergedReport(reports.map(([a]) => a)), mergedReport(reports.map(([, b]) => b)));
}

/** The same at once. */
export function compareRuleSets(
  rules: readonly [AlarmRules, AlarmRules],
  runs: Iterable<Iterable<BackTestLook>>,
  options: BackTestOptions = {},
): BackTestComparison {
  const steps = comparisonSteps(rules, runs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
