/** Bybit derivatives, unified account: BY-1…BY-9 of docs/spec/venues/bybit.md. */
import type { Contract, Instrument, MarginMode, MarginTable } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { nativeSymbol, tableLookup } from '../tier-rows.ts';
import tiers from './tiers.json' with { type: 'json' };

/** BY-1: everything on the entry value, no fee: it stands on both sides of the equation and cancels. */
const ISOLATED: PositionRules = {
  basis: 'entry',
  fee: 'none',
  initialBasis: 'entry',
  initialLeverage: 'chosen',
  priceRounding: 'tick-against-trader',
};

/** BY-2: value at the mark, with the fee to close at the bankruptcy price inside both margins; the price is not rounded. */
const CROSS_LINEAR: PositionRules = { basis: 'price', fee: 'taker-at-bankruptcy-value', initialBasis: 'price', initialLeverage: 'chosen' };

/** BY-3: the classic account. Maintenance on the entry value, a constant fee at the pool's bankruptcy price, initial margin at the tier's maximum leverage. */
const CROSS_INVERSE: PositionRules = {
  basis: 'entry',
  fee: 'taker-at-bankruptcy-price',
  initialBasis: 'entry',
  initialLeverage: 'tier',
  priceRounding: 'tick-against-trader',
};

/** BY-4: USDT contracts in a classic cross account: maintenance on the entry value, the fee left out of the price. */
const CLASSIC_CROSS_LINEAR: PositionRules = {
  basis: 'entry',
  fee: 'none',
  initialBasis: 'entry',
  initialLeverage: 'chosen',
  priceRounding: 'tick-against-trader',
};

const tableOf = tableLookup(tiers, { join: 'continuous', measure: 'notional' });

/** The risk-limit table of a market: by its own symbol, or for a USDC perpetual by its base (BY-5). */
function marginTable(instrument: Instrument): MarginTable | undefined {
  if (instrument.contract !== 'linear') return undefined;
  return tableOf(nativeSymbol(instrument.id)) ?? (instrument.settle === 'USDC' ? tableOf(`${instrument.base}PERP`) : undefined);
}

export const bybitRules: VenueRules = {
  id: 'bybit',
  name: 'Bybit',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'at-or-below',
  positionRules: (contract: Contract, marginMode: MarginMode) =>
    marginMode === 'isolated' ? ISOLATED : contract === 'linear' ? CROSS_LINEAR : CROSS_INVERSE,
  marginTable,
  tableJoin: 'continuous',
  defaultTakerFeeRate: new Decimal('0.00055'),
  priceRounding: 'none',
  ratioView: { name: 'Account MM rate', direction: 'up-is-worse' },
  sources: [
    'Bybit help "Liquidation Price (USDT Contract)" and "Liquidation Price Calculation under Isolated Mode (Unified Trading Account)"',
    'Bybit v5 documentation, position and wallet-balance: maintenance and initial margin with the fee to close',
    'Bybit help 360039261334 "How to calculate Liquidation Price (Inverse Contract)": classic cross',
  ],
};

/** The classic (not unified) account: one pool per coin, and no fee in the cross price of a linear contract. */
export const bybitClassicRules: VenueRules = {
  ...bybitRules,
  id: 'bybit-classic',
  name: 'Bybit (classic account)',
  crossPool: 'settle',
  positionRules: (contract: Contract, marginMode: MarginMode) =>
    marginMode === 'isolated' ? ISOLATED : contract === 'linear' ? CLASSIC_CROSS_LINEAR : CROSS_INVERSE,
};

/**
 * Taker fee on a trade of `quantity` at `price`, in the settle currency: quantity × price × rate for a linear contract,
 * quantity ÷ price × rate for an inverse one; quantity ≥ 0 with the contract size in it. At the bankruptcy price it is the fee
 * that a position's margin holds back (BY-6). Not rounded. Source: Bybit help 000001391 "Position Margin".
 */
export const takerFee = (contract: Contract, quantity: Decimal, price: Decimal, takerFeeRate: Decimal): Decimal =>
  (contract === 'inverse' ? quantity.div(price) : quantity.times(price)).times(takerFeeRate);

/**
 * An amount as Bybit's USDC contracts print a requirement: up to `places` decimals, away from zero (BY-8).
 * Source: a live BTCPERP position of May 2022: 30.81 × 0.5 % = 0.15405 reads 0.1541.
 */
export const quantizeAmountUp = (amount: Decimal, places: number): Decimal => amount.toDecimalPlaces(places, Decimal.ROUND_UP);
