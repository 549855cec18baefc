import { describe, expect, it } from 'vitest';
import { readBook } from '../formats/leverage-book.ts';
import { bookPrices } from './prices.ts';

const instrument = (base: string, quote: string, markPrice: string) => ({
  venue: 'hyperliquid',
  contract: 'linear',
  base,
  quote,
  settle: 'USDC',
  contractSize: '1',
  markPrice,
});

describe('SE-6 where a simulation starts', () => {
  it('takes marks in dollars first, then prices of assets, and nothing that is pegged or named after money', () => {
    const book = readBook(
      JSON.stringify({
        format: 'leverage-book/1',
        asOf: '2026-02-05T18:34:00Z',
        instruments: { b: instrument('BTC', 'USD', '65546'), c: instrument('BTC', 'USDT', '65500'), e: instrument('SOL', 'EUR', '70') },
        assets: {
          USDC: { price: '1' },
          fxUSD: { price: '0.99' },
          BTC: { price: '65577' },
          ETH: { price: '2450.12' },
          WETH: { price: '2451' },
          SOL: { price: '84.1' },
          NONE: {},
        },
        accounts: [],
      }),
    );
    const prices = Object.fromEntries([...bookPrices(book)].map(([market, price]) => [market, price.toFixed()]));
    expect(prices).toEqual({ BTC: '65546', ETH: '2450.12', WETH: '2451', SOL: '84.1' });
  });
});
