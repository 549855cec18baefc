/** Where only the newest counts: what-ifs and queries on their way out, snapshots and windows on their way in. Rules SE-27, SE-28. */
import type { Answer, WhatIfFrame } from './client.ts';
import type { AccountSummary, DeskQuery, DeskWindow, HistoryColumns, InstrumentColumns, Snapshot, WhatIfSpec } from './protocol.ts';

/** Not carried out, and nothing is wrong. */
export const SUPERSEDED: Answer<never> = { ok: false, faults: [], superseded: true };

/** One question in flight, the newest waiting, the ones between superseded. */
function createNewestGate<Q, A>(send: (question: Q) => Promise<Answer<A>>) {
  let inFlight = false;
  let waiting: { readonly question: Q; readonly settle: (answer: Answer<A>) => void } | null = null;
  let wanted: Q | null = null;

  const run = (question: Q, settle: (answer: Answer<A>) => void): void => {
    inFlight = true;
    void send(question).then((answer) => {
      inFlight = false;
      settle(answer);
      const following = waiting;
      waiting = null;
      if (following) run(following.question, following.settle);
    });
  };

  return {
    ask: (question: Q): Promise<Answer<A>> =>
      new Promise((settle) => {
        wanted = question;
        if (!inFlight) return run(question, settle);
        waiting?.settle(SUPERSEDED);
        waiting = { question, settle };
      }),
    /** What was asked last; null before that, and after `forget`. */
    wanted: (): Q | null => wanted,
    forget: (): void => {
      wanted = null;
    },
    isInFlight: (): boolean => inFlight,
  };
}

/** What-ifs: `null` leaves. */
export function createWhatIfGate(send: (spec: WhatIfSpec | null) => Promise<Answer<WhatIfFrame>>) {
  const gate = createNewestGate(send);
  let newestAnswer = 0;
  return {
    ask: gate.ask,
    /** What the page wants now; null when it has left. */
    wanted: gate.wanted,
    /**
     * Whether the frame may be shown: not older than one already shown, never a what-if that was left, and an end that nobody asked
     * for (its account was left) only while no other what-if is on its way.
     */
    isWanted: (frame: WhatIfFrame, isAnswer: boolean): boolean => {
      if (frame.requestId < newestAnswer) return false;
      const isLeft = gate.wanted() === null;
      if (frame.spec !== null) {
        if (isLeft) return false;
      } else if (isAnswer) {
        if (!isLeft) return false;
      } else if (gate.isInFlight()) return false;
      if (frame.spec === null) gate.forget();
      newestAnswer = frame.requestId;
      return true;
    },
  };
}

/** Queries of the desk: the last one stays in force, and is asked again after a restart. */
export const createQueryGate = (send: (query: DeskQuery) => Promise<Answer<DeskWindow>>) => createNewestGate(send);

/** Newest window only, delivered when the page is ready to paint. */
export function createWindowGate(schedule: (deliver: () => void) => void, deliver: (window: DeskWindow) => void) {
  let newest: DeskWindow | null = null;
  return (window: DeskWindow): void => {
    const isScheduled = newest !== null;
    newest = window;
    if (isScheduled) return;
    schedule(() => {
      const next = newest;
      newest = null;
      if (next) deliver(next);
    });
  };
}

/** Newest snapshot and history only, delivered when the page is ready to paint; catalogues are carried from frame to frame. */
export function createSnapshotGate(
  schedule: (deliver: () => void) => void,
  deliver: (snapshot: Snapshot, history: HistoryColumns | null) => void,
) {
  let snapshot: Snapshot | null = null;
  let history: HistoryColumns | null = null;
  let isScheduled = false;
  let isHeld = false;
  let accounts: readonly AccountSummary[] = [];
  let instruments: InstrumentColumns = { count: 0, id: [], base: [] };

  const flush = (): void => {
    if (isScheduled || isHeld || !snapshot) return;
    isScheduled = true;
    schedule(() => {
      isScheduled = false;
      const next = snapshot;
      const nextHistory = history;
      if (!next || isHeld) return;
      snapshot = null;
      history = null;
      deliver(next, nextHistory);
    });
  };

  return {
    take: (frame: Snapshot): void => {
      if (!frame.catalogUnchanged) ({ accounts, instruments } = frame);
      snapshot = frame.catalogUnchanged ? { ...frame, accounts, instruments } : frame;
      flush();
    },
    takeHistory: (next: HistoryColumns): void => {
      history = next;
      flush();
    },
    hold: (): void => {
      isHeld = true;
    },
    release: (): void => {
      isHeld = false;
      flush();
    },
  };
}
