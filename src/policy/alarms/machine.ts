/**
 * The alarm machine (docs/spec/alarms.md): readings in, events out. It holds no timer and reads no clock; the same evaluations give the
 * same events with the same ids, in a worker, in Node, and taken up again from a snapshot. It keeps a state only for subjects that are not
 * calm, so a look costs what changed in it and what is in alarm, not what there is.
 */
import { CALM, dueAt } from './condition.ts';
import { ALARM_STATES, type AlarmEvent, type AlarmState, type Episode, type Evaluation, type FloodEvent, type Subject } from './events.ts';
import { type FloodState, flooded, NO_FLOOD } from './flood.ts';
import { textsOf } from './held.ts';
import { subjectKey } from './identity.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { AlarmRule, AlarmRules } from './rules.ts';
import { elapsed, escalationDue, type Moment, removedFrom, stepped } from './steps.ts';
import { firstState, isCalmReading, judge, refreshed, type SubjectState, shownEpisode, withReading } from './subject-state.ts';
import { advanced, START, type Timeline } from './timeline.ts';

export interface MachineOptions {
  /** Whether an account is in the group that a filter names (scope `group`). Absent: in none. */
  readonly isInGroup?: (filter: string, account: string) => boolean;
  readonly snapshot?: MachineSnapshot;
  /** Told of every rule that becomes active, whether or not a step comes of it: what a back-test counts. */
  readonly onActivation?: (rule: AlarmRule, subject: Subject, atMs: number) => void;
  /** The snapshot is of another stream: its evaluations are counted from anew. */
  readonly isNewStream?: boolean;
}

/** Everything the machine knows, as plain data; survives JSON. */
export interface MachineSnapshot {
  readonly format: 'alarm-machine/1';
  /** Ids of the rules that `ruleIndices` count. */
  readonly ruleIds: readonly string[];
  readonly timeline: Timeline;
  readonly subjects: readonly SubjectState[];
  readonly serials: readonly (readonly [key: string, count: number])[];
  readonly flood: FloodState;
}

export interface AlarmMachine {
  /** AL-4: nothing comes of an evaluation that is doubled or late. */
  readonly evaluate: (evaluation: Evaluation) => readonly (AlarmEvent | FloodEvent)[];
  /** AL-16. The episode as it then is; undefined where none with that id stands. */
  readonly acknowledge: (episode: string, by: string, atMs: number) => Episode | undefined;
  /** AL-16: says nothing of it for so long; a step up ends it, and at its end it is said again unless acknowledged. */
  readonly snooze: (episode: string, forMs: number) => Episode | undefined;
  /** What the user did about it. */
  readonly noteCure: (episode: string, cure: string) => Episode | undefined;
  /** Episodes that stand, in the order in which their subjects left calm. */
  readonly standing: () => readonly Episode[];
  /** How far each rule of the subject is, for the page. */
  readonly outlook: (subject: Subject) => Outlook;
  /** Whether the subject's next reading must come even if it is better than every level. */
  readonly isWatched: (subject: Subject) => boolean;
  readonly stateOf: (subject: Subject) => AlarmState;
  /** Subjects that have a state. */
  readonly size: () => number;
  readonly snapshot: () => MachineSnapshot;
}

/** A subject's state, and when time alone changes it. */
interface Slot {
  state: SubjectState;
  /** The look that judged it last: a subject makes one step a look. */
  readonly judgedAt: number | undefined;
  readonly observedDue: number;
  readonly elapsedDue: number;
}

const statesOf = (slots: ReadonlyMap<string, Slot>): Iterable<SubjectState> => Array.from(slots.values(), ({ state }) => state);

/** A state whose figures are text. */
const stored = (state: SubjectState): SubjectState => ({
  ...state,
  values: textsOf(state.values),
  ...(state.worst ? { worst: textsOf(state.worst) } : {}),
});

/** The machine at its start, or where a snapshot left it; rules that the snapshot did not have begin calm. */
export function createAlarmMachine(rules: AlarmRules, options: MachineOptions = {}): AlarmMachine {
  const { isInGroup = () => false, snapshot, isNewStream = false, onActivation } = options;
  const rulesOf = scopesOf(rules, isInGroup);
  const longestCooldownMs = Math.max(0, ...rules.rules.map(({ cooldownMs }) => cooldownMs));
  const slots = new Map<string, Slot>();
  const serials = new Map<string, number>(snapshot?.serials ?? []);
  let timeline: Timeline = restoredTimeline(snapshot, isNewStream);
  let flood: FloodState = snapshot?.flood ?? NO_FLOOD;
  /** The earliest moment at which time alone changes something. */
  let observedDue = Number.POSITIVE_INFINITY;
  let elapsedDue = Number.POSITIVE_INFINITY;
  for (const known of snapshot?.subjects ?? []) {
    const state = retold(known, snapshot!.ruleIds, rules, rulesOf(known.subject));
    slots.set(subjectKey(known.subject), {
      state,
      judgedAt: undefined,
      observedDue: Number.NEGATIVE_INFINITY,
      elapsedDue: Number.NEGATIVE_INFINITY,
    });
    observedDue = Number.NEGATIVE_INFINITY;
  }

  const keep = (key: string, state: SubjectState): void => {
    if (isCalm(state, timeline.elapsedMs, longestCooldownMs)) {
      slots.delete(key);
      return;
    }
    const slot: Slot = {
      state,
      judgedAt: timeline.sequence,
      observedDue: observedDueOf(state, rules),
      elapsedDue: elapsedDueOf(state, longestCooldownMs),
    };
    slots.set(key, slot);
    observedDue = Math.min(observedDue, slot.observedDue);
    elapsedDue = Math.min(elapsedDue, slot.elapsedDue);
  };
  const settle = (key: string, known: SubjectState, isFast: boolean, now: Moment, events: AlarmEvent[]): void => {
    const nextSerial = (): number => {
      const serial = (serials.get(key) ?? 0) + 1;
      serials.set(key, serial);
      return serial;
    };
    const judgement = judge(known, rules, now.observedMs, isFast);
    if (onActivation) for (const index of judgement.raised) onActivation(rules.rules[index]!, known.subject, now.timeMs);
    const told = stepped(known, judgement, rules, now, nextSerial, key);
    const after = elapsed(told.state, rules, now);
    events.push(...told.events, ...after.events);
    keep(key, after.state);
  };
  const settleDue = (now: Moment, events: AlarmEvent[]): void => {
    if (now.observedMs < observedDue && now.elapsedMs < elapsedDue) return;
    observedDue = Number.POSITIVE_INFINITY;
    elapsedDue = Number.POSITIVE_INFINITY;
    for (const [key, slot] of slots) {
      const isDue = now.observedMs >= slot.observedDue || now.elapsedMs >= slot.elapsedDue;
      if (isDue && slot.judgedAt !== timeline.sequence) settle(key, slot.state, false, now, events);
      else {
        observedDue = Math.min(observedDue, slot.observedDue);
        elapsedDue = Math.min(elapsedDue, slot.elapsedDue);
      }
    }
  };
  const remove = (subject: Subject, now: Moment, events: AlarmEvent[]): void => {
    const key = subjectKey(subject);
    const slot = slots.get(key);
    const event = slot && removedFrom(slot.state, now);
    if (event) events.push(event);
    slots.delete(key);
  };
  const amend = (episode: string, change: (known: SubjectState) => SubjectState): Episode | undefined => {
    for (const [key, slot] of slots) {
      if (slot.state.episode?.id !== episode) continue;
      const state = change(slot.state);
      keep(key, state);
      return shownEpisode(state);
    }
    return undefined;
  };

  return {
    evaluate: ({ sequence, timeMs, readings, removed = [] }) => {
      const next = advanced(timeline, sequence, timeMs, rules.gapMs);
      if (!next) return [];
      timeline = next;
      const now: Moment = { timeMs, elapsedMs: next.elapsedMs, observedMs: next.observedMs };
      const events: AlarmEvent[] = [];
      for (const subject of removed) remove(subject, now, events);
      for (const reading of readings) {
        const key = subjectKey(reading.subject);
        const slot = slots.get(key);
        const found = slot?.state;
        const same = found && refreshed(found, reading, rules, next.observedMs);
        if (same) {
          slot.state = same;
          continue;
        }
        const indices = found?.ruleIndices ?? rulesOf(reading.subject);
        if (!found && isCalmReading(rules.rules, indices, reading)) continue;
        const known = found ?? firstState(reading.subject, indices, rules.bypass);
        const { state, isFast } = withReading(known, reading, rules, next.observedMs, timeMs);
        settle(key, state, isFast, now, events);
      }
      settleDue(now, events);
      const told = flooded(flood, events, rules, now, () => statesOf(slots));
      flood = told.flood;
      return told.events;
    },
    acknowledge: (episode, by, atMs) =>
      amend(episode, (known) => ({ ...known, episode: { ...known.episode!, acknowledged: { atMs, by } } })),
    snooze: (episode, forMs) =>
      amend(episode, (known) => {
        const untilElapsedMs = timeline.elapsedMs + Math.max(0, forMs);
        return { ...known, snoozedUntilElapsedMs: untilElapsedMs, escalateAtElapsedMs: untilElapsedMs };
      }),
    noteCure: (episode, cure) => amend(episode, (known) => ({ ...known, episode: { ...known.episode!, cure } })),
    standing: () => [...slots.values()].flatMap(({ state }) => shownEpisode(state) ?? []),
    outlook: (subject) => outlookOf(slots.get(subjectKey(subject))?.state, rules, rulesOf(subject), timeline),
    isWatched: (subject) => slots.has(subjectKey(subject)),
    stateOf: (subject) => slots.get(subjectKey(subject))?.state.state ?? ALARM_STATES[0],
    size: () => slots.size,
    snapshot: () => ({
      format: 'alarm-machine/1',
      ruleIds: rules.rules.map(({ id }) => id),
      timeline,
      subjects: Array.from(statesOf(slots), stored),
      serials: [...serials],
      flood,
    }),
  };
}

/** AL-1: `feed` is of markets, every other measure of pools. */
export function isInScope(
  { scope, measure }: AlarmRule,
  subject: Subject,
  isInGroup: (filter: string, account: string) => boolean,
): boolean {
  if ((measure === 'feed') !== (subject.kind === 'market')) return false;
  switch (scope.kind) {
    case 'all':
      return true;
    case 'account':
      return subject.kind === 'pool' && subject.account === scope.account;
    case 'group':
      return subject.kind === 'pool' && isInGroup(scope.filter, subject.account);
    case 'market':
      return subject.kind === 'pool' ? subject.markets.includes(scope.market) : subject.market === scope.market;
    case 'venue':
      return subject.venue === scope.venue;
  }
}

/** The rules of a subject, by index. Where no scope asks for more than kind and venue they are looked up once for each. */
function scopesOf({ rules }: AlarmRules, isInGroup: (filter: string, account: string) => boolean): (subject: Subject) => readonly number[] {
  const find = (subject: Subject): readonly number[] => rules.flatMap((rule, i) => (isInScope(rule, subject, isInGroup) ? [i] : []));
  if (rules.some(({ scope }) => scope.kind !== 'all' && scope.kind !== 'venue')) return find;
  const found = new Map<string, readonly number[]>();
  return (subject) => {
    const key = `${subject.kind}${subject.venue}`;
    const known = found.get(key);
    if (known) return known;
    const indices = find(subject);
    found.set(key, indices);
    return indices;
  };
}

function restoredTimeline(snapshot: MachineSnapshot | undefined, isNewStream: boolean): Timeline {
  if (!snapshot) return START;
  if (!isNewStream) return snapshot.timeline;
  const { sequence: _, ...rest } = snapshot.timeline;
  return rest;
}

/** The state of a snapshot under the rules of today: conditions go by the id of their rule. */
function retold(known: SubjectState, ids: readonly string[], rules: AlarmRules, indices: readonly number[]): SubjectState {
  const byId = new Map(
    known.ruleIndices.map((index, i) => [ids[index]!, { condition: known.conditions[i]!, standing: known.standings[i]! }]),
  );
  const found = indices.map((index) => byId.get(rules.rules[index]!.id));
  return {
    ...known,
    ruleIndices: indices,
    conditions: found.map((one) => one?.condition ?? CALM),
    standings: found.map((one) => one?.standing ?? 'unknown'),
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
