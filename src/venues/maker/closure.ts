/** Maker's auction: rule CL-35 of docs/spec/closure.md. */
import { Decimal, ONE } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { downTo, upTo } from '../../engine/trade/units.ts';

/** Penalty where a book names none. */
const PENALTY = new Decimal('0.13');

/** The whole debt and its penalty raised from the collateral at the mark; what is left of it returns to the vault. */
export const makerClosure: ClosureProcedure = {
  // One block of Ethereum.
  stepMs: 12_000,
  sources: [
    'makerdao/dss@fa4f663 src/dog.sol, src/clip.sol: debt × penalty is raised by a falling auction, unsold collateral returns to the vault',
    'Assumed: the auction sells at the mark and there is room for it; a penalty of 13 % where the book names no liquidation bonus',
  ],
  next: ({ pool, units }: ClosureView): ClosureMove => {
    const debt = pool.collateral.find(({ amount }) => amount.isNegative());
    const from = pool.collateral.find(({ amount }) => amount.gt(0));
    if (!debt?.price.ok) return { kind: 'stop', why: 'the requirement is of holdings that are not listed' };
    if (!from) return { kind: 'write-off', why: 'no collateral is left: the surplus buffer bears the debt' };
    if (!from.price.ok) return { kind: 'stop', why: `no price is known for ${from.asset}` };
    const penalty = from.liquidationBonus.ok ? from.liquidationBonus.value : PENALTY;
    const [unit, debtUnit] = [units.unitOf(from.asset), units.unitOf(debt.asset)];
    const owed = debt.amount.negated();
    const perUnit = debt.price.value.div(from.price.value);
    const taken = Decimal.min(from.amount, upTo(unit, owed.times(perUnit).times(ONE.plus(penalty))));
    const seized = Decimal.min(taken, upTo(unit, owed.times(perUnit)));
    const repaid = Decimal.min(owed, downTo(debtUnit, seized.div(perUnit)));
    return {
      kind: 'seizure',
      debt: debt.asset,
      repaid: seized.lt(from.amount) ? owed : repaid,
      collateral: from.asset,
      seized,
      venueFee: taken.minus(seized),
      why: `${from.asset} auctioned for ${debt.asset} and the penalty`,
    };
  },
};
