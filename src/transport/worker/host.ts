/**
 * What runs inside the worker: the session, the feed and the clock, between two streams of messages. Commands are carried out one
 * after another in the order they came; prices go on meanwhile. The main thread's timers stop in a hidden tab, a worker's do not,
 * so the beat is here. Rules SE-25…SE-30.
 */

import type { Feed } from '../../feeds/feed.ts';
import type {
  AddressCommand,
  Command,
  EngineInput,
  FeedSpec,
  Frame,
  HostInput,
  JournalCommand,
  JournalMemory,
  JournalNews,
  ReferenceCommand,
  SessionCommand,
} from '../../session/protocol.ts';
import { PROTOCOL_VERSION } from '../../session/protocol.ts';
import type { AlarmModule, DeskModule, HostedEngine, StressModule } from '../../session/transport.ts';
import type { AddressesRunner } from './addresses-runner.ts';
import { createDeskRunner, type DeskRunner } from './desk-runner.ts';
import { createFeedRunner, type FeedRunner, feedOf, type LiveWish } from './feed-runner.ts';
import type { JournalRunner, JournalRunnerOptions, Kept } from './journal-runner.ts';
import type { LiveModule } from './live.ts';
import type { PathPool, PathPoolHooks } from './path-pool.ts';
import { transfersOf } from './transfers.ts';

export interface HostOptions {
  readonly engine: HostedEngine;
  readonly post: (frame: Frame, transfer: ArrayBuffer[]) => void;
  /** The world's clock, ms since the epoch. */
  readonly now: () => number;
  /** Measures durations, ms; any origin. */
  readonly stopwatch: () => number;
  readonly every: (run: () => void, intervalMs: number) => () => void;
  /** Runs once, as soon as messages and timers that wait have had their turn. */
  readonly soon: (run: () => void) => void;
  /** A file of the app. Rejects with a sentence for people. */
  readonly fetchText: (path: string, baseUrl: string) => Promise<string>;
  /** The desk's code, brought for the first command that wants it. Rejects where it cannot be had. */
  readonly loadDesk: () => Promise<DeskModule>;
  /** The code of stress over the desk, brought for the first command that wants it. Absent: it fails. */
  readonly loadStress?: () => Promise<StressModule>;
  /** Workers that play price paths, brought with the code of stress. Absent, or not to be had: the engine plays them itself. */
  readonly loadPathPool?: (hooks: PathPoolHooks) => Promise<PathPool>;
  /** The alarms' code, brought before the first feed is opened. Absent: none are wanted. */
  readonly loadAlarms?: () => Promise<AlarmModule>;
  /** What keeps things beyond the page, brought with the alarms. Absent: nothing is kept. */
  readonly loadJournal?: (hooks: JournalHooks) => Promise<JournalRunner>;
  /** What speaks to venues, brought for the first live feed. Absent: there are none. */
  readonly loadLive?: () => Promise<LiveModule>;
  /** What reads accounts by their addresses, brought for the first command of theirs. Absent: nothing does. */
  readonly loadAddresses?: (hooks: AddressHooks) => Promise<AddressesRunner>;
  /** Used when the page's hello names none. */
  readonly baseUrl: string;
  /** Stops the worker so that the page notices: for errors that are ours, and for the test of it. */
  readonly fatal: (error: unknown) => void;
}

export type JournalHooks = Pick<JournalRunnerOptions, 'post' | 'now' | 'streamOf' | 'tell'>;

export interface AddressHooks {
  readonly post: (frame: Frame) => void;
  readonly now: () => number;
  readonly stopwatch: () => number;
  /** Where the page lies, below whose origin a stand-in is looked for. */
  readonly baseUrl: string;
  /** The account of an address in My margin: taken in place of what is shown, or as it was read again. */
  readonly take: (input: AddressInput) => readonly Frame[];
  readonly followed: HostedEngine['followed'];
}

export type AddressInput = Extract<HostInput, { readonly kind: 'take-book' | 'refresh-book' | 'follow-age' }>;

export interface Host {
  readonly receive: (message: unknown) => void;
  readonly stop: () => void;
}

export const BEAT_MS = 100;
/** The worker says that it is alive once a second. */
const BEATS_PER_SIGN = 10;
/** What is held is looked up once a second for a live feed. */
const BEATS_PER_FOLLOW = 10;
/** A venue's ticks never stop: the page is shown them this often at most, and what they mean is looked at at every beat all the same. */
const LIVE_SHOW_MS = 250;
/** While no price moves, only ages do: shown twice a second. */
const BEATS_PER_QUIET_FLUSH = 5;
/** Snapshots on their way to a page that has not said `seen`; beyond, the newest waits here. */
const UNSEEN_MAX = 2;
/** A page that says nothing for so long is sent the newest all the same. */
const UNSEEN_PATIENCE_MS = 1_000;
/** Commands that may wait while one is carried out. */
export const WAITING_MAX = 1_000;

type Handled = Exclude<Command, { readonly kind: 'seen' | 'debug-crash' }>;
/** What is answered only once it is kept. */
const isKeptInput = ({ kind }: EngineInput): boolean => kind.startsWith('alarm-') || kind === 'desk-alarms-acknowledge';
const isAddressCommand = (command: Command): command is AddressCommand => command.kind.startsWith('addresses-');
const isJournalCommand = (command: Command): command is JournalCommand => command.kind.startsWith('journal-');

export function createHost(options: HostOptions): Host {
  const core = new HostCore(options);
  const cancel = options.every(() => core.beat(), BEAT_MS);
  return {
    receive: (message) => core.receive(message),
    stop: () => {
      cancel();
      core.stop();
    },
  };
}

class HostCore {
  private readonly options: HostOptions;
  private readonly feed: FeedRunner;
  private readonly desk: DeskRunner;
  private readonly waiting: Handled[] = [];
  private paths: PathPool | undefined;
  private journal: JournalRunner | undefined;
  private addresses: AddressesRunner | undefined;
  private opening: Promise<JournalMemory | undefined> | undefined;
  /** Frames that wait for the disk, in their order, and what of the events in them another tab told. */
  private held: Promise<unknown> = Promise.resolve();
  private heldCount = 0;
  private readonly repeats = new Set<string>();
  private hello: Extract<Command, { readonly kind: 'hello' }> | undefined;
  private feedSpec: FeedSpec = { kind: 'none' };
  private reference: (Pick<LiveModule, 'referenceRows'> & { readonly runner: ReturnType<LiveModule['openReference']> }) | undefined;
  private isBusy = false;
  private isSilent = false;
  private hasTicks = false;
  private beats = 0;
  private unseen: number[] = [];
  private lastPostMs = Number.NEGATIVE_INFINITY;
  private beatMs = Number.NEGATIVE_INFINITY;
  /** After a recomputation the beat rests as long as it took: half of the time is left for commands, whatever the account. */
  private restUntilMs = Number.NEGATIVE_INFINITY;
  /** The same for the desk's windows. */
  private deskRestUntilMs = Number.NEGATIVE_INFINITY;
  /** What the last tick took, session and desk together. */
  private tickMs = 0;

  constructor(options: HostOptions) {
    this.options = options;
    const { engine, stopwatch, soon, fatal } = options;
    this.desk = createDeskRunner({ engine, stopwatch, soon, fatal, run: (input) => (this.isSilent ? [] : this.run(input)) });
    this.feed = createFeedRunner({
      now: () => (this.hello?.clock === 'manual' ? 0 : options.now()),
      onUpdate: (update) => {
        // Where the alarms stand when it stops is where they are taken up: the end of the feed is no news then.
        if (this.isSilent) return;
        this.hasTicks ||= update.ticks.length > 0 || update.restarted;
        this.run(update);
      },
    });
  }

  receive(message: unknown): void {
    if (this.isSilent) return;
    const checked = this.options.engine.check(message);
    if (!checked.ok) {
      this.fail(checked.requestId, checked.fault.message);
      return;
    }
    const { command } = checked;
    if (command.kind === 'seen') this.unseen = this.unseen.filter((version) => version > command.bookVersion);
    else if (command.kind === 'debug-crash') this.crash(command);
    else if (this.waiting.length >= WAITING_MAX) this.fail(requestIdOf(command), 'too many commands are waiting');
    else {
      this.waiting.push(command);
      this.drain();
    }
  }

  beat(): void {
    if (this.isSilent) return;
    this.beats++;
    this.noteClock();
    this.journal?.beat();
    if (this.hello && this.beats % BEATS_PER_SIGN === 0) this.options.post({ kind: 'beat', nowMs: this.options.now() }, []);
    if (this.feedSpec.kind === 'live' && this.beats % BEATS_PER_FOLLOW === 0) this.feed.follow(() => this.liveWish());
    this.feed.run();
    this.runReference();
    this.addresses?.beat();
    if (this.options.now() >= this.deskRestUntilMs) this.run({ kind: 'desk-flush' });
    if (this.options.now() < this.restUntilMs) return;
    if (this.feedSpec.kind === 'live' && this.options.now() - this.lastPostMs < LIVE_SHOW_MS) {
      if (this.hasTicks) this.run({ kind: 'sample' });
    } else if (this.hasTicks || this.beats % BEATS_PER_QUIET_FLUSH === 0) this.flush();
  }

  /** Set back, the clock takes with it what was to rest until then. */
  private noteClock(): void {
    const nowMs = this.options.now();
    if (nowMs < this.beatMs) {
      this.restUntilMs = Number.NEGATIVE_INFINITY;
      this.deskRestUntilMs = Number.NEGATIVE_INFINITY;
      this.lastPostMs = Number.NEGATIVE_INFINITY;
    }
    this.beatMs = nowMs;
  }

  stop(): void {
    this.journal?.stop();
    this.paths?.stop();
    this.isSilent = true;
    this.reference?.runner.close();
    this.addresses?.stop();
    this.feed.close();
  }

  /** Carries out what waits, one at a time; shows the result when nothing waits any more. */
  private drain(): void {
    if (this.isBusy) return;
    for (let command = this.waiting.shift(); command; command = this.waiting.shift()) {
      const running = this.handle(command);
      if (running) {
        this.isBusy = true;
        running.then(
          () => {
            this.isBusy = false;
            this.drain();
          },
          (error: unknown) => this.options.fatal(error),
        );
        return;
      }
    }
    this.flush();
  }

  private handle(command: Handled): Promise<void> | undefined {
    if (command.kind === 'hello') return this.greet(command);
    if (!this.hello) return this.fail(requestIdOf(command), 'the first message must be a hello');
    if (this.options.engine.wantsDesk(command)) return this.bringDesk(command);
    if (this.options.loadStress && this.options.engine.wantsStress(command)) return this.bringStress(command, this.options.loadStress);
    if (this.options.loadAlarms && this.options.engine.wantsAlarms(command)) return this.bringAlarms(command, this.options.loadAlarms);
    return this.carryOut(command);
  }

  private carryOut(command: Exclude<Handled, { readonly kind: 'hello' }>): Promise<void> | undefined {
    if (isJournalCommand(command)) return this.askJournal(command);
    if (isAddressCommand(command)) return this.askAddresses(command);
    switch (command.kind) {
      case 'load':
        this.load(command);
        return undefined;
      case 'load-demo':
        return this.loadDemo(command.requestId);
      case 'feed':
        return this.openFeed(command.requestId, command.feed);
      case 'wake':
        this.feed.wake();
        this.reference?.runner.wake();
        this.addresses?.wake();
        return undefined;
      case 'reference':
        return this.openReference(command);
      case 'feed-speed':
        return this.move(0, () => this.feed.setSpeed(command.speed));
      case 'feed-seek':
        return this.move(command.requestId, () => this.feed.seek(command.timeMs));
      case 'feed-step':
        return this.move(command.requestId, () => this.feed.step(command.steps, () => this.run({ kind: 'sample' })));
      case 'desk-open':
        this.desk.opening(command);
        this.run(command);
        return undefined;
      default:
        this.run(command);
        return undefined;
    }
  }

  private greet(command: Extract<Command, { readonly kind: 'hello' }>): undefined {
    if (command.protocolVersion === PROTOCOL_VERSION) this.hello = command;
    this.options.post({ kind: 'welcome', protocolVersion: PROTOCOL_VERSION }, []);
  }

  /** What waits behind the command stays behind it. A desk that does not come is told, and asked for again with the next command. */
  private bringDesk(command: Handled): Promise<void> {
    return this.options.loadDesk().then(
      (module) => {
        this.options.engine.takeDesk(module);
        return this.handle(command);
      },
      () => this.fail(requestIdOf(command), 'the desk could not be loaded: check the connection, then reload the page'),
    );
  }

  private bringStress(command: Handled, load: () => Promise<StressModule>): Promise<void> {
    const { engine, stopwatch, loadPathPool } = this.options;
    const pool = loadPathPool?.({ engine, stopwatch, run: (input) => (this.isSilent ? [] : this.run(input)) }).catch(() => undefined);
    return Promise.all([load(), pool]).then(
      ([module, paths]) => {
        this.paths ??= paths;
        engine.takeStress(module, paths !== undefined);
        return this.handle(command);
      },
      () => this.fail(requestIdOf(command), 'stress could not be loaded: check the connection, then reload the page'),
    );
  }

  /** Prices wait for those who watch them. Where the alarms cannot be had the prices move all the same, and it is told. */
  private bringAlarms(command: Exclude<Handled, { readonly kind: 'hello' }>, load: () => Promise<AlarmModule>): Promise<void> {
    this.opening ??= this.openJournal();
    return Promise.all([load(), this.opening]).then(
      ([module, memory]) => {
        this.options.engine.takeAlarms(module);
        if (memory) this.run({ kind: 'journal-memory', memory });
        return this.carryOut(command);
      },
      () => {
        this.fail(0, 'the alarms could not be loaded: nothing is watched until they are. Check the connection, then reload the page');
        return this.carryOut(command);
      },
    );
  }

  /** JN-2: what cannot be kept is told, and all goes on without. */
  private openJournal(): Promise<JournalMemory | undefined> {
    const { loadJournal, post, now, engine } = this.options;
    if (!loadJournal) return Promise.resolve(undefined);
    const hooks: JournalHooks = {
      post: (frame, transfer) => this.isSilent || post(frame, transfer),
      now,
      streamOf: (account) => engine.journalStream(account),
      tell: (input) => void (this.isSilent || this.run(input)),
    };
    return loadJournal(hooks)
      .then((journal) => {
        this.journal = journal;
        return journal.open();
      })
      .catch(() => {
        this.fail(0, 'the journal could not be loaded: nothing is kept beyond this page. Check the connection, then reload it');
        return undefined;
      });
  }

  /** Nothing waits for what is only read. */
  private askJournal(command: JournalCommand): undefined {
    if (!this.journal) return this.fail(command.requestId, 'there is no journal');
    this.journal.command(command).catch((error: unknown) => this.options.fatal(error));
    return undefined;
  }

  /** WL-1: brought with the first command; what waits behind it stays behind it. */
  private askAddresses(command: AddressCommand): Promise<void> | undefined {
    const { loadAddresses, now, stopwatch, baseUrl, engine } = this.options;
    if (this.addresses) return void this.addresses.command(command);
    if (!loadAddresses) return this.fail(command.requestId, 'no addresses are read here');
    const hooks: AddressHooks = {
      post: (frame) => void (this.isSilent || this.options.post(frame, [])),
      now,
      stopwatch,
      baseUrl: this.hello?.baseUrl ?? baseUrl,
      take: (input) => this.takeAccount(input),
      followed: () => engine.followed(),
    };
    return loadAddresses(hooks).then(
      (runner) => {
        this.addresses = runner;
        runner.command(command);
      },
      () => this.fail(command.requestId, 'what reads addresses could not be loaded: check the connection, then reload the page'),
    );
  }

  /** SE-6 holds for the account of an address too. */
  private takeAccount(input: AddressInput): readonly Frame[] {
    if (this.isSilent) return [];
    const frames = this.run(input);
    if (input.kind === 'take-book') this.endSimulation();
    return frames;
  }

  /** JN-4: what is said of alarms, and the answer to what is to be kept, wait until it is on disk. */
  private holdBack(news: JournalNews | null, frames: readonly Frame[]): void {
    const kept: Promise<Kept> = news && this.journal ? this.journal.keep(news) : NOTHING_KEPT;
    this.heldCount++;
    this.held = Promise.all([kept, this.held]).then(([{ repeats, fault }]) => {
      this.heldCount--;
      for (const { event } of news?.events ?? []) this.repeats.delete(event.id);
      for (const id of repeats) this.repeats.add(id);
      if (!this.isSilent) for (const frame of frames) this.sendKept(frame, fault);
    });
    this.held.catch((error: unknown) => this.options.fatal(error));
  }

  private sendKept(frame: Frame, fault: string): void {
    if (frame.kind === 'done' && fault !== '') this.fail(frame.requestId, fault);
    else if (frame.kind === 'alarms' && this.repeats.size > 0) {
      const said = frame.said.map((one) => (this.repeats.has(one.id) ? { ...one, isRepeat: true as const } : one));
      this.send({ ...frame, said }, 0);
    } else this.send(frame, 0);
  }

  /** A simulation never moves a book of the user's own unasked: it ends when one is taken (SE-6). */
  private load(command: Extract<SessionCommand, { readonly kind: 'load' }>): boolean {
    const isLoaded = this.run(command).some((frame) => frame.kind === 'loaded');
    if (isLoaded) this.endSimulation();
    return isLoaded;
  }

  private endSimulation(): void {
    if (this.feedSpec.kind !== 'simulated') return;
    this.feedSpec = { kind: 'none' };
    this.feed.close();
  }

  /** The demo's simulation starts anew, from the demo's own prices. */
  private loadDemo(requestId: number): Promise<void> {
    const spec = this.feedSpec;
    const speed = this.feed.speed();
    return this.fetch('demo/book.json').then(
      (text) => {
        if (!this.load({ kind: 'load', requestId, name: 'Demo', text }) || spec.kind !== 'simulated') return undefined;
        return this.openFeed(undefined, spec, speed);
      },
      (error: unknown) => this.fail(requestId, `the demo book could not be fetched: ${messageOf(error)}`),
    );
  }

  /** Opens a feed in place of the one before; where it cannot be opened the one before goes on. Without a request nothing is answered. */
  private openFeed(requestId: number | undefined, spec: FeedSpec, speed = 1): Promise<void> | undefined {
    const take = (feed: Awaited<ReturnType<typeof feedOf>>): void => {
      this.feedSpec = spec;
      if (feed) this.feed.open(feed);
      else this.feed.close();
      if (requestId !== undefined) this.options.post({ kind: 'done', requestId }, []);
    };
    const refuse = (error: unknown): void => void this.fail(requestId ?? 0, `the feed could not be opened: ${messageOf(error)}`);
    if (spec.kind === 'live') return this.openLive(spec).then(take, refuse);
    try {
      const feed = feedOf(spec, this.options.engine.simulationStart(), (name) => this.fetch(`replay/${name}.json`), speed);
      if (feed instanceof Promise) return feed.then(take, refuse);
      take(feed);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refuse(error);
    }
    return undefined;
  }

  /** RF-7: asked while somebody looks, and no longer. */
  private openReference(command: ReferenceCommand): Promise<void> | undefined {
    this.reference?.runner.close();
    this.reference = undefined;
    const { loadLive, now, baseUrl } = this.options;
    if (command.venues.length === 0 || !loadLive || this.hello?.clock === 'manual') return undefined;
    return loadLive().then(
      ({ openReference, referenceRows }) => {
        this.reference = { runner: openReference(command, { now, baseUrl: this.hello?.baseUrl ?? baseUrl }), referenceRows };
      },
      (error: unknown) => this.fail(0, `the venues could not be asked: ${messageOf(error)}`),
    );
  }

  private runReference(): void {
    if (!this.reference) return;
    const { runner, referenceRows } = this.reference;
    const nowMs = this.options.now();
    runner.run(nowMs, this.liveWish().markets);
    if (this.beats % BEATS_PER_SIGN === 0)
      this.options.post({ kind: 'reference', rows: referenceRows(runner.quotes(nowMs)), missing: runner.missing(), atMs: nowMs }, []);
  }

  private openLive(spec: Extract<FeedSpec, { readonly kind: 'live' }>): Promise<Feed> {
    const { loadLive, now, baseUrl } = this.options;
    if (!loadLive || this.hello?.clock === 'manual') return Promise.reject(new RangeError('live prices need the world’s clock'));
    return loadLive().then(({ openLive }) => openLive(spec, this.liveWish(spec), { now, baseUrl: this.hello?.baseUrl ?? baseUrl }));
  }

  /** What is held, then what was chosen beside it, then what the desk scans: the order in which a venue's bound leaves markets out. */
  private liveWish(spec: FeedSpec = this.feedSpec): LiveWish {
    const { held, scanned, pegged } = this.options.engine.wantedMarkets();
    return { markets: [...new Set([...held, ...(spec.kind === 'live' ? (spec.markets ?? []) : []), ...scanned])], pegged };
  }

  /** Runs a change of the feed's clock; a request for what the feed cannot do is refused. */
  private move(requestId: number, change: () => void): undefined {
    try {
      change();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return this.fail(requestId, error.message);
    }
    if (requestId !== 0) this.options.post({ kind: 'done', requestId }, []);
    return undefined;
  }

  private fetch(path: string): Promise<string> {
    return this.options.fetchText(path, this.hello?.baseUrl ?? this.options.baseUrl);
  }

  private crash({ how, market = '' }: Extract<Command, { readonly kind: 'debug-crash' }>): void {
    if (!this.hello?.debug) this.fail(0, 'debug-crash is for pages opened for debugging');
    else if (how === 'silence') this.isSilent = true;
    else if (how !== 'throw') this.feed.silence(market, how === 'feed-lost');
    else this.options.fatal(new Error('stopped on request, to test the restart'));
  }

  private fail(requestId: number, message: string): undefined {
    this.options.post({ kind: 'failed', requestId, faults: [{ pointer: '', message }] }, []);
    return undefined;
  }

  /** A book of the user's own ends a simulation; a generated one is simulated from its own prices on (DM-17). */
  private opened(requestId: number): void {
    const kind = this.desk.answered(requestId);
    if (this.feedSpec.kind !== 'simulated') return;
    if (kind === 'population') void this.openFeed(undefined, this.feedSpec, this.feed.speed());
    else if (kind === 'file') this.endSimulation();
  }

  /** Sends the newest state, unless the page still has to take the last ones. */
  private flush(): void {
    const isAhead = this.unseen.length >= UNSEEN_MAX && this.options.now() - this.lastPostMs < UNSEEN_PATIENCE_MS;
    if (isAhead) return;
    this.hasTicks = false;
    this.run({ kind: 'flush' });
  }

  /** One input through the session; its frames go out with the time it took. */
  private run(input: EngineInput): readonly Frame[] {
    const startMs = this.options.stopwatch();
    const frames = this.options.engine.step(input, this.options.now());
    const computeMs = this.options.stopwatch() - startMs;
    if (input.kind === 'flush' || input.kind === 'sample') this.restUntilMs = this.options.now() + computeMs;
    if (input.kind === 'desk-flush') this.deskRestUntilMs = this.options.now() + computeMs;
    if (input.kind === 'feed-update') this.tickMs = computeMs;
    const news = this.journal ? this.options.engine.takeNews() : null;
    const isHeld = (frame: Frame): boolean =>
      (news !== null || this.heldCount > 0) && (frame.kind === 'alarms' || (frame.kind === 'done' && isKeptInput(input)));
    for (const frame of frames) if (!isHeld(frame)) this.send(frame, computeMs);
    if (news || frames.some(isHeld)) this.holdBack(news, frames.filter(isHeld));
    for (const frame of frames) if (frame.kind === 'desk-opened') this.opened(frame.requestId);
    this.desk.wake();
    this.paths?.wake();
    return frames;
  }

  private send(frame: Frame, computeMs: number): void {
    if (frame.kind === 'snapshot') {
      this.unseen = [...this.unseen, frame.bookVersion].slice(-UNSEEN_MAX);
      this.lastPostMs = this.options.now();
      this.options.post({ ...frame, computeMs }, []);
    } else if (frame.kind === 'what-if') this.options.post({ ...frame, computeMs }, []);
    else if (frame.kind === 'stress-what-if') this.options.post({ ...frame, computeMs }, transfersOf(frame));
    else if (frame.kind === 'desk-panels') {
      this.options.post({ ...frame, work: { ...frame.work, tickMs: this.tickMs } }, transfersOf(frame));
    } else this.options.post(frame, transfersOf(frame));
  }
}

const NOTHING_KEPT: Promise<Kept> = Promise.resolve({ repeats: [], fault: '' });

const requestIdOf = (command: Command): number => ('requestId' in command ? command.requestId : 0);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown cause');
