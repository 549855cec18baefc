/** dYdX v4's liquidation: rule CL-14 of docs/spec/closure.md, the chain's formulas (DY-15…DY-17) on exact decimals. */
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { largest, maintenanceNow, notionalNow } from '../../engine/closure/sizes.ts';
import type { Leg } from '../../engine/resolve.ts';
import { downTo } from '../../engine/trade/units.ts';

/** The chain's liquidations configuration. Fractions; money in USDC. */
export interface LiquidationsConfig {
  readonly maxLiquidationFee: Decimal;
  readonly bankruptcyAdjustment: Decimal;
  readonly spreadToMaintenanceMargin: Decimal;
  /** Of one position in one block: a share of it, but not less than so much. */
  readonly maxPositionPortion: Decimal;
  readonly minPositionNotional: Decimal;
  /** Of one subaccount in one block. */
  readonly maxSubaccountNotional: Decimal;
}

/** Defaults of the code: dydxprotocol/v4-chain, x/clob/types/liquidations_config.go. */
export const CODE_DEFAULTS: LiquidationsConfig = {
  maxLiquidationFee: new Decimal('0.005'),
  bankruptcyAdjustment: ONE,
  spreadToMaintenanceMargin: new Decimal('0.1'),
  maxPositionPortion: ONE,
  minPositionNotional: new Decimal('0.001'),
  maxSubaccountNotional: new Decimal(100_000_000),
};

/** Price of the worst fill, USDC for one unit of size: mark − side × ABR × SMMR × maintenance ÷ size, ABR = BA(1 − TNC ÷ TMMR) in [0, 1] (DY-16). */
export function fillableLimit(
  leg: Leg,
  { equity, requirement }: Pick<ClosureView, 'equity' | 'requirement'>,
  config: LiquidationsConfig,
): Decimal {
  const rating = config.bankruptcyAdjustment.times(ONE.minus(equity.div(requirement)));
  const adjusted = Decimal.max(ZERO, Decimal.min(ONE, rating));
  const spread = adjusted.times(config.spreadToMaintenanceMargin).times(maintenanceNow(leg));
  return notionalNow(leg).times(leg.side).minus(spread).div(leg.position.size.times(leg.instrument.contractSize));
}

/**
 * What the insurance fund receives (> 0) or pays (< 0) when `size` is closed at `price` (DY-15, DY-17): d = fill − bankruptcy value, where the
 * bankruptcy value is the notional that goes less the subaccount's collateral in proportion to the maintenance that goes; d ≤ 0
 * is paid by the fund, else the fee is min(|fill| × maximum fee, d), rounded down to `unit`.
 */
export function fundDelta(
  leg: Leg,
  size: Decimal,
  price: Decimal,
  view: Pick<ClosureView, 'equity' | 'requirement'>,
  config: LiquidationsConfig,
  unit: Decimal,
): Decimal {
  const share = size.div(leg.position.size.abs());
  const released = maintenanceNow(leg).times(share);
  const bankruptcy = notionalNow(leg)
    .times(share)
    .times(leg.side)
    .minus(downTo(unit, view.equity.times(released).div(view.requirement)));
  const fill = size.times(leg.instrument.contractSize).times(price);
  const difference = fill.times(leg.side).minus(bankruptcy);
  return downTo(unit, Decimal.min(difference, fill.times(config.maxLiquidationFee)));
}

/**
 * Each block the position with the largest maintenance margin is sent to the book, within the block's limits, to the fillable price. An order that
 * finds no fill there is tried again next block; a subaccount with negative collateral is then deleveraged at the bankruptcy price.
 */
export const dydxClosure = (config: LiquidationsConfig = CODE_DEFAULTS): ClosureProcedure => ({
  stepMs: 1_000,
  sources: [
    'dydxprotocol/v4-chain x/clob/keeper/liquidations.go: fillable price, bankruptcy price, insurance fund delta, limits of a block',
    'dydxprotocol/v4-chain x/clob/types/liquidations_config.go: defaults; the chain in use may have others',
    'Assumed: one position a block, the largest maintenance margin first; the limit on the fund’s loss in a block is not modelled',
  ],
  next: (view: ClosureView): ClosureMove => {
    const { pool, equity, requirement, isUnfilled, units } = view;
    const leg = largest(pool.legs, maintenanceNow);
    if (!leg || requirement.lte(0)) return { kind: 'stop', why: 'nothing is open' };
    if (isUnfilled) {
      return equity.lt(0)
        ? { kind: 'takeover', by: 'market', why: 'deleveraged against other subaccounts at the bankruptcy price' }
        : { kind: 'stop', why: 'the book holds nothing within the fillable price' };
    }
    const notional = notionalNow(leg);
    const most = Decimal.min(
      notional,
      config.maxSubaccountNotional,
      Decimal.max(config.minPositionNotional, notional.times(config.maxPositionPortion)),
    );
    const lot = units.lotOf(leg.instrument, leg.position.size);
    const whole = leg.position.size.abs();
    const size = most.gte(notional) ? whole : Decimal.max(lot, downTo(lot, whole.times(most).div(notional)));
    const order = {
      leg,
      size: Decimal.min(size, whole),
      limit: fillableLimit(leg, view, config),
      feeRate: ZERO,
      feeTo: 'insurance',
      feeWithinEquity: false,
      insurance: (price: Decimal) => fundDelta(leg, Decimal.min(size, whole), price, view, config, units.unitOf(leg.instrument.settle)),
    } as const;
    return { kind: 'orders', orders: [order], isPartial: size.lt(whole), why: 'a liquidation order to the fillable price' };
  },
});
