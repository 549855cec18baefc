/** RF-1, RF-7: one price out of several venues'. */
import { describe, expect, it } from 'vitest';
import { referenceRows } from './reference.ts';

const quote = (venue: string, price: string, isFresh = true, market = 'BTC') =>
  ({ market, venue, name: venue.toUpperCase(), kind: 'mark', price, arrivalTimeMs: 1, isFresh }) as const;

describe('rows of the reference price', () => {
  it('the median of what is fresh, with deviation and spread; what is too old is listed and does not count', () => {
    const [row] = referenceRows([quote('a', '100'), quote('b', '101'), quote('c', '65'), quote('d', '1', false)]);
    expect(row).toMatchObject({ market: 'BTC', price: '100', reason: '' });
    expect(row?.quotes.map(({ deviation }) => Number(deviation.toFixed(4)))).toEqual([0, 0.01, -0.35, Number.NaN]);
    expect(row?.spread).toBeCloseTo(101 / 65 - 1, 12);
  });

  it('without a fresh quote there is no number, and a price that is none counts for nothing', () => {
    expect(referenceRows([quote('a', '100', false)])[0]).toMatchObject({ price: '', reason: 'missing-mark', spread: Number.NaN });
    expect(referenceRows([quote('a', 'NaN'), quote('b', '0')])[0]).toMatchObject({ price: '', reason: 'missing-mark' });
    expect(referenceRows([])).toEqual([]);
  });

  it('each market stands alone', () => {
    const rows = referenceRows([quote('a', '100'), quote('a', '3', true, 'ETH'), quote('b', '102')]);
    expect(rows.map(({ market, price }) => [market, price])).toEqual([
      ['BTC', '101'],
      ['ETH', '3'],
    ]);
  });
});
