/** The figures that collected cases of centralized exchanges ask for, each found through the engine. */
import { map } from '../../domain/outcome.ts';
import type { Decimal } from '../../domain/units.ts';
import { resolveTable, tierAt } from '../../engine/margin/table.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { AccountAssessment } from '../../engine/types.ts';
import { type Answer, type Assessed, assessLegs, type Case, d, type LegInputs, legsOfCase, numberOf } from './cex-cases.ts';

type Figures = Record<string, () => Answer>;

/** The usual figures of the position a case asks about. */
export function positionFigures(rules: VenueRules, legs: readonly LegInputs[], assessed: Assessed): Figures {
  const atEntry = () =>
    assessLegs(
      rules,
      legs.map((leg) => ({ ...leg, mark: leg.entry })),
      undefined,
    ).position.notional;
  const { position, assessment } = assessed;
  return {
    liquidationPrice: () => position.liquidationPrice,
    bankruptcyPrice: () => position.bankruptcyPrice,
    initialMargin: () => position.initialMargin,
    maintenanceMargin: () => position.maintenanceMargin,
    unrealizedPnl: () => position.unrealizedPnl,
    unrealisedPnl: () => position.unrealizedPnl,
    notional: () => position.notional,
    // Bybit's position value is the value at entry.
    positionValue: atEntry,
    openFee: () => assessment.liquidationFees,
    marginRatio: () => assessment.marginRatio,
    mgnRatio: () => map(assessment.marginRatio, (ratio) => d(1).div(ratio)),
  };
}

/** equity = balance + unrealized profit, the other way round. */
export const balanceForEquity =
  (equity: Decimal) =>
  (unfunded: AccountAssessment): Decimal =>
    equity.minus(numberOf(unfunded.unrealizedPnl));

/** equity = ratio × (maintenance + fees), OKX's direction, the other way round. */
export const balanceForSafetyRatio =
  (ratio: Decimal) =>
  (unfunded: AccountAssessment): Decimal =>
    balanceForEquity(ratio.times(numberOf(unfunded.maintenanceMargin).plus(numberOf(unfunded.liquidationFees))))(unfunded);

/** The account of a case on the balance that it states, or that its equity or ratio implies. */
export function assessCase(rules: VenueRules, item: Case): { legs: LegInputs[]; assessed: Assessed } {
  const legs = legsOfCase(item);
  const { walletBalance, accountEquity, mgnRatio, target } = item.inputs;
  const balance =
    accountEquity !== undefined
      ? balanceForEquity(d(accountEquity))
      : mgnRatio !== undefined
        ? balanceForSafetyRatio(d(mgnRatio))
        : walletBalance !== undefined
          ? d(walletBalance)
          : undefined;
  return { legs, assessed: assessLegs(rules, legs, balance, target === undefined ? {} : { target: String(target) }) };
}

/** maintAmount of the upper of two rows, by the recursion the engine uses. */
export function deductionOfNextRow(inputs: Case['inputs']): Decimal {
  const table = resolveTable({
    join: 'continuous',
    measure: 'notional',
    tiers: [
      { notionalFloor: d(0), maintenanceMarginRate: d(inputs.mmrPrev), maintenanceDeduction: d(inputs.cumPrev) },
      { notionalFloor: d(inputs.floor), maintenanceMarginRate: d(inputs.mmr) },
    ],
  });
  return tierAt(table, d(inputs.floor)).deduction;
}
