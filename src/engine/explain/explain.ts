/** Every headline number can show its working: the formula, the live values in it, the tier row, the price and its time, the rounding. */
import type { Account, Book } from '../../domain/book.ts';
import { assessResolved } from '../assess.ts';
import { roundingOf } from '../liquidation/price.ts';
import { sumPool } from '../margin/pool.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { PriceRounding, VenueRules } from '../rules.ts';
import type { AccountAssessment, PoolAssessment, PoolFigureName, PoolFigures, PositionFigureName } from '../types.ts';
import { poolRecipe } from './pool.ts';
import { positionRecipe } from './position.ts';
import type { Working } from './types.ts';

export interface ExplainRequest {
  /** A name of `PoolFigures`, or of `PositionFigures` when a position is given. */
  readonly figure: string;
  /** Pool id; the account's only or first cross pool when absent. */
  readonly pool?: string;
  /** Index in the account's positions. */
  readonly position?: number;
}

/**
 * Re-runs the exact path for one figure and returns its working; undefined when the figure, pool or position does not exist.
 * Never called in the loop.
 */
export function explain(account: Account, book: Book, rules: VenueRules, request: ExplainRequest): Working | undefined {
  const resolved = resolveAccount(account, book, rules);
  const assessment = assessResolved(resolved);
  const run: Run = { assessment, pools: resolved.pools, rules, unit: resolved.unit, book };
  return request.position === undefined ? explainPool(run, request) : explainPosition(run, request.figure, request.position);
}

interface Run {
  readonly assessment: AccountAssessment;
  readonly pools: readonly Pool[];
  readonly rules: VenueRules;
  readonly unit: string;
  readonly book: Book;
}

const NO_ROUNDING = 'not rounded; 40 significant digits are carried, the screen rounds against the account';

function explainPool(run: Run, request: ExplainRequest): Working | undefined {
  if (!Object.hasOwn(POOL_FIGURES, request.figure)) return undefined;
  const figure = request.figure as PoolFigureName;
  const cross = run.assessment.pools.filter((pool) => pool.kind !== 'isolated');
  const headline = request.pool === undefined;
  const assessed = headline
    ? cross.find((pool) => pool[figure] === run.assessment[figure])
    : run.assessment.pools.find((pool) => pool.id === request.pool);
  if (headline && !assessed) return explainTotal(run, figure, cross);
  const pool = run.pools.find((candidate) => candidate.id === assessed?.id);
  if (!assessed || !pool) return undefined;
  const recipe = poolRecipe(figure, { pool, sums: sumPool(pool), figures: assessed, rules: run.rules, unit: run.unit });
  return {
    figure,
    subject: assessed.id,
    formula: recipe.formula,
    terms: recipe.terms,
    rounding: NO_ROUNDING,
    result: assessed[figure],
    rule: recipe.rule,
    sources: run.rules.sources,
  };
}

/** A headline figure that no single pool has: what each cross pool contributes (PF-9). */
function explainTotal(run: Run, figure: PoolFigureName, cross: readonly PoolAssessment[]): Working {
  return {
    figure,
    subject: run.assessment.account,
    formula: `${figure} over ${cross.length} pools: money adds up, ratios are the worst pool’s`,
    terms: cross.map((pool, i) => ({
      symbol: `x${i + 1}`,
      name: `${figure} of ${pool.id}`,
      value: pool[figure],
      unit: run.unit,
      origin: 'pool',
    })),
    rounding: NO_ROUNDING,
    result: run.assessment[figure],
    rule: 'PF-9',
    sources: run.rules.sources,
  };
}

function explainPosition(run: Run, figure: string, index: number): Working | undefined {
  const assessment = run.assessment.positions.find((position) => position.index === index);
  const pool = run.pools.find((candidate) => candidate.id === assessment?.pool);
  const at = pool?.legs.findIndex((leg) => leg.index === index) ?? -1;
  const leg = pool?.legs[at];
  if (!assessment || !pool || !leg || !Object.hasOwn(POSITION_FIGURES, figure)) return undefined;
  const name = figure as PositionFigureName;
  const context = {
    leg,
    at,
    pool,
    sums: sumPool(pool),
    assessment,
    rules: run.rules,
    unit: run.unit,
    markTime: markTime(leg.instrument.markTimeMs, run.book.asOf),
  };
  const recipe = positionRecipe(name, context);
  const tier = name === 'liquidationPrice' ? assessment.tierAtLiquidation : assessment.tier;
  return {
    figure: name,
    subject: leg.instrument.id,
    formula: recipe.formula,
    terms: recipe.terms,
    ...(tier.ok && TIERED.has(name) ? { tier: tier.value } : {}),
    rounding: roundingText(name, roundingOf(leg, run.rules)),
    result: assessment[name],
    rule: recipe.rule,
    sources: run.rules.sources,
  };
}

const markTime = (ms: number | undefined, asOf: string): string => (ms === undefined ? asOf : new Date(ms).toISOString());

function roundingText(name: PositionFigureName, rounding: PriceRounding): string {
  if (rounding === 'tick-against-trader' && (name === 'liquidationPrice' || name === 'bankruptcyPrice')) {
    return 'to the tick against the trader: up for a long, down for a short';
  }
  if (rounding === 'tick-apart' && name === 'liquidationPrice') return 'to the tick against the trader: up for a long, down for a short';
  if (rounding === 'tick-apart' && name === 'bankruptcyPrice') return 'to the tick away from the mark: down for a long, up for a short';
  if (rounding === 'one-tick-early' && name === 'liquidationPrice')
    return 'one tick early: plus a tick for a long, minus a tick for a short';
  return NO_ROUNDING;
}

const TIERED: ReadonlySet<PositionFigureName> = new Set<PositionFigureName>(['initialMargin', 'maintenanceMargin', 'liquidationPrice']);

const POOL_FIGURES: Readonly<Record<keyof PoolFigures, true>> = {
  equity: true,
  grossNotional: true,
  netNotional: true,
  leverage: true,
  netLeverage: true,
  initialMargin: true,
  maintenanceMargin: true,
  liquidationFees: true,
  marginRatio: true,
  healthFactor: true,
  marginExcess: true,
  freeCollateral: true,
  withdrawable: true,
  unrealizedPnl: true,
  uniformShock: true,
  uniformShockDown: true,
  uniformShockUp: true,
};

const POSITION_FIGURES: Readonly<Record<PositionFigureName, true>> = {
  notional: true,
  unrealizedPnl: true,
  initialMargin: true,
  maintenanceMargin: true,
  liquidationPrice: true,
  liquidationDistance: true,
  backstopPrice: true,
  bankruptcyPrice: true,
  returnOnEquity: true,
};
