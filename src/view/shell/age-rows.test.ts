import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../store/types.ts';
import { account, column, POSITIONS } from '../testing/fixture.ts';
import { ageRows, sortedRows } from './age-rows.ts';

const NOW = 1_790_000_000_000;
const times = (...agesMs: number[]): Float64Array => Float64Array.from(agesMs, (age) => NOW - age);
const limits = (ms: number): Float64Array => Float64Array.from([ms, ms, ms]);
const SNAPSHOT = {
  ownClockMs: NOW + 5,
  source: { clockMs: NOW },
  markets: {
    count: 3,
    market: ['BTC', 'SOL', 'XRP'],
    price: column('1', '2', 'missing-mark'),
    venueTimeMs: times(500, -70_000, Number.NaN),
    arrivalTimeMs: times(400, 300, Number.NaN),
    freshness: ['live', 'lost', 'lost'],
    liveMs: limits(2_000),
    delayedMs: limits(10_000),
    staleMs: limits(60_000),
  },
} as unknown as Snapshot;
const ACCOUNT = account({ balances: { count: 1, asset: ['SOL'], amount: column('3'), price: column('2'), value: column('6') } });

describe('the markets by age', () => {
  const rows = ageRows(SNAPSHOT, ACCOUNT);

  it('both ages, class, limits, and the positions and balances that rest on each', () => {
    expect(rows[0]).toEqual({
      market: 'BTC',
      venueAgeMs: 500,
      ownAgeMs: 405,
      freshness: 'live',
      limits: [2_000, 10_000, 60_000],
      holds: [`${POSITIONS.instrument[0]} long`],
    });
    expect(rows[1]?.holds).toEqual(['hl:SOL short', 'SOL balance']);
  });

  it('sorted: what is not known counts as the oldest, a price from ahead by its size', () => {
    const names = (by: Parameters<typeof sortedRows>[1], isDown: boolean) => sortedRows(rows, by, isDown).map(({ market }) => market);
    expect(names('venueAgeMs', true)).toEqual(['XRP', 'SOL', 'BTC']);
    expect(names('venueAgeMs', false)).toEqual(['BTC', 'SOL', 'XRP']);
    expect(names('ownAgeMs', true)).toEqual(['XRP', 'BTC', 'SOL']);
    expect(names('freshness', true)).toEqual(['SOL', 'XRP', 'BTC']);
    expect(names('market', true)).toEqual(['XRP', 'SOL', 'BTC']);
  });
});
