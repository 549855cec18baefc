/**
 * Where the venues are: every host besides its own that the page may speak to is named here, or for accounts in `account-sources.ts` beside it, and nowhere else. The readers of
 * the streams build their addresses from it, and the page's policy (`scripts/content-security-policy.ts`) allows exactly these.
 */
export interface VenueHosts {
  /** `wss://host[:port]`. */
  readonly socket: string;
  /** `https://host[:port]`, where something is asked by a request. */
  readonly request?: string;
}

/** Public price streams, by stream. Sources: the venues' documentation as of 2026 (docs/spec/live.md). */
export const STREAM_HOSTS = {
  hyperliquid: { socket: 'wss://api.hyperliquid.xyz', request: 'https://api.hyperliquid.xyz' },
  'binance-usdm': { socket: 'wss://fstream.binance.com' },
  bybit: { socket: 'wss://stream.bybit.com' },
  okx: { socket: 'wss://ws.okx.com:8443' },
  'dydx-v4': { socket: 'wss://indexer.dydx.trade' },
  deribit: { socket: 'wss://www.deribit.com' },
  'kraken-futures': { socket: 'wss://futures.kraken.com' },
  coinbase: { socket: 'wss://advanced-trade-ws.coinbase.com' },
  'kraken-spot': { socket: 'wss://ws.kraken.com' },
} as const satisfies Readonly<Record<string, VenueHosts>>;

/** Every origin above, once, for the page's policy. */
export const STREAM_ORIGINS: readonly string[] = [
  ...new Set(Object.values(STREAM_HOSTS).flatMap((hosts: VenueHosts) => [hosts.socket, ...(hosts.request ? [hosts.request] : [])])),
];

/** What people call the streams, in the order in which they are offered. */
export const STREAM_NAMES: Readonly<Record<keyof typeof STREAM_HOSTS, string>> = {
  hyperliquid: 'Hyperliquid',
  'binance-usdm': 'Binance USDⓈ-M',
  bybit: 'Bybit',
  okx: 'OKX',
  'dydx-v4': 'dYdX v4',
  deribit: 'Deribit',
  'kraken-futures': 'Kraken Futures',
  coinbase: 'Coinbase',
  'kraken-spot': 'Kraken spot',
};
