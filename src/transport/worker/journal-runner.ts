/**
 * The journal inside the worker: opened before the first look, told of everything that is to be kept, asked by the page, shared with the
 * other tabs (rules JN of docs/spec/journal.md). It never rejects: where nothing can be kept it goes on in memory and says so.
 */
import {
  type AcknowledgementRow,
  type Batch,
  createJournal,
  createMemoryShelves,
  type EventRow,
  type Journal,
  NO_BATCH,
  openDatabase,
  openTabs,
  type SampleRow,
  streamKey,
  type TabMessage,
  type Tabs,
  type TabsOptions,
} from '../../journal/index.ts';
import type {
  Frame,
  JournalCommand,
  JournalEventView,
  JournalFrame,
  JournalHeard,
  JournalHistory,
  JournalInput,
  JournalMemory,
  JournalNews,
  JournalStatus,
  JournalStream,
} from '../../session/protocol.ts';

export interface JournalRunnerOptions {
  readonly post: (frame: JournalFrame | Extract<Frame, { readonly kind: 'done' | 'failed' }>, transfer: ArrayBuffer[]) => void;
  readonly now: () => number;
  readonly after: (run: () => void, delayMs: number) => void;
  readonly streamOf: (account: string) => JournalStream | null;
  /** Tells the engine what other tabs did. */
  readonly tell: (input: Extract<JournalInput, { readonly kind: 'journal-others' }>) => void;
  readonly database?: string;
  readonly locks: TabsOptions['locks'];
  readonly channel: TabsOptions['channel'];
  readonly storage: Pick<StorageManager, 'estimate' | 'persisted'> | undefined;
}

export interface JournalRunner {
  /** What the engine starts from. Resolves once it is known whether this tab leads. */
  readonly open: () => Promise<JournalMemory>;
  /** Resolves when the news are on disk, or with why they are not. */
  readonly keep: (news: JournalNews) => Promise<Kept>;
  readonly command: (command: JournalCommand) => Promise<void>;
  readonly beat: () => void;
  readonly stop: () => void;
}

export interface Kept {
  /** Events that another tab told a moment ago: they are not told a second time. */
  readonly repeats: readonly string[];
  /** '' where all is kept as well as it can be; else one sentence. */
  readonly fault: string;
}

export type CreateJournalRunner = (options: JournalRunnerOptions) => JournalRunner;

/** A disk that says nothing for so long is not waited for: an alarm is told all the same. */
export const PATIENCE_MS = 2_000;
/** Samples wait so long for one another; a kill loses no more of the history than this. */
const SAMPLES_EVERY_MS = 2_000;
const STATUS_MS = 500;
const SAMPLES_WAITING_MAX = 500;
const TIDY_EVERY_MS = 3_600_000;
/** Beats come ten times a second: with so much between two of them the machine slept. */
const SLEEP_MS = 30_000;
/** Two tabs under the same prices say the same at about the same time: within this it is one alarm, beyond it is a passage seen again. */
const ECHO_MS = 60_000;
/** An acknowledgement older than this is not looked for in a new passage. */
const ACKNOWLEDGEMENTS_MAX = 20_000;

const NOTHING_CHOSEN = { kind: 'journal-others', acknowledgements: [], isNews: true, rules: undefined, areClosuresOn: undefined } as const;

const NO_DISK = 'this browser keeps nothing for this page; what is noted holds until the page is closed';

export const createJournalRunner: CreateJournalRunner = (options) => new Runner(options);

class Runner implements JournalRunner {
  private readonly options: JournalRunnerOptions;
  private journal: Journal = createJournal(createMemoryShelves());
  private tabs: Tabs | undefined;
  private state: Pick<JournalStatus, 'state' | 'detail'> = { state: 'memory', detail: NO_DISK };
  private settings = '';
  private watchlist: readonly string[] = [];
  private waiting: SampleRow[] = [];
  private cuts: Batch['cuts'][number][] = [];
  private samplesMs = Number.NEGATIVE_INFINITY;
  private tidyMs = Number.NEGATIVE_INFINITY;
  private beatMs = Number.NaN;
  private sleep = { sleptMs: 0, sleeps: 0 };
  private isTelling = false;
  /** When another tab told an event, by its id. */
  private readonly toldByOthers = new Map<string, number>();
  /** What is written, one after another: a later batch never overtakes an earlier one. */
  private writing: Promise<unknown> = Promise.resolve();

  constructor(options: JournalRunnerOptions) {
    this.options = options;
  }

  async open(): Promise<JournalMemory> {
    const { locks, channel, database } = this.options;
    const name = database ?? 'plimsoll/journal';
    this.tabs = openTabs({
      name,
      locks,
      channel,
      onRole: () => void this.tellStatus(),
      onMessage: (message) => void this.heard(message),
    });
    const opening = openDatabase({ name, onLost: (reason) => this.lost(reason) });
    const shelves = await this.within(opening).catch((error: unknown) => {
      // One that comes late is not used: what was noted meanwhile is not in it.
      void opening.then((late) => late.close()).catch(() => undefined);
      this.state = { state: 'memory', detail: `${NO_DISK} (${messageOf(error)})` };
      return undefined;
    });
    if (shelves) {
      this.journal = createJournal(shelves);
      this.state = { state: 'ready', detail: '' };
    }
    await this.within(this.tabs.decided).catch(() => 'alone');
    const memory = await this.remember().catch((error: unknown) => {
      this.lost(messageOf(error));
      return { rules: null, areClosuresOn: null, acknowledgements: [], machines: [] };
    });
    await this.tellStatus();
    return memory;
  }

  async keep(news: JournalNews): Promise<Kept> {
    const nowMs = this.options.now();
    const batch = batchOf(news, nowMs);
    // History is kept by the one who leads: two tabs would write the same stream twice.
    if (this.tabs?.role() !== 'follower') this.queue(news, nowMs);
    const isGrave = Object.values(batch).some((rows) => rows.length > 0);
    if (!isGrave) return { repeats: [], fault: '' };
    const say = (repeats: readonly string[]): void => {
      const told = news.events.filter(({ event }) => !repeats.includes(event.id)).flatMap(heardOf);
      if (told.length > 0) this.tabs?.say({ kind: 'told', events: told });
    };
    try {
      await this.within(this.write(batch));
      const repeats = news.events.map(({ event }) => event.id).filter((id) => this.isEcho(id, nowMs));
      say(repeats);
      if (this.state.state === 'ready') this.state = { state: 'ready', detail: '' };
      this.tellSoon();
      if (batch.acknowledgements.length > 0) this.tabs?.say({ kind: 'acknowledged', rows: [...batch.acknowledgements] });
      if (batch.choices.length > 0) this.tabs?.say({ kind: 'chosen', rows: [...batch.choices] });
      return { repeats, fault: '' };
    } catch (error) {
      say([]);
      const fault = `it could not be kept (${messageOf(error)}); it holds until the page is closed`;
      if (this.state.detail !== fault) {
        this.state = { ...this.state, detail: fault };
        void this.tellStatus();
      }
      return { repeats: [], fault };
    }
  }

  async command(command: JournalCommand): Promise<void> {
    const { requestId } = command;
    const { post } = this.options;
    try {
      await this.carryOut(command);
    } catch (error) {
      const faults = isInputError(error) ? error.faults : [{ pointer: '', message: `the journal could not do it: ${messageOf(error)}` }];
      post({ kind: 'failed', requestId, faults }, []);
    }
  }

  private async carryOut(command: JournalCommand): Promise<void> {
    const { post, now } = this.options;
    const { requestId } = command;
    await this.flushSamples();
    switch (command.kind) {
      case 'journal-history': {
        const history = await this.history(command);
        post({ kind: 'journal-history', requestId, history }, buffersOf(history));
        return;
      }
      case 'journal-events':
        post({ kind: 'journal-events', requestId, ...(await this.events(command)) }, []);
        return;
      case 'journal-export':
        post({ kind: 'journal-exported', requestId, text: await this.journal.exportText(now()) }, []);
        return;
      case 'journal-import': {
        const imported = await this.journal.importText(command.text);
        await this.changed();
        this.tabs?.say({ kind: 'changed' });
        post({ kind: 'journal-imported', requestId, ...imported }, []);
        return;
      }
      case 'journal-forget':
        await this.journal.forget();
        await this.keepSettings(this.settings);
        await this.changed();
        this.tabs?.say({ kind: 'changed' });
        break;
      case 'journal-settings':
        this.settings = command.text;
        await this.keepSettings(command.text);
        break;
      case 'journal-watch':
        await this.journal.watch(command.account, command.isWatched, now());
        await this.remember();
        this.tabs?.say({ kind: 'changed' });
        break;
      case 'journal-refresh':
        break;
    }
    await this.tellStatus();
    post({ kind: 'done', requestId }, []);
  }

  beat(): void {
    const nowMs = this.options.now();
    const sinceMs = nowMs - this.beatMs;
    this.beatMs = nowMs;
    if (sinceMs >= SLEEP_MS) {
      this.sleep = { sleptMs: sinceMs, sleeps: this.sleep.sleeps + 1 };
      void this.tellStatus();
    }
    if (this.waiting.length > 0 && nowMs - this.samplesMs >= SAMPLES_EVERY_MS) void this.flushSamples();
    if (this.tabs && this.tabs.role() !== 'follower' && nowMs - this.tidyMs >= TIDY_EVERY_MS) {
      this.tidyMs = nowMs;
      this.chain(() => this.journal.tidy(nowMs)).catch(() => undefined);
    }
  }

  stop(): void {
    void this.flushSamples();
    this.tabs?.close();
  }

  /** What an engine starts from; settings and watch-list are the page's. */
  private async remember(): Promise<JournalMemory> {
    const { acknowledgements, machines, choices, watchlist } = await this.journal.remember();
    this.watchlist = watchlist.map(({ account }) => account);
    let rules: string | null = null;
    let areClosuresOn: boolean | null = null;
    for (const choice of choices) {
      if (choice.name === 'alarm-rules') rules = choice.text;
      else if (choice.name === 'alarm-closures') areClosuresOn = choice.text === 'on';
      else this.settings = choice.text;
    }
    const newest = [...acknowledgements].sort((a, b) => b.keptMs - a.keptMs).slice(0, ACKNOWLEDGEMENTS_MAX);
    return { rules, areClosuresOn, acknowledgements: newest.map(acknowledgementOf), machines };
  }

  /** What an import, or another tab, brought: the engine hears of it. */
  private async changed(): Promise<void> {
    const { rules, areClosuresOn, acknowledgements } = await this.remember();
    this.options.tell({ kind: 'journal-others', acknowledgements, isNews: false, rules, areClosuresOn });
    await this.tellStatus();
  }

  private async heard(message: TabMessage): Promise<void> {
    const { tell, post } = this.options;
    if (message.kind === 'told') {
      this.noteTold(message.events);
      if (this.tabs?.role() === 'leader' && message.events.length > 0) post({ kind: 'journal-heard', events: message.events }, []);
    } else if (message.kind === 'acknowledged') tell({ ...NOTHING_CHOSEN, acknowledgements: message.rows.map(acknowledgementOf) });
    else if (message.kind === 'chosen') {
      for (const row of message.rows) {
        if (row.name === 'alarm-rules') tell({ ...NOTHING_CHOSEN, rules: row.text });
        else if (row.name === 'alarm-closures') tell({ ...NOTHING_CHOSEN, areClosuresOn: row.text === 'on' });
        else this.settings = row.text;
      }
      await this.tellStatus();
    } else await this.changed().catch(() => undefined);
  }

  private noteTold(events: readonly JournalHeard[]): void {
    const nowMs = this.options.now();
    for (const [id, toldMs] of this.toldByOthers) if (Math.abs(nowMs - toldMs) > ECHO_MS) this.toldByOthers.delete(id);
    for (const { id } of events) this.toldByOthers.set(id, nowMs);
  }

  private isEcho(id: string, nowMs: number): boolean {
    const toldMs = this.toldByOthers.get(id);
    return toldMs !== undefined && Math.abs(nowMs - toldMs) <= ECHO_MS;
  }

  private async keepSettings(text: string): Promise<void> {
    if (text === '') return;
    const choices = [{ name: 'settings', text, changedMs: this.options.now() } as const];
    await this.write({ ...NO_BATCH, choices });
    this.tabs?.say({ kind: 'chosen', rows: choices });
  }

  private async history({ account, fromMs, toMs }: Extract<JournalCommand, { kind: 'journal-history' }>): Promise<JournalHistory> {
    const stream = this.options.streamOf(account) ?? { book: '', account, feed: '' };
    return columnsOf(stream, await this.journal.samples(streamKey(stream), fromMs, toMs, this.options.now()));
  }

  private async events({ text, offset, limit }: Extract<JournalCommand, { kind: 'journal-events' }>) {
    const nowMs = this.options.now();
    const [rows, acknowledgements] = await Promise.all([this.journal.events(nowMs), this.journal.acknowledgements(nowMs)]);
    const acknowledged = new Set(acknowledgements.filter(({ kind }) => kind === 'acknowledged').map(({ id }) => id));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const views = rows.map((row) => viewOf(row, acknowledged.has(row.id)));
    const matched = words.length === 0 ? views : views.filter((view) => words.every((word) => searchedOf(view).includes(word)));
    return { matched: matched.length, events: matched.slice(offset, offset + limit) };
  }

  private async tellStatus(): Promise<void> {
    const { storage, post } = this.options;
    const [counts, estimate, isPersisted] = await Promise.all([
      this.journal.counts().catch(() => ({ events: 0, samples: 0, setAside: [], quotaThinnings: 0 })),
      storage?.estimate().catch(() => undefined),
      storage?.persisted().catch(() => undefined),
    ]);
    post(
      {
        kind: 'journal',
        ...this.state,
        role: this.tabs?.role() ?? 'alone',
        events: counts.events,
        samples: counts.samples,
        setAside: counts.setAside.map(({ store, key, reason, atMs }) => ({ store, key, reason, atMs })),
        usage: estimate?.usage ?? Number.NaN,
        quota: estimate?.quota ?? Number.NaN,
        isPersisted: isPersisted ?? null,
        quotaThinnings: counts.quotaThinnings,
        settings: this.settings,
        watchlist: this.watchlist,
        ...this.sleep,
      },
      [],
    );
  }

  /** What was just kept shows, but a flood of it does not ask the browser for its room a hundred times. */
  private tellSoon(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    this.options.after(() => {
      this.isTelling = false;
      void this.tellStatus();
    }, STATUS_MS);
  }

  private lost(reason: string): void {
    this.journal = createJournal(createMemoryShelves());
    this.state = { state: 'memory', detail: reason };
    void this.tellStatus();
  }

  private queue({ samples, cuts }: JournalNews, nowMs: number): void {
    for (const { stream, afterMs } of cuts) {
      const key = streamKey(stream);
      this.cuts.push({ key, afterMs });
      this.waiting = this.waiting.filter((row) => row.key !== key || row.timeMs < afterMs);
    }
    for (const { stream, sample } of samples) this.waiting.push({ ...sample, key: streamKey(stream), keptMs: nowMs });
    if (this.waiting.length >= SAMPLES_WAITING_MAX) void this.flushSamples();
  }

  private flushSamples(): Promise<void> {
    const [samples, cuts] = [this.waiting, this.cuts];
    // What is on its way to the disk is waited for, too.
    if (samples.length + cuts.length === 0) return this.writing.then(() => undefined);
    this.waiting = [];
    this.cuts = [];
    this.samplesMs = this.options.now();
    return this.write({ ...NO_BATCH, samples, cuts }).then(
      () => undefined,
      () => undefined,
    );
  }

  private write(batch: Batch): Promise<readonly string[]> {
    return this.chain(() => this.journal.keep(batch, this.options.now()));
  }

  private chain<T>(work: () => Promise<T>): Promise<T> {
    const done = this.writing.then(work, work);
    this.writing = done.catch(() => undefined);
    return done;
  }

  private within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.options.after(() => reject(new Error('the disk did not answer')), PATIENCE_MS);
      work.then(resolve, reject);
    });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : 'unknown cause');

const isInputError = (
  error: unknown,
): error is Error & { readonly faults: readonly { readonly pointer: string; readonly message: string }[] } =>
  error instanceof Error && error.name === 'InputError' && 'faults' in error;

const batchOf = ({ events, episodes, acknowledgements, machines, dropped, rules, areClosuresOn }: JournalNews, keptMs: number): Batch => ({
  ...NO_BATCH,
  events: events.map(({ stream, event }) => ({ id: event.id, keptMs, stream, event: event as EventRow['event'] })),
  episodes: episodes.map(({ stream, episode, isLeft }) => ({
    id: episode.id,
    keptMs,
    stream,
    episode: episode as Batch['episodes'][number]['episode'],
    isLeft,
  })),
  acknowledgements: acknowledgements.map((one) => ({ ...one, keptMs })),
  machines: machines.map(({ stream, clockMs, snapshot }) => ({ key: streamKey(stream), keptMs, stream, clockMs, snapshot })),
  dropped: dropped.map(streamKey),
  choices: [
    ...(rules === undefined ? [] : [{ name: 'alarm-rules', text: rules, changedMs: keptMs } as const]),
    ...(areClosuresOn === undefined ? [] : [{ name: 'alarm-closures', text: areClosuresOn ? 'on' : 'off', changedMs: keptMs } as const]),
  ],
});

const acknowledgementOf = ({ id, episode, kind, atMs, forMs }: AcknowledgementRow) => ({ id, episode, kind, atMs, forMs });

/** What another tab needs to be heard for it. */
const heardOf = ({ event }: JournalNews['events'][number]): JournalHeard[] => {
  if (event.kind === 'flood') return [{ id: event.id, channel: event.channel, text: 'many alarms at once' }];
  if (event.notice !== 'due') return [];
  const { subject } = event;
  const who =
    subject.kind === 'pool' ? `${subject.account} ${subject.pool}` : subject.kind === 'market' ? subject.market : `R of ${subject.book}`;
  return [{ id: event.id, channel: event.channel, text: `${who}: ${event.from} to ${event.to}` }];
};

function viewOf({ id, keptMs, stream, event }: EventRow, isAcknowledged: boolean): JournalEventView {
  const nobody = { account: stream.account, pool: '', market: '' };
  const { book, feed } = stream;
  const { kind, atMs } = event;
  if (event.kind === 'flood') {
    const worst = event.ranked[0]?.state ?? 'healthy';
    const steps = event.phase === 'begins' ? ({ from: 'healthy', to: worst } as const) : ({ from: worst, to: 'healthy' } as const);
    return { id, kind, book, feed, ...nobody, rule: 'flood', ...steps, atMs, keptMs, notice: 'due', isAcknowledged };
  }
  const { subject, rule, from, to, notice } = event;
  const who =
    subject.kind === 'pool'
      ? { account: subject.account, pool: subject.pool, market: '' }
      : { ...nobody, market: subject.kind === 'market' ? subject.market : '' };
  return { id, kind, book, feed, ...who, rule, from, to, atMs, keptMs, notice, isAcknowledged };
}

const searchedOf = ({ kind, book, feed, account, pool, market, rule, from, to }: JournalEventView): string =>
  [kind, book, feed, account, pool, market, rule, from, to].join(' ').toLowerCase();

function columnsOf(stream: JournalStream, rows: readonly SampleRow[]): JournalHistory {
  const numbers = (of: (row: SampleRow) => number | string | null): Float64Array =>
    Float64Array.from(rows, (row) => {
      const value = of(row);
      return value === null || value === '' ? Number.NaN : Number(value);
    });
  return {
    stream,
    timeMs: numbers(({ timeMs }) => timeMs),
    equity: numbers(({ equity }) => equity),
    equityText: rows.map(({ equity }) => equity),
    grossNotional: numbers(({ grossNotional }) => grossNotional),
    leverage: numbers(({ leverage }) => leverage),
    marginRatio: numbers(({ marginRatio }) => marginRatio),
    shock: numbers(({ shock }) => shock),
    marginExcess: numbers(({ marginExcess }) => marginExcess),
    cashFlow: numbers(({ cashFlow }) => cashFlow),
    cashFlowText: rows.map(({ cashFlow }) => cashFlow),
    funding: numbers(({ funding }) => funding),
    fundingText: rows.map(({ funding }) => funding),
    fundingOf: rows.map(({ fundingOf = null }) => fundingOf),
    fundingPerHourText: rows.map(({ fundingPerHour = '' }) => fundingPerHour),
    isGap: Uint8Array.from(rows, ({ isGap }) => Number(isGap)),
  };
}

const buffersOf = (history: JournalHistory): ArrayBuffer[] =>
  Object.values(history).flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));
