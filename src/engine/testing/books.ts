/** Seeded random accounts for the engine's own tests: tier edges, inverse contracts, hedged legs, huge and tiny sizes. */
import fc from 'fast-check';
import type { Account, Asset, Book, Contract, Instrument, MarginTable, MarginTier, Position } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../rules.ts';

export const d = (text: string | number): Decimal => new Decimal(text);

const PRICE_BASIS: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'chosen' };

/** Plain rules: price basis, no fee, continuous tiers, one cross pool. Override what a test is about. */
export const plainRules = (over: Partial<VenueRules> = {}, position: Partial<PositionRules> = {}): VenueRules => ({
  id: 'test',
  name: 'Test',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'below',
  positionRules: () => ({ ...PRICE_BASIS, ...position }),
  marginTable: (): MarginTable | undefined => undefined,
  tableJoin: 'continuous',
  priceRounding: 'none',
  backstopShare: d(2).div(3),
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [],
  ...over,
});

const digits = (min: number, max: number, places: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: min * 10 ** places, max: max * 10 ** places }).map((n) => d(n).div(10 ** places));

const magnitude: fc.Arbitrary<Decimal> = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: -6, max: 4 }))
  .map(([mantissa, exponent]) => d(mantissa).times(d(10).pow(exponent)));

/** One to four continuous tiers with derived deductions. */
export const tiers: fc.Arbitrary<MarginTier[]> = fc
  .tuple(
    fc.integer({ min: 2, max: 50 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })), { maxLength: 3 }),
  )
  .map(([first, rest]) => {
    const list: MarginTier[] = [{ notionalFloor: d(0), maintenanceMarginRate: d(first).div(1000), maxLeverage: d(500).div(first) }];
    let floor = d(0);
    let rate = first;
    for (const [gap, more] of rest) {
      floor = floor.plus(d(gap).times(10_000));
      rate += more;
      list.push({ notionalFloor: floor, maintenanceMarginRate: d(rate).div(1000), maxLeverage: d(500).div(rate) });
    }
    return list;
  });

export interface LegSpec {
  readonly size: Decimal;
  readonly entry: Decimal;
  readonly mark: Decimal;
  readonly tiers: MarginTier[];
  readonly contract: Contract;
}

export const legSpec = (contracts: readonly Contract[] = ['linear']): fc.Arbitrary<LegSpec> =>
  fc.record({
    size: fc.tuple(magnitude, fc.boolean()).map(([value, short]) => (short ? value.negated() : value)),
    entry: digits(1, 5000, 2),
    mark: digits(1, 5000, 2),
    tiers,
    contract: fc.constantFrom(...contracts),
  });

/** A book of one account. Inverse legs settle in COIN, priced 1 so that figures read in coin. */
export function bookOf(
  specs: readonly LegSpec[],
  balance: Decimal,
  mode: 'cross' | 'isolated' = 'cross',
): { book: Book; account: Account } {
  const instruments = new Map<string, Instrument>();
  const positions: Position[] = specs.map((spec, i) => {
    const id = `t:${i}`;
    const inverse = spec.contract === 'inverse';
    instruments.set(id, {
      id,
      venue: 'test',
      contract: spec.contract,
      base: `B${i}`,
      quote: 'USD',
      settle: inverse ? 'COIN' : 'USD',
      contractSize: d(1),
      markPrice: spec.mark,
      tiers: spec.tiers,
    });
    return {
      instrument: id,
      size: spec.size,
      entryPrice: spec.entry,
      marginMode: mode,
      leverage: d(5),
      ...(mode === 'isolated' ? { isolatedMargin: balance } : {}),
    };
  });
  const settle = specs[0]?.contract === 'inverse' ? 'COIN' : 'USD';
  const account: Account = { id: 'a', venue: 'test', balances: mode === 'cross' ? [{ asset: settle, amount: balance }] : [], positions };
  const assets = new Map<string, Asset>([
    ['USD', { symbol: 'USD', price: d(1) }],
    ['COIN', { symbol: 'COIN', price: d(1) }],
  ]);
  return { book: { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments, assets, accounts: [account] }, account };
}

/** The same book with one instrument's mark replaced. */
export const withMark = (book: Book, id: string, mark: Decimal): Book => {
  const instruments = new Map(book.instruments);
  const instrument = instruments.get(id);
  if (instrument) instruments.set(id, { ...instrument, markPrice: mark });
  return { ...book, instruments };
};
