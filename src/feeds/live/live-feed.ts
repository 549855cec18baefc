/** A venue's live prices as a feed: a connection, the gate that every tick goes through, and the age of what came (rules PS-1…PS-9). */
import { type FreshnessLimits, freshness, freshnessLimits } from '../../domain/freshness.ts';
import type { FeedState } from '../../domain/tick.ts';
import type { Feed, FeedOutput } from '../feed.ts';
import { createSequencer } from '../sequence.ts';
import { Connection, type ConnectionView, type Deed, type Happening } from './connection.ts';
import type { PriceStream, StreamMarket } from './stream.ts';

/** Carries out deeds; what comes of them is told to `happen`, with the time at which it came. */
export interface SocketPort {
  readonly perform: (deed: Deed) => void;
  readonly happen: (listener: (happening: Happening, atMs: number) => void) => void;
}

export interface LiveFeedOptions {
  readonly stream: PriceStream;
  /** Base assets. */
  readonly markets: readonly string[];
  readonly port: SocketPort;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly queueMax?: number;
}

export interface LiveFeed extends Feed {
  /** Where the connection stands, for the feed inspector. */
  readonly inspect: () => ConnectionView;
}

const refuse = (what: string) => (): never => {
  throw new RangeError(`a live feed cannot ${what}: its clock is the world's`);
};

export function createLiveFeed({ stream, markets, port, random, queueMax }: LiveFeedOptions): LiveFeed {
  const asked: readonly StreamMarket[] = markets.map((market) => ({ market, symbol: stream.symbolOf(market) }));
  const sequencer = createSequencer({ markets: new Set(markets), ...(queueMax === undefined ? {} : { queueMax }) });
  const limits: FreshnessLimits = freshnessLimits(stream.cadenceMs);
  let clockMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  const connection = new Connection({
    stream,
    markets: asked,
    random,
    onFrame: (frame, isFirst) => {
      // A new connection begins its counters anew; what waits for the caller is kept.
      if (isFirst) sequencer.renew();
      sequencer.accept(frame);
    },
  });
  const act = (happening: Happening, atMs: number): void => {
    if (isClosed) return;
    for (const deed of connection.take(happening, atMs)) port.perform(deed);
  };
  port.happen(act);

  const state = (): FeedState => {
    if (isClosed) return 'ended';
    const arrivalMs = sequencer.lastArrivalTimeMs();
    if (arrivalMs === undefined) return 'connecting';
    const venueMs = sequencer.lastVenueTimeMs() ?? arrivalMs;
    return freshness(Math.max(clockMs - arrivalMs, clockMs - venueMs), limits);
  };
  const detail = (): string | undefined => {
    const { phase, why, attempt } = connection.view();
    if (phase === 'live') return sequencer.lastRejection();
    if (why === undefined) return undefined;
    return attempt > 1 ? `${why} (attempt ${attempt})` : why;
  };
  const output = (): FeedOutput => {
    const counts = sequencer.counts();
    const lastVenueTimeMs = sequencer.lastVenueTimeMs();
    const lastArrivalTimeMs = sequencer.lastArrivalTimeMs();
    const said = detail();
    return {
      ticks: isClosed ? [] : sequencer.drain(),
      status: {
        state: state(),
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
  };

  return {
    description: {
      kind: 'live',
      name: stream.name,
      markets: markets.flatMap((market) =>
        stream.kinds.map((kind) => ({
          market,
          kind,
          cadenceMs: stream.cadenceMs,
          source: stream.name,
          ...(stream.note === undefined ? {} : { note: stream.note }),
        })),
      ),
      cadenceMs: stream.cadenceMs,
      freshness: limits,
      isSeekable: false,
    },
    advance: (nowMs) => {
      if (!Number.isFinite(nowMs)) throw new RangeError(`a clock reading must be finite, found ${nowMs}`);
      clockMs = Math.max(clockMs, nowMs);
      act({ kind: 'time' }, clockMs);
      return output();
    },
    skipTo: () => undefined,
    setSpeed: refuse('change its speed'),
    seek: refuse('seek'),
    step: refuse('step'),
    close: () => {
      for (const deed of connection.stop()) port.perform(deed);
      isClosed = true;
    },
    inspect: () => connection.view(),
  };
}
