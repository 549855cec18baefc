/** Who is forced when one market falls, as gains: the matrix G, its radius R, and what single accounts carry of it. Rules CA-20…CA-24. */
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { Pool } from '../resolve.ts';
import { quotesOf, repricedPool } from './marks.ts';
import { type Matrix, type Perron, perron, spectralRadius } from './spectrum.ts';
import { type Entrant, entrantsOf, judge, openPool, unitOfBook } from './standing.ts';
import type { ByMarket, CascadeScene, Market, Unjudged } from './types.ts';
import { closingVolumes, type Volume } from './whole.ts';

export interface FeedbackInput extends Pick<CascadeScene, 'book' | 'rulesOf'> {
  /** h, the fall that is tried: 0 < h < 1. */
  readonly step: Decimal;
  /** > 0, base units per unit of log price; a market that is not named is infinitely deep: its row is zero. */
  readonly depth: ByMarket;
}

/** What one pool trades when one market falls by the step. */
export interface Forced {
  readonly account: string;
  readonly pool: string;
  /** Index of the market that falls. */
  readonly column: number;
  readonly volumes: readonly Volume[];
  /** Requirement − equity there, > 0 (0 on a boundary that includes it): what would have kept it open, unit of account. */
  readonly missing: Decimal;
}

export interface Feedback extends Perron {
  readonly step: Decimal;
  readonly markets: readonly Market[];
  /** [i][j] = base units of i forced when j falls by the step ÷ (depth of i × −ln(1 − step)). Signed: short covering is below zero. */
  readonly matrix: readonly (readonly Decimal[])[];
  readonly forced: readonly Forced[];
  readonly unjudged: readonly Unjudged[];
}

/**
 * G and what follows from it (CA-20). Every account is priced and judged anew with all its positions and collateral, one market at a time
 * down by the step. R is the gain of the loop in the loaded book at this step, no forecast. Throws `RangeError` for a step outside (0, 1)
 * or a depth that is not above zero.
 */
export function feedbackOf(input: FeedbackInput): Feedback {
  if (input.step.lte(0) || input.step.gte(1)) throw new RangeError('a step lies between 0 and 1');
  for (const [market, depth] of input.depth) if (depth.lte(0)) throw new RangeError(`a depth that is not above zero: ${market}`);
  const unit = unitOfBook(input);
  const markets = quotesOf(input.book, unit, [input.depth]).map(({ market }) => market);
  const unjudged = new Map<string, Unjudged>();
  const forced = entrantsOf({ ...input, shock: new Map() }).flatMap((entrant) => forcedOf(entrant, markets, unit, input.step, unjudged));
  const matrix = matrixOf(forced, markets, input);
  return { step: input.step, markets, matrix, forced, ...perron(numbersOf(matrix)), unjudged: [...unjudged.values()] };
}

function forcedOf(
  entrant: Entrant,
  markets: readonly Market[],
  unit: string,
  step: Decimal,
  unjudged: Map<string, Unjudged>,
): readonly Forced[] {
  const account = entrant.account.id;
  return entrant.pools.flatMap(({ id, pool }) => {
    const held = marketsOf(pool);
    const still = forcedAt(openPool(pool), entrant, unit);
    return markets.flatMap((market, column): Forced[] => {
      const factorOf = (name: Market): Decimal => (name === market ? ONE.minus(step) : ONE);
      const found = held.has(market) ? forcedAt(openPool(repricedPool(pool, unit, factorOf)), entrant, unit) : still;
      if (found === undefined) return [];
      if ('reason' in found) {
        unjudged.set(`${account}/${id}`, { account, pool: id, ...found });
        return [];
      }
      return [{ account, pool: id, column, ...found }];
    });
  });
}

const marketsOf = (pool: Pool): ReadonlySet<Market> =>
  new Set([...pool.legs.flatMap(({ instrument }) => [instrument.base, instrument.settle]), ...pool.collateral.map(({ asset }) => asset)]);

function forcedAt(
  pool: Pool,
  { rules }: Entrant,
  unit: string,
): Pick<Forced, 'volumes' | 'missing'> | Pick<Unjudged, 'reason' | 'subject'> | undefined {
  const judgement = judge(pool, rules);
  if (!judgement.ok) return withSubject(judgement);
  const { isBreached, requirement, equity } = judgement.value;
  if (!isBreached) return undefined;
  const volumes = closingVolumes(pool, unit);
  return volumes.ok ? { volumes: volumes.value, missing: requirement.minus(equity) } : withSubject(volumes);
}

const withSubject = ({ reason, subject }: Pick<Unjudged, 'reason' | 'subject'>): Pick<Unjudged, 'reason' | 'subject'> =>
  subject === undefined ? { reason } : { reason, subject };

/** The matrix of some of what is forced (CA-20). */
export function matrixOf(
  forced: readonly Forced[],
  markets: readonly Market[],
  { step, depth }: Pick<FeedbackInput, 'step' | 'depth'>,
): readonly (readonly Decimal[])[] {
  const rowOf = new Map(markets.map((market, i) => [market, i]));
  const volumes = markets.map(() => markets.map(() => ZERO));
  for (const { column, volumes: traded } of forced)
    for (const { market, amount } of traded) {
      const row = volumes[rowOf.get(market) ?? -1];
      if (row) row[column] = (row[column] as Decimal).plus(amount);
    }
  const logStep = ONE.minus(step).ln().negated();
  return volumes.map((row, i) => {
    const deep = depth.get(markets[i] as Market);
    return row.map((volume) => (deep && !volume.isZero() ? volume.div(deep.times(logStep)) : ZERO));
  });
}

/** The matrix in floating point. */
export const numbersOf = (matrix: readonly (readonly Decimal[])[]): Matrix => matrix.map((row) => row.map(Number));

export interface Carrier {
  readonly account: string;
  /** R − R without the account. */
  readonly gain: number;
}

/**
 * The accounts that carry most of R (CA-24), the largest first, ties by id: ranked to first order by left′ C right, C the account's part of G,
 * then R is computed again without each of the first `count`.
 */
export function carriersOf(feedback: Feedback, depth: ByMarket, count: number): readonly Carrier[] {
  const without = (account: string): number =>
    spectralRadius(
      numbersOf(
        matrixOf(
          feedback.forced.filter((part) => part.account !== account),
          feedback.markets,
          { step: feedback.step, depth },
        ),
      ),
    );
  const first = firstOrder(feedback, depth);
  const ranked = [...first].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, count);
  const carriers = ranked.map(([account]) => ({ account, gain: feedback.radius - without(account) }));
  return carriers.sort((a, b) => b.gain - a.gain || (a.account < b.account ? -1 : 1));
}

/** left′ C right ÷ left′ right by account; where there are no Perron vectors, the sum of |C|. */
export function firstOrder({ forced, markets, step, right, left }: Feedback, depth: ByMarket): ReadonlyMap<string, number> {
  const logStep = -Math.log1p(-Number(step));
  const rowOf = new Map(markets.map((market, i) => [market, i]));
  const overlap = right && left ? right.reduce((sum, value, i) => sum + value * (left[i] as number), 0) : 0;
  const parts = new Map<string, number>();
  for (const { account, column, volumes } of forced)
    for (const { market, amount } of volumes) {
      const deep = depth.get(market);
      const row = rowOf.get(market);
      if (!deep || row === undefined) continue;
      const gain = Number(amount) / (Number(deep) * logStep);
      const weighted = overlap > 0 && left && right ? (gain * (left[row] as number) * (right[column] as number)) / overlap : Math.abs(gain);
      parts.set(account, (parts.get(account) ?? 0) + weighted);
    }
  return parts;
}
