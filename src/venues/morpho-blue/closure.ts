/** Morpho's liquidation: rule CL-34 of docs/spec/closure.md. */
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { downTo, upTo } from '../../engine/trade/units.ts';
import { liquidationIncentiveFactor } from './market.ts';

const WAD = new Decimal(10).pow(18);

/** The whole debt for collateral worth debt × incentive; where the collateral is less, all of it, and the rest of the debt is the suppliers' loss. */
export const morphoBlueClosure: ClosureProcedure = {
  // One block of Ethereum.
  stepMs: 12_000,
  sources: [
    'morpho-org/morpho-blue@3085651 src/Morpho.sol liquidate: any share repayable, bad debt realised at once',
    'Assumed: one liquidator repays as much as the collateral pays for; a bonus in the book stands in place of the incentive factor of its lltv',
  ],
  next: ({ pool, units }: ClosureView): ClosureMove => {
    const debt = pool.collateral.find(({ amount }) => amount.isNegative());
    const from = pool.collateral.find(({ amount }) => amount.gt(0));
    if (!debt?.price.ok) return { kind: 'stop', why: 'the requirement is of holdings that are not listed' };
    if (!from) return { kind: 'write-off', why: 'no collateral is left: the suppliers of the market bear the debt' };
    if (!from.price.ok || !from.liquidationThreshold.ok) return { kind: 'stop', why: `no price or no lltv is known for ${from.asset}` };
    const lltv = BigInt(from.liquidationThreshold.value.times(WAD).toFixed(0));
    const incentive = from.liquidationBonus.ok
      ? ONE.plus(from.liquidationBonus.value)
      : new Decimal(liquidationIncentiveFactor(lltv).toString()).div(WAD);
    const [unit, debtUnit] = [units.unitOf(from.asset), units.unitOf(debt.asset)];
    const owed = debt.amount.negated();
    const wanted = downTo(unit, owed.times(debt.price.value).times(incentive).div(from.price.value));
    const whole = wanted.lte(from.amount);
    return {
      kind: 'seizure',
      debt: debt.asset,
      repaid: whole ? owed : Decimal.min(owed, upTo(debtUnit, from.amount.times(from.price.value).div(incentive).div(debt.price.value))),
      collateral: from.asset,
      seized: whole ? wanted : from.amount,
      venueFee: ZERO,
      why: `${debt.asset} repaid for ${from.asset}`,
    };
  },
};
