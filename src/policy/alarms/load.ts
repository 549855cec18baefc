/**
 * How much alarm there is (rule AL-23), beside what people can bear: about one in ten minutes is very likely acceptable (EEMUA 191, the
 * figure ISA-18.2 took over), about 150 a day (ISA-18.2-2009), more than ten in ten minutes is a flood. No operator response: no alarm.
 */
import type { AlarmEvent } from './events.ts';
import { subjectKey } from './identity.ts';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 10 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const ACCEPTABLE_PER_TEN_MINUTES = 1;
export const FLOOD_PER_TEN_MINUTES = 10;
export const ACCEPTABLE_PER_DAY = 150;
/** Raised this often within ten minutes an alarm chatters. There should be none. */
export const CHATTER_COUNT = 3;

/** One notice, as it was told. */
export interface ToldAlarm {
  readonly atMs: number;
  readonly subject: string;
  readonly rule: string;
}

export interface AlarmLoad {
  readonly lastTenMinutes: number;
  readonly lastHour: number;
  readonly lastDay: number;
  readonly standing: number;
  /** Subjects and rules that chattered in the last day. */
  readonly chattering: number;
  readonly level: 'acceptable' | 'high' | 'flood';
}

/** The notices among `events`: what reached somebody, one by one. */
export const toldAlarms = (events: readonly AlarmEvent[]): ToldAlarm[] =>
  events.filter(({ notice }) => notice === 'due').map(({ atMs, subject, rule }) => ({ atMs, subject: subjectKey(subject), rule }));

/** The load at `nowMs`, of notices in any order; those after now are not counted. */
export function alarmLoad(told: readonly ToldAlarm[], standing: number, nowMs: number): AlarmLoad {
  const within = (ms: number): ToldAlarm[] => told.filter(({ atMs }) => atMs <= nowMs && atMs > nowMs - ms);
  const day = within(DAY_MS);
  const lastTenMinutes = within(TEN_MINUTES_MS).length;
  const isFlood = lastTenMinutes > FLOOD_PER_TEN_MINUTES;
  const isAcceptable = lastTenMinutes <= ACCEPTABLE_PER_TEN_MINUTES && day.length <= ACCEPTABLE_PER_DAY;
  return {
    lastTenMinutes,
    lastHour: within(HOUR_MS).length,
    lastDay: day.length,
    standing,
    chattering: chatterers(day, TEN_MINUTES_MS).size,
    level: isFlood ? 'flood' : isAcceptable ? 'acceptable' : 'high',
  };
}

/** Subjects and rules that were told `CHATTER_COUNT` times or more within `windowMs`. */
export function chatterers(told: readonly ToldAlarm[], windowMs: number): ReadonlySet<string> {
  const timesOf = new Map<string, number[]>();
  for (const { atMs, subject, rule } of told) {
    const key = `${subject}|${rule}`;
    const times = timesOf.get(key);
    if (times) times.push(atMs);
    else timesOf.set(key, [atMs]);
  }
  const found = new Set<string>();
  for (const [key, times] of timesOf) {
    times.sort((a, b) => a - b);
    const isChattering = times.some((at, i) => i + 1 >= CHATTER_COUNT && at - times[i + 1 - CHATTER_COUNT]! < windowMs);
    if (isChattering) found.add(key);
  }
  return found;
}
