import { describe, expect, it } from 'vitest';
import { assessAccount } from '../engine/assess.ts';
import { bookOf, d, plainRules } from '../engine/testing/books.ts';
import { compareFigures, type TheirFigures } from './disagreement.ts';

const TIERS = [{ notionalFloor: d(0), maintenanceMarginRate: d('0.05'), maxLeverage: d(10) }];
const { book, account } = bookOf([{ size: d(1), entry: d(100), mark: d(100), tiers: TIERS, contract: 'linear' }], d(20));
const compared = (theirs: Partial<TheirFigures>, over: Partial<typeof account> = {}) => {
  const held = { ...account, ...over };
  return compareFigures(assessAccount(held, { ...book, accounts: [held] }, plainRules()), held, { positions: [], ...theirs });
};
const priced = (liquidationPrice: string | null) => ({ positions: [{ instrument: account.positions[0]!.instrument, liquidationPrice }] });

describe('ours beside theirs', () => {
  it('DG-1: says nothing of what agrees, and leaves out what the venue does not state', () => {
    expect(compared({ equity: '20', ...priced('84.21052632') })).toMatchObject([
      { figure: 'equity', ours: '20', theirs: '20', gap: '0' },
      { figure: 'liquidationPrice', theirs: '84.21052632' },
    ]);
    expect(compared({ equity: '20', ...priced('84.21052632') }).some(({ reason }) => reason)).toBe(false);
    expect(compared({})).toEqual([]);
  });
  it.each([
    ['84.212', 'rounding'],
    ['90', 'not explained'],
    [null, 'one has no price'],
  ] as const)('DG-2: a price of %s differs by %s', (price, reason) => {
    expect(compared(priced(price))).toMatchObject([{ reason }]);
  });
  it('DG-3: names requirements that the answer sums and does not list', () => {
    expect(compared(priced('90'), { maintenanceMarginOther: d(1) })).toMatchObject([{ reason: 'unlisted requirements' }]);
  });
  it('DG-4: without our own data nothing is said of theirs', () => {
    const bare = bookOf([{ size: d(1), entry: d(100), mark: d(100), tiers: [], contract: 'linear' }], d(20));
    const [instrument] = bare.book.instruments.values();
    const { tiers: _, ...without } = instrument!;
    const blind = { ...bare.book, instruments: new Map([[without.id, without]]) };
    expect(compareFigures(assessAccount(bare.account, blind, plainRules()), bare.account, priced('90'))).toMatchObject([
      { ours: null, reason: 'data is missing here' },
    ]);
  });
  it('both say that there is none: they agree', () => {
    expect(compared({ healthFactor: null })[0]?.reason).toBeUndefined();
  });
});
