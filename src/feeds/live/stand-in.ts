/**
 * A stand-in for a venue: the same protocol, spoken by a server of one's own (`npm run venue-sim`). It lies below `/venue-sim/` of an address given by whoever runs
 * it; for a page that is the page's own origin and no other, so that its policy allows nothing more (PS-12).
 */
import type { PriceStream } from './stream.ts';

export const STAND_IN_PATH = '/venue-sim/';

/** The stream as `origin` (`http://…`, `https://…`) stands in for its venue; its name says so. Throws TypeError for what is no origin. */
export function standIn(stream: PriceStream, origin: string): PriceStream {
  const moved = (url: string): URL => {
    const { pathname, search } = new URL(url);
    return new URL(`${STAND_IN_PATH}${stream.id}${pathname}${search}`, origin);
  };
  const socket = (url: string): string => {
    const there = moved(url);
    there.protocol = there.protocol === 'https:' ? 'wss:' : 'ws:';
    return there.href;
  };
  return {
    ...stream,
    name: `${stream.name} (stand-in)`,
    note: 'Not the venue: a server of one’s own that speaks its protocol, with invented prices.',
    address: (markets) => socket(stream.address(markets)),
    ...(stream.snapshot ? { snapshot: { ...stream.snapshot, url: moved(stream.snapshot.url).href } } : {}),
  };
}
