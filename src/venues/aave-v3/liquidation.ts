/**
 * What a liquidator may repay and what it takes, in the reserves' smallest units. Rules AV-30…AV-34 of docs/spec/venues/aave-v3.md.
 * Source: LiquidationLogic of aave-dao/aave-v3-origin at v3.2.1, v3.3.0, v3.5.0 and fd1fbd91.
 */
import { debtValue, type ReserveState, supplyValue } from './account-data.ts';
import {
  BASIS_POINTS,
  percentDiv,
  percentDivCeil,
  percentDivFloor,
  percentMul,
  percentMulCeil,
  percentMulFloor,
  WAD,
} from './fixed-point.ts';
import type { ProtocolRules } from './protocol.ts';

/** 0.95, wad: at or below it the whole debt of the reserve may be repaid. */
export const CLOSE_FACTOR_HEALTH_FACTOR = (95n * WAD) / 100n;
/** $2000 with 8 decimals: a reserve's debt or collateral below it may be closed whole. */
export const SMALL_POSITION_BASE = 2_000n * 10n ** 8n;
/** $1000 with 8 decimals: what must stay of both where not all of one goes. */
export const LEFTOVER_BASE = SMALL_POSITION_BASE / 2n;
const DEFAULT_CLOSE_FACTOR_BPS = 5_000n;

export interface CloseFactorInput {
  /** Wad. */
  readonly healthFactor: bigint;
  /** Value of the collateral that is taken and of the debt that is repaid, each in its reserve, 8 decimals. */
  readonly reserveCollateralBase: bigint;
  readonly reserveDebtBase: bigint;
}

/**
 * 5000 or 10000 basis points (AV-30): half only above a health factor of 0.95, and since v3.3 only where the reserve's collateral and debt
 * are both at least $2000.
 */
export function closeFactorBps(input: CloseFactorInput, rules: ProtocolRules): bigint {
  if (input.healthFactor <= CLOSE_FACTOR_HEALTH_FACTOR) return BASIS_POINTS;
  if (rules.closeFactorOf === 'reserve-debt') return DEFAULT_CLOSE_FACTOR_BPS;
  const isSmall = input.reserveCollateralBase < SMALL_POSITION_BASE || input.reserveDebtBase < SMALL_POSITION_BASE;
  return isSmall ? BASIS_POINTS : DEFAULT_CLOSE_FACTOR_BPS;
}

export interface LiquidationInput {
  readonly healthFactor: bigint;
  /** Of all reserves, 8 decimals. */
  readonly totalDebtBase: bigint;
  /** Smallest units, with interest. */
  readonly debt: { readonly reserve: ReserveState; readonly amount: bigint };
  readonly collateral: {
    readonly reserve: ReserveState;
    readonly amount: bigint;
    /** Of the efficiency mode where it applies, see `termsOf`. */
    readonly liquidationBonusBps: bigint;
    /** Share of the bonus that the protocol keeps. */
    readonly protocolFeeBps: bigint;
  };
  /** What the liquidator offers to repay. */
  readonly debtToCover: bigint;
}

export interface Liquidation {
  readonly debtRepaid: bigint;
  /** To the liquidator, protocol fee taken off. */
  readonly collateralSeized: bigint;
  readonly protocolFee: bigint;
  /** The pool refuses the call: neither all debt nor all collateral goes, and less than $1000 of one stays (since v3.3). */
  readonly leavesDust: boolean;
}

/**
 * Most of the reserve's debt that may be repaid in one call, smallest units (AV-31): all, or half of the account's total debt where the
 * close factor is a half and the reserve's debt exceeds that; to v3.2 half of the reserve's own debt.
 */
export function maxLiquidatableDebt(input: LiquidationInput, rules: ProtocolRules): bigint {
  const { reserve, amount } = input.debt;
  const reserveDebtBase = debtValue(amount, reserve, rules);
  const reserveCollateralBase = supplyValue(input.collateral.amount, input.collateral.reserve);
  const factor = closeFactorBps({ healthFactor: input.healthFactor, reserveCollateralBase, reserveDebtBase }, rules);
  if (factor === BASIS_POINTS) return amount;
  if (rules.closeFactorOf === 'reserve-debt') return percentMul(amount, factor);
  const limitBase = percentMul(input.totalDebtBase, factor);
  return reserveDebtBase > limitBase ? (limitBase * reserve.unit) / reserve.price : amount;
}

/**
 * The amounts of one liquidation call (AV-32…AV-34): base = ⌊debt × its price ÷ collateral price⌋, seized = base × bonus; where that exceeds
 * the collateral, all of it is seized and the debt repaid is its value ÷ bonus; the fee is a share of the bonus part.
 */
export function calculateLiquidation(input: LiquidationInput, rules: ProtocolRules): Liquidation {
  const limit = maxLiquidatableDebt(input, rules);
  const offered = input.debtToCover < limit ? input.debtToCover : limit;
  const { gross, debtRepaid } = seizure(input, offered, rules);
  const protocolFee = protocolFeeOf(gross, input.collateral, rules);
  return { debtRepaid, collateralSeized: gross - protocolFee, protocolFee, leavesDust: leavesDust(input, gross, debtRepaid, rules) };
}

function seizure(input: LiquidationInput, debt: bigint, rules: ProtocolRules): { gross: bigint; debtRepaid: bigint } {
  const { reserve: from, amount: held, liquidationBonusBps: bonus } = input.collateral;
  const owed = input.debt.reserve;
  const base = (owed.price * debt * from.unit) / (from.price * owed.unit);
  const wanted = rules.seizureRounding === 'half-up' ? percentMul(base, bonus) : percentMulFloor(base, bonus);
  if (wanted <= held) return { gross: wanted, debtRepaid: debt };
  const worth = (from.price * held * owed.unit) / (owed.price * from.unit);
  return { gross: held, debtRepaid: rules.shortfallRounding === 'half-up' ? percentDiv(worth, bonus) : percentDivCeil(worth, bonus) };
}

function protocolFeeOf(gross: bigint, collateral: LiquidationInput['collateral'], rules: ProtocolRules): bigint {
  const { liquidationBonusBps: bonus, protocolFeeBps: share } = collateral;
  return rules.seizureRounding === 'half-up'
    ? percentMul(gross - percentDiv(gross, bonus), share)
    : percentMulCeil(gross - percentDivFloor(gross, bonus), share);
}

function leavesDust(input: LiquidationInput, gross: bigint, debtRepaid: bigint, rules: ProtocolRules): boolean {
  const debtLeft = input.debt.amount - debtRepaid;
  const collateralLeft = input.collateral.amount - gross;
  if (rules.closeFactorOf === 'reserve-debt' || debtLeft <= 0n || collateralLeft <= 0n) return false;
  return (
    debtValue(debtLeft, input.debt.reserve, rules) < LEFTOVER_BASE || supplyValue(collateralLeft, input.collateral.reserve) < LEFTOVER_BASE
  );
}
