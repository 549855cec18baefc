/**
 * The rung of a ladder that closes a pool, exactly (rule DS-12): for the pools that Float64 cannot place, and to test the others.
 */
import { type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { crossing, type Direction, evaluateTerms, type Term } from '../curve.ts';
import { shockTerms } from '../liquidation/shock.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { Pool } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { NOT_WITHIN_REACH, PAST_NOW } from './ladder.ts';
import { type MarketMove, marketTerms } from './market-terms.ts';

export interface Rungs {
  readonly down: number;
  readonly up: number;
}

/**
 * The first rung whose move closes the pool, downwards and upwards: a move of rung × step does, one of (rung − 1) × step does not.
 * A move closes it when on the way health falls below zero, or at its end is zero where the venue liquidates at equality (MR-5).
 * `move` undefined: every volatile price moves (US-1). `step` > 0, step × rungs < 1. PAST_NOW, NOT_WITHIN_REACH as in `ladder.ts`.
 */
export function exactRungs(
  pool: Pool,
  sums: PoolSums,
  rules: Pick<VenueRules, 'boundary'>,
  move: MarketMove | undefined,
  step: Decimal,
  rungs: number,
): Outcome<Rungs> {
  const terms = move ? marketTerms(pool, sums, move) : shockTerms(pool, sums);
  if (!terms.ok) return terms;
  const place = (direction: Direction): number => exactRung(terms.value, direction, rules.boundary, step, rungs);
  return some({ down: place('down'), up: place('up') });
}

/** Health this small beside what it is the sum of is zero: thirty of the forty digits. */
const NOTHING = new Decimal('1e-30');
/** A start just beyond a zero of health. */
const BESIDE = new Decimal('1e-24');

function exactRung(terms: readonly Term[], direction: Direction, boundary: VenueRules['boundary'], step: Decimal, rungs: number): number {
  const outwards = direction === 'up' ? ONE : ONE.negated();
  const now = signAt(terms, ONE);
  if (now < 0 || (now === 0 && boundary === 'at-or-below')) return PAST_NOW;
  // Health of exactly zero now, allowed by the venue: what matters is where it goes from here.
  const start = now === 0 ? ONE.plus(outwards.times(BESIDE)) : ONE;
  if (now === 0 && signAt(terms, start) < 0) return 1;
  const t = crossing(terms, start, direction);
  if (!t.ok) return NOT_WITHIN_REACH;
  const steps = t.value.minus(ONE).abs().div(step);
  const nearest = steps.round();
  let rung = Decimal.max(steps.ceil(), 1);
  if (nearest.gt(0) && steps.minus(nearest).abs().lte(NOTHING)) {
    const atEdge = signAt(terms, ONE.plus(outwards.times(step).times(nearest)));
    const closes = atEdge < 0 || (atEdge === 0 && boundary === 'at-or-below');
    rung = closes ? nearest : nearest.plus(1);
  }
  return rung.gt(rungs) ? NOT_WITHIN_REACH : rung.toNumber();
}

/** Sign of the health at t; 0 where it is nothing beside its own terms. */
function signAt(terms: readonly Term[], t: Decimal): -1 | 0 | 1 {
  const health = evaluateTerms(terms, t);
  const magnitude = terms.reduce((sum, term) => sum.plus(evaluateTerms([term], t).abs()), new Decimal(0));
  if (health.abs().lte(magnitude.times(NOTHING))) return 0;
  return health.isNegative() ? -1 : 1;
}
