/**
 * The lever: the fewest dollars of top-up, and in which accounts, that bring R below a target; beside each, how much position it would take
 * to close instead. Greedy, then pruned: never more than the greedy sum, no proof of the least. Rule CA-28 of docs/spec/cascade.md.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { sumPool } from '../margin/pool.ts';
import type { Pool } from '../resolve.ts';
import { type Feedback, type FeedbackInput, type Forced, firstOrder, matrixOf, numbersOf } from './feedback.ts';
import { repricedPool } from './marks.ts';
import { spectralRadius } from './spectrum.ts';
import { entrantsOf, judge, openPool, type Standing, unitOfBook } from './standing.ts';

export interface LeverStep {
  readonly account: string;
  readonly pool: string;
  /** Dollars into the pool, > 0. */
  readonly deposit: Decimal;
  /** Notional to close at the mark instead, for the same effect; absent where closing does not help (a loan, unlisted requirements). */
  readonly reduction: Decimal | undefined;
  /** R once this and all steps before it are done. */
  readonly radius: number;
}

export interface Lever {
  readonly steps: readonly LeverStep[];
  readonly deposit: Decimal;
  readonly radius: number;
}

/** A pool that is forced somewhere: so much money, and it is forced in fewer columns. */
interface Candidate {
  readonly parts: readonly Forced[];
  readonly deposit: Decimal;
}

/** Smallest step of a deposit; one more where the venue's boundary liquidates at equality. */
const CENT = new Decimal('0.01');

/**
 * Deposits after which G, at the same step, has R < `target` (0 < target). In turn the deposit with the most first-order R for a dollar is
 * taken, until R is below; then every deposit that is not needed is left out again, the largest first. No step where R is below already.
 * `never` where even every forced pool kept open leaves R at or above the target (gains of both signs).
 */
export function leverOf(input: FeedbackInput, feedback: Feedback, target: number): Outcome<Lever> {
  const radiusWithout = (saved: ReadonlySet<Forced>): number =>
    spectralRadius(
      numbersOf(
        matrixOf(
          feedback.forced.filter((part) => !saved.has(part)),
          feedback.markets,
          input,
        ),
      ),
    );
  const chosen = new Map<string, Candidate>();
  const saved = (): Set<Forced> => new Set([...chosen.values()].flatMap(({ parts }) => parts));
  let radius = feedback.radius;
  while (radius >= target) {
    const best = bestOf(feedback, input, chosen);
    if (!best) return none('never');
    chosen.set(keyOf(best.parts[0] as Forced), best);
    radius = radiusWithout(saved());
  }
  for (const [key, candidate] of [...chosen].sort(([, a], [, b]) => b.deposit.comparedTo(a.deposit))) {
    chosen.delete(key);
    const without = radiusWithout(saved());
    if (without < target) radius = without;
    else chosen.set(key, candidate);
  }
  return some(leverFrom(input, feedback, chosen, radius, radiusWithout));
}

const keyOf = ({ account, pool }: { readonly account: string; readonly pool: string }): string => `${account}/${pool}`;

function byPool(forced: readonly Forced[]): ReadonlyMap<string, readonly Forced[]> {
  const pools = new Map<string, Forced[]>();
  for (const part of forced) {
    const parts = pools.get(keyOf(part));
    if (parts) parts.push(part);
    else pools.set(keyOf(part), [part]);
  }
  return pools;
}

/** The next deposit: of every pool that is still forced, each level at which one more column is saved. */
function bestOf(feedback: Feedback, input: FeedbackInput, chosen: ReadonlyMap<string, Candidate>): Candidate | undefined {
  let best: { candidate: Candidate; rate: number } | undefined;
  for (const [key, parts] of byPool(feedback.forced)) {
    const done = chosen.get(key);
    for (const part of parts) {
      const deposit = part.missing.div(CENT).ceil().plus(1).times(CENT);
      if (done && deposit.lte(done.deposit)) continue;
      const within = parts.filter((other) => other.missing.lte(part.missing));
      const added = within.filter((other) => !done?.parts.includes(other));
      const gain = [...firstOrder({ ...feedback, forced: added }, input.depth).values()].reduce((sum, value) => sum + value, 0);
      const rate = gain / Number(deposit.minus(done?.deposit ?? ZERO));
      if (gain > 0 && (!best || rate > best.rate)) best = { candidate: { parts: within, deposit }, rate };
    }
  }
  return best?.candidate;
}

function leverFrom(
  input: FeedbackInput,
  feedback: Feedback,
  chosen: ReadonlyMap<string, Candidate>,
  radius: number,
  radiusWithout: (saved: ReadonlySet<Forced>) => number,
): Lever {
  const unit = unitOfBook(input);
  const standings = new Map<string, Standing>(
    entrantsOf({ ...input, shock: new Map() }).flatMap(({ account, pools }) =>
      pools.map((standing) => [keyOf({ account: account.id, pool: standing.id }), standing] as const),
    ),
  );
  const done = new Set<Forced>();
  const steps: LeverStep[] = [];
  for (const [key, { parts, deposit }] of chosen) {
    for (const part of parts) done.add(part);
    const { account, pool } = parts[0] as Forced;
    const reduction = reductionOf(standings.get(key) as Standing, parts, feedback, unit);
    steps.push({ account, pool, deposit, reduction, radius: radiusWithout(done) });
  }
  return { steps, deposit: steps.reduce((sum, step) => sum.plus(step.deposit), ZERO), radius };
}

const BISECTIONS = 40;

/** Notional that must go, all positions in proportion, so that none of these falls forces the pool. */
function reductionOf(standing: Standing, parts: readonly Forced[], { markets, step }: Feedback, unit: string): Decimal | undefined {
  if (standing.pool.legs.length === 0) return undefined;
  const { rules } = standing.entrant;
  const isSafe = (share: Decimal): boolean =>
    parts.every(({ column }) => {
      const factorOf = (name: string): Decimal => (name === markets[column] ? ONE.minus(step) : ONE);
      const judgement = judge(openPool(repricedPool(reduced(standing.pool, share), unit, factorOf)), rules);
      return judgement.ok && !judgement.value.isBreached;
    });
  let [low, high] = [ZERO, new Decimal('0.999999')];
  if (!isSafe(high)) return undefined;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = low.plus(high).div(2);
    if (isSafe(middle)) high = middle;
    else low = middle;
  }
  const { grossNotional } = sumPool(openPool(standing.pool));
  return grossNotional.ok ? grossNotional.value.times(high) : undefined;
}

/** The pool with `share` of every position closed at the mark: what that realises stays in it. */
function reduced(pool: Pool, share: Decimal): Pool {
  const left = ONE.minus(share);
  const realized = pool.legs.map((leg) => (leg.v.ok ? leg.delta.times(share).times(leg.v.value.minus(leg.entryV)) : ZERO));
  return {
    ...pool,
    legs: pool.legs.map((leg) => ({
      ...leg,
      delta: leg.delta.times(left),
      position: { ...leg.position, size: leg.position.size.times(left) },
    })),
    collateral: [
      ...pool.collateral,
      ...pool.legs.map((leg, i) => ({
        asset: leg.instrument.settle,
        amount: realized[i] as Decimal,
        price: leg.settlePrice,
        factor: ONE,
        volatile: leg.settleVolatile,
        liquidationThreshold: { ok: false, reason: 'not-applicable' } as const,
        loanToValue: { ok: false, reason: 'not-applicable' } as const,
        liquidationBonus: { ok: false, reason: 'not-applicable' } as const,
      })),
    ],
  };
}
