/**
 * Which address is read next, and when (rules AA-12, AA-13 of docs/spec/addresses.md): a pure function of what was asked and the time. No timer, no clock, no chance.
 */
import type { AskingPace } from './source.ts';

/** An address that waits to be read. */
export interface WaitingAddress {
  readonly address: string;
  /** Not before. */
  readonly dueMs: number;
}

/** Weight that was spent, and when. Oldest first. */
export interface Spent {
  readonly atMs: number;
  readonly weight: number;
}

export interface ScheduleState {
  /** In the order of the list; those that are being read are not among them. */
  readonly waiting: readonly WaitingAddress[];
  readonly spent: readonly Spent[];
  /** Readings under way. */
  readonly underWay: number;
  /** Nothing is asked before: the venue said that it is too much. */
  readonly heldUntilMs: number;
  readonly pace: AskingPace;
}

export interface Schedule {
  /** To be read now, in this order. */
  readonly begin: readonly string[];
  /** When each of the others is read as far as it can be known, ms: the limit counted, the time that a reading takes not. */
  readonly nextMs: ReadonlyMap<string, number>;
}

/** Readings at a time: more only wait for each other. */
const UNDER_WAY_MAX = 4;

/**
 * Who waits longest comes first, equals in the order of the list; each begins as soon as the weight of the last `withinMs` leaves room. One reading that is heavier
 * than the whole limit begins where nothing else was spent.
 */
export function scheduleReadings(state: ScheduleState, nowMs: number): Schedule {
  const { pace, waiting, heldUntilMs } = state;
  const order = [...waiting].sort((a, b) => a.dueMs - b.dueMs);
  const window = state.spent.filter(({ atMs }) => nowMs - atMs < pace.withinMs);
  let first = 0;
  let sum = window.reduce((total, { weight }) => total + weight, 0);
  let clockMs = Math.max(nowMs, heldUntilMs);
  const begin: string[] = [];
  const nextMs = new Map<string, number>();
  for (const { address, dueMs } of order) {
    clockMs = Math.max(clockMs, dueMs);
    for (;;) {
      const oldest = window[first];
      if (!oldest) break;
      const freeMs = oldest.atMs + pace.withinMs;
      if (freeMs > clockMs && sum + pace.weight <= pace.most) break;
      clockMs = Math.max(clockMs, freeMs);
      sum -= oldest.weight;
      first++;
    }
    if (clockMs <= nowMs && state.underWay + begin.length < UNDER_WAY_MAX) begin.push(address);
    else nextMs.set(address, Math.max(clockMs, nowMs));
    window.push({ atMs: clockMs, weight: pace.weight });
    sum += pace.weight;
  }
  return { begin, nextMs };
}
