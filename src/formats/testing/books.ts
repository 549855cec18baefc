/** Books and venues for tests of the reader: a valid book that uses every field, as plain JSON to be damaged at will. */

import type { Fault } from '../../domain/fault.ts';
import { InputError } from '../../domain/fault.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { Venue } from '../../venues/venue.ts';
import type { ReaderOptions } from '../leverage-book.ts';

/** A venue of which only what the reader asks is stated. */
const venue = (rules: Pick<VenueRules, 'id' | 'name' | 'kind' | 'tableJoin'> & Partial<VenueRules>): Venue =>
  ({ rules }) as unknown as Venue;

const tierOfMaxLeverage: NonNullable<VenueRules['tierOfMaxLeverage']> = () => ({ join: 'continuous', measure: 'notional', tiers: [] });

export const TEST_VENUES: ReaderOptions = {
  venues: {
    smooth: venue({ id: 'smooth', name: 'Smooth', kind: 'perpetual', tableJoin: 'continuous', tierOfMaxLeverage }),
    stepped: venue({ id: 'stepped', name: 'Stepped', kind: 'perpetual', tableJoin: 'step' }),
    lender: venue({ id: 'lender', name: 'Lender', kind: 'lending', tableJoin: 'continuous' }),
  },
};

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Every field of the format, at least once. A new object every time. */
export const fullBook = (): { [key: string]: Json } => ({
  format: 'leverage-book/1',
  asOf: '2026-02-05T18:34:00Z',
  unit: 'USD',
  instruments: {
    'sm:BTC/USD': {
      venue: 'smooth',
      contract: 'linear',
      base: 'BTC',
      quote: 'USD',
      settle: 'USDC',
      contractSize: '1',
      markPrice: '65546.0',
      indexPrice: '65577.0',
      takerFeeRate: '0.00045',
      priceTick: '0.1',
      tiers: [
        { notionalFloor: '0', maxLeverage: '40', maintenanceMarginRate: '0.0125', maintenanceDeduction: '0' },
        { notionalFloor: '150000000', maxLeverage: '20', maintenanceMarginRate: '0.025', maintenanceDeduction: '1875000' },
      ],
    },
    'st:BTC': {
      venue: 'stepped',
      contract: 'inverse',
      base: 'BTC',
      quote: 'USD',
      settle: 'BTC',
      contractSize: '100',
      markPrice: '65546.000000000000000000000000000001',
      tiers: [
        { notionalFloor: '0', maintenanceMarginRate: '0.004' },
        { notionalFloor: '100', maintenanceMarginRate: '0.01' },
      ],
    },
    'sm:NOMARK': { venue: 'smooth', contract: 'linear', base: 'NO', quote: 'USD', settle: 'USDC', contractSize: '1' },
  },
  assets: {
    USDC: { price: '1', unit: 'USD' },
    BTC: { price: '65577', collateralFactor: '0.95' },
    WETH: { price: '2450.12', collateralFactor: '0.95', loanToValue: '0.805', liquidationThreshold: '0.83', liquidationBonus: '0.05' },
  },
  accounts: [
    {
      id: '17df694e61',
      venue: 'smooth',
      label: 'desk A / whale 7',
      unit: 'USD',
      balances: [{ asset: 'USDC', amount: '13755080.70', derived: true, collateralFactor: '1' }],
      positions: [
        { instrument: 'sm:BTC/USD', size: '-12.5', entryPrice: '71210.4', marginMode: 'cross', leverage: '20' },
        { instrument: 'sm:BTC/USD', size: '0.000000000000000000000000000001', entryPrice: '1', marginMode: 'cross', maxLeverage: '10' },
        { instrument: 'sm:BTC/USD', size: '2', entryPrice: '60000', marginMode: 'isolated', isolatedMargin: '-6728.0' },
        {
          instrument: 'sm:NOMARK',
          size: '3',
          entryPrice: '2',
          marginMode: 'cross',
          tiers: [{ notionalFloor: '0', maintenanceMarginRate: '0.05', maintenanceDeduction: '12' }],
        },
      ],
      maintenanceMarginOther: '12.5',
      initialMarginOther: '25',
    },
    {
      id: 'second',
      venue: 'stepped',
      balances: [{ asset: 'BTC', amount: '0.1' }],
      positions: [{ instrument: 'st:BTC', size: '1000', entryPrice: '60000', marginMode: 'cross' }],
    },
    {
      id: 'third',
      venue: 'lender',
      balances: [
        { asset: 'WETH', amount: '10', liquidationThreshold: '0.93', loanToValue: '0.9', liquidationBonus: '0.01' },
        { asset: 'USDC', amount: '-12000' },
      ],
    },
  ],
});

/** A copy of `book` with the value at `pointer` replaced; `undefined` removes it. */
export function changed(book: Json, pointer: string, value: Json | undefined): Json {
  const copy = structuredClone(book) as Json;
  const segments = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = segments.pop()!;
  let parent = copy as { [key: string]: Json };
  for (const segment of segments) parent = parent[segment] as { [key: string]: Json };
  if (value === undefined) {
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  } else parent[last] = value;
  return copy;
}

/** The faults that `read` ends with; empty when it ends well. Any other error is passed on. */
export function faultsOf(read: () => unknown): readonly Fault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
}
