/**
 * Both ends of the border. The page's side needs a `Transport`: a worker, a MessageChannel, a call in process. The host that
 * stands at the other end (and holds feed and clock) needs a `HostedEngine`.
 */
import type { Fault } from '../domain/fault.ts';
import type { AlarmModule } from './alarms/index.ts';
import type { DeskModule } from './desk/index.ts';
import type { JournalNews, JournalStream } from './journal/messages.ts';
import type { Command, EngineInput, Frame } from './protocol.ts';
import type { Followed } from './state.ts';
import type { StressModule } from './stress/index.ts';
import type { PathOrder } from './stress/path-run.ts';

/** What went wrong at the other end, and what is done about it. */
export interface TransportFault {
  /** `stopped`: the other end is gone and is being started again. `failed`: it will not be started again. */
  readonly kind: 'stopped' | 'failed';
  /** One sentence for people. */
  readonly detail: string;
}

/** Messages are delivered in order and whole; nothing is promised about when. */
export interface Transport {
  readonly post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
  /** One listener; a later one replaces it. Called with plain data that has not been checked. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
  readonly onError: (listener: (fault: TransportFault) => void) => void;
  /** A fresh peer stands at the other end and knows nothing. Also called once for the first one. */
  readonly onStart: (listener: () => void) => void;
  /** For how long the peer has said nothing, ms: from two seconds on at every look, and 0 once it speaks. Absent where nobody looks. */
  readonly onSilence?: (listener: (silentMs: number) => void) => void;
  readonly close: () => void;
}

/** A message as a command, or why it is none. */
export type CheckedCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly requestId: number; readonly fault: Fault };

/** Where a simulation begins: the instant and the prices of the book as it was loaded. */
export interface SimulationStart {
  readonly startMs: number;
  /** Market → price, decimal text. */
  readonly startPrices: Readonly<Record<string, string>>;
}

export type { AddressModule } from './addresses/index.ts';
export type { AlarmModule } from './alarms/index.ts';
export type { DeskModule } from './desk/index.ts';
export type { StressModule } from './stress/index.ts';
export type { PathAsk, PathInput, PathOrder } from './stress/path-run.ts';

/** Session and desk as a host runs them: they keep the state and nothing else. */
export interface HostedEngine {
  readonly check: (message: unknown) => CheckedCommand;
  readonly step: (input: EngineInput, nowMs: number) => readonly Frame[];
  /** The command is the desk's, and there is none yet: `takeDesk` comes before it. */
  readonly wantsDesk: (command: Command) => boolean;
  readonly takeDesk: (module: DeskModule) => void;
  /** The command moves prices or is the alarms', and there are none yet: `takeAlarms` comes before it. */
  readonly wantsAlarms: (command: Command) => boolean;
  readonly takeAlarms: (module: AlarmModule) => void;
  /** The command is of stress over the desk, and its code is not there yet: `takeStress` comes before it. */
  readonly wantsStress: (command: Command) => boolean;
  /** `hasPathWorkers`: the host looks at `pathOrder` and gives pieces back. */
  readonly takeStress: (module: StressModule, hasPathWorkers?: boolean) => void;
  /** Paths that wait to be played outside; null where there are none any more. */
  readonly pathOrder: PathOrder | null;
  /** Something long waits for `desk-work`. */
  readonly isWorking: boolean;
  /** Bytes [from, to) of the file that `desk-open` of this request named: it goes on with `desk-bytes`. */
  readonly wanted: { readonly requestId: number; readonly from: number; readonly to: number } | undefined;
  /** What is to be kept since it was last asked; null where there is nothing, or no `journal-memory` was given. */
  readonly takeNews: () => JournalNews | null;
  /** Where an account's figures come from now. */
  readonly journalStream: (account: string) => JournalStream | null;
  /** The address whose account is shown, which of its accounts, and why it does not follow it any more ('' while it does); null where another book is shown. */
  readonly followed: () => (Followed & { readonly account: string }) | null;
  /** Undefined while no book is loaded. */
  readonly simulationStart: () => SimulationStart | undefined;
  /** Markets that figures rest on, as feeds name them: held by the account that is shown, and scanned by the desk. */
  readonly wantedMarkets: () => {
    readonly held: readonly string[];
    readonly scanned: readonly string[];
    /** Held tokens that stand for a dollar: priced by a venue that quotes them in dollars. */
    readonly pegged: readonly string[];
  };
}
