/** What the alarms say over the border, and what is said to them (rules AM of docs/spec/alarms.md). Plain data. */
import type { AlarmEvent, AlarmState, CallStatus, Notice, Reading } from '../../policy/alarms/events.ts';
import type { AlarmLoad } from '../../policy/alarms/load.ts';
import type { Channel, Measure, Severity } from '../../policy/alarms/rules.ts';
import type { ClosureView, CureCommand } from './cure-messages.ts';
import type { AgedPool, LevelPlace, NextStep } from './machine-messages.ts';

export type { AgedPool, LevelPlace, NextStep } from './machine-messages.ts';

/** Decimal text of the measures that have a number. */
export type MeasureTexts = Readonly<Partial<Record<Measure, string>>>;

/** Whom an alarm is about: a pool of an account, a market (then `account` and `pool` are empty), or a whole book (then all of them are). */
export interface AlarmSubject {
  readonly account: string;
  readonly pool: string;
  readonly market: string;
  readonly venue: string;
  /** The book whose R it is. */
  readonly system?: string;
}

/** One alarm that stands. */
export interface StandingAlarm extends AlarmSubject {
  readonly episode: string;
  readonly state: AlarmState;
  readonly knowledge: Reading['knowledge'];
  readonly firstSeenMs: number;
  readonly raisedMs: number;
  readonly worstState: AlarmState;
  /** NaN: nobody has. */
  readonly acknowledgedMs: number;
  /** NaN: it is not. */
  readonly snoozedForMs: number;
  /** The first active rule of this state; `venue` where the venue itself acts, '' where another cause holds it. */
  readonly rule: string;
  readonly values: MeasureTexts;
  /** Relative move of all prices that ends the pool, signed; '' where there is none. */
  readonly shock: string;
  /** What must be added to the pool so that every active rule of this state clears; '' where that is not known. */
  readonly deposit: string;
  readonly unit: string;
  readonly call: {
    readonly status: CallStatus;
    readonly issuedMs: number;
    readonly deadlineMs: number;
    /** Money asked for when it was issued; NaN where that was not known. */
    readonly asked: number;
    /** Deposit that would cure it now, decimal text; '' where that is not known. */
    readonly missing: string;
  } | null;
  /** What was done about it; '' where nothing was. */
  readonly cure: string;
}

/** One passage that is over. `left`: the stream began anew before its end was seen. */
export interface EndedAlarm extends AlarmSubject {
  readonly episode: string;
  readonly firstSeenMs: number;
  readonly raisedMs: number;
  readonly closedMs: number;
  readonly worstState: AlarmState;
  readonly worst: MeasureTexts;
  /** From being raised to the liquidation; NaN where there was none. */
  readonly leadMs: number;
  readonly acknowledgedMs: number;
  readonly outcome: 'cured' | 'liquidated' | 'removed' | 'left';
  /** What was done about it, by the user or by a simulated closure; '' where nothing was. */
  readonly cure: string;
}

/** One thing that was said. */
export interface AlarmSaid extends AlarmSubject {
  readonly id: string;
  /** Counts what this engine has said: a page knows by it what it has not heard. */
  readonly serial: number;
  readonly kind: AlarmEvent['kind'] | 'flood';
  readonly rule: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly atMs: number;
  readonly notice: Notice;
  readonly channel: Channel;
  /** Another tab told it a moment ago. */
  readonly isRepeat?: true;
}

/** How far each rule of a pool or a market is. */
export interface AlarmOutlook extends AlarmSubject {
  readonly state: AlarmState;
  readonly knowledge: Reading['knowledge'];
  /** Of a market null. */
  readonly aged: AgedPool | null;
  /** Null where nothing comes that is worse. */
  readonly next: NextStep | null;
  readonly rules: readonly {
    readonly id: string;
    readonly measure: Measure;
    readonly severity: Severity;
    /** Decimal text; of `feed` its word. */
    readonly arm: string;
    readonly clear: string;
    /** The measure now; '' where there is none. */
    readonly value: string;
    readonly isActive: boolean;
    /** Time until it counts, if it stays armed; NaN while it is not. */
    readonly countsInMs: number;
    /** Time until it ends, if it stays clear; NaN while it is not. */
    readonly endsInMs: number;
    /** Where its levels stand on the gauges. */
    readonly armAt: LevelPlace;
    readonly clearAt: LevelPlace;
  }[];
}

export interface AlarmsFrame {
  readonly kind: 'alarms';
  /** The feed's clock of the last look; NaN before one. */
  readonly clockMs: number;
  /** The account that is looked at. */
  readonly account: string;
  /** Worst first. */
  readonly standing: readonly StandingAlarm[];
  /** Newest first. */
  readonly ended: readonly EndedAlarm[];
  /** Oldest first. */
  readonly said: readonly AlarmSaid[];
  readonly load: AlarmLoad;
  readonly outlook: readonly AlarmOutlook[];
  /** Simulated closures of this stream, newest first, and whether they happen. */
  readonly closures: readonly ClosureView[];
  readonly areClosuresOn: boolean;
  /** The rules in force as `alarm-rules/1`; '' where they are as last sent. */
  readonly rules: string;
}

export type AlarmCommand =
  /** Rules as `alarm-rules/1`; null: the shipped ones. Answered by `done`, or by `failed` with pointers, and then nothing changed. */
  | { readonly kind: 'alarm-rules'; readonly requestId: number; readonly text: string | null }
  | { readonly kind: 'alarm-acknowledge'; readonly requestId: number; readonly episode: string }
  | { readonly kind: 'alarm-snooze'; readonly requestId: number; readonly episode: string; readonly forMs: number }
  | CureCommand;
