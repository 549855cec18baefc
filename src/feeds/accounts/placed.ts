/** Where a question for a venue goes instead: to a server of the user's own, or to a stand-in on this machine (rules WL-13, WL-17 of docs/spec/watched-addresses.md). */
import { ACCOUNT_SOURCE_FACTS, CHAIN_SERVERS, type ChainName } from '../../domain/account-sources.ts';
import { STAND_IN_PATH } from '../live/stand-in.ts';
import { type Ask, AskError } from './source.ts';

/** The chain whose public server `url` is; undefined where it is none. Two chains may share a host, never an address. */
const chainOf = (url: string): ChainName | undefined =>
  (Object.keys(CHAIN_SERVERS) as ChainName[]).find((chain) => CHAIN_SERVERS[chain].some((server) => server === url));

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

/** `ask`, where one server stands in for all of a chain's: asked for the first of them, and for the others not again. What it said stands for them, too. */
export function askedOnce(ask: Ask, gateways: Readonly<Record<string, string>>): Ask {
  const statuses = new Map<ChainName, number>();
  return (question) => {
    const chain = chainOf(question.url);
    if (chain === undefined || gateways[`chain:${chain}`] === undefined) return ask(question);
    if (question.url !== CHAIN_SERVERS[chain][0])
      return Promise.reject(new AskError('the same server stands in for it', statuses.get(chain) ?? 0));
    return ask(question).catch((error: unknown) => {
      statuses.set(chain, error instanceof AskError ? error.status : 0);
      throw error;
    });
  };
}

/** Addresses of stand-ins below `/venue-sim/` of `origin`: `/venue-sim/hyperliquid/info`, `/venue-sim/base`. What has none there is asked nowhere. */
export function atStandIn(origin: string): (url: string) => string {
  return (url) => {
    const chain = chainOf(url);
    const address = new URL(url);
    const id = chain ?? ACCOUNT_SOURCE_FACTS.find(({ hosts }) => hosts.includes(address.origin))?.id.split(':')[0] ?? 'unknown';
    const there = (address.protocol === 'wss:' ? origin.replace(/^http/, 'ws') : origin) + STAND_IN_PATH + id;
    return chain === undefined ? below(there, address) : there;
  };
}
