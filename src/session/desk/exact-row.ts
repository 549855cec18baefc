/**
 * The exact path, for what a double cannot decide (rules DK-9, DK-11) and for pools without linear form: the engine's own sums at the
 * board's exact prices, and the policy's own word for them.
 */
import type { Figure } from '../../domain/outcome.ts';
import { map2, none } from '../../domain/outcome.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { isLendingLiquidatable, lendingFigures, sumLending } from '../../engine/lending/lending.ts';
import { isLiquidatable, overEquity, sumPool } from '../../engine/margin/pool.ts';
import { type Pool, resolveAccount } from '../../engine/resolve.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { poolRiskState } from '../../policy/risk-state.ts';
import { accountAt } from './account-store.ts';
import type { DeskState } from './desk-state.ts';
import { bookAtPrices } from './price-board.ts';

/** What the desk's columns hold of one pool, exactly. */
export interface ExactPoolFigures {
  readonly isIsolated: boolean;
  readonly equity: Figure;
  readonly grossNotional: Figure;
  readonly requirement: Figure;
  readonly marginRatio: Figure;
  /** Index into RISK_STATES. */
  readonly code: number;
}

/** Every pool of the row, in the order of its chain. */
export function exactPools(desk: DeskState, row: number): ExactPoolFigures[] {
  const account = accountAt(desk.store, row);
  const rules = desk.rulesOf(account.venue);
  return resolveAccount(account, bookAtPrices(desk.board, account), rules).pools.map((pool) => exactPool(pool, rules));
}

/** Figures and state of one pool: assessAccount's, without the prices that it solves for. */
export function exactPool(pool: Pool, rules: VenueRules): ExactPoolFigures {
  const isIsolated = pool.kind === 'isolated';
  if (pool.kind === 'lending') {
    const sums = sumLending(pool);
    const unsolved = none('not-applicable');
    const { equity, grossNotional, maintenanceMargin, marginRatio } = lendingFigures(sums, {
      down: unsolved,
      up: unsolved,
      nearest: unsolved,
    });
    return {
      isIsolated,
      equity,
      grossNotional,
      requirement: maintenanceMargin,
      marginRatio,
      code: codeOf(equity, isLendingLiquidatable(sums, rules), marginRatio),
    };
  }
  const sums = sumPool(pool);
  const requirement = map2(sums.maintenanceMargin, sums.liquidationFees, (a, b) => a.plus(b));
  const marginRatio = overEquity(requirement, sums.equity);
  const code = codeOf(sums.equity, isLiquidatable(pool, sums, rules), marginRatio);
  return { isIsolated, equity: sums.equity, grossNotional: sums.grossNotional, requirement, marginRatio, code };
}

const codeOf = (...[equity, liquidatable, marginRatio]: [Figure, ReturnType<typeof isLiquidatable>, Figure]): number =>
  RISK_STATES.indexOf(poolRiskState({ equity, isLiquidatable: liquidatable, marginRatio }));
