/** The subjects that are not calm, and when time alone changes one of them (rule AL-7). */
import { dueAt } from './condition.ts';
import type { AlarmEvent } from './events.ts';
import type { AlarmRules } from './rules.ts';
import { elapsed, escalationDue, type Moment, stepped } from './steps.ts';
import { judge, type SubjectState } from './subject-state.ts';

interface Slot {
  /** Behind `NewerFigures`. */
  state: SubjectState;
  /** The look that judged it last: a subject makes one step a look. */
  readonly judgedAt: number | undefined;
  readonly observedDue: number;
  readonly elapsedDue: number;
}

/** A moment of one look. */
export interface Look extends Moment {
  readonly sequence: number | undefined;
}

export type OnRaised = (rule: number, known: SubjectState, now: Moment) => void;

/** Newer figures of subjects of which nothing was to be judged, kept by whoever reads them (see `MachineOptions.newer`). */
export interface NewerFigures {
  /** The state with its newest figures; the same object where there are none. `isJudged`: it may change by time alone. */
  readonly caughtUp: (state: SubjectState, isJudged: boolean) => SubjectState;
  readonly atRisk: (state: SubjectState) => number;
}

export interface SubjectStore {
  readonly get: (key: string) => SubjectState | undefined;
  /** Puts a state in without judging it; it is due at the next look. */
  readonly restore: (key: string, state: SubjectState) => void;
  /** Newer figures of a subject that is there, where nothing is to be judged. */
  readonly refresh: (key: string, state: SubjectState) => void;
  /** A state that changed outside a look; let go of where it is calm. */
  readonly keep: (key: string, state: SubjectState, now: Look) => void;
  /** Judges a subject and says what comes of it. */
  readonly settle: (key: string, known: SubjectState, isFast: boolean, now: Look) => readonly AlarmEvent[];
  /** Judges every subject whose time has come and that this look has not judged yet, so many in a step. */
  readonly settleDue: (now: Look, perStep: number) => Generator<void, readonly AlarmEvent[]>;
  readonly remove: (key: string) => void;
  /** With their newest figures. */
  readonly states: () => Iterable<SubjectState>;
  /** Takes over all newer figures, so many states in a step. */
  readonly catchUpSteps: (perStep: number) => Generator<void, void>;
  /** As the last judgement or reading left them. */
  readonly asJudged: () => Iterable<SubjectState>;
  readonly peek: (key: string) => SubjectState | undefined;
  readonly find: (episode: string) => readonly [key: string, state: SubjectState] | undefined;
  readonly size: () => number;
}

/** An empty store. `serials` counts the episodes of every subject that ever had one, and goes on counting. */
export function createSubjectStore(
  rules: AlarmRules,
  serials: Map<string, number>,
  onRaised: OnRaised,
  newer?: NewerFigures,
): SubjectStore {
  const slots = new Map<string, Slot>();
  const cooldownMs = Math.max(0, ...rules.rules.map((rule) => rule.cooldownMs));
  /** The earliest moment at which time alone changes something. */
  let observedDue = Number.POSITIVE_INFINITY;
  let elapsedDue = Number.POSITIVE_INFINITY;
  const expect = (due: Pick<Slot, 'observedDue' | 'elapsedDue'>): void => {
    observedDue = Math.min(observedDue, due.observedDue);
    elapsedDue = Math.min(elapsedDue, due.elapsedDue);
  };
  const put = (key: string, slot: Slot): void => {
    slots.set(key, slot);
    expect(slot);
  };
  const fresh = (slot: Slot, isJudged: boolean): SubjectState => {
    if (newer) slot.state = newer.caughtUp(slot.state, isJudged);
    return slot.state;
  };
  const keep = (key: string, state: SubjectState, { sequence, elapsedMs }: Look): void => {
    if (isCalm(state, elapsedMs, cooldownMs)) slots.delete(key);
    else put(key, { state, judgedAt: sequence, observedDue: observedDueOf(state, rules), elapsedDue: elapsedDueOf(state, cooldownMs) });
  };
  const settle = (key: string, known: SubjectState, isFast: boolean, now: Look): readonly AlarmEvent[] => {
    const nextSerial = (): number => {
      const serial = (serials.get(key) ?? 0) + 1;
      serials.set(key, serial);
      return serial;
    };
    const judgement = judge(known, rules, now.observedMs, isFast);
    for (const rule of judgement.raised) onRaised(rule, known, now);
    const told = stepped(known, judgement, rules, now, nextSerial, key);
    const after = elapsed(told.state, rules, now);
    keep(key, after.state, now);
    return after.events.length > 0 ? [...told.events, ...after.events] : told.events;
  };
  function* settleDue(now: Look, perStep: number): Generator<void, readonly AlarmEvent[]> {
    if (now.observedMs < observedDue && now.elapsedMs < elapsedDue) return [];
    observedDue = Number.POSITIVE_INFINITY;
    elapsedDue = Number.POSITIVE_INFINITY;
    const events: AlarmEvent[] = [];
    let judged = 0;
    for (const [key, slot] of slots) {
      const isDue = now.observedMs >= slot.observedDue || now.elapsedMs >= slot.elapsedDue;
      if (isDue && slot.judgedAt !== now.sequence) {
        events.push(...settle(key, fresh(slot, true), false, now));
        if (++judged % perStep === 0) yield;
      } else expect(slot);
    }
    return events;
  }
  function* catchUpSteps(perStep: number): Generator<void, void> {
    let taken = 0;
    for (const slot of slots.values()) {
      fresh(slot, false);
      if (++taken % perStep === 0) yield;
    }
  }
  return {
    get: (key) => {
      const slot = slots.get(key);
      return slot && fresh(slot, false);
    },
    peek: (key) => slots.get(key)?.state,
    restore: (key, state) =>
      put(key, { state, judgedAt: undefined, observedDue: Number.NEGATIVE_INFINITY, elapsedDue: Number.NEGATIVE_INFINITY }),
    refresh: (key, state) => {
      slots.get(key)!.state = state;
    },
    keep,
    settle,
    settleDue,
    remove: (key) => {
      slots.delete(key);
    },
    catchUpSteps,
    states: () => Array.from(slots.values(), (slot) => fresh(slot, false)),
    asJudged: () => Array.from(slots.values(), ({ state }) => state),
    find: (episode) => {
      for (const [key, slot] of slots) if (slot.state.episode?.id === episode) return [key, fresh(slot, false)];
      return undefined;
    },
    size: () => slots.size,
  };
}

/** AL-7: nothing to remember: healthy, nothing armed, no cooldown running. */
const isCalm = (known: SubjectState, elapsedMs: number, cooldownMs: number): boolean =>
  known.state === 'healthy' &&
  known.venueState === 'open' &&
  known.conditions.every(({ active, armedSince, armedFor }) => !active && armedSince === undefined && armedFor === undefined) &&
  (known.lastNotice === undefined || elapsedMs - known.lastNotice.elapsedMs >= cooldownMs);

const observedDueOf = ({ conditions, ruleIndices }: SubjectState, { rules }: AlarmRules): number =>
  conditions.reduce((due, condition, i) => Math.min(due, dueAt(condition, rules[ruleIndices[i]!]!)), Number.POSITIVE_INFINITY);

const elapsedDueOf = (known: SubjectState, cooldownMs: number): number =>
  Math.min(
    escalationDue(known),
    known.call && !known.call.isEnded ? known.call.deadlineElapsedMs : Number.POSITIVE_INFINITY,
    known.state === 'healthy' && known.lastNotice ? known.lastNotice.elapsedMs + cooldownMs : Number.POSITIVE_INFINITY,
  );
