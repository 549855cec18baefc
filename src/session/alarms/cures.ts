/** Every cure of a pool for what the user wants to reach, as the page is shown it. Rules CU-16…CU-19 of docs/spec/cure.md. */
import type { Account } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import type { Figure } from '../../domain/outcome.ts';
import { curesOf } from '../../engine/cure/cures.ts';
import { poolOf } from '../../engine/cure/deposit.ts';
import { CURE_REFUSALS, type Cure } from '../../engine/cure/outcome.ts';
import { isTarget } from '../../engine/cure/target.ts';
import { toxicRegion } from '../../engine/cure/toxic.ts';
import { decimalText } from '../../formats/assessment-json.ts';
import { type AlarmRule, type AlarmRules, isBeyond, SEVERITIES } from '../../policy/alarms/rules.ts';
import { readDecimal } from '../../wire/schema.ts';
import { aimOf, type CureAim, curesToward, dangerOf, sceneOf } from './cure-aim.ts';
import type { CureGoal, CuresFrame, CureView, ToxicView } from './cure-messages.ts';
import type { LookedAt } from './look.ts';

/** CU-16: what the goal asks of the pool. Of rules of one measure the one that clears furthest away. Throws `InputError`. */
export function aimsOf(goal: CureGoal, rules: AlarmRules, ofPool: (rule: AlarmRule) => boolean): CureAim[] {
  if (goal.kind !== 'clear') {
    const level = readDecimal(goal.level);
    if (typeof level === 'string') throw new InputError([{ pointer: '/goal/level', message: level }]);
    const target = { kind: goal.kind, level };
    if (!isTarget(target)) throw new InputError([{ pointer: '/goal/level', message: CURE_REFUSALS['no-target'] }]);
    return [{ kind: 'exact', target }];
  }
  const from = SEVERITIES.indexOf(goal.severity);
  const strictest = new Map<string, AlarmRule>();
  for (const rule of rules.rules) {
    if (rule.measure === 'feed' || SEVERITIES.indexOf(rule.severity) < from || !ofPool(rule)) continue;
    const held = strictest.get(rule.measure);
    if (!held || isBeyond(rule.measure, held.clear, rule.clear)) strictest.set(rule.measure, rule);
  }
  const aims = [...strictest.values()].flatMap((rule) => aimOf(rule, rules) ?? []);
  const call = aimOf('venue', rules);
  return goal.severity === 'margin-call' || aims.length === 0 ? [...aims, ...(call ? [call] : [])] : aims;
}

/** CU-18: every cure that reaches all the aims: of each kind and subject the largest; where one aim has none there is none. */
export function curesForAll(aims: readonly CureAim[], looked: LookedAt): readonly Cure[] {
  const scene = sceneOf(looked);
  const { account } = looked;
  const direction = dangerOf(looked);
  const lists = aims
    .filter((aim) => isOfKind(aim, looked))
    .map((aim) => curesToward(aim, looked, (target) => curesOf(account, scene, looked.pool.id, target, direction)));
  return (lists[0] ?? []).map((first, i) =>
    lists.slice(1).reduce((held, list) => {
      const other = list[i] ?? held;
      if (!held.ok || !other.ok) return held.ok ? other : held;
      return other.amount.abs().gt(held.amount.abs()) ? other : held;
    }, first),
  );
}

/** A health factor is of loans alone. */
const isOfKind = (aim: CureAim, { pool }: LookedAt): boolean =>
  aim.kind !== 'exact' || aim.target.kind !== 'health-factor' || pool.kind === 'lending';

/** The frame that answers `alarm-cures`. */
export function curesFrame(
  looked: LookedAt,
  aims: readonly CureAim[],
  { requestId, clockMs, asOf }: Pick<CuresFrame, 'requestId' | 'clockMs' | 'asOf'>,
): CuresFrame {
  const { account } = looked;
  const ages = looked.ages.map(({ venueAgeMs }) => venueAgeMs).filter(Number.isFinite);
  return {
    kind: 'cures',
    requestId,
    account: account.id,
    pool: looked.pool.id,
    clockMs,
    asOf,
    priceTimeMs: ages.length > 0 ? clockMs - Math.max(...ages) : Date.parse(asOf),
    cures: curesForAll(aims, looked).map((cure) => cureView(account, cure)),
    toxic: toxicViews(looked),
    danger: [...dangerOf(looked)].map(([market, move]) => ({ market, move: decimalText(move) })),
  };
}

function cureView(before: Account, cure: Cure): CureView {
  const { kind, subject } = cure;
  const nothing = { kind, subject, amount: '', cost: '', costAsset: '', edits: [], trades: [], worsens: [], why: '' };
  if (!cure.ok) {
    const of = cure.why === 'unknown' && cure.reason ? `: ${cure.reason}${cure.of === undefined ? '' : ` ${cure.of}`}` : '';
    return { ...nothing, why: `${CURE_REFUSALS[cure.why]}${of}` };
  }
  return {
    ...nothing,
    amount: decimalText(cure.amount),
    cost: cure.cost.isZero() ? '' : decimalText(cure.cost),
    costAsset: cure.costAsset ?? '',
    edits: cure.edits,
    trades: kind === 'hedge' || kind === 'reduce' || kind === 'reduce-all' ? tradesOf(before, cure.edits) : [],
    worsens: cure.worsens.map(({ pool, marginRatioBefore, marginRatioAfter, isLiquidatable }) => ({
      pool,
      before: figureText(marginRatioBefore),
      after: figureText(marginRatioAfter),
      falls: isLiquidatable,
    })),
  };
}

const figureText = (figure: Figure): string => (figure.ok ? decimalText(figure.value) : '');

/** Signed changes of the sizes that the edits make. */
function tradesOf(before: Account, edits: CureView['edits']): CureView['trades'] {
  return edits.flatMap((edit) => {
    if (edit.kind !== 'position-set' && edit.kind !== 'position-remove') return [];
    const held = edit.index === null ? undefined : before.positions[edit.index];
    if (!held) return [];
    const size = edit.kind === 'position-remove' ? '0' : edit.position.size;
    if (size === undefined) return [];
    const after = readDecimal(size);
    return typeof after === 'string' ? [] : [{ instrument: held.instrument, change: decimalText(after.minus(held.size)) }];
  });
}

/** CU-14 of every collateral of a loan whose bonus is known. */
function toxicViews(looked: LookedAt): ToxicView[] {
  const pool = poolOf(looked.account, sceneOf(looked), looked.pool.id);
  if (pool?.kind !== 'lending' || !pool.collateral.some(({ amount }) => amount.isNegative())) return [];
  const health = looked.pool.healthFactor;
  return pool.collateral.flatMap(({ asset, amount, liquidationThreshold, liquidationBonus }) => {
    if (!amount.gt(0) || !liquidationThreshold.ok || !liquidationBonus.ok || liquidationThreshold.value.isZero()) return [];
    const { healthFactorBelow } = toxicRegion(liquidationThreshold.value, liquidationBonus.value);
    const isInside = health.ok && health.value.lt(healthFactorBelow);
    return [{ asset, healthFactorBelow: decimalText(healthFactorBelow), isInside }];
  });
}
