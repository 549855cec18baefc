/**
 * The session and the desk with their state kept in one place: what a host runs. The desk is code of its own, larger than the session,
 * and is given to the engine when it is wanted.
 */
import type { AlarmModule } from './alarms/index.ts';
import type { AlarmCommand } from './alarms/messages.ts';
import { checkCommand } from './check-command.ts';
import type { DeskModule } from './desk/index.ts';
import type { DeskCommand } from './desk/messages.ts';
import type { DeskMemory } from './desk/opened.ts';
import type { JournalInput, JournalNews, JournalStream } from './journal/messages.ts';
import { isOneDollar } from './live/gaps.ts';
import { bookPrices, heldMarkets, isDollar, livePrice } from './prices.ts';
import type { Command, DeskInput, EngineInput, Frame, SessionInput } from './protocol.ts';
import { isBytes } from './restore.ts';
import { emptySession, step } from './session.ts';
import { type Loaded, type SessionState, selectedAccount } from './state.ts';
import type { StressModule } from './stress/index.ts';
import type { StressCommand } from './stress/messages.ts';
import type { PathInput } from './stress/path-run.ts';
import type { ScenarioCommand } from './stress/scenario-messages.ts';
import type { HostedEngine } from './transport.ts';

/** Memory of the worker's own, and the plain kernel. */
const OWN_MEMORY: DeskMemory = { isShared: false, allocate: (bytes) => new ArrayBuffer(bytes) };

/** A session with nothing loaded, and no desk until `takeDesk`. */
export const createEngine = (memory: DeskMemory = OWN_MEMORY): HostedEngine => new Engine(memory);

type Desk = InstanceType<DeskModule['Desk']>;
type Opening = Extract<DeskCommand, { readonly kind: 'desk-open' }>;
type OpeningContext = Parameters<DeskModule['openBook']>[2];

const isDeskCommand = (input: EngineInput | Command): boolean => input.kind.startsWith('desk-');
const isPathInput = (input: EngineInput | Command): input is PathInput => input.kind === 'stress-piece' || input.kind === 'stress-alone';
const isStressCommand = (input: EngineInput | Command): input is StressCommand => input.kind.startsWith('stress-') && !isPathInput(input);
const isScenarioCommand = (input: EngineInput | Command): input is ScenarioCommand => input.kind.startsWith('scenario-');
const isAlarmCommand = (input: EngineInput | Command): input is AlarmCommand => input.kind.startsWith('alarm-');
const isJournalInput = (input: EngineInput): input is JournalInput => input.kind === 'journal-memory' || input.kind === 'journal-others';
const isDeskInput = (input: EngineInput): input is DeskCommand | DeskInput => isDeskCommand(input);

const noAlarms = ({ requestId }: AlarmCommand): readonly Frame[] => [
  { kind: 'failed', requestId, faults: [{ pointer: '', message: 'there are no alarms' }] },
];

const noStress = ({ requestId }: StressCommand | ScenarioCommand): readonly Frame[] => [
  { kind: 'failed', requestId, faults: [{ pointer: '', message: 'there is no stress' }] },
];

class Engine implements HostedEngine {
  private state: SessionState = emptySession();
  /** Null until it is wanted. */
  private desk: Desk | null = null;
  private module: DeskModule | null = null;
  private readonly memory: DeskMemory;
  /** Null until prices move. */
  private alarms: ReturnType<AlarmModule['createAlarmWatch']> | null = null;
  /** Null until it is wanted. */
  private stress: InstanceType<StressModule['StressEngine']> | null = null;
  private stressModule: StressModule | null = null;
  private alarmModule: AlarmModule | null = null;
  private bookSequence = 0;
  /** The desk shows the margin page's book: what is edited there changes here. */
  private isFollowing = false;
  /** What the opening under way will show. */
  private opening: { readonly isBook: boolean; readonly sequence: number } | null = null;

  constructor(memory: DeskMemory) {
    this.memory = memory;
  }

  check(message: unknown): ReturnType<HostedEngine['check']> {
    return checkCommand(message, this.stressModule?.checkStress);
  }

  get isWorking(): boolean {
    return (this.desk?.isWorking ?? false) || (this.stress?.isWorking ?? false);
  }

  wantsDesk(command: Command): boolean {
    return this.desk === null && isDeskCommand(command);
  }

  wantsStress(command: Command): boolean {
    return this.stress === null && (isStressCommand(command) || isScenarioCommand(command));
  }

  takeStress(module: StressModule, hasPathWorkers = false): void {
    this.stress ??= new module.StressEngine({ allocate: this.memory.allocate, hasPathWorkers });
    this.stressModule = module;
  }

  get pathOrder(): HostedEngine['pathOrder'] {
    return this.stress?.pathOrder ?? null;
  }

  wantsAlarms(command: Command): boolean {
    return this.alarms === null && (command.kind === 'feed' || isAlarmCommand(command) || command.kind.startsWith('journal-'));
  }

  takeAlarms(module: AlarmModule): void {
    this.alarms ??= module.createAlarmWatch();
    this.alarmModule = module;
  }

  /** The desk begins with the prices as they stand. */
  takeDesk(module: DeskModule): void {
    if (this.desk) return;
    const { prices, source, limits } = this.state;
    this.module = module;
    this.desk = new module.Desk(this.memory.isShared, () => this.alarms?.terms() ?? null);
    this.desk.feed(prices, source, limits);
  }

  step(input: EngineInput, nowMs: number): readonly Frame[] {
    if (isAlarmCommand(input)) return this.alarms?.command(input, this.state) ?? noAlarms(input);
    if (isPathInput(input)) return this.stress?.give(input) ?? [];
    if (isStressCommand(input) || isScenarioCommand(input)) return this.stepStress(input);
    if (isJournalInput(input)) return this.alarms?.journal(input) ?? [];
    if (!isDeskInput(input)) return this.stepSession(input, nowMs);
    const { desk, module } = this;
    if (desk && module) return this.stepDesk(desk, module, input, nowMs);
    if (input.kind === 'desk-work') return this.stress?.work(null, this.state.source.clockMs) ?? [];
    return 'requestId' in input
      ? [{ kind: 'failed', requestId: input.requestId, faults: [{ pointer: '', message: 'there is no desk' }] }]
      : [];
  }

  private stepStress(input: StressCommand | ScenarioCommand): readonly Frame[] {
    const { stress, state } = this;
    const open = this.desk?.open ?? null;
    return stress ? this.measured(() => stress.command(input, { state, open, terms: () => this.alarms?.terms() })) : noStress(input);
  }

  /** R that was measured is the alarms' too; where nobody measures it any more, they are told. */
  private measured(run: () => readonly Frame[]): readonly Frame[] {
    const wasWatching = this.stress?.isWatching ?? false;
    const frames = run();
    for (const frame of frames)
      if (frame.kind === 'stress-watch')
        this.alarms?.measured({ book: this.desk?.open?.name ?? '', reproduction: frame.reproduction }, frame.clockMs);
    if (wasWatching && !this.stress?.isWatching) this.alarms?.measured(null, this.state.source.clockMs);
    return frames;
  }

  private stepDesk(desk: Desk, module: DeskModule, input: DeskCommand | DeskInput, nowMs: number): readonly Frame[] {
    switch (input.kind) {
      case 'desk-open':
        return this.openDesk(desk, module, input, nowMs);
      case 'desk-row':
        return this.showRow(desk, input, nowMs);
      case 'desk-export':
        return desk.beginExport(input, nowMs, this.memory.keep);
      case 'desk-query':
      case 'desk-panels':
      case 'desk-watch':
      case 'desk-cancel':
      case 'desk-close':
      case 'desk-seen':
      case 'desk-alarms':
      case 'desk-alarms-acknowledge':
        return desk.command(input);
      case 'desk-bytes':
        return desk.give(input.requestId, input.bytes);
      case 'desk-work':
        return this.measured(() => this.work(desk, nowMs));
      case 'desk-flush':
        return this.measured(() => [...desk.flush(nowMs), ...(this.stress?.beat(desk.open, nowMs) ?? [])]);
    }
  }

  private stepSession(input: SessionInput, nowMs: number): readonly Frame[] {
    const earlier = this.state;
    const before = earlier.loaded;
    const { state, frames: shown } = step(earlier, input, { nowMs });
    this.state = state;
    const snapshot = shown.find((frame) => frame.kind === 'snapshot');
    const alarms = this.alarms?.follow(input, earlier, state, nowMs, snapshot) ?? [];
    const frames = alarms.length > 0 ? [...shown, ...alarms] : shown;
    const closure = this.alarms?.takeClosure() ?? null;
    if (closure)
      return [...frames, { kind: 'closed', edit: closure }, ...this.stepSession({ kind: 'edit', requestId: 0, edit: closure }, nowMs)];
    if (input.kind === 'feed-update') this.desk?.feed(state.prices, state.source, state.limits);
    const { desk, module } = this;
    if (desk && module && this.isFollowing && before && state.loaded && state.loaded !== before)
      return [...frames, ...this.follow(desk, module, before, state.loaded, nowMs)];
    return frames;
  }

  /** An edit of the margin page's account, on the desk; another book there leaves the desk as it is. */
  private follow(desk: Desk, module: DeskModule, before: Loaded, now: Loaded, nowMs: number): readonly Frame[] {
    if (now.original !== before.original) {
      this.isFollowing = false;
      return [];
    }
    if (now.book === before.book) return [];
    const isSameMarket = now.book.instruments === before.book.instruments && now.book.assets === before.book.assets;
    const changed = now.book.accounts.filter((account, i) => account !== before.book.accounts[i]);
    if (isSameMarket && changed.every((account) => desk.change(account))) return [];
    return this.begin(desk, 0, true, module.openBook(now.book, now.name, this.context()), nowMs);
  }

  private context(): OpeningContext {
    return { sequence: ++this.bookSequence, memory: this.memory };
  }

  private begin(desk: Desk, requestId: number, isBook: boolean, job: Parameters<Desk['beginOpening']>[1], nowMs: number): readonly Frame[] {
    const frames = desk.beginOpening(requestId, job, nowMs);
    this.opening = { isBook, sequence: this.bookSequence };
    return frames;
  }

  private openDesk(desk: Desk, module: DeskModule, { requestId, source }: Opening, nowMs: number): readonly Frame[] {
    switch (source.kind) {
      case 'book': {
        const { loaded } = this.state;
        if (!loaded) return [{ kind: 'failed', requestId, faults: [{ pointer: '', message: 'no book is loaded' }] }];
        return this.begin(desk, requestId, true, module.openBook(loaded.book, loaded.name, this.context()), nowMs);
      }
      case 'population': {
        const { clockMs } = this.state.source;
        const asOf = new Date(Number.isFinite(clockMs) ? clockMs : nowMs).toISOString();
        const spec = { accounts: source.accounts, seed: source.seed, asOf, markPrices: this.feedMarks() };
        return this.begin(desk, requestId, false, module.openPopulation(spec, this.context()), nowMs);
      }
      case 'file': {
        const { name, content } = source;
        const bytes = isBytes(content) ? { size: content.byteLength, bytes: new Uint8Array(content) } : { size: content.size };
        return this.begin(desk, requestId, false, module.openFile(bytes, name, new Date(nowMs).toISOString(), this.context()), nowMs);
      }
    }
  }

  get wanted(): HostedEngine['wanted'] {
    return this.desk?.wanted;
  }

  /** What the feed says of each market now. */
  private feedMarks(): Map<string, NonNullable<ReturnType<typeof livePrice>>['price']> {
    const marks = new Map<string, NonNullable<ReturnType<typeof livePrice>>['price']>();
    for (const market of this.state.prices.keys()) {
      const held = livePrice(this.state.prices, market, 'mark');
      if (held) marks.set(market, held.price);
    }
    return marks;
  }

  private work(desk: Desk, nowMs: number): readonly Frame[] {
    const frames = [...(desk.isWorking ? desk.work(nowMs) : []), ...(this.stress?.work(desk.open, this.state.source.clockMs) ?? [])];
    if (this.opening && desk.open?.sequence === this.opening.sequence) {
      this.isFollowing = this.opening.isBook;
      this.opening = null;
    }
    return frames;
  }

  /** The account of a row on the margin page: selected in the book that is there, or in place of it. */
  private showRow(desk: Desk, { requestId, account: id }: Extract<DeskCommand, { kind: 'desk-row' }>, nowMs: number): readonly Frame[] {
    if (this.isFollowing) return this.stepSession({ kind: 'select-account', requestId, account: id }, nowMs);
    const found = desk.find(id);
    if (!found) return [{ kind: 'failed', requestId, faults: [{ pointer: '/account', message: 'the desk holds no such account' }] }];
    return this.stepSession({ kind: 'take-book', requestId, name: desk.open?.name ?? '', book: found.book }, nowMs);
  }

  takeNews(): JournalNews | null {
    return this.alarms?.takeNews() ?? null;
  }

  journalStream(account: string): JournalStream | null {
    return this.alarmModule?.streamOf(this.state, account) ?? null;
  }

  simulationStart(): ReturnType<HostedEngine['simulationStart']> {
    const book = this.desk?.open && !this.isFollowing ? this.desk.open.kernel.board.book : this.state.loaded?.original;
    if (!book) return undefined;
    const startPrices = Object.fromEntries([...bookPrices(book)].map(([market, price]) => [market, price.toFixed()]));
    return { startMs: Date.parse(book.asOf), startPrices };
  }

  followed(): ReturnType<HostedEngine['followed']> {
    const { followed, selected = '' } = this.state.loaded ?? {};
    return followed ? { ...followed, account: selected } : null;
  }

  wantedMarkets(): ReturnType<HostedEngine['wantedMarkets']> {
    const { loaded } = this.state;
    const account = loaded && selectedAccount(loaded);
    const held = account ? heldMarkets(loaded.book, account) : [];
    const pegged = account ? account.balances.flatMap(({ asset, amount }) => (!amount.isZero() && isOneDollar(asset) ? [asset] : [])) : [];
    const board = this.desk?.open?.kernel.board.book;
    return {
      held,
      pegged,
      scanned: board ? [...board.instruments.values()].flatMap(({ base, quote }) => (isDollar(quote) ? [base] : [])) : [],
    };
  }
}
