/** Where a liquidation, or selling collateral to repay, makes a lending account worse. Rule CU-14; docs/spec/cure.md. */
import type { Account } from '../../domain/book.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { sumLending } from '../lending/lending.ts';
import { poolOf } from './deposit.ts';
import { type Cure, foundCure, refuse } from './outcome.ts';
import { smallestSteps } from './search.ts';
import { type CureTarget, isTarget, type Scene, type Standing, standingOf } from './target.ts';

export interface ToxicRegion {
  /** Below it a liquidation lowers the health factor: threshold × (1 + bonus). */
  readonly healthFactorBelow: Decimal;
  /** The same for one collateral: debt ÷ collateral above 1 ÷ (1 + bonus). */
  readonly loanToValueAbove: Decimal;
}

/**
 * The toxic region of a collateral (CU-14), both fractions. Repaying r takes r(1 + bonus) of collateral: the health factor A ÷ D becomes
 * (A − LT·(1 + bonus)·r) ÷ (D − r), which is more than before exactly where A ÷ D > LT·(1 + bonus). Source: Warmuz, Chaudhary, Pinna 2022.
 */
export const toxicRegion = (liquidationThreshold: Decimal, bonus: Decimal): ToxicRegion => ({
  healthFactorBelow: liquidationThreshold.times(bonus.plus(ONE)),
  loanToValueAbove: ONE.div(bonus.plus(ONE)),
});

/** (A − LT·(1 + bonus)·r) ÷ (D − r): the health factor after `repaid` of the debt, r < D; money in one unit, not rounded. */
export const healthFactorAfter = (
  riskAdjusted: Decimal,
  debt: Decimal,
  liquidationThreshold: Decimal,
  bonus: Decimal,
  repaid: Decimal,
): Decimal => riskAdjusted.minus(liquidationThreshold.times(bonus.plus(ONE)).times(repaid)).div(debt.minus(repaid));

/**
 * The smallest amount of `collateral` sold to repay `debt` (CU-14), in the collateral's smallest units; what it fetches less slippage is
 * rounded down to the debt's. Refused as `worsens-while-selling` where no amount helps and each lowers the health factor.
 */
export function sellAndRepayCure(account: Account, scene: Scene, target: CureTarget, collateral: string, debt: string): Cure {
  const pool = poolOf(account, scene, 'lending');
  const refused = (why: Parameters<typeof refuse>[2]) => refuse('sell-and-repay', collateral, why);
  if (!pool) return refused('no-pool');
  if (!isTarget(target)) return refused('no-target');
  const from = pool.collateral.find((item) => item.asset === collateral && item.amount.gt(0));
  const to = pool.collateral.find((item) => item.asset === debt && item.amount.lt(0));
  if (!from || !to) return refused('nothing-there');
  if (!from.price.ok) return refuse('sell-and-repay', collateral, 'unknown', from.price);
  if (!to.price.ok) return refuse('sell-and-repay', collateral, 'unknown', to.price);
  const [unit, debtUnit] = [scene.units.unitOf(collateral), scene.units.unitOf(debt)];
  const rate = from.price.value.times(ONE.minus(scene.slippage ?? ZERO)).div(to.price.value);
  const proceeds = (steps: bigint): Decimal => unit.times(steps.toString()).times(rate).div(debtUnit).floor().times(debtUnit);
  const sold = (steps: bigint): Account => ({
    ...account,
    balances: account.balances.map((balance) => {
      if (balance.asset === collateral && balance.amount.gt(0))
        return { ...balance, amount: balance.amount.minus(unit.times(steps.toString())) };
      return balance.asset === debt && balance.amount.lt(0) ? { ...balance, amount: balance.amount.plus(proceeds(steps)) } : balance;
    }),
  });
  const enough = to.amount.negated().div(rate).div(unit).ceil();
  const limit = BigInt(Decimal.min(enough, from.amount.div(unit).floor()).toFixed());
  const standingAt = (steps: bigint): Outcome<Standing> => standingOf(sold(steps), scene, 'lending', target);
  const found = smallestSteps({ standingAt, breaks: [limit - 1n], limit });
  if (!found.ok) return refuse('sell-and-repay', collateral, 'unknown', found);
  if (found.value === undefined) return refused(isToxic(pool, from.liquidationThreshold, scene) ? 'worsens-while-selling' : 'out-of-reach');
  const amount = unit.times(found.value.toString());
  const cost = amount.times(scene.slippage ?? ZERO);
  const said = { kind: 'sell-and-repay', subject: collateral, amount, cost, costAsset: collateral } as const;
  return foundCure(account, sold(found.value), 'lending', scene, said);
}

/** A ÷ D < LT ÷ (1 − slippage): what is sold weighed more than the debt it takes away. */
function isToxic(pool: Parameters<typeof sumLending>[0], threshold: Outcome<Decimal>, { slippage }: Scene): boolean {
  const { riskAdjusted, debt } = sumLending(pool);
  if (!riskAdjusted.ok || !debt.ok || !threshold.ok) return false;
  return riskAdjusted.value.times(ONE.minus(slippage ?? ZERO)).lt(debt.value.times(threshold.value));
}
