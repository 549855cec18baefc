/** Every price stream, by id. Adding one is a file and a line here. */
import type { PriceStream } from '../stream.ts';
import { binanceUsdmStream } from './binance-usdm.ts';
import { bybitStream } from './bybit.ts';
import { coinbaseStream } from './coinbase.ts';
import { deribitStream } from './deribit.ts';
import { dydxStream } from './dydx-v4.ts';
import { hyperliquidStream } from './hyperliquid.ts';
import { krakenFuturesStream } from './kraken-futures.ts';
import { krakenSpotStream } from './kraken-spot.ts';
import { okxStream } from './okx.ts';

export const STREAMS: readonly PriceStream[] = [
  hyperliquidStream,
  binanceUsdmStream,
  bybitStream,
  okxStream,
  dydxStream,
  deribitStream,
  krakenFuturesStream,
  coinbaseStream,
  krakenSpotStream,
];

/** The stream of that id; undefined where there is none. */
export const streamOf = (id: string): PriceStream | undefined => STREAMS.find((stream) => stream.id === id);
