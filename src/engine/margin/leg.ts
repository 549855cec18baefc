/**
 * One position: its value, profit and requirements at the risk price, and the same as a curve of the solver's variable.
 * Amounts in the settle currency unless said otherwise. Rules MR-1…MR-4 of docs/spec/margin.md.
 */
import { type Figure, map, map2, none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { type Polynomial, polynomial, type Term } from '../curve.ts';
import type { Leg } from '../resolve.ts';
import { initialRateOf, maintenanceOf, type ResolvedTable, type ResolvedTier, tierAt } from './table.ts';

/** |delta| × v: settle currency, ≥ 0. Linear |size| × price; inverse |size| ÷ price. */
export const notionalAt = (leg: Leg, v: Decimal): Decimal => leg.delta.abs().times(v);

/** delta × (v − entryV): settle currency, signed. Linear size × (price − entry); inverse size × (1/entry − 1/price). */
export const profitAt = (leg: Leg, v: Decimal): Decimal => leg.delta.times(v.minus(leg.entryV));

/** Size in base units: |size| for linear, |size| ÷ price for inverse. */
const unitsAt = (leg: Leg, v: Decimal): Decimal => (leg.instrument.contract === 'inverse' ? notionalAt(leg, v) : leg.delta.abs());

/** The row that holds at v: by notional (settle currency), or by size in contracts where the table counts them. */
export const tierOfLegAt = (leg: Leg, table: ResolvedTable, v: Decimal): ResolvedTier =>
  tierAt(table, table.measure === 'size' ? leg.position.size.abs() : notionalAt(leg, v));

/**
 * Share of notional that the closing fee inside maintenance takes: takerFeeRate × value at the bankruptcy price ÷ value,
 * = f × (1 − side ÷ L) linear, f × (1 + side ÷ L) inverse; 0 where the venue has none (MR-2).
 * Source: Bybit v5 "Maintenance Margin (USDT contract)"; L is the chosen leverage, 1 × where none is chosen gives the whole value.
 */
export function bankruptcyFeeRate(leg: Leg): Decimal {
  if (leg.rules.fee !== 'taker-at-bankruptcy-value') return ZERO;
  const leverage = leg.position.leverage;
  if (!leverage) return leg.takerFeeRate;
  const lean = ONE.div(leverage).times(leg.side);
  return leg.takerFeeRate.times(leg.instrument.contract === 'inverse' ? ONE.plus(lean) : ONE.minus(lean));
}

/** The v whose value the requirement is computed on when the price stands at v. */
const basisV = (leg: Leg, v: Decimal): Decimal => (leg.rules.basis === 'entry' ? leg.entryV : v);

/** Maintenance margin at v: the row's rate × N − deduction (+ slope × units × N) + closing fee inside it, on the venue's basis. */
export function maintenanceAt(leg: Leg, table: ResolvedTable, v: Decimal): Decimal {
  const at = basisV(leg, v);
  const notional = notionalAt(leg, at);
  const margin = maintenanceOf(table, tierOfLegAt(leg, table, at), notional, unitsAt(leg, at));
  return margin.plus(bankruptcyFeeRate(leg).times(notional));
}

/** Maintenance margin at the risk price, settle currency. */
export const maintenanceMarginOf = (leg: Leg): Figure => map2(leg.table, leg.v, (table, v) => maintenanceAt(leg, table, v));

/**
 * Initial margin at the risk price, settle currency: notional ÷ leverage + closing fee where the venue counts it,
 * on the venue's basis; the leverage is the chosen one or the row's maximum. `own-equity` (Hyperliquid isolated) is the pool's affair.
 */
export function initialMarginOf(leg: Leg): Figure {
  if (!leg.v.ok) return leg.v;
  const at = leg.rules.initialBasis === 'entry' ? leg.entryV : leg.v.value;
  const notional = notionalAt(leg, at);
  const fee = bankruptcyFeeRate(leg).times(notional);
  const { leverage } = leg.position;
  if (leg.rules.initialLeverage === 'chosen' && leverage) return some(notional.div(leverage).plus(fee));
  if (!leg.table.ok) return leg.table;
  const rate = initialRateOf(leg.table.value, tierOfLegAt(leg, leg.table.value, at), unitsAt(leg, at));
  if (!rate) return none('not-applicable', leg.instrument.id);
  const isRaised = leg.rules.initialLeverage === 'chosen-within-tier' && leverage && rate.times(leverage).lt(ONE);
  return some((isRaised ? notional.div(leverage) : notional.times(rate)).plus(fee));
}

/** Closing fee that stands beside maintenance in the liquidation test at v: takerFeeRate × N for `taker`, else 0 here (MR-2). */
export const takerFeeAt = (leg: Leg, v: Decimal): Decimal =>
  leg.rules.fee === 'taker' ? leg.takerFeeRate.times(notionalAt(leg, basisV(leg, v))) : ZERO;

/**
 * profit(v) − share × requirement(v) of one leg as a term of the solver, in the unit of account: pieces change where the
 * leg's notional crosses a row's floor. Only a requirement on the price basis moves; entry and frozen ones are constants.
 * `share` is 1 for liquidation, the backstop's share, or 0 for bankruptcy.
 */
export function legTerm(leg: Leg, table: ResolvedTable, settlePrice: Decimal, share: Decimal, v: Decimal): Term {
  const scale = settlePrice;
  const profit = polynomial(leg.delta.times(leg.entryV).negated().times(scale), leg.delta.times(scale));
  if (share.isZero()) {
    const fee = leg.rules.fee === 'taker-at-bankruptcy-price' ? leg.takerFeeRate.times(leg.delta.abs()) : ZERO;
    return { breaks: [], pieces: [polynomial(profit.c0, profit.c1.minus(fee.times(scale)))] };
  }
  if (leg.rules.basis !== 'price') {
    const fixed = maintenanceAt(leg, table, v).plus(takerFeeAt(leg, v)).times(share).times(scale);
    return { breaks: [], pieces: [polynomial(profit.c0.minus(fixed), profit.c1)] };
  }
  const perV = leg.delta.abs();
  const feeRate = bankruptcyFeeRate(leg).plus(leg.rules.fee === 'taker' ? leg.takerFeeRate : ZERO);
  const piece = (tier: ResolvedTier): Polynomial => requirementPiece(leg, table, tier, perV, feeRate, share.times(scale), profit);
  if (table.measure === 'size') return { breaks: [], pieces: [piece(tierOfLegAt(leg, table, v))] };
  return { breaks: table.tiers.slice(1).map((tier) => tier.floor.div(perV)), pieces: table.tiers.map(piece) };
}

function requirementPiece(
  leg: Leg,
  table: ResolvedTable,
  tier: ResolvedTier,
  perV: Decimal,
  feeRate: Decimal,
  scale: Decimal,
  profit: Polynomial,
): Polynomial {
  const inverse = leg.instrument.contract === 'inverse';
  const sloped = table.maintenanceSlope;
  // Linear: units are constant, so the slope joins the rate. Inverse: units = notional, so it is quadratic.
  const rate = tier.rate.plus(feeRate).plus(inverse ? ZERO : sloped.times(perV));
  const quadratic = inverse ? sloped.times(perV).times(perV) : ZERO;
  return polynomial(
    profit.c0.plus(tier.deduction.times(scale)),
    profit.c1.minus(rate.times(perV).times(scale)),
    quadratic.times(scale).negated(),
  );
}

/** Unrealized profit at the risk price in the unit of account. */
export const unrealizedPnlOf = (leg: Leg): Figure => map2(leg.v, leg.settlePrice, (v, settle) => profitAt(leg, v).times(settle));

/** |notional| at the risk price in the unit of account. */
export const notionalOf = (leg: Leg): Figure => map2(leg.v, leg.settlePrice, (v, settle) => notionalAt(leg, v).times(settle));

/** An amount in the settle currency as one in the unit of account. */
export const inUnit = (leg: Leg, amount: Figure): Figure => map2(amount, leg.settlePrice, (a, settle) => a.times(settle));

/** unrealized profit ÷ (notional at entry ÷ chosen leverage): what the venues call return on equity. */
export const returnOnEquityOf = (leg: Leg): Figure => {
  const leverage = leg.position.leverage;
  if (!leverage) return none('not-applicable');
  return map(leg.v, (v) => profitAt(leg, v).times(leverage).div(notionalAt(leg, leg.entryV)));
};

/** The row in force at v, or why none is known. */
export const tierFigure = (leg: Leg, v: Figure): Outcome<ResolvedTier['source']> =>
  map2(leg.table, v, (table, at) => tierOfLegAt(leg, table, basisV(leg, at)).source);
