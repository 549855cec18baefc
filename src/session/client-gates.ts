/** The two places where only the newest counts: what-ifs on their way out, snapshots on their way in. Rules SE-27, SE-28. */
import type { Answer, WhatIfFrame } from './client.ts';
import type { AccountSummary, HistoryColumns, InstrumentColumns, Snapshot, WhatIfSpec } from './protocol.ts';

/** Not carried out, and nothing is wrong. */
export const SUPERSEDED: Answer<never> = { ok: false, faults: [], superseded: true };

interface Waiting {
  readonly spec: WhatIfSpec | null;
  readonly settle: (answer: Answer<WhatIfFrame>) => void;
}

/** One what-if in flight, the newest waiting, the ones between superseded. */
export function createWhatIfGate(send: (spec: WhatIfSpec | null) => Promise<Answer<WhatIfFrame>>) {
  let inFlight = false;
  let waiting: Waiting | null = null;
  let wanted: WhatIfSpec | null = null;
  let newestAnswer = 0;

  const run = (next: Waiting): void => {
    inFlight = true;
    void send(next.spec).then((answer) => {
      inFlight = false;
      next.settle(answer);
      const following = waiting;
      waiting = null;
      if (following) run(following);
    });
  };

  return {
    ask: (spec: WhatIfSpec | null): Promise<Answer<WhatIfFrame>> =>
      new Promise((settle) => {
        wanted = spec;
        if (!inFlight) return run({ spec, settle });
        waiting?.settle(SUPERSEDED);
        waiting = { spec, settle };
      }),
    /** What the page wants now; null when it has left. */
    wanted: (): WhatIfSpec | null => wanted,
    /**
     * Whether the frame may be shown: not older than one already shown, never a what-if that was left, and an end that nobody asked
     * for (its account was left) only while no other what-if is on its way.
     */
    isWanted: (frame: WhatIfFrame, isAnswer: boolean): boolean => {
      if (frame.requestId < newestAnswer) return false;
      if (frame.spec !== null) {
        if (wanted === null) return false;
      } else if (isAnswer) {
        if (wanted !== null) return false;
      } else if (inFlight) return false;
      if (frame.spec === null) wanted = null;
      newestAnswer = frame.requestId;
      return true;
    },
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
