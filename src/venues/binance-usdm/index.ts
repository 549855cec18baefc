/** Binance USDⓈ-M: contracts settled in stablecoins, margined on the mark price. */

import { ONE } from '../../domain/units.ts';
import { binanceClosure } from '../binance-closure.ts';
import { type Dialect, parseBinance } from '../binance-parse.ts';
import type { Venue } from '../venue.ts';
import { binanceUsdmRules } from './rules.ts';

/** `BTCUSDT`, `1000PEPEUSDC`, `BTCUSDT_241227`, `ETHBTC`: base, quote, expiry. */
const SYMBOL = /^([A-Z0-9]+?)(USDT|USDC|FDUSD|BUSD|USD1|BFUSD|BTC)(?:_\d{6})?$/;

const dialect: Dialect = {
  rules: binanceUsdmRules,
  prefix: 'binance',
  instrument: (row) => {
    const [, base, quote] = SYMBOL.exec(row.symbol) ?? [];
    if (!base || !quote) return undefined;
    return { contract: 'linear', base, quote, settle: row.marginAsset || quote, contractSize: ONE };
  },
};

export const binanceUsdm: Venue = {
  rules: binanceUsdmRules,
  closure: binanceClosure(),
  parse: (response, context) => parseBinance(response, context, dialect),
};
