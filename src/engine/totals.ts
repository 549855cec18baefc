/**
 * The account's headline figures from its cross pools (rule PF-9): money adds up; ratios are the worst pool's, since each pool is
 * liquidated alone; leverage is the total notional over the total equity. Isolated positions are their own pools and stay out.
 */
import { all, type Figure, map, none } from '../domain/outcome.ts';
import { ZERO } from '../domain/units.ts';
import { overEquity } from './margin/pool.ts';
import type { PoolFigureName, PoolFigures } from './types.ts';

/** Combined figures; those of the pool itself when there is only one. */
export function combinePools(pools: readonly PoolFigures[]): PoolFigures {
  const only = pools[0];
  if (only && pools.length === 1) return pick(only);
  const of = (name: PoolFigureName): Figure[] => pools.map((pool) => pool[name]);
  const sum = (name: PoolFigureName): Figure => map(all(of(name)), (values) => values.reduce((total, value) => total.plus(value), ZERO));
  const equity = sum('equity');
  const grossNotional = sum('grossNotional');
  const netNotional = sum('netNotional');
  return {
    equity,
    grossNotional,
    netNotional,
    leverage: overEquity(grossNotional, equity),
    netLeverage: overEquity(
      map(netNotional, (net) => net.abs()),
      equity,
    ),
    initialMargin: sum('initialMargin'),
    maintenanceMargin: sum('maintenanceMargin'),
    liquidationFees: sum('liquidationFees'),
    marginRatio: worst(of('marginRatio'), (a, b) => b.gt(a)),
    healthFactor: worst(of('healthFactor'), (a, b) => b.lt(a)),
    marginExcess: sum('marginExcess'),
    freeCollateral: sum('freeCollateral'),
    withdrawable: sum('withdrawable'),
    unrealizedPnl: sum('unrealizedPnl'),
    uniformShock: worst(of('uniformShock'), (a, b) => b.abs().lt(a.abs())),
    uniformShockDown: worst(of('uniformShockDown'), (a, b) => b.gt(a)),
    uniformShockUp: worst(of('uniformShockUp'), (a, b) => b.lt(a)),
  };
}

/**
 * The worst of several figures. A reason that says the pool is past its line, or not known, outweighs any number;
 * one that says there is nothing to measure does not count beside a number.
 */
function worst(figures: readonly Figure[], isWorse: (current: Value, next: Value) => boolean): Figure {
  let result: Figure | undefined;
  for (const figure of figures) {
    if (!figure.ok && figure.reason !== 'no-position' && figure.reason !== 'never' && figure.reason !== 'not-applicable') return figure;
    if (!result || (!result.ok && figure.ok)) result = figure;
    else if (result.ok && figure.ok && isWorse(result.value, figure.value)) result = figure;
    else if (!result.ok && !figure.ok && figure.reason === 'never') result = figure;
  }
  return result ?? none('no-position');
}

type Value = Extract<Figure, { ok: true }>['value'];

const NAMES: readonly PoolFigureName[] = [
  'equity',
  'grossNotional',
  'netNotional',
  'leverage',
  'netLeverage',
  'initialMargin',
  'maintenanceMargin',
  'liquidationFees',
  'marginRatio',
  'healthFactor',
  'marginExcess',
  'freeCollateral',
  'withdrawable',
  'unrealizedPnl',
  'uniformShock',
  'uniformShockDown',
  'uniformShockUp',
];

const pick = (figures: PoolFigures): PoolFigures =>
  Object.fromEntries(NAMES.map((name) => [name, figures[name]])) as unknown as PoolFigures;
