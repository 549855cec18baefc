/** Live feeds, in a part of the worker that comes with the first of them: a stream, its connection, and the sockets under it. */
import { createLiveFeed } from '../../feeds/live/live-feed.ts';
import { standIn } from '../../feeds/live/stand-in.ts';
import { STREAMS, streamOf } from '../../feeds/live/streams/index.ts';
import type { FeedSpec, LiveView } from '../../session/protocol.ts';
import type { OpenLiveFeed } from './feed-runner.ts';
import { createSocketPort, type SocketPortOptions } from './socket-port.ts';

export interface LiveOptions extends SocketPortOptions {
  /** Where the page lies, below whose origin a stand-in is looked for. */
  readonly baseUrl: string;
  readonly random?: () => number;
}

type LiveSpec = Extract<FeedSpec, { readonly kind: 'live' }>;

/** The venue's feed over real sockets. Throws RangeError for a venue that has no stream. */
export function openLive(spec: LiveSpec, markets: readonly string[], options: LiveOptions): OpenLiveFeed {
  const known = streamOf(spec.venue);
  if (!known) throw new RangeError(`there is no live stream ${spec.venue}: ${STREAMS.map(({ id }) => id).join(', ')} are there`);
  const stream = spec.isStandIn ? standIn(known, new URL(options.baseUrl).origin) : known;
  const port = createSocketPort(options);
  const feed = createLiveFeed({ stream, markets, port, random: options.random ?? Math.random, onClose: port.end });
  const view = (): LiveView => {
    const { why = '', ...inspection } = feed.inspect();
    return { ...inspection, why, venue: stream.id, note: stream.note ?? '' };
  };
  // A getter does not survive a spread.
  return Object.defineProperty({ ...feed, view }, 'description', { get: () => feed.description }) as OpenLiveFeed;
}

export interface LiveModule {
  readonly openLive: typeof openLive;
}
