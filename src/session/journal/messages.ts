/** What the journal says over the border, and what is said to it (rules JN of docs/spec/journal.md). Plain data. */
import type { AlarmEvent, Episode, FloodEvent } from '../../policy/alarms/events.ts';
import type { MachineSnapshot } from '../../policy/alarms/machine.ts';

/** Where figures come from: the same account in another book, or under another feed, is another stream. */
export interface JournalStream {
  readonly book: string;
  readonly account: string;
  /** Kind and name: `simulated:Simulated 42`. */
  readonly feed: string;
}

/** One look at an account. Money is decimal text in the account's unit, '' where there is no number; ratios are doubles, null where none. */
export interface HistorySample {
  readonly timeMs: number;
  readonly equity: string;
  readonly grossNotional: string;
  readonly leverage: number | null;
  readonly marginRatio: number | null;
  /** Signed relative move of all prices that ends the account. */
  readonly shock: number | null;
  /** Equity − requirement: the buffer in money. */
  readonly marginExcess: string;
  /** What edits put in (+) or took out (−) since the sample before, at the prices of the edit. */
  readonly cashFlow: string;
  /** Funding received (+) or paid (−) since the sample before; '' where it is not known. */
  readonly funding: string;
  /** Of it, by instrument, where a funding time lay between. */
  readonly fundingOf?: Readonly<Record<string, string>>;
  /** Money an hour at the rates as they stood, + received; '' where one is not known. */
  readonly fundingPerHour: string;
  /** Nothing was seen between the sample before and this one: no line is drawn across. */
  readonly isGap: boolean;
}

/** The samples of one stream in a span of time, oldest first. Doubles are NaN where there is no number. */
export interface JournalHistory {
  readonly stream: JournalStream;
  readonly timeMs: Float64Array;
  readonly equity: Float64Array;
  /** Exact decimal text; '' where there is none. */
  readonly equityText: readonly string[];
  readonly grossNotional: Float64Array;
  readonly leverage: Float64Array;
  readonly marginRatio: Float64Array;
  readonly shock: Float64Array;
  readonly marginExcess: Float64Array;
  readonly cashFlow: Float64Array;
  readonly cashFlowText: readonly string[];
  readonly funding: Float64Array;
  readonly fundingText: readonly string[];
  readonly fundingOf: readonly (Readonly<Record<string, string>> | null)[];
  readonly fundingPerHourText: readonly string[];
  /** 1: nothing was seen since the sample before. */
  readonly isGap: Uint8Array;
}

/** Somebody took note of an alarm, or asked for silence. `id` is the id of the event that the episode stood at. */
export interface JournalAcknowledgement {
  readonly id: string;
  readonly episode: string;
  readonly kind: 'acknowledged' | 'snoozed';
  /** The feed's clock. */
  readonly atMs: number;
  /** Of a snooze; 0 otherwise. */
  readonly forMs: number;
}

/** Where the alarms of a stream stood. */
export interface JournalMachine {
  readonly stream: JournalStream;
  readonly clockMs: number;
  readonly snapshot: MachineSnapshot;
}

/** What an engine starts from. */
export interface JournalMemory {
  /** `alarm-rules/1`; null: the shipped ones. */
  readonly rules: string | null;
  /** Whether simulated closures happen; null: nobody chose. */
  readonly areClosuresOn: boolean | null;
  readonly acknowledgements: readonly JournalAcknowledgement[];
  readonly machines: readonly JournalMachine[];
}

/** What an engine has that is to be kept, since it was last asked. */
export interface JournalNews {
  readonly events: readonly { readonly stream: JournalStream; readonly event: AlarmEvent | FloodEvent }[];
  /** Episodes as they now are. `left`: the stream began anew before its end was seen. */
  readonly episodes: readonly { readonly stream: JournalStream; readonly episode: Episode; readonly isLeft: boolean }[];
  readonly acknowledgements: readonly JournalAcknowledgement[];
  readonly machines: readonly JournalMachine[];
  /** Streams whose alarms began anew: where they stood no longer holds. */
  readonly dropped: readonly JournalStream[];
  readonly samples: readonly { readonly stream: JournalStream; readonly sample: HistorySample }[];
  /** Streams that were set back: what was kept of them after this time no longer holds. */
  readonly cuts: readonly { readonly stream: JournalStream; readonly afterMs: number }[];
  /** Undefined: as they were. */
  readonly rules: string | null | undefined;
  /** Whether simulated closures happen; undefined: as it was. */
  readonly areClosuresOn: boolean | undefined;
}

/** What an engine is told of the journal. */
export type JournalInput =
  /** Once, before the first look: from then on it has news. */
  | { readonly kind: 'journal-memory'; readonly memory: JournalMemory }
  /** What another tab, or an import, brought. `rules`, `areClosuresOn` undefined: as they were; null: as shipped. */
  | {
      readonly kind: 'journal-others';
      readonly acknowledgements: readonly JournalAcknowledgement[];
      /** Somebody takes note now; else they are read from what was kept. */
      readonly isNews: boolean;
      readonly rules: string | null | undefined;
      readonly areClosuresOn: boolean | null | undefined;
    };

/** One kept event, for a list. */
export interface JournalEventView {
  readonly id: string;
  readonly kind: AlarmEvent['kind'] | 'flood';
  readonly book: string;
  readonly feed: string;
  readonly account: string;
  readonly pool: string;
  readonly market: string;
  readonly rule: string;
  readonly from: AlarmEvent['from'];
  readonly to: AlarmEvent['to'];
  /** The feed's clock. */
  readonly atMs: number;
  /** The world's clock when it was kept. */
  readonly keptMs: number;
  readonly notice: AlarmEvent['notice'];
  readonly isAcknowledged: boolean;
}

/** Rows that could not be read: put aside, as they are. */
export interface JournalSetAside {
  readonly store: string;
  readonly key: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface JournalStatus {
  /** `memory`: nothing is kept beyond the page, `detail` says why. */
  readonly state: 'ready' | 'memory';
  readonly detail: string;
  /** `alone`: the browser has no locks; each tab acts as if it were the only one. */
  readonly role: 'leader' | 'follower' | 'alone';
  readonly events: number;
  readonly samples: number;
  readonly setAside: readonly JournalSetAside[];
  /** Bytes; NaN where the browser does not say. */
  readonly usage: number;
  readonly quota: number;
  /** Whether the browser promised not to clear it by itself; null where it does not say. */
  readonly isPersisted: boolean | null;
  /** Times that the oldest detail was thinned because the disk was full. */
  readonly quotaThinnings: number;
  /** Settings of the page as JSON text, as last kept; '' for none. */
  readonly settings: string;
  /** Accounts with a star, in the order in which they got it. */
  readonly watchlist: readonly string[];
  /** How long the machine slept before the last waking, ms, and how often it did. */
  readonly sleptMs: number;
  readonly sleeps: number;
}

export type JournalFrame =
  | ({ readonly kind: 'journal' } & JournalStatus)
  /** Answers `journal-history`. */
  | { readonly kind: 'journal-history'; readonly requestId: number; readonly history: JournalHistory }
  /** Answers `journal-events`: newest first; `matched` are there in all. */
  | { readonly kind: 'journal-events'; readonly requestId: number; readonly matched: number; readonly events: readonly JournalEventView[] }
  | { readonly kind: 'journal-exported'; readonly requestId: number; readonly text: string }
  /** What was new in the file. */
  | { readonly kind: 'journal-imported'; readonly requestId: number; readonly added: number; readonly known: number }
  /** What another tab was told: the leader is heard for it. */
  | { readonly kind: 'journal-heard'; readonly events: readonly JournalHeard[] };

/** An event as another tab was told of it. */
export interface JournalHeard {
  readonly id: string;
  readonly channel: AlarmEvent['channel'];
  readonly text: string;
}

export type JournalCommand =
  /** What is kept of the account under the present book and feed, from and to included. */
  | {
      readonly kind: 'journal-history';
      readonly requestId: number;
      readonly account: string;
      readonly fromMs: number;
      readonly toMs: number;
    }
  | {
      readonly kind: 'journal-events';
      readonly requestId: number;
      /** Part of an account, pool, market, rule or state; '' for all. */
      readonly text: string;
      readonly offset: number;
      readonly limit: number;
    }
  /** All that is kept as `plimsoll-journal/1`. */
  | { readonly kind: 'journal-export'; readonly requestId: number }
  /** Merged by id; a faulty file changes nothing and is answered by `failed` with pointers. */
  | { readonly kind: 'journal-import'; readonly requestId: number; readonly text: string }
  /** Deletes all that is kept; what happens afterwards is kept anew. */
  | { readonly kind: 'journal-forget'; readonly requestId: number }
  /** Tells the status anew. */
  | { readonly kind: 'journal-refresh'; readonly requestId: number }
  | { readonly kind: 'journal-settings'; readonly requestId: number; readonly text: string }
  | { readonly kind: 'journal-watch'; readonly requestId: number; readonly account: string; readonly isWatched: boolean };
