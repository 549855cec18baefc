/** RF-4, RF-5: what is held against what it should be worth. */
import { describe, expect, it } from 'vitest';
import type { Account } from '../../domain/book.ts';
import type { Tick } from '../../domain/tick.ts';
import { d } from '../../engine/testing/books.ts';
import { NO_PRICES, withTicks } from '../prices.ts';
import { EMPTY_STATE } from '../state.ts';
import { gapViews, isOneDollar, marketGaps } from './gaps.ts';

const T = 1_790_000_000_000;
const holding = (...assets: string[]): Account =>
  ({ balances: assets.map((asset) => ({ asset, amount: d(100) })), positions: [] }) as unknown as Account;
const told = (...ticks: [string, Tick['kind'], string][]) =>
  withTicks(
    NO_PRICES,
    ticks.map(([market, kind, price]) => ({ market, kind, price, venueTimeMs: T, arrivalTimeMs: T })),
  ).prices;

describe('gaps of what is held', () => {
  it('RF-4: a dollar token against a dollar, with an alarm from one per cent on, decided exactly', () => {
    const [gap] = gapViews(holding('USDE'), told(['USDE', 'index', '0.935']));
    expect(gap).toMatchObject({ asset: 'USDE', kind: 'peg', price: '0.935', against: '1', isBeyond: true, venueTimeMs: T });
    expect(gap?.gap).toBeCloseTo(-0.065, 12);
    const beyond = (price: string): boolean | undefined => gapViews(holding('DAI'), told(['DAI', 'index', price]))[0]?.isBeyond;
    expect(['0.99', '0.990000000000000000001', '1', '1.009999999999999999999', '1.01'].map(beyond)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it('RF-4: what earns is worth more than a dollar by design and has no peg here', () => {
    expect(['USDC', 'usdt', 'USDe', 'DAI'].every(isOneDollar)).toBe(true);
    expect(['SUSDE', 'SDAI', 'EURC', 'USD', 'ETH'].some(isOneDollar)).toBe(false);
  });

  it('RF-5: other collateral, mark against index, with an alarm from two per cent on; the widest gap first', () => {
    const prices = told(['ETH', 'mark', '2900'], ['ETH', 'index', '3000'], ['BTC', 'mark', '90900'], ['BTC', 'index', '90000']);
    const gaps = gapViews(holding('BTC', 'ETH'), prices);
    expect(gaps.map(({ asset, kind, against, isBeyond }) => [asset, kind, against, isBeyond])).toEqual([
      ['ETH', 'collateral', '3000', true],
      ['BTC', 'collateral', '90000', false],
    ]);
  });

  it('nothing is assumed of what no venue told, or told only half, or is not held', () => {
    expect(gapViews(holding('USDT', 'ETH'), NO_PRICES)).toEqual([]);
    expect(gapViews(holding('ETH'), told(['ETH', 'mark', '3000']))).toEqual([]);
    expect(gapViews(holding('ETH'), told(['USDT', 'index', '0.5']))).toEqual([]);
    const none = { balances: [{ asset: 'USDT', amount: d(0) }], positions: [] } as unknown as Account;
    expect(gapViews(none, told(['USDT', 'index', '0.5']))).toEqual([]);
  });

  it('AL-26: as alarms read them: the size, exact; not known where a dollar token is not told or too old; none of a recording', () => {
    const live = { ...EMPTY_STATE.source, kind: 'live', clockMs: T, status: { state: 'live', gapCount: 0, droppedCount: 0 } } as const;
    const limits = { otherwiseMs: 10_000, byMarketMs: {}, ownClockMs: T, isLive: true };
    const prices = told(['USDE', 'index', '0.935'], ['ETH', 'mark', '2900'], ['ETH', 'index', '3000'], ['SOL', 'mark', '1']);
    const read = (clockMs: number) =>
      marketGaps(holding('USDE', 'USDT', 'ETH', 'SOL'), prices, { ...live, clockMs }, { ...limits, ownClockMs: clockMs }).map(
        ({ market, measure, value }) => [market, measure, value === 'unknown' ? value : value.toFixed(6)],
      );
    expect(read(T)).toEqual([
      ['USDE', 'pegGap', '0.065000'],
      ['USDT', 'pegGap', 'unknown'],
      ['ETH', 'collateralGap', '0.033333'],
    ]);
    expect(read(T + 3_600_000).map(([, , value]) => value)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(marketGaps(holding('USDE'), prices, { ...live, kind: 'replay' }, limits)).toEqual([]);
  });
});
