/**
 * Where policy's levels stand on each gauge. One policy, on the margin ratio; the other gauges show the same levels as they fall for
 * the present positions if only equity changed, so that all marks are passed at the same moment. Rule SE-24.
 */
import type { Figure } from '../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../domain/units.ts';
import type { PoolFigures } from '../engine/types.ts';
import { RISK_THRESHOLDS } from '../policy/risk-state.ts';
import type { BandLevels, RiskBands } from './protocol.ts';

type Level = (level: Decimal) => Decimal;

const NO_LEVELS: BandLevels = { watch: Number.NaN, warning: Number.NaN, marginCall: Number.NaN, liquidation: Number.NaN };

const levels = (at: Level): BandLevels => ({
  watch: at(RISK_THRESHOLDS.watch).toNumber(),
  warning: at(RISK_THRESHOLDS.warning).toNumber(),
  marginCall: at(RISK_THRESHOLDS.marginCall).toNumber(),
  liquidation: at(ONE).toNumber(),
});

const MARGIN_RATIO = levels((level) => level);

/**
 * With requirement M and equity E, ratio m = M ÷ E; at a level L equity is M ÷ L while positions stay.
 * Leverage there = leverage × L ÷ m. Buffer there = |shock| × (1/L − 1) ÷ (1/m − 1), in proportion to the margin excess M·(1/L − 1):
 * exact while no tier is crossed. No marks where the ratio is not between 0 and 1.
 */
export function riskBands({
  marginRatio,
  leverage,
  uniformShock,
}: Pick<PoolFigures, 'marginRatio' | 'leverage' | 'uniformShock'>): RiskBands {
  const isInside = marginRatio.ok && marginRatio.value.gt(ZERO);
  const scaled = (figure: Figure, of: (value: Decimal, ratio: Decimal) => Level): BandLevels =>
    isInside && figure.ok ? levels(of(figure.value, marginRatio.value)) : NO_LEVELS;
  return {
    marginRatio: MARGIN_RATIO,
    leverage: scaled(leverage, (value, ratio) => (level) => value.times(level).div(ratio)),
    buffer:
      isInside && marginRatio.value.lt(ONE)
        ? scaled(uniformShock, (shock, ratio) => (level) => shock.abs().times(excess(level)).div(excess(ratio)))
        : NO_LEVELS,
  };
}

/** Margin excess ÷ requirement at a margin ratio: 1/ratio − 1. */
const excess = (ratio: Decimal): Decimal => ONE.div(ratio).minus(ONE);
