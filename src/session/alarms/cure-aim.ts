/** What a cure is to reach: the clear level of a rule as a target of the engine. Rules CU-16, CU-17 of docs/spec/cure.md. */
import type { Account } from '../../domain/book.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import type { Cure } from '../../engine/cure/outcome.ts';
import type { CureTarget, Scene } from '../../engine/cure/target.ts';
import { type Exposure, lawOf, shortestShock } from '../../engine/first-passage/pool-distance.ts';
import { touchDistance } from '../../engine/first-passage/touch-law.ts';
import { defaultUnits } from '../../engine/trade/units.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import type { AlarmRule, AlarmRules } from '../../policy/alarms/rules.ts';
import type { LookedAt } from './look.ts';
import { exposuresOf, oddsOf } from './odds.ts';

/** A target of the engine, or a level of what volatility says: a distance in σ, a probability. */
export type CureAim =
  | { readonly kind: 'exact'; readonly target: CureTarget }
  | { readonly kind: 'sigma'; readonly level: number }
  | { readonly kind: 'probability'; readonly level: number };

/** What a rule's measure has to reach for its alarm to end; of what the venue does, the level that cures a call. */
export function aimOf(rule: Pick<AlarmRule, 'measure' | 'clear'> | 'venue', rules: AlarmRules): CureAim | undefined {
  if (rule === 'venue') return exact({ kind: 'margin-ratio', level: rules.marginCall.cureRatio ?? ONE });
  const { measure, clear: level } = rule;
  switch (measure) {
    case 'marginRatio':
      return exact({ kind: 'margin-ratio', level });
    case 'healthFactor':
      return exact({ kind: 'health-factor', level });
    case 'leverage':
      return exact({ kind: 'leverage', level });
    case 'marginExcess':
      return exact({ kind: 'margin-excess', level });
    case 'liquidationDistance':
      return exact({ kind: 'distance', level });
    case 'sigmaDistance':
      return { kind: 'sigma', level: level.toNumber() };
    case 'liquidationProbability24h':
      return { kind: 'probability', level: level.toNumber() };
    case 'feed':
    case 'pegGap':
    case 'collateralGap':
    case 'reproduction':
      return undefined;
  }
}

const exact = (target: CureTarget): CureAim => ({ kind: 'exact', target });

/** Trades at the venue's taker fee, at the mark. */
export const sceneOf = ({ priced, rules }: LookedAt): Scene => ({ book: priced.book, rules, units: defaultUnits });

/** Each market's relative move along the shortest shock that ends the pool; empty where none does. */
export function dangerOf({ exposures }: Pick<LookedAt, 'exposures'>): ReadonlyMap<string, Decimal> {
  const { shock, distance } = shortestShock(1, exposures, longRunCorrelation);
  if (!Number.isFinite(distance)) return new Map();
  return new Map(exposures.map(({ market }, i) => [market, new Decimal(shock[i]!)]));
}

/** Rounds in which a shock is made larger until the measure itself is reached. */
const ROUNDS = 8;
const MARGIN = 1.0002;

/**
 * CU-17: the cures that `find` has for the aim. A distance in σ and a probability are first the scenario of the shortest shock of that size;
 * each cure is then measured as the alarm measures, and the shock is made larger until it suffices.
 */
export function curesToward(aim: CureAim, looked: LookedAt, find: (target: CureTarget) => readonly Cure[]): readonly Cure[] {
  if (aim.kind === 'exact') return find(aim.target);
  const wanted = aim.kind === 'sigma' ? aim.level : touchDistance(aim.level, lawOf(looked.exposures));
  let size = wanted;
  let settled: (Cure | undefined)[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const moves = shockOf(looked.exposures, size);
    const cures = moves ? find({ kind: 'scenario', moves }) : find({ kind: 'scenario', moves: new Map() });
    const factors = cures.map((cure, i) => (settled[i] ? 0 : factorOf(cure, aim, looked)));
    settled = cures.map((cure, i) => settled[i] ?? (factors[i] === 0 ? cure : undefined));
    const open = factors.filter((factor) => factor > 0);
    if (open.length === 0) return settled.flatMap((cure) => cure ?? []);
    if (round === ROUNDS - 1) return cures.map((cure, i) => settled[i] ?? outOfReach(cure));
    size *= Math.min(...open) * MARGIN;
  }
  return [];
}

const outOfReach = ({ kind, subject }: Cure): Cure => ({ ok: false, kind, subject, why: 'out-of-reach' });

/** 0: it suffices, or there is none; else how much further the pool would have to stand. */
function factorOf(cure: Cure, aim: Exclude<CureAim, { kind: 'exact' }>, looked: LookedAt): number {
  if (!cure.ok) return 0;
  // An isolated pool is gone with its position; another of the instrument may have its name then.
  if (looked.pool.kind === 'isolated' && cure.account.positions.length < looked.account.positions.length) return 0;
  const after = measured(cure.account, looked);
  if (!after) return 0;
  const wanted = aim.kind === 'sigma' ? aim.level : touchDistance(aim.level, lawOf(after.exposures));
  const isMet = aim.kind === 'sigma' ? after.sigma >= aim.level : after.probability <= aim.level;
  if (isMet) return 0;
  const factor = wanted / Math.max(after.sigma, wanted / 8);
  return factor > 1 ? factor : MARGIN;
}

/** What the alarm would read of the pool with this account; undefined where nothing is left to read, or no price ends it. */
function measured(account: Account, { pool, priced, rules, unit, volatilityOf }: LookedAt) {
  const found = assessAccount(account, priced.book, rules).pools.find(({ id }) => id === pool.id);
  if (!found) return undefined;
  const exposures = exposuresOf(account, priced, rules, unit, volatilityOf).get(pool.id) ?? [];
  const { sigmaDistance, liquidationProbability24h } = oddsOf(found, exposures);
  if (typeof sigmaDistance !== 'number' || typeof liquidationProbability24h !== 'number' || Number.isNaN(sigmaDistance)) return undefined;
  return { sigma: sigmaDistance, probability: liquidationProbability24h, exposures };
}

/** Moves of `size` σ along the shortest shock; of one market exactly that many σ of its logarithm. */
function shockOf(exposures: readonly Exposure[], size: number): ReadonlyMap<string, Decimal> | undefined {
  const { shock, distance } = shortestShock(1, exposures, longRunCorrelation);
  if (!Number.isFinite(distance) || !Number.isFinite(size)) return undefined;
  const [only, ...others] = exposures;
  const moves =
    only && others.length === 0
      ? [Math.expm1(-Math.sign(only.sensitivity) * size * only.dailyVolatility)]
      : shock.map((move) => Math.max(-0.99, (move * size) / distance));
  return new Map(exposures.map(({ market }, i) => [market, new Decimal(moves[i]!)]));
}
