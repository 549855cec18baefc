/** Binance COIN-M: inverse contracts settled in the coin, margined on the mark price. */
import { binanceClosure } from '../binance-closure.ts';
import { type Dialect, parseBinance } from '../binance-parse.ts';
import type { Venue } from '../venue.ts';
import { binanceCoinmRules, contractSizeOf } from './rules.ts';

/** `BTCUSD_PERP`, `ETHUSD_210625`: base, perpetual or expiry. */
const SYMBOL = /^([A-Z0-9]+)USD_(?:PERP|\d{6})$/;

const dialect: Dialect = {
  rules: binanceCoinmRules,
  prefix: 'binance-coinm',
  instrument: (row) => {
    const [, base] = SYMBOL.exec(row.symbol) ?? [];
    return base ? { contract: 'inverse', base, quote: 'USD', settle: base, contractSize: contractSizeOf(base) } : undefined;
  },
};

export const binanceCoinm: Venue = {
  rules: binanceCoinmRules,
  closure: binanceClosure(),
  parse: (response, context) => parseBinance(response, context, dialect),
};
