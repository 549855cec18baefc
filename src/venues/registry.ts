/** Every venue, by id. Adding one is a folder and a line here. */
import type { VenueId } from '../domain/book.ts';
import { aaveV3, spark } from './aave-v3/index.ts';
import { binanceCoinm } from './binance-coinm/index.ts';
import { binanceUsdm } from './binance-usdm/index.ts';
import { bitget, bitgetOneWay } from './bitget/index.ts';
import { bitmex } from './bitmex/index.ts';
import { blofin } from './blofin/index.ts';
import { bybit, bybitClassic } from './bybit/index.ts';
import { coinex } from './coinex/index.ts';
import { compoundV3 } from './compound-v3/index.ts';
import { deribit, deribitCross } from './deribit/index.ts';
import { dydxV4 } from './dydx-v4/index.ts';
import { gate } from './gate/index.ts';
import { generic } from './generic/index.ts';
import { gmxV2 } from './gmx-v2/index.ts';
import { htx } from './htx/index.ts';
import { hyperliquid } from './hyperliquid/index.ts';
import { krakenFutures, krakenFuturesSingle } from './kraken-futures/index.ts';
import { kucoin } from './kucoin/index.ts';
import { maker } from './maker/index.ts';
import { morphoBlue } from './morpho-blue/index.ts';
import { okx } from './okx/index.ts';
import { phemex } from './phemex/index.ts';
import type { Venue } from './venue.ts';

export const venues: Readonly<Record<VenueId, Venue>> = {
  hyperliquid,
  'binance-usdm': binanceUsdm,
  'binance-coinm': binanceCoinm,
  bybit,
  'bybit-classic': bybitClassic,
  okx,
  'dydx-v4': dydxV4,
  'aave-v3': aaveV3,
  spark,
  'compound-v3': compoundV3,
  'morpho-blue': morphoBlue,
  maker,
  bitget,
  'bitget-one-way': bitgetOneWay,
  bitmex,
  blofin,
  coinex,
  deribit,
  'deribit-cross': deribitCross,
  gate,
  'gmx-v2': gmxV2,
  htx,
  'kraken-futures': krakenFutures,
  'kraken-futures-single': krakenFuturesSingle,
  kucoin,
  phemex,
  generic,
};
