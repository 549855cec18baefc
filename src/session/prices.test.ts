import { describe, expect, it } from 'vitest';
import { Decimal } from '../domain/units.ts';
import { readBook } from '../formats/leverage-book.ts';
import { bookPrices, heldMarkets, type LivePrices, livePrice } from './prices.ts';

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

describe('SE-3 a wrapped coin', () => {
  const at = (price: number) => ({ mark: { price: new Decimal(price), timeMs: 1 } });
  const priceOf = (prices: LivePrices, market: string) => livePrice(prices, market, 'oracle')?.price.toNumber();

  it('has the price of the coin where the feed tells none of its own; a staked or bridged one has none', () => {
    const prices = new Map([['ETH', at(2000)]]);
    expect(['ETH', 'WETH', 'wstETH', 'STETH', 'WBTC'].map((market) => priceOf(prices, market))).toEqual([
      2000,
      2000,
      undefined,
      undefined,
      undefined,
    ]);
    expect(priceOf(new Map([...prices, ['WETH', at(1999)]]), 'WETH')).toBe(1999);
  });

  it('is asked of a venue as the coin', () => {
    const book = readBook(
      JSON.stringify({
        format: 'leverage-book/1',
        asOf: '2026-02-05T18:34:00Z',
        assets: { WETH: { price: '2451' }, wstETH: { price: '2900' }, USDC: { price: '1' } },
        accounts: [{ id: 'a', venue: 'aave-v3', balances: ['WETH', 'wstETH', 'USDC'].map((asset) => ({ asset, amount: '1' })) }],
      }),
    );
    expect(heldMarkets(book, book.accounts[0]!)).toEqual(['ETH', 'wstETH']);
  });
});
