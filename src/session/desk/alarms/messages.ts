/** What the desk's alarms say over the border, and what is asked of them (rules DA of docs/spec/desk-alarms.md). Plain data. */
import type { AlarmEvent, AlarmState, Notice } from '../../../policy/alarms/events.ts';
import type { AlarmLoad } from '../../../policy/alarms/load.ts';

/** Columns that the list of standing alarms can be ordered by. */
export const DESK_ALARM_COLUMNS = ['state', 'atRisk', 'marginRatio', 'sigmaDistance', 'raised'] as const;
export type DeskAlarmColumn = (typeof DESK_ALARM_COLUMNS)[number];

/** Rows of a window of the list at most. */
export const DESK_ALARMS_WINDOW_MAX = 200;

/** Which of the standing alarms are shown; every condition narrows, an empty list is none. */
export interface DeskAlarmQuery {
  readonly states: readonly AlarmState[];
  readonly venues: readonly string[];
  /** Part of an account's id, upper and lower case alike. */
  readonly text: string;
  readonly isUnacknowledgedOnly: boolean;
  readonly sort: { readonly column: DeskAlarmColumn; readonly falling: boolean };
  readonly window: { readonly from: number; readonly count: number };
}

/** One alarm of the desk that stands; figures are the kernel's, NaN where there is none. */
export interface DeskAlarmRow {
  readonly episode: string;
  readonly account: string;
  readonly pool: string;
  readonly venue: string;
  readonly state: AlarmState;
  readonly worstState: AlarmState;
  readonly raisedMs: number;
  /** NaN: nobody has. */
  readonly acknowledgedMs: number;
  /** Gross notional, in the account's unit. */
  readonly atRisk: number;
  readonly marginRatio: number;
  readonly sigmaDistance: number;
  readonly probability: number;
}

/** Alarms that stand, by state in the order of `ALARM_STATES`, and what they carry. */
export interface DeskAlarmTally {
  readonly counts: readonly number[];
  readonly atRisk: number;
  /** Those with most at risk, worst state first. */
  readonly ranked: readonly { readonly account: string; readonly state: AlarmState; readonly atRisk: number }[];
}

/** Many at once, told as one; `endedMs` is NaN while it is on. */
export interface DeskFlood {
  readonly beganMs: number;
  readonly endedMs: number;
  /** Notices that it took over, and the most alarms that stood in it. */
  readonly notices: number;
  readonly peak: number;
}

/** One thing that was told of the desk; of a flood the account is empty. */
export interface DeskAlarmSaid {
  readonly id: string;
  readonly kind: AlarmEvent['kind'] | 'flood';
  readonly account: string;
  readonly rule: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly atMs: number;
  readonly notice: Notice;
  readonly channel: AlarmEvent['channel'];
}

export interface DeskAlarmsFrame {
  readonly kind: 'desk-alarms';
  readonly bookSequence: number;
  /** The feed's clock of the last look that ended; NaN before one. */
  readonly clockMs: number;
  /** Counts looks that ended, and prices that came while a look was under way and went into the next one. */
  readonly looks: number;
  readonly late: number;
  /** Pools read at the last look, and pools beyond the room that alarms have. */
  readonly read: number;
  readonly leftOut: number;
  readonly tally: DeskAlarmTally;
  /** The flood that is on, or the last one; null where there was none. */
  readonly flood: DeskFlood | null;
  /** Newest last. */
  readonly said: readonly DeskAlarmSaid[];
  readonly load: AlarmLoad;
  readonly unacknowledged: number;
  /** The list: how many match, and the rows in the window. */
  readonly matched: number;
  readonly from: number;
  readonly rows: readonly DeskAlarmRow[];
}

export type DeskAlarmCommand =
  /** What the list shows. Stays in force; `null` shows none, and frames come only where something was told. Answered by `done`. */
  | { readonly kind: 'desk-alarms'; readonly requestId: number; readonly query: DeskAlarmQuery | null }
  /** One alarm by its episode, or with '' all that the list shows, in its window or not. Answered by `done` or `failed`. */
  | { readonly kind: 'desk-alarms-acknowledge'; readonly requestId: number; readonly episode: string };
