/** What comes next if prices go on the wrong way, and at which price (rules AM-10, AM-11 of docs/spec/alarms.md). */
import { type Figure, none, some } from '../../domain/outcome.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { moveOfOneToDistance, moveToDistance } from '../../engine/first-passage/level-move.ts';
import { excessPrice, lendingRatioPrice, ratioPrice } from '../../engine/liquidation/level-price.ts';
import { type PoolSums, sumPool } from '../../engine/margin/pool.ts';
import { type Leg, type Pool, resolveAccount } from '../../engine/resolve.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import { decimalText } from '../../formats/assessment-json.ts';
import { rankOf } from '../../policy/alarms/events.ts';
import type { Outlook } from '../../policy/alarms/outlook.ts';
import type { AlarmRule } from '../../policy/alarms/rules.ts';
import type { LookedAt } from './look.ts';
import type { NextStep } from './machine-messages.ts';
import { sigmaLevel } from './projection.ts';

/** Of a pool of more, the markets that move it most are looked at. */
const MARKETS_MAX = 8;

/** Liquidation by the venue, as a rule like others. */
const VENUE = 'venue' as const;

/** One market whose price is looked for. */
interface Target {
  readonly market: string;
  /** Price now. */
  readonly mark: Decimal;
  readonly leg?: Leg;
}

interface Looking {
  readonly at: LookedAt;
  readonly pool: Pool;
  readonly sums: PoolSums;
}

/**
 * AM-10: of the rules that would make the state worse, the armed one that counts first; where none is armed, the one whose price is
 * fewest σ of its market away, each market alone; liquidation itself stands among them.
 */
export function nextStep(at: LookedAt, outlook: Outlook): NextStep | null {
  if (rankOf(outlook.state) >= rankOf('liquidation')) return null;
  const worse = outlook.rules.filter(
    ({ isActive, rule }) => !isActive && rule.measure !== 'feed' && rankOf(rule.severity) > rankOf(outlook.state),
  );
  const armed = worse.filter(({ countsInMs }) => countsInMs !== undefined).sort((a, b) => (a.countsInMs ?? 0) - (b.countsInMs ?? 0))[0];
  if (armed) return { ...NO_PRICE, ...named(armed.rule), countsInMs: armed.countsInMs ?? Number.NaN, onDelayMs: armed.rule.onDelayMs };
  const pool = resolveAccount(at.account, at.priced.book, at.rules).pools.find(({ id }) => id === at.pool.id);
  if (!pool) return null;
  const looking = { at, pool, sums: sumPool(pool) };
  const targets = targetsOf(looking);
  const found = [...worse.map(({ rule }): AlarmRule | typeof VENUE => rule), VENUE].flatMap((rule) =>
    targets.map((target) => stepAt(rule, target, looking)),
  );
  const priced = found.flatMap(({ step, sigmas }) => (step.price === '' ? [] : [{ step, sigmas }])).sort((a, b) => a.sigmas - b.sigmas)[0];
  return priced?.step ?? found[0]?.step ?? null;
}

const NO_PRICE = { countsInMs: Number.NaN, onDelayMs: 0, market: '', price: '', move: '', reason: '' };
const named = (rule: AlarmRule | typeof VENUE): Pick<NextStep, 'rule' | 'severity'> =>
  rule === VENUE ? { rule: VENUE, severity: 'liquidation' } : { rule: rule.id, severity: rule.severity };

function targetsOf({ at, pool }: Looking): Target[] {
  const weight = ({ sensitivity, dailyVolatility }: LookedAt['exposures'][number]): number => Math.abs(sensitivity) * dailyVolatility;
  const markets = [...at.exposures].sort((a, b) => weight(b) - weight(a)).slice(0, MARKETS_MAX);
  return markets.flatMap(({ market }): Target[] => {
    const legs = pool.legs.filter(({ instrument }) => instrument.base === market);
    if (legs.length > 0) return legs.flatMap((leg) => (leg.mark.ok ? [{ market, mark: leg.mark.value, leg }] : []));
    const item = pool.collateral.find(({ asset }) => asset === market);
    return item?.price.ok ? [{ market, mark: item.price.value }] : [];
  });
}

function stepAt(rule: AlarmRule | typeof VENUE, target: Target, looking: Looking): { readonly step: NextStep; readonly sigmas: number } {
  const price = priceAt(rule, target, looking);
  if (!price.ok || !price.value.gt(0))
    return { step: { ...NO_PRICE, ...named(rule), reason: price.ok ? 'never' : price.reason }, sigmas: Number.NaN };
  const move = price.value.div(target.mark);
  const volatility = looking.at.exposures.find(({ market }) => market === target.market)?.dailyVolatility ?? Number.NaN;
  const step = { ...NO_PRICE, ...named(rule), market: target.market, price: decimalText(price.value), move: decimalText(move.minus(ONE)) };
  return { step, sigmas: Math.abs(Math.log(move.toNumber())) / volatility };
}

const moved = (mark: Decimal, move: number): Figure => (Number.isFinite(move) ? some(mark.times(new Decimal(1 + move))) : none('never'));

/** AM-11: the price of the target, the others held, at which the rule's measure stands at its arm level. */
function priceAt(rule: AlarmRule | typeof VENUE, target: Target, looking: Looking): Figure {
  if (rule === VENUE) return atRatio(ONE, target, looking);
  const { arm, measure } = rule;
  const { leg, mark } = target;
  const { at, pool, sums } = looking;
  switch (measure) {
    case 'marginRatio':
      return arm.gt(0) ? atRatio(arm, target, looking) : none('never');
    case 'healthFactor':
      return pool.kind === 'lending' ? atRatio(ONE.div(arm), target, looking) : none('not-applicable');
    case 'marginExcess':
      return leg ? excessPrice(leg, pool, sums, arm) : none('unsupported', target.market);
    case 'sigmaDistance':
    case 'liquidationProbability24h':
      return moved(mark, sigmaMove(sigmaLevel(rule, arm.toNumber(), at.exposures), target, at));
    case 'liquidationDistance':
      return at.exposures.length === 1 && at.pool.uniformShock.ok
        ? some(
            mark.times(ONE.plus(at.pool.uniformShock.value)).div(at.pool.uniformShock.value.isNegative() ? ONE.minus(arm) : ONE.plus(arm)),
          )
        : none('unsupported', target.market);
    case 'leverage':
    case 'feed':
    case 'pegGap':
    case 'collateralGap':
    case 'reproduction':
      return none('unsupported', target.market);
  }
}

const atRatio = (ratio: Decimal, { leg, market }: Target, { pool, sums }: Looking): Figure => {
  if (leg) return ratioPrice(leg, pool, sums, ratio);
  return pool.kind === 'lending' ? lendingRatioPrice(market, pool, ratio) : none('unsupported', market);
};

function sigmaMove(sigmas: number, { market }: Target, { exposures, pool }: LookedAt): number {
  const [only, ...others] = exposures;
  if (!only || !pool.marginExcess.ok) return Number.NaN;
  if (others.length > 0) return moveOfOneToDistance(pool.marginExcess.value.toNumber(), exposures, market, sigmas, longRunCorrelation);
  return pool.uniformShock.ok ? moveToDistance(pool.uniformShock.value.toNumber(), only.dailyVolatility, sigmas) : Number.NaN;
}
