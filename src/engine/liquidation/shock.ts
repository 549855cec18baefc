/**
 * The uniform shock (rules US-1…US-4): every volatile price multiplied by t = 1 + s, pegged assets held. The pool's health as a
 * function of t is the same kind of curve as for one price, so the same solver answers, across every tier of every leg.
 */
import { type Figure, none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { constantTerm, crossing, evaluateTerms, type Polynomial, polynomial, type Term } from '../curve.ts';
import { bankruptcyFeeRate, maintenanceAt, takerFeeAt } from '../margin/leg.ts';
import { collateralValue, type PoolSums } from '../margin/pool.ts';
import { type ResolvedTable, type ResolvedTier, tierAt } from '../margin/table.ts';
import type { Leg, Pool } from '../resolve.ts';

export interface UniformShock {
  /** Relative move in (−1, 0]: the nearest fall that liquidates. */
  readonly down: Figure;
  /** Relative move ≥ 0: the nearest rise that liquidates. */
  readonly up: Figure;
  /** The nearer of the two. */
  readonly nearest: Figure;
}

/** Both shocks of a pool. `never` where no move does it; `already` where it is past the line now; `no-position` where nothing is open. */
export function uniformShock(pool: Pool, sums: PoolSums): UniformShock {
  if (pool.legs.length === 0 && pool.maintenanceMarginOther.isZero() && pool.kind !== 'lending') return same(none('no-position'));
  const terms = shockTerms(pool, sums);
  return terms.ok ? shockOf(terms.value) : same(terms);
}

/** The pool's health as terms of t, every volatile price multiplied by t (US-1). */
export const shockTerms = (pool: Pool, sums: PoolSums): Outcome<Term[]> =>
  pool.kind === 'lending' ? lendingTerms(pool) : perpetualTerms(pool, sums);

const same = (figure: Figure): UniformShock => ({ down: figure, up: figure, nearest: figure });

/** The nearest t below and above 1 at which Σ terms meets zero, as relative moves. */
export function shockOf(terms: readonly Term[]): UniformShock {
  const now = evaluateTerms(terms, ONE);
  if (now.isNegative() && !now.isZero()) return same(none('already'));
  const move = (direction: 'up' | 'down'): Figure => {
    const t = crossing(terms, ONE, direction);
    return t.ok ? some(t.value.minus(ONE)) : t;
  };
  const down = move('down');
  const up = move('up');
  const nearest = down.ok && up.ok ? (down.value.abs().lte(up.value.abs()) ? down : up) : down.ok ? down : up;
  return { down, up, nearest };
}

/** value·t for a volatile asset, value for a pegged one. */
const movingTerm = (value: Decimal, volatile: boolean): Term =>
  volatile ? { breaks: [], pieces: [polynomial(ZERO, value)] } : constantTerm(value);

/** Lending: Σ collateral × liquidation threshold − Σ debt, each moving with its own asset. */
function lendingTerms(pool: Pool): Outcome<Term[]> {
  const terms: Term[] = [constantTerm(pool.maintenanceMarginOther.negated())];
  for (const item of pool.collateral) {
    if (!item.price.ok) return item.price;
    const isDebt = item.amount.isNegative();
    if (!isDebt && !item.liquidationThreshold.ok) return item.liquidationThreshold;
    const weight = isDebt || !item.liquidationThreshold.ok ? ONE : item.liquidationThreshold.value;
    terms.push(movingTerm(item.amount.times(item.price.value).times(weight), item.volatile));
  }
  return some(terms);
}

function perpetualTerms(pool: Pool, sums: PoolSums): Outcome<Term[]> {
  const terms: Term[] = [constantTerm(pool.maintenanceMarginOther.negated())];
  for (const item of pool.collateral) {
    const value = collateralValue(item);
    if (!value.ok) return value;
    terms.push(movingTerm(value.value, item.volatile));
  }
  for (const [i, leg] of pool.legs.entries()) {
    const term = shockTerm(leg, sums.legFees[i] as Figure);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  return some(terms);
}

/**
 * One leg in t, unit of account. With settle price S (moving: S·t), value per v |d|, v₀ at the mark:
 * linear v = v₀·t; inverse v = v₀ ÷ t, which a settle price that moves with it turns back into polynomials of t.
 */
function shockTerm(leg: Leg, constantFee: Figure): Outcome<Term> {
  if (!leg.v.ok) return leg.v;
  if (!leg.settlePrice.ok) return leg.settlePrice;
  if (!leg.table.ok) return leg.table;
  const inverse = leg.instrument.contract === 'inverse';
  if (inverse && (!leg.table.value.maintenanceSlope.isZero() || !leg.settleVolatile)) return none('unsupported', leg.instrument.id);
  const table = leg.table.value;
  const scale = leg.settlePrice.value;
  const value = leg.delta.abs().times(leg.v.value);
  const atZero = leg.delta.times(leg.entryV).negated().times(scale);
  const perT = leg.delta.times(leg.v.value).times(scale);
  const place = (constant: Decimal, proportional: Decimal): Polynomial => {
    if (inverse) return polynomial(proportional, constant);
    return leg.settleVolatile ? polynomial(ZERO, constant, proportional) : polynomial(constant, proportional);
  };
  if (leg.rules.basis !== 'price' || leg.rules.fee === 'taker-at-bankruptcy-price') {
    if (!constantFee.ok) return constantFee;
    const beside = leg.rules.fee === 'taker' ? takerFeeAt(leg, leg.v.value).times(scale) : constantFee.value;
    const fixed = maintenanceAt(leg, table, leg.v.value).times(scale).plus(beside);
    return some({ breaks: [], pieces: [place(atZero.minus(fixed), perT)] });
  }
  const feeRate = bankruptcyFeeRate(leg).plus(leg.rules.fee === 'taker' ? leg.takerFeeRate : ZERO);
  const sloped = table.maintenanceSlope.times(leg.delta.abs());
  const piece = (tier: ResolvedTier): Polynomial =>
    place(atZero.plus(tier.deduction.times(scale)), perT.minus(tier.rate.plus(feeRate).plus(sloped).times(value).times(scale)));
  return some(pieces(leg, table, value, inverse, piece));
}

/** The rows as pieces of t: a linear notional grows with t, an inverse one (in coin) shrinks. */
function pieces(leg: Leg, table: ResolvedTable, value: Decimal, inverse: boolean, piece: (tier: ResolvedTier) => Polynomial): Term {
  if (table.measure === 'size') return { breaks: [], pieces: [piece(tierAt(table, leg.position.size.abs()))] };
  const floors = table.tiers.slice(1).map((tier) => tier.floor);
  const all = table.tiers.map(piece);
  return inverse
    ? { breaks: floors.map((floor) => value.div(floor)).reverse(), pieces: all.reverse() }
    : { breaks: floors.map((floor) => floor.div(value)), pieces: all };
}
