/** What the machine is told and what it says. Plain data: it can be kept, sent and read back. */
import type { Decimal } from '../../domain/units.ts';
import type { Channel, Measure } from './rules.ts';

/** A pool, a market whose prices are watched, or a whole book whose R is. */
export type Subject =
  | { readonly kind: 'pool'; readonly account: string; readonly pool: string; readonly venue: string; readonly markets: readonly string[] }
  | { readonly kind: 'market'; readonly market: string; readonly venue: string }
  /** `venue`: of all of them, ''. */
  | { readonly kind: 'system'; readonly book: string; readonly venue: '' };

/** In order of severity. `stale` and `indeterminate` stand beside them, in `Reading.knowledge`. */
export const ALARM_STATES = ['healthy', 'watch', 'warning', 'margin-call', 'liquidation', 'bankrupt'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const rankOf = (state: AlarmState): number => ALARM_STATES.indexOf(state);

/** One look at one subject. */
export interface Reading {
  readonly subject: Subject;
  /**
   * The measures. One that is left out, or NaN, is not known where `knowledge` says that something is missing, and otherwise does not
   * exist for this subject (no debt, no position), which is as good as can be. `unknown` says that this one alone is not known.
   */
  readonly values: Readonly<Partial<Record<Measure, number | Decimal | 'unknown'>>>;
  readonly knowledge: 'known' | 'stale' | 'indeterminate';
  /** What the venue does by its own boundary, exactly decided. `unknown` changes nothing. */
  readonly venueState: 'open' | 'liquidation' | 'bankrupt' | 'unknown';
  /** Money that ranks this subject in a flood: gross notional. */
  readonly atRisk?: number;
  /** Equity and requirement in money, for what a margin call asks. */
  readonly capital?: { readonly equity: number; readonly requirement: number };
}

/** One look at some subjects. Those left out are as they were. */
export interface Evaluation {
  /** Counts up from look to look of a stream; one that does not is doubled or late and is not taken. */
  readonly sequence: number;
  /** Clock, ms since the epoch. It may jump: order comes from `sequence`. */
  readonly timeMs: number;
  readonly readings: readonly Reading[];
  /** Subjects that are no more: their alarms end. */
  readonly removed?: readonly Subject[];
}

/** Why an event is not told to anybody, or that it is. */
export type Notice = 'due' | 'cooldown' | 'flood' | 'quiet';

export type CallStatus = 'open' | 'met' | 'partly-met' | 'expired' | 'overtaken';

/** A margin call: what was asked, by when, and how far it was met. */
export interface MarginCall {
  readonly issuedMs: number;
  /** Clock time of the deadline, as it stood when the call was issued. */
  readonly deadlineMs: number;
  readonly status: CallStatus;
  /** Deposit that would have cured it when it was issued; absent where the capital is not known. */
  readonly asked?: number;
  /** 1 − what is still missing ÷ asked: below 0 when it got worse. */
  readonly metShare?: number;
}

/** One passage of one subject from healthy through its alarms and back: one row of the history. */
export interface Episode {
  readonly id: string;
  readonly serial: number;
  readonly subject: Subject;
  /** When a level was first passed, before any delay. */
  readonly firstSeenMs: number;
  readonly raisedMs: number;
  readonly worstState: AlarmState;
  /** Worst value of every measure, decimal text. */
  readonly worst: Readonly<Partial<Record<Measure, string>>>;
  readonly steps: number;
  readonly acknowledged?: { readonly atMs: number; readonly by: string };
  readonly call?: MarginCall;
  /** From the first notice to the liquidation; absent where there was none. 0: there was no warning. */
  readonly leadMs?: number;
  /** What the user did about it, in their words. */
  readonly cure?: string;
  readonly closedMs?: number;
  readonly durationMs?: number;
  readonly outcome?: 'cured' | 'liquidated' | 'removed';
}

export interface AlarmEvent {
  /** The same for the same input: of the episode and the number of the step in it. */
  readonly id: string;
  readonly kind: 'step' | 'escalation' | 'call-end';
  readonly subject: Subject;
  /** As it stands after this event. */
  readonly episode: Episode;
  /** The rule that brought it about, or `venue`. */
  readonly rule: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly atMs: number;
  /** The measures of the last reading, decimal text. */
  readonly values: Readonly<Partial<Record<Measure, string>>>;
  readonly knowledge: Reading['knowledge'];
  readonly notice: Notice;
  readonly channel: Channel;
}

/** Many at once, told as one (AL-21). */
export interface FloodEvent {
  readonly id: string;
  readonly kind: 'flood';
  readonly phase: 'begins' | 'ends';
  readonly atMs: number;
  /** Subjects in alarm, by state, and the money at risk in them. */
  readonly counts: Readonly<Partial<Record<AlarmState, number>>>;
  readonly atRisk: number;
  /** The ones with most money at risk, worst state first. */
  readonly ranked: readonly { readonly subject: Subject; readonly state: AlarmState; readonly atRisk: number }[];
  readonly channel: Channel;
}
