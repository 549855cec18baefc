/**
 * The alarm machine (docs/spec/alarms.md): readings in, events out. It holds no timer and reads no clock; the same evaluations give the
 * same events with the same ids, in a worker, in Node, and taken up again from a snapshot. It keeps a state only for subjects that are not
 * calm, so a look costs what changed in it and what is in alarm, not what there is.
 */
import { CALM } from './condition.ts';
import type { AlarmEvent, AlarmState, Episode, Evaluation, FloodEvent, Reading, Subject } from './events.ts';
import { type FloodState, flooded, NO_FLOOD, type Standing } from './flood.ts';
import { keptTextsOf, textsOf } from './held.ts';
import { subjectKey } from './identity.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { AlarmRule, AlarmRules } from './rules.ts';
import { scopesOf } from './scope.ts';
import { removedFrom } from './steps.ts';
import { firstState, isCalmReading, refreshed, type SubjectState, shownEpisode, withReading } from './subject-state.ts';
import { createSubjectStore, type Look, type NewerFigures } from './subject-store.ts';
import { advanced, START, type Timeline } from './timeline.ts';

export interface MachineOptions {
  /** Whether an account is in the group that a filter names (scope `group`). Absent: in none. */
  readonly isInGroup?: (filter: string, account: string) => boolean;
  readonly snapshot?: MachineSnapshot;
  /** Told of every rule that becomes active, whether or not a step comes of it: what a back-test counts. */
  readonly onActivation?: (rule: AlarmRule, subject: Subject, atMs: number) => void;
  /** The snapshot is of another stream: its evaluations are counted from anew. */
  readonly isNewStream?: boolean;
  /** Figures of subjects that were left out of a look because nothing of them was to be judged. */
  readonly newer?: NewerFigures;
}

/** Of a machine that goes on from another one. */
type RestartOptions = Pick<MachineOptions, 'isInGroup' | 'onActivation' | 'newer'>;

/** Everything the machine knows, as plain data; survives JSON. */
export interface MachineSnapshot {
  readonly format: 'alarm-machine/1';
  /** Ids of the rules that `ruleIndices` count. */
  readonly ruleIds: readonly string[];
  readonly timeline: Timeline;
  readonly subjects: readonly SubjectState[];
  readonly serials: readonly (readonly [key: string, count: number])[];
  readonly flood: FloodState;
  /** Of whoever keeps only a part of `subjects`: the keys of all that are acknowledged, how severe they were then, and when it was. */
  readonly acknowledged?: readonly (readonly [key: string, rank: number, atMs: number])[];
}

export interface AlarmMachine {
  /** AL-4: nothing comes of an evaluation that is doubled or late. */
  readonly evaluate: (evaluation: Evaluation) => readonly (AlarmEvent | FloodEvent)[];
  /**
   * The same in steps of so many readings or judgements each, which give the same events: between two of them nobody else evaluates.
   * Readings are taken as they are wanted.
   */
  readonly evaluateSteps: (evaluation: LazyEvaluation, perStep: number) => Generator<void, readonly (AlarmEvent | FloodEvent)[]>;
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
  /** Everything that is kept, as it is kept, but for newer figures; not to be held on to. */
  readonly states: () => Iterable<SubjectState>;
  /** What is kept of one subject, the same way. */
  readonly stateAt: (subject: Subject) => SubjectState | undefined;
  /** Sum of the steps of the clock that are no gap, up to the present look: what delays and the bypass go by. */
  readonly observedMs: () => number;
  /** Takes over all newer figures, so many states in a step; between two of them nobody evaluates. */
  readonly catchUpSteps: (perStep: number) => Generator<void, void>;
  /**
   * A machine under other rules that goes on from this one as from its snapshot, made in steps of so many states; this one is done with
   * then. Between two steps nobody evaluates; what is acknowledged meanwhile counts in both.
   */
  readonly underRulesSteps: (rules: AlarmRules, options: RestartOptions, perStep: number) => Generator<void, AlarmMachine>;
  /** AL-16 for every alarm that stands, is not acknowledged and is wanted. How many there were. */
  readonly acknowledgeAll: (
    isWanted: (state: SubjectState) => boolean,
    by: string,
    atMs: number | ((state: SubjectState) => number),
  ) => number;
  /** A snapshot in which only these subjects have a state: what there is too much of to be kept whole. */
  readonly partOf: (wanted: Iterable<Subject>) => MachineSnapshot;
  /**
   * After who is in which group changed: every subject that is kept, or each of `moved`, goes under its rules of now, and is judged at the
   * next look.
   */
  readonly regroup: (moved?: Iterable<Subject>) => void;
  /** Subjects that have a state. */
  readonly size: () => number;
  readonly snapshot: () => MachineSnapshot;
}

/** An evaluation whose readings are made one by one; an `undefined` among them ends a step. */
export interface LazyEvaluation extends Omit<Evaluation, 'readings'> {
  readonly readings: Iterable<Reading | undefined>;
}

/** A state whose figures are text. */
const stored = (state: SubjectState): SubjectState => ({
  ...state,
  values: keptTextsOf(state.values),
  ...(state.worst ? { worst: textsOf(state.worst) } : {}),
});

/** The machine at its start, or where a snapshot left it; rules that the snapshot did not have begin calm. */
export const createAlarmMachine = (rules: AlarmRules, options: MachineOptions = {}): AlarmMachine => madeMachine(rules, options).machine;

/** A machine, and the way to put a state of others' rules, by their ids, into it. */
function madeMachine(
  rules: AlarmRules,
  options: MachineOptions,
): { readonly machine: AlarmMachine; readonly put: (known: SubjectState, ruleIds: readonly string[]) => void } {
  const { isInGroup = () => false, snapshot, isNewStream = false, onActivation, newer } = options;
  const rulesOf = scopesOf(rules, isInGroup);
  const serials = new Map<string, number>(snapshot?.serials ?? []);
  const onRaised = (rule: number, { subject }: SubjectState, { timeMs }: Pick<Look, 'timeMs'>): void =>
    onActivation?.(rules.rules[rule]!, subject, timeMs);
  const store = createSubjectStore(rules, serials, onRaised, newer);
  const put = (known: SubjectState, ruleIds: readonly string[]): void =>
    store.restore(subjectKey(known.subject), retold(known, ruleIds, rules, rulesOf(known.subject)));
  for (const known of snapshot?.subjects ?? []) put(known, snapshot!.ruleIds);
  let timeline: Timeline = restoredTimeline(snapshot, isNewStream);
  let flood: FloodState = snapshot?.flood ?? NO_FLOOD;

  const ids = rules.rules.map(({ id }) => id);
  /** Under the rules of the markets that it now rests on. */
  const rescoped = (known: SubjectState, subject: Subject): SubjectState => {
    if (areSameMarkets(known.subject, subject)) return known;
    const indices = rulesOf(subject);
    return String(indices) === String(known.ruleIndices) ? known : retold(known, ids, rules, indices);
  };
  const read = (reading: Reading, now: Look): readonly AlarmEvent[] => {
    const key = subjectKey(reading.subject);
    const kept = store.get(key);
    const found = kept && rescoped(kept, reading.subject);
    const same = found && found === kept && refreshed(found, reading, rules, now.observedMs);
    if (same) {
      store.refresh(key, same);
      return NOTHING;
    }
    const indices = found?.ruleIndices ?? rulesOf(reading.subject);
    if (!found && isCalmReading(rules.rules, indices, reading)) return NOTHING;
    const known = found ?? firstState(reading.subject, indices, rules.bypass, now.observedMs);
    const { state, isFast } = withReading(known, reading, rules, now.observedMs, now.timeMs);
    return store.settle(key, state, isFast, now);
  };
  const remove = (subject: Subject, now: Look): readonly AlarmEvent[] => {
    const key = subjectKey(subject);
    const found = store.get(key);
    const event = found && removedFrom(found, now);
    store.remove(key);
    return event ? [event] : NOTHING;
  };
  const amend = (episode: string, change: (known: SubjectState) => SubjectState): Episode | undefined => {
    const [key, known] = store.find(episode) ?? [];
    if (key === undefined || !known) return undefined;
    const state = change(known);
    store.keep(key, state, lookOf(timeline));
    return shownEpisode(state);
  };

  const standingNow = function* (): Generator<Standing> {
    for (const known of store.asJudged()) {
      const { subject, state } = known;
      yield { subject, state, atRisk: newer ? newer.atRisk(known) : known.atRisk };
    }
  };

  function* evaluateSteps({ sequence, timeMs, readings, removed = [] }: LazyEvaluation, perStep: number) {
    const next = advanced(timeline, sequence, timeMs, rules.gapMs);
    if (!next) return NOTHING;
    timeline = next;
    const now = lookOf(next);
    const events: AlarmEvent[] = [];
    let taken = 0;
    for (const subject of removed) {
      for (const event of remove(subject, now)) events.push(event);
      if (++taken % perStep === 0) yield;
    }
    for (const reading of readings) {
      if (reading) for (const event of read(reading, now)) events.push(event);
      if (!reading || ++taken % perStep === 0) yield;
    }
    for (const event of yield* store.settleDue(now, perStep)) events.push(event);
    const told = flooded(flood, events, rules, now, standingNow);
    flood = told.flood;
    return told.events;
  }

  const snapshotOf = (subjects: readonly SubjectState[], counted: MachineSnapshot['serials']): MachineSnapshot => ({
    format: 'alarm-machine/1',
    ruleIds: rules.rules.map(({ id }) => id),
    timeline,
    subjects,
    serials: counted,
    flood,
  });

  function* underRulesSteps(next: AlarmRules, nextOptions: RestartOptions, perStep: number): Generator<void, AlarmMachine> {
    yield* store.catchUpSteps(perStep);
    const made = madeMachine(next, { ...nextOptions, snapshot: snapshotOf([], [...serials]) });
    const taken = new Set<SubjectState>();
    for (const known of store.asJudged()) {
      made.put(known, ids);
      taken.add(known);
      if (taken.size % perStep === 0) yield;
    }
    for (const known of store.asJudged()) if (!taken.has(known)) made.put(known, ids);
    return made.machine;
  }

  const machine: AlarmMachine = {
    evaluate: (evaluation) => {
      const steps = evaluateSteps(evaluation, Number.POSITIVE_INFINITY);
      for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
    },
    evaluateSteps,
    states: store.asJudged,
    stateAt: (subject) => store.peek(subjectKey(subject)),
    observedMs: () => timeline.observedMs,
    catchUpSteps: store.catchUpSteps,
    underRulesSteps,
    acknowledgeAll: (isWanted, by, atMs) => {
      let count = 0;
      for (const state of store.asJudged()) {
        if (!state.episode || state.episode.acknowledged || !isWanted(state)) continue;
        const acknowledged = { atMs: typeof atMs === 'number' ? atMs : atMs(state), by };
        store.keep(subjectKey(state.subject), { ...state, episode: { ...state.episode, acknowledged } }, lookOf(timeline));
        count++;
      }
      return count;
    },
    acknowledge: (episode, by, atMs) =>
      amend(episode, (known) => ({ ...known, episode: { ...known.episode!, acknowledged: { atMs, by } } })),
    snooze: (episode, forMs) =>
      amend(episode, (known) => {
        const untilElapsedMs = timeline.elapsedMs + Math.max(0, forMs);
        return { ...known, snoozedUntilElapsedMs: untilElapsedMs, escalateAtElapsedMs: untilElapsedMs };
      }),
    noteCure: (episode, cure) => amend(episode, (known) => ({ ...known, episode: { ...known.episode!, cure } })),
    standing: () => Array.from(store.states(), shownEpisode).filter((episode) => episode !== undefined),
    outlook: (subject) => outlookOf(store.get(subjectKey(subject)), rules, rulesOf(subject), timeline),
    isWatched: (subject) => store.peek(subjectKey(subject)) !== undefined,
    stateOf: (subject) => store.peek(subjectKey(subject))?.state ?? 'healthy',
    regroup: (moved) => {
      const wanted = moved ? Array.from(moved, (subject) => store.get(subjectKey(subject))) : [...store.states()];
      for (const known of wanted) {
        if (!known) continue;
        const indices = rulesOf(known.subject);
        if (String(indices) !== String(known.ruleIndices)) store.restore(subjectKey(known.subject), retold(known, ids, rules, indices));
      }
    },
    size: store.size,
    snapshot: () => snapshotOf(Array.from(store.states(), stored), [...serials]),
    partOf: (wanted) => {
      const keys = Array.from(wanted, subjectKey);
      const subjects = keys.flatMap((key) => store.get(key) ?? []).map(stored);
      return snapshotOf(
        subjects,
        keys.map((key) => [key, serials.get(key) ?? 0] as const),
      );
    },
  };
  return { machine, put };
}

const NOTHING: readonly AlarmEvent[] = [];

const lookOf = ({ sequence, timeMs = Number.NaN, elapsedMs, observedMs }: Timeline): Look => ({ sequence, timeMs, elapsedMs, observedMs });

const areSameMarkets = (a: Subject, b: Subject): boolean =>
  a === b ||
  a.kind !== 'pool' ||
  b.kind !== 'pool' ||
  a.markets === b.markets ||
  (a.markets.length === b.markets.length && a.markets.every((market, i) => market === b.markets[i]));

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
