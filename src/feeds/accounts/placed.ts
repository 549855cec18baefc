/** Where a question for a venue goes instead: to a server of the user's own, or to a stand-in on this machine (rules WA-13, WA-17 of docs/spec/watched-addresses.md). */
import * as v from 'valibot';
import { ACCOUNT_SOURCE_FACTS, CHAIN_NUMBERS, CHAIN_SERVERS, type ChainName } from '../../domain/account-sources.ts';
import { check } from '../../wire/schema.ts';
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

const chainSchema = v.looseObject({
  result: v.pipe(v.string('expected hexadecimal text'), v.regex(/^0x[0-9a-fA-F]{1,13}$/, 'expected hexadecimal text')),
});

/**
 * `ask`, where a chain's server is one of the user's own: once, before anything else, that server is asked whose chain it tells, for the same contract may stand at the same
 * address of another. Throws `AskError` where it is another's.
 */
export function onItsChain(ask: Ask, gateways: Readonly<Record<string, string>>): Ask {
  const checked = new Map<ChainName, Promise<void>>();
  const isOn = async (chain: ChainName, url: string): Promise<void> => {
    const { result } = check(
      chainSchema,
      await ask({ url, body: '{"jsonrpc":"2.0","id":0,"method":"eth_chainId","params":[]}', weight: 1 }),
    );
    const number = Number.parseInt(result, 16);
    if (number !== CHAIN_NUMBERS[chain]) throw new AskError(`the server tells chain ${number}, not ${chain} (${CHAIN_NUMBERS[chain]})`, 0);
  };
  return async (question) => {
    const chain = chainOf(question.url);
    if (chain === undefined || gateways[`chain:${chain}`] === undefined) return ask(question);
    const known = checked.get(chain) ?? isOn(chain, question.url);
    checked.set(chain, known);
    await known.catch((error: unknown) => {
      checked.delete(chain);
      throw error;
    });
    return ask(question);
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
