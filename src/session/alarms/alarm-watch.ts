/**
 * The margin page's account watched for alarms as its session runs (rules AM of docs/spec/alarms.md): told of every input and the state it
 * led to, it looks, keeps what was said, and has a frame for the page where something changed. Same inputs, same times: same frames.
 */

import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
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
import { feedName } from '../journal/stream.ts';
import type { Edit, Frame, SessionInput, Snapshot, SourceView } from '../protocol.ts';
import { type Loaded, type SessionState, selectedKeys } from '../state.ts';
import { accountView, runningAccount } from '../view.ts';
import { type AccountAlarms, createAccountAlarms, endedView } from './account-alarms.ts';
import { Closes } from './closes.ts';
import { ClosureRun, isOfClosure } from './closure-run.ts';
import { closeAtLine } from './closures.ts';
import type { CureCommand } from './cure-messages.ts';
import { aimsOf, curesFrame } from './cures.ts';
import { dailyVolatilityOf, type LookedAt, learnVolatilities, lookAt, watchedAccount } from './look.ts';
import type { AlarmCommand, AlarmSaid, AlarmsFrame, EndedAlarm } from './messages.ts';
import type { DailyVolatilityOf } from './odds.ts';
import { saidOf } from './said.ts';
import { SystemAlarms, type SystemLook, systemStream, worstFirst } from './system-alarms.ts';

/** What only tells how far something is crosses the border at most this often; what was said, at once. */
const FRAME_INTERVAL_MS = 500;
/** AM-2: an account of more positions than this is looked at no oftener than this. */
const MANY_POSITIONS = 20;
const MANY_INTERVAL_MS = 500;
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
  feed: feedName(source),
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
  private readonly closures = new ClosureRun();
  private feed = '';
  private nowMs = 0;

  follow(input: SessionInput, before: SessionState, state: SessionState, nowMs: number, shown?: Snapshot): readonly Frame[] {
    this.nowMs = nowMs;
    if (state.loaded?.original !== before.loaded?.original) this.begin();
    else if (input.kind === 'edit' && state.loaded && !isOfClosure(input.edit))
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
    const note = isSnooze ? ({ kind: 'snoozed', forMs: command.forMs } as const) : ({ kind: 'acknowledged', forMs: 0 } as const);
    for (const { stream, machine } of this.lookedAfter(this.accounts.get(state.loaded?.selected ?? ''))) {
      const done = isSnooze
        ? machine().snooze(command.episode, command.forMs)
        : machine().acknowledge(command.episode, 'user', this.clockMs);
      if (!done) continue;
      this.keeper.acknowledge(stream, done, note, machine, this.clockMs);
      this.isNews = true;
      return [{ kind: 'done', requestId }];
    }
    return fail('this alarm no longer stands');
  }

  journal(input: JournalInput): readonly Frame[] {
    if (input.kind === 'journal-memory') this.keeper.remember(input.memory);
    else this.keeper.hearOf(input.acknowledgements, input.isNews);
    const { rules, areClosuresOn } = chosen(input);
    if (areClosuresOn !== undefined) this.turnClosures(areClosuresOn ?? true);
    for (const { stream, machine } of this.lookedAfter(...this.accounts.values()))
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
    return this.closures.takeEdit();
  }

  private cure(command: CureCommand, state: SessionState): readonly Frame[] {
    const { requestId } = command;
    if (command.kind === 'alarm-closures') {
      this.turnClosures(command.on);
      this.keeper.closures(command.on);
      return [{ kind: 'done', requestId }];
    }
    const looked = this.fresh(state, command.pool);
    if (!looked) return [{ kind: 'failed', requestId, faults: [{ pointer: '/pool', message: 'the account has no such pool' }] }];
    const { clockMs } = state.source;
    const asOf = state.loaded?.book.asOf ?? '';
    if (command.kind === 'alarm-closure') {
      const found = closeAtLine(
        looked,
        Number.isFinite(clockMs) ? clockMs : Date.parse(asOf),
        this.closures.lastPartialMs(looked.account.id),
      );
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
    if (isOfClosure(edit) || edit.kind !== 'several' || edit.note === undefined || before.loaded?.book === state.loaded?.book) return;
    this.noteCure(state.loaded?.selected ?? '', () => true, edit.note);
  }

  private noteCure(account: string, isOf: (pool: string) => boolean, cure: string): void {
    const alarms = this.accounts.get(account);
    const machine = alarms?.machine();
    for (const { id, subject } of machine?.standing() ?? [])
      if (subject.kind === 'pool' && isOf(alarms!.poolOf(subject))) machine?.noteCure(id, cure);
  }

  /** CL-19: what the venue would do, once for an account as it stands. */
  private closeOut(state: SessionState, alarms: AccountAlarms): void {
    const views = this.closures.close(state, alarms.acting(), this.clockMs);
    for (const { account, pool, end } of views) this.noteCure(account, (id) => id === pool, `simulated closure: ${end}`);
    this.isNews ||= views.length > 0;
  }

  private turnClosures(areOn: boolean): void {
    this.closures.areOn = areOn;
    this.isDue = true;
    this.isNews = true;
  }

  measured(look: SystemLook | null, clockMs: number): void {
    if (!look || (this.system && this.system.stream.book !== look.book)) this.leaveSystem();
    if (!look || !Number.isFinite(clockMs)) return;
    this.clockMs = this.clockMs > clockMs ? this.clockMs : clockMs;
    const stream = systemStream(look.book, this.feed);
    this.system ??= new SystemAlarms(this.rules, stream, this.keeper.takeUp(stream, this.clockMs));
    this.hearSystem(this.system, this.system.look(look.reproduction, this.clockMs));
    this.isNews = true;
  }

  /** What was said of R is kept like all else that is said (JN-4). */
  private hearSystem(system: SystemAlarms, events: readonly (AlarmEvent | FloodEvent)[]): void {
    if (events.length > 0) this.hear(events);
    const machine = () => system.machine;
    this.isNews = this.keeper.apply(system.stream, system.machine, this.clockMs) || this.isNews;
    this.keeper.looked(system.stream, events, machine, this.clockMs, this.nowMs);
  }

  private leaveSystem(): void {
    const { system } = this;
    if (system) this.hearSystem(system, system.leave(this.clockMs));
    this.system = null;
  }

  /** Of R and of these accounts, where alarms stand. */
  private lookedAfter(...accounts: readonly ((Pick<AccountAlarms, 'machine'> & { readonly stream: JournalStream }) | undefined)[]) {
    const { system } = this;
    const ofSystem = system ? [{ stream: system.stream, machine: () => system.machine }] : [];
    return [...ofSystem, ...accounts.flatMap((one) => one ?? [])];
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
    this.feed = feedName(source);
    const isSame = source.kind === before.kind && source.name === before.name && source.clockMs >= before.clockMs;
    if (input.restarted && !isSame) {
      this.dropSystem();
      const isBack = source.kind === before.kind && source.name === before.name;
      this.begin();
      this.closures.feedBegan(state, isBack);
      this.volatilities.clear();
      this.sampler.funding.forget();
      this.closes.clear();
    }
    const ticks = source.kind === 'replay' ? input.ticks : input.ticks.filter(({ kind }) => kind !== 'last');
    learnVolatilities(this.volatilities, state.prices, ticks);
    this.sampler.funding.learn(ticks);
  }

  private dropSystem(): void {
    const { system } = this;
    if (!system) return;
    const left = system.machine.standing();
    for (const episode of left) this.close(endedView(episode, this.clockMs));
    this.keeper.leave(system.stream, left);
    this.system = null;
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
    this.closures.begin();
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
    if (this.system) this.hearSystem(this.system, this.system.wait(source.clockMs));
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
  private frames(state: SessionState, nowMs: number): readonly Frame[] {
    const notes = this.closures.takeNotes().map((message): Frame => ({ kind: 'failed', requestId: 0, faults: [{ pointer: '', message }] }));
    return [...notes, ...this.alarmFrames(state, nowMs)];
  }

  private alarmFrames({ loaded }: SessionState, nowMs: number): readonly Frame[] {
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
      closures: this.closures.views,
      areClosuresOn: this.closures.areOn,
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

/** What is said of rules and switch; undefined: they stay, null: as shipped. Of a memory without either, they stay. */
const chosen = (input: JournalInput) =>
  input.kind === 'journal-others'
    ? input
    : { rules: input.memory.rules ?? undefined, areClosuresOn: input.memory.areClosuresOn ?? undefined };

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
