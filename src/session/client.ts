/**
 * The page's side of the protocol: numbers requests, gives one promise for each, keeps only the newest what-if and the newest
 * snapshot, and brings a restarted worker to where the last one stood. No clock and no timers of its own. Rules SE-25…SE-32.
 */
import type { Fault } from '../domain/fault.ts';
import { createQueryGate, createSnapshotGate, createWhatIfGate, createWindowGate, SUPERSEDED } from './client-gates.ts';
import type {
  AddressesFrame,
  AlarmsFrame,
  Command,
  CrashKind,
  DeskFrame,
  DeskQuery,
  DeskWindow,
  Frame,
  HistoryColumns,
  JournalFrame,
  Snapshot,
  StressFrame,
  WhatIfSpec,
} from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import { CHANGES_MAX, commandsOf, compact, deskCommandsOf, isBytes, NOTHING, type Recollection, recollect, remember } from './restore.ts';
import type { Transport, TransportFault } from './transport.ts';

export type WhatIfFrame = Extract<Frame, { readonly kind: 'what-if' }>;
type Hello = Extract<Command, { readonly kind: 'hello' }>;
type WithId = Extract<Command, { readonly requestId: number }>;
/** A command before it has its number. */
export type Request = WithId extends infer C ? (C extends WithId ? Omit<C, 'requestId'> : never) : never;
type AnswerKind<K extends Request['kind']> = K extends 'load' | 'load-demo'
  ? 'loaded'
  : K extends 'explain'
    ? 'working'
    : K extends 'export'
      ? 'exported'
      : K extends 'what-if'
        ? 'what-if'
        : K extends 'desk-open'
          ? 'desk-opened'
          : K extends 'desk-query'
            ? 'desk-window'
            : K extends 'desk-export'
              ? 'desk-exported'
              : K extends 'alarm-cures'
                ? 'cures'
                : K extends 'alarm-closure'
                  ? 'closure'
                  : K extends
                        | 'journal-history'
                        | 'journal-events'
                        | `scenario-${string}`
                        | Exclude<Extract<K, `stress-${string}`>, 'stress-cancel'>
                    ? K
                    : K extends 'journal-export'
                      ? 'journal-exported'
                      : K extends 'journal-import'
                        ? 'journal-imported'
                        : K extends 'addresses-compare'
                          ? 'addresses-compared'
                          : 'done';
export type AnswerFrame<K extends Request['kind']> = Extract<Frame, { readonly kind: AnswerKind<K> }>;

/** What became of a request. `superseded`: a newer one took its place, nothing is wrong. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly superseded: boolean };

/** `starting` → `ready`; after a crash `restarting` → `ready` (restored); `failed` is final. */
export interface ConnectionState {
  readonly kind: 'starting' | 'ready' | 'restarting' | 'failed';
  readonly detail: string;
  readonly restartCount: number;
}

export interface ClientOptions {
  readonly transport: Transport;
  readonly hello: Pick<Hello, 'baseUrl' | 'clock' | 'debug'> & { readonly nowMs: () => number };
  /** Runs `deliver` at the next moment worth painting; latest wins until then. */
  readonly schedule: (deliver: () => void) => void;
  readonly onSnapshot: (snapshot: Snapshot, history: HistoryColumns | null) => void;
  readonly onWhatIf: (frame: WhatIfFrame) => void;
  /** The desk's frames: windows newest only and when the page is ready to paint, all others as they come. */
  readonly onDesk: (frame: DeskFrame) => void;
  readonly onAlarms: (frame: AlarmsFrame) => void;
  /** Accounts watched by address. Absent: nobody listens. */
  readonly onAddresses?: (frame: AddressesFrame) => void;
  /** What several venues say of the markets held. Absent: nobody listens. */
  readonly onReference?: (frame: Extract<Frame, { readonly kind: 'reference' }>) => void;
  /** Of the journal, what answers no request. Absent: nobody listens. */
  readonly onJournal?: (frame: Extract<JournalFrame, { readonly kind: 'journal' | 'journal-heard' }>) => void;
  readonly onConnection: (state: ConnectionState) => void;
  /** For how long the engine has said nothing, ms: from two seconds on, again and again, and 0 once it speaks. */
  readonly onSilence?: (silentMs: number) => void;
  /** Faults that answer no one request, and what could not be restored. */
  readonly onFaults: (faults: readonly Fault[]) => void;
}

export interface Client {
  /** `onPart` hears what comes before the answer: progress, and what is refined. */
  readonly request: <R extends Request>(request: R, onPart?: (part: StressFrame) => void) => Promise<Answer<AnswerFrame<R['kind']>>>;
  /** One in flight; a newer one replaces the one that waits. `null` leaves. */
  readonly whatIf: (spec: WhatIfSpec | null) => Promise<Answer<WhatIfFrame>>;
  /** One in flight; a newer one replaces the one that waits. Stays in force: its windows come through `onDesk`. */
  readonly deskQuery: (query: DeskQuery) => Promise<Answer<DeskWindow>>;
  readonly setSpeed: (speed: number) => void;
  /** The page is shown again, the network is back. */
  readonly wake: () => void;
  /** Several venues asked at once for what is held; answers come through `onReference`. None: no longer. */
  readonly reference: (venues: readonly string[], isStandIn: boolean) => void;
  /** Only for tests: stops the engine or its feed. Refused unless `hello` said `debug`. */
  readonly crash: (how: CrashKind, market?: string) => void;
  readonly close: () => void;
}

/** Requests that may wait for an answer at once. */
export const PENDING_MAX = 256;

interface Pending {
  readonly command: WithId;
  readonly settle: (answer: Answer<Frame>) => void;
  readonly onPart: ((part: StressFrame) => void) | undefined;
}

const failure = (message: string): Answer<never> => ({ ok: false, faults: [{ pointer: '', message }], superseded: false });
const STOPPED = 'the engine stopped before it answered; it is being started again and this was not carried out';
/** What was wanted and is asked again with the restoration is not lost. */
const stoppedAnswer = ({ kind }: Request): Answer<never> => (kind === 'what-if' || kind === 'desk-query' ? SUPERSEDED : failure(STOPPED));
const FILE_LOST = 'the file on the desk was lost with the engine: open it again';
const RESTORED = 'the engine was started again; book and settings are as they were';

/** A client over `options.transport`. Says hello as soon as the other end starts. */
export function createClient(options: ClientOptions): Client {
  const core = new ClientCore(options);
  return {
    request: (request, onPart) => core.request(request, onPart),
    whatIf: (spec) => core.whatIfs.ask(spec),
    deskQuery: (query) => core.queries.ask(query),
    wake: () => core.post({ kind: 'wake' }),
    reference: (venues, isStandIn) => core.post({ kind: 'reference', venues, isStandIn }),
    setSpeed: (speed) => core.post({ kind: 'feed-speed', speed }),
    crash: (how, market) => core.post({ kind: 'debug-crash', how, ...(market === undefined ? {} : { market }) }),
    close: () => core.close(),
  };
}

class ClientCore {
  readonly whatIfs = createWhatIfGate((spec) => this.request({ kind: 'what-if', spec }));
  readonly queries = createQueryGate((query) => this.request({ kind: 'desk-query', query }));
  private readonly options: ClientOptions;
  private readonly windows: (window: DeskWindow) => void;
  private readonly snapshots: ReturnType<typeof createSnapshotGate>;
  private readonly pending = new Map<number, Pending>();
  /** Commands given before the first start. */
  private readonly early: Command[] = [];
  /** Numbers of the commands that bring a fresh worker up to date and are not answered yet. */
  private readonly restoring = new Set<number>();
  private readonly restoreFaults: Fault[] = [];
  /** Numbers of the commands that put the desk back: nothing waits for them, but their failure is told. */
  private readonly reopening = new Set<number>();
  private memory: Recollection = NOTHING;
  private connection: ConnectionState['kind'] = 'starting';
  private restartCount = 0;
  private nextId = 1;
  private isStarted = false;
  private isCompacting = false;

  constructor(options: ClientOptions) {
    this.options = options;
    this.snapshots = createSnapshotGate(options.schedule, (snapshot, history) => {
      options.onSnapshot(snapshot, history);
      this.post({ kind: 'seen', bookVersion: snapshot.bookVersion });
    });
    this.windows = createWindowGate(options.schedule, (window) => {
      options.onDesk(window);
      this.post({ kind: 'desk-seen', sequence: window.sequence });
    });
    options.transport.onMessage((message) => this.receive(message));
    options.transport.onError((fault) => this.stopped(fault));
    options.transport.onStart(() => this.start());
    if (options.onSilence) options.transport.onSilence?.(options.onSilence);
  }

  post(command: Command): void {
    if (this.connection === 'failed') return;
    if (this.isStarted) this.options.transport.post(command, transferOf(command));
    else if (this.connection === 'starting') this.early.push(command);
  }

  request<R extends Request>(body: R, onPart?: Pending['onPart']): Promise<Answer<AnswerFrame<R['kind']>>> {
    if (this.connection === 'failed') return Promise.resolve(failure('the engine has stopped: reload the page'));
    if (this.connection === 'restarting' && !this.isStarted) return Promise.resolve(stoppedAnswer(body));
    if (this.pending.size >= PENDING_MAX) return Promise.resolve(failure('too many requests are waiting for the engine'));
    return new Promise((resolve) => {
      const command = { ...body, requestId: this.nextId++ } as WithId;
      this.pending.set(command.requestId, { command, settle: resolve as Pending['settle'], onPart });
      this.post(command);
    });
  }

  close(): void {
    this.stopPending('the page has let go of the engine');
    this.options.transport.close();
  }

  private enter(kind: ConnectionState['kind'], detail: string): void {
    this.connection = kind;
    this.options.onConnection({ kind, detail, restartCount: this.restartCount });
  }

  private start(): void {
    const { transport, hello } = this.options;
    const { nowMs, ...rest } = hello;
    this.isStarted = true;
    // Known before anything is said: an answer may come at once.
    const commands = this.connection === 'restarting' ? this.restoration() : [];
    transport.post({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, nowMs: nowMs(), ...rest });
    for (const command of commands) transport.post(command);
    for (const command of this.early.splice(0)) transport.post(command, transferOf(command));
  }

  /** What leads a fresh worker to where the last one stood: the margin page, which is waited for, and the desk, which is not. */
  private restoration(): Command[] {
    this.snapshots.hold();
    const nextId = (): number => this.nextId++;
    const page = commandsOf(this.memory, this.whatIfs.wanted(), nextId);
    for (const command of page) if ('requestId' in command) this.restoring.add(command.requestId);
    const { commands: desk, isLost } = deskCommandsOf(this.memory, this.queries.wanted(), nextId);
    for (const command of desk) if ('requestId' in command) this.reopening.add(command.requestId);
    if (isLost) {
      this.memory = { ...this.memory, desk: { ...this.memory.desk, open: null } };
      this.restoreFaults.push({ pointer: '', message: FILE_LOST });
    }
    return [...page, ...desk];
  }

  private stopped(fault: TransportFault): void {
    this.isStarted = false;
    if (fault.kind === 'stopped') this.restartCount++;
    this.enter(fault.kind === 'stopped' ? 'restarting' : 'failed', fault.detail);
    this.stopPending(STOPPED);
  }

  private stopPending(message: string): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    this.restoring.clear();
    this.reopening.clear();
    this.isCompacting = false;
    for (const each of waiting) each.settle(message === STOPPED ? stoppedAnswer(each.command) : failure(message));
  }

  private receive(message: unknown): void {
    const frame = asFrame(message);
    if (!frame) return;
    switch (frame.kind) {
      case 'beat':
        break;
      case 'welcome':
        this.welcomed(frame.protocolVersion);
        break;
      case 'snapshot':
        if (this.restoring.size === 0) this.memory = remember(this.memory, frame.source);
        this.snapshots.take(frame);
        break;
      case 'history':
        this.snapshots.takeHistory(frame.history);
        break;
      case 'what-if':
        this.receiveWhatIf(frame);
        break;
      case 'desk-window':
        this.windows(frame);
        if (frame.requestId !== 0) this.settle(frame.requestId, { ok: true, value: frame });
        break;
      case 'closed':
        this.memory = recollect(this.memory, { kind: 'edit', requestId: 0, edit: frame.edit });
        break;
      case 'alarms':
        this.memory = { ...this.memory, areClosuresOff: !frame.areClosuresOn };
        this.options.onAlarms(frame);
        break;
      case 'addresses':
        this.options.onAddresses?.(frame);
        break;
      case 'reference':
        this.options.onReference?.(frame);
        break;
      case 'journal':
      case 'journal-heard':
        this.options.onJournal?.(frame);
        break;
      case 'desk-book':
      case 'desk-status':
      case 'desk-panels':
      case 'desk-alarms':
        this.options.onDesk(frame);
        break;
      case 'stress-progress':
        this.pending.get(frame.requestId)?.onPart?.(frame);
        break;
      case 'failed':
        if (frame.requestId === 0) this.options.onFaults(frame.faults);
        else this.settle(frame.requestId, { ok: false, faults: frame.faults, superseded: false });
        break;
      default:
        if ('isFinal' in frame && !frame.isFinal) this.pending.get(frame.requestId)?.onPart?.(frame);
        else this.settle(frame.requestId, { ok: true, value: frame });
    }
  }

  private receiveWhatIf(frame: WhatIfFrame): void {
    const isAnswer = this.pending.has(frame.requestId) || this.restoring.has(frame.requestId);
    this.settle(frame.requestId, { ok: true, value: frame });
    if (this.whatIfs.isWanted(frame, isAnswer) && this.restoring.size === 0) this.options.onWhatIf(frame);
  }

  private welcomed(version: number): void {
    if (version === PROTOCOL_VERSION) {
      if (this.restoring.size === 0) this.ready();
      return;
    }
    this.enter('failed', `this page speaks protocol ${PROTOCOL_VERSION}, its engine ${version}: reload the page`);
    this.close();
  }

  private ready(): void {
    this.enter('ready', this.restartCount > 0 ? RESTORED : '');
    if (this.restoreFaults.length > 0) this.options.onFaults(this.restoreFaults.splice(0));
    this.snapshots.release();
  }

  private settle(requestId: number, answer: Answer<Frame>): void {
    if (this.restoring.delete(requestId)) {
      if (!answer.ok) this.restoreFaults.push(...answer.faults);
      if (this.restoring.size === 0) this.ready();
      return;
    }
    if (this.reopening.delete(requestId)) {
      if (!answer.ok) this.options.onFaults(answer.faults);
      return;
    }
    const waiting = this.pending.get(requestId);
    if (!waiting) return;
    this.pending.delete(requestId);
    if (answer.ok) {
      this.memory = recollect(this.memory, waiting.command);
      const { command } = waiting;
      const { book, changes } = this.memory;
      // A row of the desk's own book, or of an address, is remembered as the book that it became: nothing else has its text.
      if (command.kind === 'desk-row' || command.kind === 'addresses-show' || command.kind === 'edit') {
        if (!book) this.askBook('account' in command ? command.account : 'account');
      }
      // A long list of changes is replaced by the book they led to.
      if (book && !this.isCompacting && changes.length >= CHANGES_MAX) this.askBook(book.kind === 'load' ? book.name : 'demo');
    }
    waiting.settle(answer);
  }

  /** The book as it is now takes the place of what is remembered, unless another took it meanwhile. */
  private askBook(name: string): void {
    const { book } = this.memory;
    this.isCompacting = true;
    void this.request({ kind: 'export' }).then((answer) => {
      this.isCompacting = false;
      if (answer.ok && this.memory.book === book) this.memory = compact(this.memory, name, answer.value.text);
    });
  }
}

const KINDS: ReadonlySet<string> = new Set<Frame['kind']>([
  'welcome',
  'snapshot',
  'history',
  'what-if',
  'working',
  'loaded',
  'exported',
  'done',
  'failed',
  'beat',
  'reference',
  'alarms',
  'cures',
  'closure',
  'closed',
]);

/** Bytes of a file change hands; nothing else is taken from the page. */
const transferOf = (command: Command): readonly ArrayBuffer[] =>
  command.kind === 'desk-open' && command.source.kind === 'file' && isBytes(command.source.content) ? [command.source.content] : [];

/** The message as a frame, or undefined for anything that is none: the page takes no unknown message. */
function asFrame(message: unknown): Frame | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  return typeof message.kind === 'string' && (KINDS.has(message.kind) || /^(desk|journal|stress|scenario|addresses)/.test(message.kind))
    ? (message as Frame)
    : undefined;
}
