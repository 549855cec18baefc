/** A venue's stand-in spoken to without a socket: subscribed as the stream subscribes. */
import { type Conversation, VENUES, write } from '../../../venue-sim/venues.ts';
import type { PriceStream } from '../live/stream.ts';

/** The venue, the conversation, and what it said on being subscribed to. Throws for a stream without a stand-in. */
export function subscribed(stream: PriceStream, markets: readonly string[]) {
  const venue = VENUES[stream.id]?.();
  if (!venue) throw new Error(`no venue ${stream.id}`);
  const said: string[] = [];
  const talk: Conversation = {
    subscribed: new Map(),
    begun: new Set(),
    count: 0,
    say: (frame) => said.push(write(frame)),
    isRefusing: () => false,
  };
  const asked = markets.map((market) => ({ market, symbol: stream.symbolOf(market) }));
  venue.open?.(talk, new URL(stream.address(asked)));
  for (const text of stream.subscribe(asked)) venue.hear(talk, JSON.parse(text), text);
  return { venue, talk, said };
}
