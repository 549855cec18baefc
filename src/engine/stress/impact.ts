/** Leverage as it is once the position must be closed, and what time alone does. Rules DI-10, DI-11 of docs/spec/distance.md. */
import { none, type Outcome, some } from '../../domain/outcome.ts';

/** Average over a full exit at square-root impact: ∫√q dq = ⅔. */
const MEAN_OF_ROOT = 2 / 3;
/** DI-10: an account above this share of its critical leverage cannot be closed solvently in stress. */
const CRITICAL_SHARE = 0.5;

/** DI-10: I = Y·σ·√(Q ÷ V): price impact of trading Q of a daily volume V; σ of a day, Y of order 1. */
export const rootImpact = (y: number, dailyVolatility: number, volumeShare: number): number => y * dailyVolatility * Math.sqrt(volumeShare);

/** DI-10: mean cost of an exit with impact I under the square-root law: 2I ÷ 3 of its value. */
export const rootExitCost = (impact: number): number => MEAN_OF_ROOT * impact;

/** DI-10: mean cost of selling `value` into an exponential book of depth δ: 1 − (1 − e^(−Q ÷ δ))δ ÷ Q; 0 for nothing sold or δ infinite. */
export const bookExitCost = (value: number, delta: number): number => {
  const share = value / delta;
  if (delta === 0) return value > 0 ? 1 : 0;
  return share > 0 ? 1 + Math.expm1(-share) / share : 0;
};

export interface ImpactLeverage {
  /** L(1 − c) ÷ (1 − Lc): assets after the exit ÷ what is left of equity; `insolvent` where nothing is left. */
  readonly adjusted: Outcome<number>;
  /** 1 ÷ c: at this leverage an exit costs the whole equity; `never` where exits cost nothing. */
  readonly critical: Outcome<number>;
  readonly isAboveHalfCritical: boolean;
}

/** DI-10: leverage L = assets ÷ equity ≥ 0 with a mean exit cost c, fraction of assets. Source: Caccioli, Bouchaud, Farmer, arXiv 1204.0922. */
export function impactLeverage(leverage: number, exitCost: number): ImpactLeverage {
  const left = 1 - leverage * exitCost;
  return {
    adjusted: left > 0 ? some((leverage * (1 - exitCost)) / left) : none('insolvent'),
    critical: exitCost > 0 ? some(1 / exitCost) : none('never'),
    isAboveHalfCritical: leverage * exitCost > CRITICAL_SHARE,
  };
}

/**
 * DI-11: years until interest alone takes the health factor to 1, ln HF ÷ (r_borrow − r_supply), rates continuous per year. `never` where the
 * collateral earns as much as the debt costs, `already` at or below 1.
 */
export function yearsToLiquidation(healthFactor: number, borrowRate: number, supplyRate: number): Outcome<number> {
  if (healthFactor <= 1) return none('already');
  const decay = borrowRate - supplyRate;
  return decay > 0 ? some(Math.log(healthFactor) / decay) : none('never');
}

/** DI-11: funding intervals until what is paid takes the buffer, buffer ÷ (N·f), prices standing still. N signed: + long, f > 0 longs pay. */
export function intervalsToLiquidation(buffer: number, signedNotional: number, fundingRate: number): Outcome<number> {
  if (buffer <= 0) return none('already');
  const paid = signedNotional * fundingRate;
  return paid > 0 ? some(buffer / paid) : none('never');
}
