/**
 * The move of a market that liquidates a pool, exactly (rule DS-10): the chosen instruments' marks multiplied by t = 1 + s, every
 * other price held, collateral held also when it is the market's own base asset (US-3 of docs/spec/margin.md). The instruments may
 * be several: one base asset as several contracts, linear and inverse. For one instrument 1 + s is its liquidation price ÷ its mark.
 * A lending pool moves with the chosen assets. `market-shock.ts` is the Float64 twin.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { constantTerm, type Polynomial, polynomial, type Term } from '../curve.ts';
import { healthWithout } from '../liquidation/price.ts';
import { shockOf, type UniformShock } from '../liquidation/shock.ts';
import { legTerm } from '../margin/leg.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { Collateral, Leg, Pool } from '../resolve.ts';

/** What moves. */
export interface MarketMove {
  readonly movesInstrument: (instrument: string) => boolean;
  /** Only for lending pools: the asset whose price moves. */
  readonly movesAsset: (asset: string) => boolean;
}

/**
 * Health × tᵐ of the pool as terms of t, unit of account × tᵐ; m is 0 for linear legs, 1 where an inverse leg moves, 2 where its
 * table slopes, so that every term is a polynomial of degree ≤ 2. `unsupported` where linear legs and a sloped inverse one move together.
 */
export function marketTerms(pool: Pool, sums: PoolSums, move: MarketMove): Outcome<Term[]> {
  if (pool.kind === 'lending') return lendingMarketTerms(pool, move);
  const isMover = (leg: Leg): boolean => move.movesInstrument(leg.instrument.id);
  const movers = pool.legs.filter(isMover);
  const power = powerOf(movers);
  if (power === undefined) return none('unsupported', movers[0]?.instrument.id);
  const fixed = healthWithout(pool, sums, ONE, isMover);
  if (!fixed.ok) return fixed;
  const terms: Term[] = [{ breaks: [], pieces: [powers(power, ZERO, fixed.value)] }];
  for (const leg of movers) {
    if (!leg.v.ok) return leg.v;
    if (!leg.settlePrice.ok) return leg.settlePrice;
    if (!leg.table.ok) return leg.table;
    const inV = legTerm(leg, leg.table.value, leg.settlePrice.value, ONE, leg.v.value);
    terms.push(leg.instrument.contract === 'inverse' ? inverseInT(inV, leg.v.value, power) : linearInT(inV, leg.v.value, power));
  }
  return some(terms);
}

/** Falls and rises of the market that liquidate the pool; reasons as of a uniform shock, `never` where nothing of it moves. */
export function marketShock(pool: Pool, sums: PoolSums, move: MarketMove): UniformShock {
  const isTouched =
    pool.kind === 'lending'
      ? pool.collateral.some((item) => move.movesAsset(item.asset))
      : pool.legs.some((leg) => move.movesInstrument(leg.instrument.id));
  const terms = isTouched ? marketTerms(pool, sums, move) : none('never');
  return terms.ok ? shockOf(terms.value) : { down: terms, up: terms, nearest: terms };
}

/** The m of `marketTerms`; undefined where no m makes every term a polynomial of degree ≤ 2. */
function powerOf(movers: readonly Leg[]): 0 | 1 | 2 | undefined {
  const inverse = movers.filter((leg) => leg.instrument.contract === 'inverse');
  if (inverse.length === 0) return 0;
  const isSloped = inverse.some((leg) => leg.rules.basis === 'price' && leg.table.ok && !leg.table.value.maintenanceSlope.isZero());
  if (!isSloped) return 1;
  return inverse.length === movers.length ? 2 : undefined;
}

/** (linear × t + constant + perT ÷ t + perT2 ÷ t²) × tᵐ; what the power m leaves no place for is zero. */
function powers(m: 0 | 1 | 2, linear: Decimal, constant: Decimal, perT: Decimal = ZERO, perT2: Decimal = ZERO): Polynomial {
  if (m === 0) return polynomial(constant, linear);
  return m === 1 ? polynomial(perT, constant, linear) : polynomial(perT2, perT, constant);
}

/** A linear leg's term in v = v₀·t as one in t. */
const linearInT = (term: Term, v0: Decimal, power: 0 | 1 | 2): Term => ({
  breaks: term.breaks.map((at) => at.div(v0)),
  pieces: term.pieces.map(({ c0, c1 }) => powers(power, c1.times(v0), c0)),
});

/** An inverse leg's term in v = v₀ ÷ t as one in t: rows in the opposite order. */
const inverseInT = (term: Term, v0: Decimal, power: 0 | 1 | 2): Term => ({
  breaks: term.breaks.map((at) => v0.div(at)).reverse(),
  pieces: term.pieces.map(({ c0, c1, c2 }) => powers(power, ZERO, c0, c1.times(v0), c2.times(v0).times(v0))).reverse(),
});

/** Σ collateral × liquidation threshold − Σ debt, the chosen assets × t. */
function lendingMarketTerms(pool: Pool, move: MarketMove): Outcome<Term[]> {
  const terms: Term[] = [constantTerm(pool.maintenanceMarginOther.negated())];
  for (const item of pool.collateral) {
    const value = countedValue(item);
    if (!value.ok) return value;
    terms.push(move.movesAsset(item.asset) ? { breaks: [], pieces: [polynomial(ZERO, value.value)] } : constantTerm(value.value));
  }
  return some(terms);
}

function countedValue(item: Collateral): Outcome<Decimal> {
  if (!item.price.ok) return item.price;
  const value = item.amount.times(item.price.value);
  if (item.amount.isNegative()) return some(value);
  return item.liquidationThreshold.ok ? some(value.times(item.liquidationThreshold.value)) : item.liquidationThreshold;
}
