/** Live feeds, in a part of the worker that comes with the first of them: a stream, its connection, and the sockets under it. */
import type { FeedOutput } from '../../feeds/feed.ts';
import { createLiveFeed, type LiveFeed } from '../../feeds/live/live-feed.ts';
import { standIn } from '../../feeds/live/stand-in.ts';
import type { PriceStream } from '../../feeds/live/stream.ts';
import { STREAMS, streamOf } from '../../feeds/live/streams/index.ts';
import { krakenSpotStream } from '../../feeds/live/streams/kraken-spot.ts';
import type { FeedSpec, LiveView, ReferenceCommand, ReferenceRow } from '../../session/protocol.ts';
import type { LiveWish, OpenLiveFeed } from './feed-runner.ts';
import { createReferenceRunner, type ReferenceRunner, type VenueQuote } from './reference-runner.ts';
import { createSocketPort, type SocketPortOptions } from './socket-port.ts';

export interface LiveOptions extends SocketPortOptions {
  /** Where the page lies, below whose origin a stand-in is looked for. */
  readonly baseUrl: string;
  readonly random?: () => number;
}

export interface LiveModule {
  readonly openLive: typeof openLive;
  readonly openReference: typeof openReference;
  /** The session's: the median and who stands where. */
  readonly referenceRows: (quotes: readonly VenueQuote[]) => readonly ReferenceRow[];
}

type LiveSpec = Extract<FeedSpec, { readonly kind: 'live' }>;

/**
 * The venue's feed over real sockets, and beside it, where tokens that stand for a dollar are held, what Kraken's spot market pays for them in dollars (RF-4).
 * Throws RangeError for a venue that has no stream.
 */
export function openLive(spec: LiveSpec, wish: LiveWish, options: LiveOptions): OpenLiveFeed {
  const known = streamOf(spec.venue);
  if (!known) throw new RangeError(`there is no live stream ${spec.venue}: ${STREAMS.map(({ id }) => id).join(', ')} are there`);
  const open = (stream: PriceStream, markets: readonly string[]): LiveFeed => openStream(stream, markets, options);
  const placed = (stream: PriceStream): PriceStream => placedAt(stream, spec.isStandIn, options);
  const stream = placed(known);
  const isPegVenue = known.id === krakenSpotStream.id;
  const all = ({ markets, pegged }: LiveWish): readonly string[] => (isPegVenue ? [...markets, ...pegged] : markets);
  const main = open(stream, all(wish));
  const pegs = isPegVenue ? undefined : open(placed(krakenSpotStream), wish.pegged);
  const feed: OpenLiveFeed = {
    get description() {
      const { markets, ...rest } = main.description;
      return { ...rest, markets: [...markets, ...(pegs?.description.markets ?? [])] };
    },
    advance: (nowMs) => beside(main.advance(nowMs), pegs?.advance(nowMs)),
    skipTo: main.skipTo,
    setSpeed: main.setSpeed,
    seek: main.seek,
    step: main.step,
    close: () => {
      main.close();
      pegs?.close();
    },
    wake: () => {
      main.wake();
      pegs?.wake();
    },
    want: (next) => {
      main.follow(all(next));
      pegs?.follow(next.pegged);
    },
    view: () => ({
      ...viewOf(main, stream),
      ...(pegs && pegs.inspect().markets.length > 0 ? { pegs: viewOf(pegs, krakenSpotStream) } : {}),
    }),
  };
  return feed;
}

/** Several venues at once; one that has no stream is left out. */
export const openReference = ({ venues, isStandIn }: ReferenceCommand, options: LiveOptions): ReferenceRunner =>
  createReferenceRunner(
    [...new Set(venues)].flatMap((venue) => {
      const stream = streamOf(venue);
      return stream ? [{ venue, feed: openStream(placedAt(stream, isStandIn, options), [], options) }] : [];
    }),
  );

function openStream(stream: PriceStream, markets: readonly string[], options: LiveOptions): LiveFeed {
  const port = createSocketPort(options);
  return createLiveFeed({ stream, markets, port, random: options.random ?? Math.random, onClose: port.end });
}

const placedAt = (stream: PriceStream, isStandIn: boolean | undefined, { baseUrl }: LiveOptions): PriceStream =>
  isStandIn ? standIn(stream, new URL(baseUrl).origin) : stream;

/** The state is that of the venue; a peg has its own age. */
const beside = (output: FeedOutput, pegs: FeedOutput | undefined): FeedOutput =>
  pegs && pegs.ticks.length > 0 ? { ...output, ticks: [...output.ticks, ...pegs.ticks] } : output;

function viewOf(feed: LiveFeed, { id, note = '' }: PriceStream): LiveView {
  const { why = '', ...inspection } = feed.inspect();
  return { ...inspection, why, venue: id, note };
}
