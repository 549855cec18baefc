/** What a rule set would have done on a stream, told in figures (rules BT-1 to BT-5 of docs/spec/back-test.md). */
import { type AlarmEvent, type Evaluation, rankOf } from '../alarms/events.ts';
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
  /** BT-4: subjects and rules. */
  readonly chattering: number;
}

const DEFAULT_CHATTER_WINDOW_MS = 600_000;

/** BT-1: the rules on the stream, from a machine that knows nothing. The same stream gives the same report. */
export function backTest(rules: AlarmRules, stream: Iterable<BackTestLook>, options: BackTestOptions = {}): BackTestReport {
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
  for (const look of stream) {
    elapsedMs += lastMs === undefined ? 0 : Math.max(0, look.timeMs - lastMs);
    lastMs = look.timeMs;
    for (const event of machine.evaluate({ ...look, sequence: looks++ })) {
      if (event.kind === 'flood') {
        if (event.phase === 'begins') notices++;
        continue;
      }
      if (event.notice === 'due') notices++;
      passages.take(event, elapsedMs);
    }
  }
  const hours = elapsedMs / HOUR_MS;
  const leadsMs = [...passages.leadsMs].sort((a, b) => a - b);
  return {
    looks,
    hours,
    announcements: announced.length,
    notices,
    announcementsPerHour: hours > 0 ? announced.length / hours : 0,
    noticesPerHour: hours > 0 ? notices / hours : 0,
    episodes: passages.episodes.size,
    liquidations: passages.leadsMs.length + passages.unwarned(),
    leadsMs,
    ...(leadsMs.length > 0 ? { medianLeadMs: medianOf(leadsMs), worstLeadMs: leadsMs[0]! } : {}),
    liquidationsWithoutWarning: passages.unwarned(),
    chattering: chatterers(announced, chatterWindowMs).size,
  };
}

/** BT-3: when each episode warned, and when the venue took it. Once an episode. */
function createPassages(warnedFrom: Severity) {
  const episodes = new Set<string>();
  const warnedMs = new Map<string, number>();
  const liquidated = new Set<string>();
  const leadsMs: number[] = [];
  let unwarned = 0;
  const take = ({ kind, episode, to, from, notice }: AlarmEvent, elapsedMs: number): void => {
    episodes.add(episode.id);
    if (kind !== 'step' || rankOf(to) <= rankOf(from)) return;
    if (rankOf(to) >= rankOf('liquidation')) {
      if (liquidated.has(episode.id)) return;
      liquidated.add(episode.id);
      const warned = warnedMs.get(episode.id);
      if (warned === undefined) unwarned++;
      else leadsMs.push(elapsedMs - warned);
    } else if (rankOf(to) >= rankOf(warnedFrom) && notice !== 'cooldown' && !warnedMs.has(episode.id)) {
      warnedMs.set(episode.id, elapsedMs);
    }
  };
  return { episodes, leadsMs, unwarned: () => unwarned, take };
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

/** BT-5: two rule sets on the same stream, which is made twice. */
export function compareRuleSets(
  [first, second]: readonly [AlarmRules, AlarmRules],
  stream: () => Iterable<BackTestLook>,
  options: BackTestOptions = {},
): BackTestComparison {
  const a = backTest(first, stream(), options);
  const b = backTest(second, stream(), options);
  const isBoth = a.medianLeadMs !== undefined && b.medianLeadMs !== undefined;
  return {
    first: a,
    second: b,
    announcementRatio: b.announcements / (a.announcements || Number.NaN),
    noticeRatio: b.notices / (a.notices || Number.NaN),
    ...(isBoth ? { medianLeadGainMs: b.medianLeadMs - a.medianLeadMs } : {}),
  };
}
