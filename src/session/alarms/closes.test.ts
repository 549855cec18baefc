import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import type { LivePrices } from '../prices.ts';
import { Closes } from './closes.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);
const prices = (of: Readonly<Record<string, number>>): LivePrices =>
  new Map(Object.entries(of).map(([market, price]) => [market, { mark: { price: new Decimal(price), timeMs: 0 } }]));

describe('DI-7 correlation of a stream', () => {
  it('begins at the shipped history and moves away from it hour by hour', () => {
    const closes = new Closes();
    expect(closes.correlation(['BTC', 'ETH'])).toEqual({
      matrix: [
        [1, longRunCorrelation('BTC', 'ETH')],
        [longRunCorrelation('BTC', 'ETH'), 1],
      ],
      hours: 0,
    });
    // One rises where the other falls.
    for (let i = 0; i < 300; i++) {
      const up = i % 2 === 0 ? 1 : 1.02;
      closes.take(prices({ BTC: 50_000 * up, ETH: 2_000 / up }), START_MS + i * HOUR_MS);
    }
    const { matrix, hours } = closes.correlation(['BTC', 'ETH']);
    expect(hours).toBe(298);
    expect(matrix[0]![1]).toBeLessThan(longRunCorrelation('BTC', 'ETH') - 0.5);
    expect(matrix[0]![1]).toBe(matrix[1]![0]);
    expect(closes.correlation(['BTC', 'SOL']).hours).toBe(0);
    closes.clear();
    expect(closes.correlation(['BTC', 'ETH']).hours).toBe(0);
  });

  it('takes one price an hour, and none when the clock goes back', () => {
    const closes = new Closes();
    for (let minute = 0; minute < 180; minute++) closes.take(prices({ BTC: 50_000 + minute }), START_MS + minute * 60_000);
    expect(closes.correlation(['BTC']).hours).toBe(1);
    closes.take(prices({ BTC: 1 }), START_MS);
    closes.take(prices({ BTC: 1 }), Number.NaN);
    expect(closes.correlation(['BTC']).hours).toBe(1);
  });
});
