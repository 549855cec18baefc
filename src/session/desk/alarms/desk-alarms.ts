/**
 * The alarms of the desk (rules DA of docs/spec/desk-alarms.md): one machine for all its accounts, looks in slices, what was said and what
 * stands for the page. Pure like the desk: time is an argument, and whoever holds the clock calls `work` while there is any.
 */
import type { AlarmEvent, Episode, FloodEvent, Reading, Subject } from '../../../policy/alarms/events.ts';
import { subjectKey } from '../../../policy/alarms/identity.ts';
import { alarmLoad, type ToldAlarm, toldAlarms } from '../../../policy/alarms/load.ts';
import { type AlarmMachine, createAlarmMachine, type MachineSnapshot } from '../../../policy/alarms/machine.ts';
import type { AlarmRules } from '../../../policy/alarms/rules.ts';
import type { DailyVolatilityOf } from '../../alarms/odds.ts';
import type { JournalStream } from '../../journal/messages.ts';
import { feedName } from '../../journal/stream.ts';
import type { SourceView } from '../../protocol.ts';
import { NONE } from '../desk-state.ts';
import { findIds } from '../names.ts';
import type { OpenDesk } from '../opened.ts';
import { ALWAYS, Candidates, GROUPED, gather, IN_ALARM } from './gather.ts';
import { accountsOf, bitAt, DeskGroups } from './groups.ts';
import { type DeskKeeper, keptEvents, keptSnapshot, Remembered } from './kept.ts';
import { listed, wantedBy } from './list.ts';
import type { DeskAlarmQuery, DeskAlarmSaid, DeskAlarmsFrame, DeskFlood } from './messages.ts';
import { QuietPools } from './quiet.ts';
import { readingAt, subjectOfPool } from './readings.ts';
import { fillVolatility, type SlotMarkets, slotMarkets } from './slot-markets.ts';
import { type Terms, termsOf } from './terms.ts';

/** What the alarms of the margin page know and the desk's share. */
export interface AlarmTerms {
  readonly rules: AlarmRules;
  readonly volatilityOf: DailyVolatilityOf;
  readonly keeper?: DeskKeeper;
}

/** Readings or judgements of one slice: some milliseconds. */
const PER_SLICE = 128;
/** Pools of one slice of which only columns are touched. */
const QUIET_PER_SLICE = 16_384;
/** DA-7: pools that alarms are kept of at most. */
export const SUBJECTS_MAX = 200_000;
const FRAME_INTERVAL_MS = 500;
const SAID_MAX = 50;
const TOLD_MAX = 5_000;
const DAY_MS = 86_400_000;
/** Accounts of one slice when it is found out who is read. */
const ACCOUNTS_PER_SLICE = 131_072;
/** Of these, pools that stand. */
const STANDING_PER_SLICE = 1_024;
type PoolSubject = Extract<Subject, { readonly kind: 'pool' }>;
type Said = readonly (AlarmEvent | FloodEvent)[];

export interface DeskAlarmOptions {
  readonly roomFor?: number;
  readonly perSlice?: number;
  /** Told of everything that a look brings, in the machine's own words. */
  readonly onEvents?: (events: Said) => void;
}

export class DeskAlarms {
  private readonly open: OpenDesk;
  private readonly termsNow: () => AlarmTerms | null;
  private readonly roomFor: number;
  private readonly perSlice: number;
  private readonly onEvents: (events: Said) => void;
  private machine: AlarmMachine | null = null;
  private keeper: DeskKeeper | undefined;
  private remembered: Remembered | undefined;
  /** What the journal kept, until the machine goes on from it. */
  private takenUp: MachineSnapshot | undefined;
  /** What the journal keeps of the machine. */
  private readonly kept = {
    size: (): number => this.machine?.size() ?? 0,
    snapshot: (): MachineSnapshot => keptSnapshot(this.machine!, (state) => this.quiet!.atRisk(state), this.remembered),
  };
  private quiet: QuietPools | null = null;
  private terms: Terms | null = null;
  private markets: SlotMarkets | null = null;
  private slotCount = -1;
  private changeCount = -1;
  private readonly watched: Uint8Array;
  private readonly groups: DeskGroups;
  /** By pool: those that have a state. */
  private subjects = new Map<number, PoolSubject>();
  private readonly candidates = new Candidates();
  private source: SourceView | null = null;
  private job: Generator<void, void> | null = null;
  private isDue = false;
  private sequence = 0;
  private clockMs = Number.NaN;
  private looks = 0;
  private late = 0;
  private leftOut = 0;
  /** DA-13: pools of the last look whose figures crossed nothing. */
  alike = 0;
  private said: readonly DeskAlarmSaid[] = [];
  private told: readonly ToldAlarm[] = [];
  private flood: DeskFlood | null = null;
  private query: DeskAlarmQuery | null = null;
  private isNews = false;
  private isStale = false;
  private sentMs = Number.NEGATIVE_INFINITY;
  /** The world's clock, as it was last said. */
  private flushedMs = 0;

  constructor(
    open: OpenDesk,
    termsNow: () => AlarmTerms | null,
    { roomFor = SUBJECTS_MAX, perSlice = PER_SLICE, onEvents = () => {} }: DeskAlarmOptions = {},
  ) {
    this.open = open;
    this.termsNow = termsNow;
    this.roomFor = roomFor;
    this.perSlice = perSlice;
    this.onEvents = onEvents;
    this.watched = new Uint8Array(open.kernel.pools.capacity);
    this.groups = new DeskGroups(open);
  }

  /** New prices are on the desk. A look that is under way goes on with those it began with; the next one has these. */
  moved(source: SourceView): void {
    const { source: before } = this;
    const isSame = before?.kind === source.kind && before.name === source.name && !(source.clockMs < before.clockMs);
    if (!isSame) this.begin();
    this.source = source;
    if (!Number.isFinite(source.clockMs)) return;
    if (this.job) this.late++;
    this.isDue = true;
  }

  get isWorking(): boolean {
    return this.job !== null || (this.isDue && this.termsNow() !== null);
  }

  /** One slice; true when a look ended. */
  work(): boolean {
    const terms = this.termsNow();
    if (!this.job) {
      if (!this.isDue || !terms || !this.source) return false;
      this.isDue = false;
      this.job = this.look(terms, this.source);
    }
    if (!this.job.next().done) return false;
    this.job = null;
    return true;
  }

  /** DA-6: another feed, or one whose clock went back: alarms begin anew. */
  private begin(): void {
    const left = this.machine ? this.kept.snapshot() : this.takenUp;
    if (left && this.source) this.keeper?.leave(this.stream(this.source), left.subjects.flatMap(episodeOf));
    this.takenUp = undefined;
    this.remembered = undefined;
    this.machine = null;
    this.quiet = null;
    this.job = null;
    this.subjects.clear();
    this.watched.fill(0);
    this.changeCount = -1;
    this.told = [];
    this.flood = null;
    this.isNews = true;
  }

  /** No account of its own: the desk's alarms are those of all. */
  private stream(source: SourceView): JournalStream {
    return { book: this.open.name, account: '', feed: feedName(source) };
  }

  private *look({ rules, volatilityOf, keeper }: AlarmTerms, source: SourceView): Generator<void, void> {
    const { open, candidates } = this;
    const { clockMs } = source;
    const desk = open.kernel;
    this.keeper = keeper;
    const machine = yield* this.take(rules, source);
    const terms = this.terms!;
    if (this.slotCount !== desk.ladders.slotCount) {
      this.markets = slotMarkets(desk);
      this.slotCount = desk.ladders.slotCount;
    }
    const markets = this.markets!;
    const removed = this.changeCount === open.changeCount ? [] : yield* this.settleAccounts(terms, markets);
    fillVolatility(markets, volatilityOf);
    yield* gather({ desk, terms, markets, watched: this.watched, volatilityOf }, candidates);
    const evaluation = { sequence: ++this.sequence, timeMs: clockMs, readings: this.readings(machine, markets), removed };
    const events = yield* machine.evaluateSteps(evaluation, this.perSlice);
    yield* this.settleWatched(machine);
    this.remembered?.apply(machine, clockMs);
    this.clockMs = clockMs;
    this.looks++;
    keeper?.looked(this.stream(source), keptEvents(events), () => this.kept, clockMs, this.flushedMs);
    this.onEvents(events);
    this.hear(events);
    this.isStale = true;
  }

  /** The machine under `rules`. Who is in their groups is known before it takes up what stood. */
  private *take(rules: AlarmRules, source: SourceView): Generator<void, AlarmMachine> {
    if (this.machine && this.terms?.rules === rules) return this.machine;
    const { groups } = this;
    const terms = termsOf(rules);
    if (!this.machine) this.takenUp ??= this.keeper?.takeUp(this.stream(source), source.clockMs);
    const { takenUp, machine } = this;
    yield* groups.settle(terms.groups);
    if (!groups.isEmpty) yield* groups.learn(accountsOf(machine?.states() ?? takenUp?.subjects ?? []));
    if (takenUp) this.remembered = new Remembered(takenUp, source.clockMs);
    this.takenUp = undefined;
    const quiet = new QuietPools(rules);
    const options = { newer: quiet, isInGroup: groups.has };
    this.machine = machine
      ? yield* machine.underRulesSteps(rules, options, STANDING_PER_SLICE)
      : createAlarmMachine(rules, { ...options, ...(takenUp ? { snapshot: takenUp, isNewStream: true } : {}) });
    this.quiet = quiet;
    this.terms = terms;
    this.changeCount = -1;
    this.isNews = true;
    return this.machine;
  }

  /** After accounts or rules changed: who is read at every look, who is in another group, and which subjects are no more. */
  private *settleAccounts(terms: Terms, markets: SlotMarkets): Generator<void, Subject[]> {
    const { open, watched, groups } = this;
    const { kernel, strings } = open;
    this.changeCount = open.changeCount;
    yield* groups.settle(terms.groups);
    if (this.machine) yield* this.machine.catchUpSteps(STANDING_PER_SLICE);
    this.quiet?.clear();
    const before = new Map<string, PoolSubject>();
    for (const { subject } of this.machine?.states() ?? []) {
      if (subject.kind === 'pool') before.set(subjectKey(subject), subject);
      if (before.size % STANDING_PER_SLICE === 0) yield;
    }
    watched.fill(0);
    this.subjects = new Map();
    const entries = new Set(
      yield* findIds(strings, [...terms.accounts, ...new Set(Array.from(before.values(), ({ account }) => account))]),
    );
    const moved = groups.takeMoved();
    const regrouped: Subject[] = [];
    const { accounts, count } = kernel.columns;
    let atYield = before.size;
    for (let row = 0; row < count; row++) {
      if ((row + 1) % ACCOUNTS_PER_SLICE === 0 || atYield - before.size >= STANDING_PER_SLICE) {
        atYield = before.size;
        yield;
      }
      const source = accounts.source[row]!;
      const isGrouped = !groups.isEmpty && bitAt(groups.anyone, source) === 1;
      const isWanted = entries.has(source);
      if (!isGrouped && !isWanted) continue;
      for (let pool = kernel.firstPool[row]!; pool !== NONE; pool = kernel.pools.next[pool]!) {
        if (isGrouped) watched[pool]! |= GROUPED;
        if (!isWanted) continue;
        const subject = subjectOfPool(kernel, markets, pool);
        if (terms.accounts.has(subject.account)) watched[pool]! |= ALWAYS;
        if (!before.delete(subjectKey(subject))) continue;
        watched[pool]! |= IN_ALARM;
        this.subjects.set(pool, subject);
        if (!moved.has(source)) continue;
        groups.learnOne(subject.account, source);
        regrouped.push(subject);
      }
    }
    if (regrouped.length > 0) this.machine?.regroup(regrouped);
    return [...before.values()];
  }

  private *readings(machine: AlarmMachine, markets: SlotMarkets): Generator<Reading | undefined, void> {
    const { open, candidates, subjects, watched, groups } = this;
    const quiet = this.quiet!;
    const { kernel, board } = open;
    const { source } = kernel.columns.accounts;
    const observedMs = machine.observedMs();
    this.leftOut = 0;
    this.alike = 0;
    for (let i = 0; i < candidates.count; i++) {
      if ((i + 1) % QUIET_PER_SLICE === 0) yield undefined;
      const pool = candidates.pool[i]!;
      const known = subjects.get(pool);
      const isOld = open.overAgeCount > 0 && board.overAge[source[kernel.pools.row[pool]!]!] === 1;
      if (known && quiet.takes(known, candidates, i, isOld, observedMs)) {
        this.alike++;
        continue;
      }
      if (!known && machine.size() >= this.roomFor) {
        this.leftOut++;
        continue;
      }
      const subject = known ?? subjectOfPool(kernel, markets, pool);
      groups.reads(subject.account, source[kernel.pools.row[pool]!]!);
      yield readingAt(candidates, i, subject, isOld);
      const state = machine.stateAt(subject);
      if (!state) continue;
      quiet.adopt(state, candidates, i, isOld);
      if (known === state.subject) continue;
      subjects.set(pool, state.subject as PoolSubject);
      watched[pool]! |= IN_ALARM;
    }
  }

  /** Pools that the look calmed need not be read any more. */
  private *settleWatched(machine: AlarmMachine): Generator<void, void> {
    const { subjects, watched } = this;
    if (subjects.size === machine.size()) return;
    let seen = 0;
    for (const [pool, subject] of subjects) {
      if (++seen % STANDING_PER_SLICE === 0) yield;
      if (machine.isWatched(subject)) continue;
      subjects.delete(pool);
      this.quiet?.drop(subject);
      watched[pool]! &= ~IN_ALARM;
    }
  }

  private hear(events: Said): void {
    const single = events.filter((event) => event.kind !== 'flood');
    const due = single.filter(({ notice, channel }) => notice === 'due' && channel !== 'journal');
    const notices = single.filter(({ notice }) => notice === 'flood').length;
    for (const event of events) {
      if (event.kind !== 'flood') continue;
      const { atMs } = event;
      if (event.phase === 'begins') this.flood = { beganMs: atMs, endedMs: Number.NaN, notices: 0, peak: 0 };
      else if (this.flood) this.flood = { ...this.flood, endedMs: atMs };
    }
    if (this.flood && Number.isNaN(this.flood.endedMs))
      this.flood = { ...this.flood, notices: this.flood.notices + notices, peak: Math.max(this.flood.peak, this.machine?.size() ?? 0) };
    const said = [...due.map(saidOf), ...events.filter((event) => event.kind === 'flood').map(saidOfFlood)];
    if (said.length > 0 || notices > 0) this.isNews = true;
    this.said = [...this.said, ...said].slice(-SAID_MAX);
    const recent = this.told.filter(({ atMs }) => this.clockMs - atMs < DAY_MS);
    this.told = [...recent, ...toldAlarms(single)].slice(-TOLD_MAX);
  }

  ask(query: DeskAlarmQuery | null): void {
    this.query = query;
    this.isNews = true;
  }

  /** How many were acknowledged: one by its episode, or all that the list shows. */
  acknowledge(episode: string): number {
    const { machine, query, source, keeper, clockMs } = this;
    if (!machine || !source) return 0;
    this.isNews = true;
    if (episode === '') {
      const count = query ? machine.acknowledgeAll(wantedBy(query), 'user', clockMs) : 0;
      if (count > 0) keeper?.acknowledgeMany(this.stream(source), () => this.kept, clockMs);
      return count;
    }
    const done = machine.acknowledge(episode, 'user', clockMs);
    if (done) keeper?.acknowledge(this.stream(source), done, { kind: 'acknowledged', forMs: 0 }, () => this.kept, clockMs);
    return done ? 1 : 0;
  }

  /** What the page is to be told now; undefined where nothing is new to it or it was told a moment ago. */
  frame(nowMs: number): DeskAlarmsFrame | undefined {
    if (Number.isFinite(nowMs)) this.flushedMs = nowMs;
    const isPaced = nowMs - this.sentMs < FRAME_INTERVAL_MS && nowMs >= this.sentMs;
    if (!this.isNews && (isPaced || !this.isStale || !this.query)) return undefined;
    this.isNews = false;
    this.isStale = false;
    this.sentMs = nowMs;
    const { machine, quiet } = this;
    const list = machine && quiet ? listed(machine.states(), this.query, quiet) : listed([], this.query);
    return {
      kind: 'desk-alarms',
      bookSequence: this.open.sequence,
      clockMs: this.clockMs,
      looks: this.looks,
      late: this.late,
      read: this.candidates.count,
      leftOut: this.leftOut,
      flood: this.flood,
      said: this.said,
      load: alarmLoad(this.told, list.standing, this.clockMs),
      tally: list.tally,
      unacknowledged: list.unacknowledged,
      matched: list.matched,
      from: list.from,
      rows: list.rows,
    };
  }
}

const episodeOf = ({ episode }: MachineSnapshot['subjects'][number]): Episode[] => (episode ? [episode] : []);

const saidOf = ({ id, kind, subject, rule, from, to, atMs, notice, channel }: AlarmEvent): DeskAlarmSaid => ({
  id,
  kind,
  account: subject.kind === 'pool' ? subject.account : '',
  rule,
  from,
  to,
  atMs,
  notice,
  channel,
});

const saidOfFlood = ({ id, kind, phase, ranked, atMs, channel }: FloodEvent): DeskAlarmSaid => {
  const worst = ranked[0]?.state ?? 'healthy';
  const isBegin = phase === 'begins';
  const [from, to] = isBegin ? (['healthy', worst] as const) : ([worst, 'healthy'] as const);
  return { id, kind, account: '', rule: 'flood', from, to, atMs, notice: 'due', channel };
};
