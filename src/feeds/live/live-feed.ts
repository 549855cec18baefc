/** A venue's live prices as a feed: a connection, the gate that every tick goes through, and the age of what came (rules PS-1…PS-12). */
import { type FreshnessLimits, freshness, freshnessLimits } from '../../domain/freshness.ts';
import type { FeedState } from '../../domain/tick.ts';
import type { Feed, FeedOutput } from '../feed.ts';
import { createSequencer, type SequenceCounts } from '../sequence.ts';
import { Connection, type ConnectionView, type Deed, type Happening } from './connection.ts';
import type { PriceStream, StreamMarket } from './stream.ts';

/** Carries out deeds; what comes of them is told to `happen`, with the time at which it came. */
export interface SocketPort {
  readonly perform: (deed: Deed) => void;
  readonly happen: (listener: (happening: Happening, atMs: number) => void) => void;
}

export interface LiveFeedOptions {
  readonly stream: PriceStream;
  /** Base assets, the most wanted first. */
  readonly markets: readonly string[];
  readonly port: SocketPort;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly queueMax?: number;
  /** Called once the feed is closed. */
  readonly onClose?: () => void;
}

/** For the feed inspector: the connection, what passed the gate and what did not, and what the venue's bounds left out. */
export interface LiveInspection extends ConnectionView {
  readonly counts: SequenceCounts;
  readonly markets: readonly string[];
  readonly leftOut: readonly string[];
  /** Asked for, and never told yet. */
  readonly untold: readonly string[];
  readonly marketsMax: number;
}

export interface LiveFeed extends Feed {
  readonly inspect: () => LiveInspection;
  /** Other markets are wanted from now on. Resubscribed by a new connection, at most every few seconds (PS-11). */
  readonly follow: (markets: readonly string[]) => void;
  /** The network, the page or the machine is back: a wait ends (PS-4). */
  readonly wake: () => void;
}

/** Between two changes of what is subscribed, and between two wakes that are listened to: a venue counts connections. */
const FOLLOW_MS = 5_000;
const WAKE_MS = 2_000;
/** Two readings of the clock further apart than this: the machine slept. */
const SLEEP_MS = 5_000;

const refuse = (what: string) => (): never => {
  throw new RangeError(`a live feed cannot ${what}: its clock is the world's`);
};

export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  const core = new LiveFeedCore(options);
  return {
    get description() {
      return core.description();
    },
    advance: (nowMs) => core.advance(nowMs),
    skipTo: () => undefined,
    setSpeed: refuse('change its speed'),
    seek: refuse('seek'),
    step: refuse('step'),
    follow: (markets) => core.follow(markets),
    wake: () => core.wake(),
    close: () => core.close(),
    inspect: () => core.inspect(),
  };
}

class LiveFeedCore {
  private readonly options: LiveFeedOptions;
  private readonly limits: FreshnessLimits;
  private readonly connection: Connection;
  private readonly sequencer: ReturnType<typeof createSequencer>;
  /** Grows as other markets are wanted: a price that comes late of one that no longer is harms nothing. */
  private readonly known = new Set<string>();
  private readonly told = new Set<string>();
  private wanted: readonly string[];
  private asked: readonly string[];
  private clockMs = Number.NEGATIVE_INFINITY;
  private followedMs = Number.NEGATIVE_INFINITY;
  private wokenMs = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  constructor(options: LiveFeedOptions) {
    this.options = options;
    const { stream, port, random, queueMax } = options;
    this.limits = freshnessLimits(stream.cadenceMs);
    this.wanted = options.markets;
    this.asked = this.within(options.markets);
    for (const market of this.asked) this.known.add(market);
    this.sequencer = createSequencer({ markets: this.known, ...(queueMax === undefined ? {} : { queueMax }) });
    this.connection = new Connection({
      stream,
      markets: this.symbols(),
      random,
      onFrame: (frame, isFirst) => {
        // A new connection begins its counters anew; what waits for the caller is kept.
        if (isFirst) this.sequencer.renew();
        return this.sequencer.accept(frame);
      },
    });
    port.happen((happening, atMs) => this.act(happening, atMs));
  }

  description(): Feed['description'] {
    const { stream } = this.options;
    return {
      kind: 'live',
      name: stream.name,
      markets: this.asked.flatMap((market) =>
        stream.kinds.map((kind) => ({
          market,
          kind,
          cadenceMs: stream.cadenceMs,
          source: stream.name,
          ...(stream.note === undefined ? {} : { note: stream.note }),
        })),
      ),
      cadenceMs: stream.cadenceMs,
      freshness: this.limits,
      isSeekable: false,
    };
  }

  advance(nowMs: number): FeedOutput {
    if (!Number.isFinite(nowMs)) throw new RangeError(`a clock reading must be finite, found ${nowMs}`);
    const hasSlept = nowMs - this.clockMs > SLEEP_MS && Number.isFinite(this.clockMs);
    if (this.clockMs - nowMs > SLEEP_MS) this.setBack(nowMs);
    this.clockMs = Math.max(this.clockMs, nowMs);
    if (this.isDue()) this.resubscribe();
    if (hasSlept) this.wake();
    // Without a market there is nothing to ask a venue for.
    if (this.asked.length > 0) this.act({ kind: 'time' }, this.clockMs);
    return this.output();
  }

  /** PS-14: our clock was set: every deadline was counted by the other one. */
  private setBack(nowMs: number): void {
    this.clockMs = nowMs;
    this.followedMs = Number.NEGATIVE_INFINITY;
    this.wokenMs = Number.NEGATIVE_INFINITY;
    this.perform(this.connection.restart(nowMs, 'this device’s clock was set back'));
  }

  follow(markets: readonly string[]): void {
    this.wanted = markets;
  }

  wake(): void {
    if (this.clockMs - this.wokenMs < WAKE_MS || this.asked.length === 0) return;
    this.wokenMs = this.clockMs;
    this.act({ kind: 'wake' }, this.clockMs);
  }

  close(): void {
    if (this.isClosed) return;
    this.perform(this.connection.stop());
    this.isClosed = true;
    this.options.onClose?.();
  }

  inspect(): LiveInspection {
    return {
      ...this.connection.view(),
      counts: this.sequencer.counts(),
      markets: this.asked,
      leftOut: this.wanted.filter((market) => !this.asked.includes(market)),
      untold: this.asked.filter((market) => !this.told.has(market)),
      marketsMax: this.options.stream.marketsMax,
    };
  }

  private within(markets: readonly string[]): readonly string[] {
    return [...new Set(markets)].slice(0, this.options.stream.marketsMax);
  }

  private symbols(): readonly StreamMarket[] {
    const { stream } = this.options;
    return this.asked.map((market) => ({ market, symbol: stream.symbolOf(market) }));
  }

  private isDue(): boolean {
    if (this.isClosed || (this.clockMs - this.followedMs < FOLLOW_MS && this.asked.length > 0)) return false;
    const wanted = this.within(this.wanted);
    return wanted.length !== this.asked.length || wanted.some((market) => !this.asked.includes(market));
  }

  /** What is no longer wanted goes with the next change that adds something: nobody is cut off to hear less. */
  private resubscribe(): void {
    const wanted = this.within(this.wanted);
    const isMore = wanted.some((market) => !this.asked.includes(market));
    if (!isMore) return;
    this.asked = wanted;
    this.followedMs = this.clockMs;
    for (const market of wanted) this.known.add(market);
    this.perform(this.connection.follow(this.symbols(), this.clockMs));
  }

  private act(happening: Happening, atMs: number): void {
    if (!this.isClosed) this.perform(this.connection.take(happening, atMs));
  }

  private perform(deeds: readonly Deed[]): void {
    for (const deed of deeds) this.options.port.perform(deed);
  }

  private state(): FeedState {
    if (this.isClosed) return 'ended';
    const arrivalMs = this.sequencer.lastArrivalTimeMs();
    const venueMs = this.sequencer.lastVenueTimeMs();
    // Greetings arrive too: without a price there is nothing that could be live.
    if (arrivalMs === undefined || venueMs === undefined) return 'connecting';
    // What came by a clock that was ahead of ours stands for the present no more than what is too old (ST-2).
    return freshness(Math.max(Math.abs(this.clockMs - arrivalMs), Math.abs(this.clockMs - venueMs)), this.limits);
  }

  private detail(): string | undefined {
    if (this.asked.length === 0) return 'no market is held that could be asked for';
    const { phase, why, attempt } = this.connection.view();
    if (phase === 'live') return this.sequencer.lastRejection();
    if (why === undefined) return undefined;
    return attempt > 1 ? `${why} (attempt ${attempt})` : why;
  }

  private output(): FeedOutput {
    const { sequencer, isClosed, clockMs } = this;
    const counts = sequencer.counts();
    const lastVenueTimeMs = sequencer.lastVenueTimeMs();
    const lastArrivalTimeMs = sequencer.lastArrivalTimeMs();
    const said = this.detail();
    const ticks = isClosed ? [] : sequencer.drain();
    for (const { market } of ticks) this.told.add(market);
    return {
      ticks,
      status: {
        state: this.state(),
        gapCount: counts.gaps,
        droppedCount: counts.dropped,
        ...(lastVenueTimeMs === undefined ? {} : { lastVenueTimeMs }),
        ...(lastArrivalTimeMs === undefined ? {} : { lastArrivalTimeMs }),
        ...(said === undefined ? {} : { detail: said }),
      },
      clockMs,
      speed: 1,
      isDiscontinuous: false,
      counts,
    };
  }
}
