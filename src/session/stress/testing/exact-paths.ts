/** One path through the exact engine, account by account: the twin of the columns' paths. */
import type { Book } from '../../../domain/book.ts';
import { Decimal, ONE, ZERO } from '../../../domain/units.ts';
import { repricedPool } from '../../../engine/cascade/marks.ts';
import { judge, openPool } from '../../../engine/cascade/standing.ts';
import { type Pool, resolveAccount } from '../../../engine/resolve.ts';
import type { VenueRules } from '../../../engine/rules.ts';

interface ExactPathLoss {
  readonly liquidated: number;
  readonly loss: number;
  readonly deficit: number;
  readonly closed: number;
}

/** What a pool is worth without haircuts. */
function worth(pool: Pool): Decimal | undefined {
  const bare: Pool = { ...pool, collateral: pool.collateral.map((item) => ({ ...item, factor: ONE })) };
  if (pool.kind === 'lending') {
    let sum = ZERO;
    for (const { amount, price } of bare.collateral) {
      if (!price.ok) return undefined;
      sum = sum.plus(amount.times(price.value));
    }
    return sum;
  }
  let sum = ZERO;
  for (const { amount, price } of bare.collateral) {
    if (amount.isZero()) continue;
    if (!price.ok) return undefined;
    sum = sum.plus(amount.times(price.value));
  }
  for (const leg of bare.legs) {
    if (!leg.v.ok || !leg.settlePrice.ok) return undefined;
    sum = sum.plus(leg.delta.times(leg.v.value.minus(leg.entryV)).times(leg.settlePrice.value));
  }
  return sum;
}

/** `path`: log(price ÷ now), step × markets + market. Amounts in the unit of account, as the accounts have it. */
export function exactPath(
  book: Book,
  rulesOf: (venue: string) => VenueRules,
  markets: readonly string[],
  path: Float64Array,
): ExactPathLoss {
  const numbers = new Map(markets.map((market, m) => [market, m]));
  const steps = markets.length === 0 ? 0 : path.length / markets.length;
  const factorAt = (step: number) => (market: string) => {
    const m = numbers.get(market);
    return m === undefined ? ONE : new Decimal(Math.exp(path[step * markets.length + m]!));
  };
  let [liquidated, loss, deficit, closed] = [0, 0, 0, 0];
  for (const account of book.accounts) {
    const rules = rulesOf(account.venue);
    const unit = account.unit ?? book.unit ?? 'USD';
    for (const start of resolveAccount(account, book, rules).pools) {
      const now = judge(openPool(start), rules);
      const before = worth(start);
      if (!before || !now.ok || now.value.isBreached) continue;
      let end = before;
      for (let step = 0; step < steps; step++) {
        const moved = repricedPool(start, unit, factorAt(step));
        const judgement = judge(openPool(moved), rules);
        end = worth(moved) ?? end;
        if (!judgement.ok || !judgement.value.isBreached) continue;
        closed++;
        liquidated += notionalOf(start);
        if (end.isNegative()) deficit -= end.toNumber();
        break;
      }
      loss += before.minus(end).toNumber();
    }
  }
  return { liquidated, loss, deficit, closed };
}

/** Σ |size × price| of positions; of a loan, its collateral. */
function notionalOf(pool: Pool): number {
  let sum = ZERO;
  if (pool.kind === 'lending')
    for (const { amount, price } of pool.collateral) if (amount.isPositive() && price.ok) sum = sum.plus(amount.times(price.value));
  for (const leg of pool.legs)
    if (leg.v.ok && leg.settlePrice.ok) sum = sum.plus(leg.delta.abs().times(leg.v.value).times(leg.settlePrice.value));
  return sum.toNumber();
}
