/** Compound's absorption: rule CL-33 of docs/spec/closure.md. */
import { ONE, ZERO } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { downTo } from '../../engine/trade/units.ts';

/** All collateral goes to the protocol, which credits it at price × liquidation factor = price ÷ (1 + bonus). */
export const compoundV3Closure: ClosureProcedure = {
  // One block of Ethereum.
  stepMs: 12_000,
  sources: [
    'compound-finance/comet@d5a30b0a contracts/Comet.sol absorb: the whole account, a shortfall borne by the reserves, a surplus left as base',
    'A book states the liquidation factor as bonus = 1 ÷ factor − 1',
  ],
  next: ({ pool, units }: ClosureView): ClosureMove => {
    const debt = pool.collateral.find(({ amount }) => amount.isNegative());
    if (!debt?.price.ok) return { kind: 'stop', why: 'the requirement is of holdings that are not listed' };
    let credited = ZERO;
    const seized = [];
    for (const { asset, amount, price, liquidationBonus } of pool.collateral) {
      if (amount.lte(0)) continue;
      if (!price.ok || !liquidationBonus.ok) return { kind: 'stop', why: `no price or no liquidation factor is known for ${asset}` };
      credited = credited.plus(amount.times(price.value).div(ONE.plus(liquidationBonus.value)));
      seized.push({ asset, amount });
    }
    const inDebt = downTo(units.unitOf(debt.asset), credited.div(debt.price.value));
    return { kind: 'absorption', debt: debt.asset, credited: inDebt, seized, why: 'the whole account is absorbed' };
  },
};
