/**
 * Where accounts are read by their public addresses: the sources, the form of their addresses, and every host that they ask. Named here and nowhere else: the readers
 * (`src/feeds/accounts/`) build their addresses from it, the page lists its sources, and the page's policy (`scripts/content-security-policy.ts`) allows exactly these hosts.
 * A file of its own, so that it comes with the page of addresses and not with the first load.
 */

/** `evm`: 0x and 40 hexadecimal digits. `dydx`: bech32 of dYdX. */
export type AddressForm = 'evm' | 'dydx';

/** Public servers of a chain, in the order in which they are tried. Sources: aave/interface, the providers' own pages. */
export const CHAIN_SERVERS = {
  ethereum: ['https://ethereum-rpc.publicnode.com', 'https://eth.llamarpc.com', 'https://eth-mainnet.public.blastapi.io'],
  base: ['https://base.publicnode.com', 'https://base.llamarpc.com', 'https://1rpc.io/base'],
  arbitrum: ['https://arb1.arbitrum.io/rpc', 'https://1rpc.io/arb'],
  optimism: ['https://optimism-rpc.publicnode.com'],
  polygon: ['https://polygon-bor-rpc.publicnode.com'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** EIP-155 numbers, by which a server says whose chain it tells. */
export const CHAIN_NUMBERS: Readonly<Record<ChainName, number>> = { ethereum: 1, base: 8453, arbitrum: 42161, optimism: 10, polygon: 137 };

export type ChainName = keyof typeof CHAIN_SERVERS;

export interface AccountSourceFacts {
  /** `hyperliquid`, `aave-v3:base`. */
  readonly id: string;
  readonly name: string;
  readonly address: AddressForm;
  /** Origins that are asked: `https://host`, and `wss://host` where the venue tells changes by itself. */
  readonly hosts: readonly string[];
}

/** Morpho's own list of who stands in which market. */
const MORPHO_HOST = 'https://api.morpho.org';

/** Chains of a protocol that stands on several. */
const onChains = (id: string, name: string, chains: readonly ChainName[]): AccountSourceFacts[] =>
  chains.map((chain) => ({
    id: `${id}:${chain}`,
    name: `${name} on ${chainName(chain)}`,
    address: 'evm',
    hosts: [...new Set(CHAIN_SERVERS[chain].map(originOf))],
  }));

const chainName = (chain: string): string => `${chain[0]?.toUpperCase()}${chain.slice(1)}`;

/** `https://host[:port]` of an address that stands here: no parser is needed for what is written by hand. */
const originOf = (url: string): string => url.split('/').slice(0, 3).join('/');

/** Every source, in the order in which they are offered. */
export const ACCOUNT_SOURCE_FACTS: readonly AccountSourceFacts[] = [
  {
    id: 'hyperliquid',
    name: 'Hyperliquid',
    address: 'evm',
    hosts: ['https://api.hyperliquid.xyz', 'wss://api.hyperliquid.xyz'],
  },
  { id: 'dydx-v4', name: 'dYdX v4', address: 'dydx', hosts: ['https://indexer.dydx.trade'] },
  ...onChains('aave-v3', 'Aave v3', ['ethereum', 'base', 'arbitrum', 'optimism', 'polygon']),
  ...onChains('spark', 'Spark', ['ethereum']),
  ...onChains('compound-v3', 'Compound v3', ['ethereum', 'base', 'arbitrum', 'optimism', 'polygon']),
  ...onChains('morpho-blue', 'Morpho Blue', ['ethereum', 'base']).map((facts) => ({ ...facts, hosts: [...facts.hosts, MORPHO_HOST] })),
];

/** Every origin above, once, for the page's policy. */
export const ACCOUNT_ORIGINS: readonly string[] = [...new Set(ACCOUNT_SOURCE_FACTS.flatMap(({ hosts }) => hosts))];

const FORMS: Readonly<Record<AddressForm, { readonly pattern: RegExp; readonly refusal: string }>> = {
  evm: { pattern: /^0x[0-9a-fA-F]{40}$/, refusal: 'an address is 0x and 40 hexadecimal digits' },
  dydx: { pattern: /^dydx1[02-9ac-hj-np-z]{38}$/, refusal: 'an address is dydx1 and 38 letters and digits' },
};

/** Why `text` is no address of this form; undefined where it is one. */
export const addressRefusal = (form: AddressForm, text: string): string | undefined =>
  FORMS[form].pattern.test(text) ? undefined : FORMS[form].refusal;

/** What a server of the user's own may stand in for: a venue's host, or all servers of a chain (two chains may share a host). */
export const GATEWAY_TARGETS: readonly { readonly key: string; readonly name: string }[] = [
  { key: 'https://api.hyperliquid.xyz', name: 'Hyperliquid' },
  { key: 'https://indexer.dydx.trade', name: 'dYdX v4' },
  { key: MORPHO_HOST, name: 'Morpho’s list' },
  ...Object.keys(CHAIN_SERVERS).map((chain) => ({ key: `chain:${chain}`, name: chainName(chain) })),
];

/** One address at one source as a key. */
export const addressKey = ({ source, address }: { readonly source: string; readonly address: string }): string => `${source}:${address}`;

/** The source of an id; undefined where there is none. */
export const accountSource = (id: string): AccountSourceFacts | undefined => ACCOUNT_SOURCE_FACTS.find((source) => source.id === id);

/** One spelling of an address, however it was typed: EVM addresses in small letters. */
export const plainAddress = (form: AddressForm, text: string): string => (form === 'evm' ? text.toLowerCase() : text);
