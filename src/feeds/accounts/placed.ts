/** Where a question for a venue goes instead: to a server of the user's own, or to a stand-in on this machine (rules WA-13, WA-17 of docs/spec/watched-addresses.md). */
import { ACCOUNT_SOURCE_FACTS, CHAIN_SERVERS } from '../../domain/account-sources.ts';
import { STAND_IN_PATH } from '../live/stand-in.ts';

/** The chain whose public server `url` is; undefined where it is none. Two chains may share a host, never an address. */
export const chainOf = (url: string): string | undefined =>
  Object.entries(CHAIN_SERVERS).find(([, servers]) => servers.some((server) => server === url))?.[0];

/** Host and path of a venue: below `base`, with the path. */
const below = (base: string, url: URL): string => base.replace(/\/$/, '') + url.pathname + url.search;

/** Addresses through `gateways`, by what they stand in for (`https://host`, `chain:base`). A chain's server is replaced whole, path and all: the path may be what names it. */
export function throughGateways(gateways: Readonly<Record<string, string>>): (url: string) => string {
  return (url) => {
    const chain = chainOf(url);
    const address = new URL(url);
    const gateway = gateways[chain === undefined ? address.origin : `chain:${chain}`];
    if (gateway === undefined) return url;
    return chain === undefined ? below(gateway, address) : gateway;
  };
}

/** Addresses of stand-ins below `/venue-sim/` of `origin`: `/venue-sim/hyperliquid/info`, `/venue-sim/base`. What has none there is asked nowhere. */
export function atStandIn(origin: string): (url: string) => string {
  return (url) => {
    const chain = chainOf(url);
    const address = new URL(url);
    const id = chain ?? ACCOUNT_SOURCE_FACTS.find(({ hosts }) => hosts.includes(address.origin))?.id ?? 'unknown';
    const there = origin + STAND_IN_PATH + id;
    return chain === undefined ? below(there, address) : there;
  };
}
