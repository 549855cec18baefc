/**
 * The margin page's account watched for alarms as its session runs (rules AM of docs/spec/alarms.md): told of every input and the state it
 * led to, it looks, keeps what was said, and has a frame for the page where something changed. Same inputs, same times: same frames.
 */

import type { Account, Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { editsBetween } from '../../engine/cure/edits.ts';
import type { VolatilityEstimate } from '../../engine/volatility/stream.ts';
import { readAlarmRules, writeAlarmRules } from '../../formats/alarm-rules.ts';
import type { AlarmEvent, FloodEvent } from '../../policy/alarms/events.ts';
import { groupsOver } from '../../policy/alarms/group.ts';
import { alarmLoad, type ToldAlarm, toldAlarms } from '../../policy/alarms/load.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { scopesOf } from '../../policy/alarms/scope.ts';
import { sourceFor } from '../follow.ts';
import { Keeper } from '../journal/keeper.ts';
import type { JournalInput, JournalNews, JournalStream } from '../journal/messages.ts';
import { Sampler } from '../journal/sampler.ts';
import type { Edit, Frame, SessionInput, Snapshot, SourceView } from '../protocol.ts';
import { type Loaded, type SessionState, selectedKeys } from '../state.ts';
import { accountView, runningAccount } from '../view.ts';
import { type AccountAlarms, createAccountAlarms, endedView, subjectOf } from './account-alarms.ts';
import { Closes } from './closes.ts';
import { closeAll, closeAtLine } from './closures.ts';
import type { ClosureView, CureCommand } from './cure-messages.ts';
import { aimsOf, curesFrame } from './cures.ts';
import { dailyVolatilityOf, type LookedAt, learnVolatilities, lookAt, watchedAccount } from './look.ts';
import type { AlarmCommand, AlarmSaid, AlarmsFrame, EndedAlarm } from './messages.ts';
import type { DailyVolatilityOf } from './odds.ts';
import { SystemAlarms, type SystemLook, worstFirst } from './system-alarms.ts';

/** What only tells how far something is crosses the border at most this often; what was said, at once. */
const FRAME_INTERVAL_MS = 500;
/** AM-2: an account of more positions than this is looked at no oftener than this. */
const MANY_POSITIONS = 20;
const MANY_INTERVAL_MS = 500;
/** Feeds in which nothing real is at stake: only there the account goes on as the closure left it. */
const CLOSING: ReadonlySet<string> = new Set(['simulated', 'replay']);
const CLOSURES_MAX = 20;
export const SAID_MAX = 200;
export const ENDED_MAX = 100;
const TOLD_MAX = 5_000;
const DAY_MS = 86_400_000;

export interface AlarmWatch {
  /** `state` is what `input` led to, `before` what it was, `shown` what the page is shown of it. */
  readonly follow: (input: SessionInput, before: SessionState, state: SessionState, nowMs: number, shown?: Snapshot) => readonly Frame[];
  readonly command: (command: AlarmCommand, state: SessionState) => readonly Frame[];
  readonly journal: (input: JournalInput) => readonly Frame[];
  /** CL-19: what a simulated closure does to the book, once; null where none happened. */
  readonly takeClosure: () => Edit | null;
  /** AM-13: R of the loaded book, at the feed's clock; null: nobody measures it any more. Nothing comes of it where no clock runs. */
  readonly measured: (look: SystemLook | null, clockMs: number) => void;
  /** The rules in force, and σ₂₄ₕ of every market by what the stream has taught: what the desk's alarms go by. */
  readonly terms: () => {
    readonly rules: AlarmRules;
    readonly volatilityOf: DailyVolatilityOf;
    readonly closes: Closes;
    readonly keeper: Keeper;
  };
  /** What is to be kept since it was last asked; null where there is nothing, or nobody keeps. */
  readonly takeNews: () => JournalNews | null;
}

/** Whose figures these are, and under which prices. */
export const streamOf = ({ loaded, source }: SessionState, account: string): JournalStream => ({
  book: loaded?.name ?? '',
  account,
  feed: `${source.kind}:${source.name}`,
});

export const createAlarmWatch = (): AlarmWatch => new Watch();

class Watch implements AlarmWatch {
  private rules: AlarmRules = DEFAULT_RULES;
  private readonly keeper = new Keeper();
  private readonly sampler = new Sampler(this.keeper);
  private readonly accounts = new Map<string, AccountAlarms & { readonly stream: JournalStream }>();
  private system: SystemAlarms | null = null;
  private readonly volatilities = new Map<string, VolatilityEstimate>();
  private readonly closes = new Closes();
  private clockMs = Number.NaN;
  private said: readonly AlarmSaid[] = [];
  private ended: readonly EndedAlarm[] = [];
  private told: readonly ToldAlarm[] = [];
  private serial = 0;
  private isDue = false;
  private isNews = false;
  private areRulesNews = true;
  private lookedMs = Number.NEGATIVE_INFINITY;
  private sentMs = Number.NEGATIVE_INFINITY;
  private sent = '';
  private areClosuresOn = true;
  private closures: readonly ClosureView[] = [];
  private closing: Edit[] = [];
  /** The book before and after each simulated closure of this stream, in order; undone where time is set back before it (CL-22). */
  private closed: { readonly atMs: number; readonly from: Book; to: Book | null }[] = [];
  /** The edit under way is a closure: no money of the user's moves. */
  private isClosing = false;
  /** Accounts as they were before a closure: one that was undone is not played again. */
  private closedFrom = new WeakSet<Account>();
  private readonly lastPartialMs = new Map<string, number>();

  follow(input: SessionInput, before: SessionState, state: SessionState, nowMs: number, shown?: Snapshot): readonly Frame[] {
    if (state.loaded?.original !== before.loaded?.original) this.begin();
    else if (input.kind === 'edit' && state.loaded && !this.isClosing)
      this.sampler.edited(before, state, streamOf(state, state.loaded.selected));
    if (input.kind === 'edit') this.noteEdit(input.edit, before, state);
    if (input.kind === 'feed-update') {
      this.takeFeed(input, before.source, state);
      this.closes.take(before.prices, state.source.clockMs);
    }
    this.isDue ||= input.kind === 'feed-update' || state.loaded !== before.loaded;
    if (input.kind !== 'flush' && input.kind !== 'sample') return [];
    this.sample(input, state, shown);
    if (this.isDue && this.isTime(state, nowMs)) this.look(state, nowMs);
    return input.kind === 'flush' ? this.frames(state, nowMs) : [];
  }

  command(command: AlarmCommand, state: SessionState): readonly Frame[] {
    const { requestId } = command;
    if (isCureCommand(command)) return this.cure(command, state);
    const fail = (message: string): readonly Frame[] => [{ kind: 'failed', requestId, faults: [{ pointer: '/episode', message }] }];
    if (command.kind === 'alarm-rules') return this.takeRules(command);
    const isSnooze = command.kind === 'alarm-snooze';
    const ofSystem = this.system?.machine;
    if (isSnooze ? ofSystem?.snooze(command.episode, command.forMs) : ofSystem?.acknowledge(command.episode, 'user', this.clockMs)) {
      this.isNews = true;
      return [{ kind: 'done', requestId }];
    }
    const alarms = this.accounts.get(state.loaded?.selected ?? '');
    const machine = alarms?.machine();
    const done = isSnooze ? machine?.snooze(command.episode, command.forMs) : machine?.acknowledge(command.episode, 'user', this.clockMs);
    if (!alarms || !done) return fail('this alarm no longer stands');
    const note = isSnooze ? ({ kind: 'snoozed', forMs: command.forMs } as const) : ({ kind: 'acknowledged', forMs: 0 } as const);
    this.keeper.acknowledge(alarms.stream, done, note, alarms.machine, this.clockMs);
    this.isNews = true;
    return [{ kind: 'done', requestId }];
  }

  journal(input: JournalInput): readonly Frame[] {
    if (input.kind === 'journal-memory') this.keeper.remember(input.memory);
    else this.keeper.hearOf(input.acknowledgements, input.isNews);
    const rules = input.kind === 'journal-memory' ? (input.memory.rules ?? undefined) : input.rules;
    for (const { stream, machine } of this.accounts.values())
      this.isNews = this.keeper.apply(stream, machine(), this.clockMs) || this.isNews;
    if (rules === undefined) return [];
    try {
      this.adopt(rules);
      return [];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const faults = error.faults.map(({ pointer, message }) => ({ pointer, message: `the rules that were kept: ${message}` }));
      return [{ kind: 'failed', requestId: 0, faults }];
    }
  }

  takeClosure(): Edit | null {
    const edit = this.closing.shift() ?? null;
    this.isClosing = edit !== null;
    return edit;
  }

  private cure(command: CureCommand, state: SessionState): readonly Frame[] {
    const { requestId } = command;
    if (command.kind === 'alarm-closures') {
      this.areClosuresOn = command.on;
      this.isDue = true;
      this.isNews = true;
      return [{ kind: 'done', requestId }];
    }
    const looked = this.fresh(state, command.pool);
    if (!looked) return [{ kind: 'failed', requestId, faults: [{ pointer: '/pool', message: 'the account has no such pool' }] }];
    const { clockMs } = state.source;
    const asOf = state.loaded?.book.asOf ?? '';
    if (command.kind === 'alarm-closure') {
      const found = closeAtLine(looked, Number.isFinite(clockMs) ? clockMs : Date.parse(asOf), this.lastPartialMs.get(looked.account.id));
      return [
        { kind: 'closure', requestId, ...(typeof found === 'string' ? { closure: null, why: found } : { closure: found.view, why: '' }) },
      ];
    }
    try {
      const ofPool = inScope(looked);
      return [curesFrame(looked, aimsOf(command.goal, this.rules, ofPool), { requestId, clockMs, asOf })];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [{ kind: 'failed', requestId, faults: error.faults }];
    }
  }

  /** A look of its own at the newest prices, which the alarms hear nothing of. */
  private fresh(state: SessionState, pool: string): LookedAt | undefined {
    const { loaded, prices, limits } = state;
    const account = loaded?.book.accounts.find(({ id }) => id === loaded.selected);
    if (!loaded || !account) return undefined;
    const looked = new Map<string, LookedAt>();
    const context = { book: loaded.book, prices, source: sourceFor(state), limits, volatilityOf: dailyVolatilityOf(this.volatilities) };
    lookAt(watchedAccount(account, loaded.book), context, [], new Map(), looked);
    return [...looked.values()].find((at) => at.pool.id === pool);
  }

  /** AL-14: what the user did is kept with the alarms that stood. */
  private noteEdit(edit: Edit, before: SessionState, state: SessionState): void {
    const isClosing = this.isClosing;
    this.isClosing = false;
    const last = this.closed.at(-1);
    if (isClosing && last?.to === null && state.loaded) last.to = state.loaded.book;
    if (isClosing || edit.kind !== 'several' || edit.note === undefined || before.loaded?.book === state.loaded?.book) return;
    this.noteCure(state.loaded?.selected ?? '', () => true, edit.note);
  }

  private noteCure(account: string, isOf: (pool: string) => boolean, cure: string): void {
    const alarms = this.accounts.get(account);
    const machine = alarms?.machine();
    for (const { id, subject } of machine?.standing() ?? [])
      if (subject.kind === 'pool' && isOf(alarms!.poolOf(subject))) machine?.noteCure(id, cure);
  }

  /** CL-19: what the venue would do, once for an account as it stands. */
  private closeOut({ loaded, source }: SessionState, alarms: AccountAlarms): void {
    const account = loaded?.book.accounts.find(({ id }) => id === loaded.selected);
    if (!loaded || !account || !this.areClosuresOn || !CLOSING.has(source.kind) || this.closedFrom.has(account)) return;
    const all = closeAll(alarms.acting(), this.clockMs, this.lastPartialMs.get(account.id));
    if (!all) return;
    this.closedFrom.add(account);
    if (all.lastPartialMs !== undefined) this.lastPartialMs.set(account.id, all.lastPartialMs);
    this.closures = [...all.views, ...this.closures].slice(0, CLOSURES_MAX);
    for (const { pool, end } of all.views) this.noteCure(account.id, (id) => id === pool, `simulated closure: ${end}`);
    this.closing.push({
      kind: 'several',
      edits: editsBetween(account, { ...all.inPlace, balances: all.account.balances }),
      note: 'simulated closure',
    });
    this.closed.push({ atMs: this.clockMs, from: loaded.book, to: null });
    this.isNews = true;
  }

  /**
   * CL-22: set back to `clockMs`, the closures after it have not happened: as many steps back as there are of them, while the book is as the last of them left
   * it. A book that was changed by hand since is kept.
   */
  private undoClosures(book: Book | undefined, clockMs: number): Edit[] {
    const edits: Edit[] = [];
    let here = book;
    for (let last = this.closed.at(-1); last && last.atMs > clockMs; last = this.closed.at(-1)) {
      // One that was undone by hand has left its mark on nothing.
      const isUndone = last.from === here;
      if (!isUndone && last.to !== here) break;
      this.closed.pop();
      here = last.from;
      if (!isUndone) edits.push({ kind: 'undo' });
    }
    return edits;
  }

  measured(look: SystemLook | null, clockMs: number): void {
    if (!look) this.leaveSystem();
    else if (Number.isFinite(clockMs)) {
      this.system ??= new SystemAlarms(this.rules);
      const at = this.clockMs > clockMs ? this.clockMs : clockMs;
      this.clockMs = at;
      this.hearSystem(this.system.look(look, at));
      this.isNews = true;
    }
  }

  private hearSystem(events: readonly (AlarmEvent | FloodEvent)[]): void {
    if (events.length > 0) this.hear(events);
  }

  private leaveSystem(): void {
    if (this.system) this.hearSystem(this.system.leave(this.clockMs));
    this.system = null;
  }

  terms() {
    return { rules: this.rules, volatilityOf: dailyVolatilityOf(this.volatilities), closes: this.closes, keeper: this.keeper };
  }

  takeNews(): JournalNews | null {
    return this.keeper.news();
  }

  /** What a long step passes over is not shown: it is read anew. */
  private sample(input: SessionInput, state: SessionState, shown: Snapshot | undefined): void {
    const { loaded } = state;
    if (!loaded || !Number.isFinite(state.source.clockMs)) return;
    const account = shown?.account ?? (input.kind === 'sample' ? accountView(runningAccount(loaded, state), state) : null);
    if (account) this.sampler.take(streamOf(state, loaded.selected), account, state.source, state.limits.otherwiseMs);
  }

  private takeRules({ requestId, text }: Extract<AlarmCommand, { kind: 'alarm-rules' }>): readonly Frame[] {
    try {
      this.adopt(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [{ kind: 'failed', requestId, faults: error.faults }];
    }
    this.keeper.rules(text);
    return [{ kind: 'done', requestId }];
  }

  /** Throws `InputError`, and nothing changed then. */
  private adopt(text: string | null): void {
    this.rules = text === null ? DEFAULT_RULES : readAlarmRules(text);
    for (const alarms of this.accounts.values()) alarms.take(this.rules);
    this.system?.take(this.rules);
    this.areRulesNews = true;
    this.isNews = true;
    this.isDue = true;
  }

  /** AM-3: a stream that begins anew teaches volatility anew; one that is sought forward goes on. */
  private takeFeed(input: Extract<SessionInput, { kind: 'feed-update' }>, before: SourceView, state: SessionState): void {
    const { source } = state;
    const isSame = source.kind === before.kind && source.name === before.name && source.clockMs >= before.clockMs;
    if (input.restarted && !isSame) {
      for (const episode of this.system?.machine.standing() ?? []) this.close(endedView(episode, this.clockMs));
      this.system = null;
      const isBack = source.kind === before.kind && source.name === before.name;
      const undone = isBack ? this.undoClosures(state.loaded?.book, source.clockMs) : [];
      if (!isBack) this.closed = [];
      this.begin();
      this.closing = undone;
      this.volatilities.clear();
      this.closes.clear();
    }
    const ticks = source.kind === 'replay' ? input.ticks : input.ticks.filter(({ kind }) => kind !== 'last');
    learnVolatilities(this.volatilities, state.prices, ticks);
  }

  /** What stands is left where it was; what was said and what ended stays. */
  private begin(): void {
    for (const alarms of this.accounts.values()) {
      const left = alarms.machine().standing();
      for (const episode of left) this.close(endedView(episode, this.clockMs));
      this.keeper.leave(alarms.stream, left);
      this.isNews ||= left.length > 0;
    }
    this.accounts.clear();
    this.closures = [];
    this.closing = [];
    this.closedFrom = new WeakSet();
    this.lastPartialMs.clear();
    this.told = [];
    this.clockMs = Number.NaN;
    this.lookedMs = Number.NEGATIVE_INFINITY;
    this.isNews = true;
  }

  /** The same passage seen again, in a replay, takes the place of the one before. */
  private close(ended: EndedAlarm): void {
    this.ended = [ended, ...this.ended.filter(({ episode }) => episode !== ended.episode)].slice(0, ENDED_MAX);
  }

  private isTime({ loaded }: SessionState, nowMs: number): boolean {
    const positions = loaded?.book.accounts.find(({ id }) => id === loaded.selected)?.positions.length ?? 0;
    return positions <= MANY_POSITIONS || nowMs - this.lookedMs >= MANY_INTERVAL_MS || nowMs < this.lookedMs;
  }

  private look(state: SessionState, nowMs: number): void {
    const { loaded, prices, source, limits } = state;
    this.isDue = false;
    if (!loaded || !Number.isFinite(source.clockMs)) return;
    this.lookedMs = nowMs;
    const alarms = this.accounts.get(loaded.selected) ?? this.open(streamOf(state, loaded.selected), loaded.book, source.clockMs);
    const volatilityOf = dailyVolatilityOf(this.volatilities);
    this.clockMs = source.clockMs;
    const context = { book: loaded.book, prices, source: sourceFor(state), limits, volatilityOf };
    const events = alarms.look(loaded.selected, context, placesOf(loaded));
    if (events.length > 0) this.hear(events);
    if (this.system) this.hearSystem(this.system.wait(source.clockMs));
    this.closeOut(state, alarms);
    this.isNews = this.keeper.apply(alarms.stream, alarms.machine(), this.clockMs) || this.isNews;
    this.keeper.looked(alarms.stream, events, alarms.machine, this.clockMs, nowMs);
  }

  private open(stream: JournalStream, book: Book, clockMs: number): AccountAlarms & { readonly stream: JournalStream } {
    const alarms = { ...createAccountAlarms(this.rules, book, this.keeper.takeUp(stream, clockMs)), stream };
    this.accounts.set(stream.account, alarms);
    return alarms;
  }

  private hear(events: readonly (AlarmEvent | FloodEvent)[]): void {
    this.isNews = true;
    this.said = [...this.said, ...events.map((event) => saidOf(event, ++this.serial))].slice(-SAID_MAX);
    const single = events.filter((event) => event.kind !== 'flood');
    const recent = this.told.filter(({ atMs }) => this.clockMs - atMs < DAY_MS);
    this.told = [...recent, ...toldAlarms(single)].slice(-TOLD_MAX);
    for (const { episode, atMs } of single) if (episode.closedMs !== undefined) this.close(endedView(episode, atMs));
  }

  /** AM-5. */
  private frames({ loaded }: SessionState, nowMs: number): readonly Frame[] {
    const isPaced = nowMs - this.sentMs < FRAME_INTERVAL_MS && nowMs >= this.sentMs;
    if (!this.isNews && isPaced) return [];
    const alarms = this.accounts.get(loaded?.selected ?? '');
    const standing = worstFirst([...(alarms?.standing() ?? []), ...(this.system?.standing() ?? [])]);
    const frame: AlarmsFrame = {
      kind: 'alarms',
      clockMs: this.clockMs,
      account: loaded?.selected ?? '',
      standing,
      ended: this.ended,
      said: this.said,
      load: alarmLoad(this.told, standing.length, this.clockMs),
      outlook: [...(alarms?.outlook() ?? []), ...(this.system?.outlook() ?? [])],
      closures: this.closures,
      areClosuresOn: this.areClosuresOn,
      rules: this.areRulesNews ? writeAlarmRules(this.rules) : '',
    };
    const { clockMs: _, ...content } = frame;
    const text = JSON.stringify(content);
    if (text === this.sent) return [];
    this.sent = text;
    this.sentMs = nowMs;
    this.isNews = false;
    this.areRulesNews = false;
    return [frame];
  }
}

/** By its key: where each position of the selected account stood when it was loaded; one that was added, behind all of those in turn. */
function placesOf(loaded: Loaded): readonly number[] {
  const count = loaded.original.accounts.find(({ id }) => id === loaded.selected)?.positions.length ?? 0;
  return selectedKeys(loaded).map((key) => {
    const at = Math.max(key.lastIndexOf('#'), key.lastIndexOf('+'));
    const serial = Number(key.slice(at + 1));
    return key[at] === '#' ? serial : count + serial - 1;
  });
}

const isCureCommand = (command: AlarmCommand): command is CureCommand =>
  command.kind === 'alarm-cures' || command.kind === 'alarm-closure' || command.kind === 'alarm-closures';

/** Whether a rule is about this pool. */
const inScope = ({ account, pool, exposures, priced }: LookedAt): ((rule: AlarmRule) => boolean) => {
  const subject = {
    kind: 'pool',
    account: account.id,
    pool: pool.id,
    venue: account.venue,
    markets: exposures.map(({ market }) => market),
  } as const;
  const isInGroup = groupsOver(() => ({ account, instruments: priced.book.instruments }));
  return (rule) => scopesOf({ ...DEFAULT_RULES, rules: [rule] }, isInGroup)(subject).length > 0;
};

const NOBODY = { account: '', pool: '', market: '', venue: '' };

function saidOf(event: AlarmEvent | FloodEvent, serial: number): AlarmSaid {
  const { id, kind, atMs, channel } = event;
  if (event.kind === 'flood') {
    const isBegin = event.phase === 'begins';
    const worst = event.ranked[0]?.state ?? 'healthy';
    return {
      ...NOBODY,
      id,
      serial,
      kind,
      rule: 'flood',
      from: isBegin ? 'healthy' : worst,
      to: isBegin ? worst : 'healthy',
      atMs,
      notice: 'due',
      channel,
    };
  }
  const { subject, rule, from, to, notice } = event;
  return { ...subjectOf(subject), id, serial, kind, rule, from, to, atMs, notice, channel };
}
