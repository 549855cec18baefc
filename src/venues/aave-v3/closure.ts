/** Aave's liquidation calls in a row, as one liquidator would make them: rule CL-15 of docs/spec/closure.md, on the integers of AV-30…AV-34. */
import { Decimal, ONE } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import type { Collateral } from '../../engine/resolve.ts';
import type { ReserveState } from './account-data.ts';
import { RAY, WAD } from './fixed-point.ts';
import { calculateLiquidation, LEFTOVER_BASE, type Liquidation, type LiquidationInput } from './liquidation.ts';
import { LATEST_VERSION, type ProtocolRules, protocolRules } from './protocol.ts';

/** Share of the bonus that the protocol keeps where the reserve's own is not known, basis points. */
export const PROTOCOL_FEE_BPS = 1_000n;

/** Base currency: 8 decimals. */
const BASE = new Decimal(10).pow(8);

/**
 * The largest debt is repaid for the largest collateral, as much as the close factor lets; where that would leave dust, as much as leaves $1000 of both. With
 * all collateral gone the debts that are left become the protocol's deficit.
 */
export const aaveClosure = (
  protocolFeeBps: bigint = PROTOCOL_FEE_BPS,
  rules: ProtocolRules = protocolRules[LATEST_VERSION],
): ClosureProcedure => ({
  // One block of Ethereum.
  stepMs: 12_000,
  sources: [
    'aave-dao/aave-v3-origin@fd1fbd91 LiquidationLogic.sol: close factor, bonus, dust, deficit',
    'Assumed: the largest debt against the largest collateral, in dollars; 10 % of the bonus to the protocol; no interest between calls',
  ],
  next: (view: ClosureView): ClosureMove => nextCall(view, protocolFeeBps, rules),
});

function nextCall({ pool, equity, requirement, units }: ClosureView, protocolFeeBps: bigint, rules: ProtocolRules): ClosureMove {
  const debt = largestOf(pool.collateral.filter((item) => item.amount.lt(0)));
  const from = largestOf(
    pool.collateral.filter((item) => item.amount.gt(0) && item.liquidationThreshold.ok && item.liquidationThreshold.value.gt(0)),
  );
  if (!debt) return { kind: 'stop', why: 'the requirement is of holdings that are not listed' };
  if (!from) return { kind: 'write-off', why: 'no collateral is left: the debt becomes the deficit of the protocol' };
  if (!from.liquidationBonus.ok) return { kind: 'stop', why: `no liquidation bonus is known for ${from.asset}` };
  const [debtUnit, unit] = [units.unitOf(debt.asset), units.unitOf(from.asset)];
  const input: LiquidationInput = {
    healthFactor: integer(equity.div(requirement).times(WAD.toString())),
    totalDebtBase: integer(requirement.times(BASE)),
    debt: { reserve: reserveOf(debt, debtUnit), amount: integer(debt.amount.negated().div(debtUnit)) },
    collateral: {
      reserve: reserveOf(from, unit),
      amount: integer(from.amount.div(unit)),
      liquidationBonusBps: integer(from.liquidationBonus.value.plus(ONE).times(10_000)),
      protocolFeeBps,
    },
    debtToCover: integer(debt.amount.negated().div(debtUnit)),
  };
  const call = withoutDust(input, rules);
  if (!call || call.debtRepaid <= 0n) return { kind: 'stop', why: 'no call is possible that leaves no dust' };
  return {
    kind: 'seizure',
    debt: debt.asset,
    repaid: debtUnit.times(call.debtRepaid.toString()),
    collateral: from.asset,
    seized: unit.times(call.collateralSeized.toString()),
    venueFee: unit.times(call.protocolFee.toString()),
    why: `${debt.asset} repaid for ${from.asset}`,
  };
}

/** The largest call the pool accepts: all it may be, else what leaves $1000 of the debt, else what leaves $1000 of the collateral (AV-34). */
function withoutDust(input: LiquidationInput, rules: ProtocolRules): Liquidation | undefined {
  const { debt, collateral } = input;
  const debtLeft = (LEFTOVER_BASE * debt.reserve.unit) / debt.reserve.price + 1n;
  const worth = (collateral.amount * collateral.reserve.price) / collateral.reserve.unit - LEFTOVER_BASE;
  const byCollateral = (((worth * 10_000n) / collateral.liquidationBonusBps) * debt.reserve.unit) / debt.reserve.price - 1n;
  for (const debtToCover of [debt.amount, debt.amount - debtLeft, byCollateral]) {
    if (debtToCover <= 0n) continue;
    const call = calculateLiquidation({ ...input, debtToCover }, rules);
    if (!call.leavesDust) return call;
  }
  return undefined;
}

const integer = (value: Decimal): bigint => BigInt(value.floor().toFixed());
const worthOf = ({ amount, price }: Collateral): Decimal => (price.ok ? amount.abs().times(price.value) : new Decimal(0));
const largestOf = (items: readonly Collateral[]): Collateral | undefined =>
  items.reduce<Collateral | undefined>((most, item) => (most && worthOf(most).gte(worthOf(item)) ? most : item), undefined);

/** A reserve at indices of 1: the balances of a book hold their interest already. */
const reserveOf = (item: Collateral, unit: Decimal): ReserveState => ({
  unit: integer(ONE.div(unit)),
  price: item.price.ok ? integer(item.price.value.times(BASE)) : 0n,
  normalizedIncome: RAY,
  normalizedDebt: RAY,
  loanToValueBps: 0n,
  liquidationThresholdBps: 0n,
  liquidationBonusBps: 0n,
});
