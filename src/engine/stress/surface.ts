/**
 * The margin excess of a pool as a function of all prices at once. Rule DI-3 of docs/spec/distance.md.
 *
 * With Xₖ = 1 + the relative move of market k, M(X) is a sum of monomials c·ΠXₖ^p; each position with tiers adds one sum a tier, of which
 * the tier of its own notional holds. Summed exactly; `toNumber` at the end is the one step to doubles.
 */
import { type Figure, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { bankruptcyFeeRate, maintenanceAt, takerFeeAt, tierOfLegAt } from '../margin/leg.ts';
import { collateralValue, type PoolSums } from '../margin/pool.ts';
import type { ResolvedTable, ResolvedTier } from '../margin/table.ts';
import type { Leg, Pool } from '../resolve.ts';
import type { Market } from './types.ts';

/** coefficient × Π X[market]^power, unit of account. */
export interface Monomial {
  readonly coefficient: number;
  readonly powers: readonly { readonly market: number; readonly power: number }[];
}

/** The tiers of one position. Piece i holds while its notional is in [floors[i], floors[i + 1]). */
export interface TieredLeg {
  readonly pieces: readonly (readonly Monomial[])[];
  readonly floors: readonly number[];
  /** Notional = `notional` × X[market]^power; market −1: it does not move. */
  readonly notional: number;
  readonly market: number;
  readonly power: 1 | -1;
  /** Requirement is the largest of its pieces everywhere: continuous at floors, rates that never fall. */
  readonly isLargest: boolean;
  /** The tier that holds now. */
  readonly now: number;
}

export interface Surface {
  readonly constant: readonly Monomial[];
  readonly legs: readonly TieredLeg[];
  /** M now, exact. */
  readonly excess: Decimal;
}

type Index = ReadonlyMap<Market, number>;

/** Exact terms of a sum, one a set of powers. */
class Terms {
  private readonly byPowers = new Map<string, { coefficient: Decimal; powers: Map<number, number> }>();
  private readonly index: Index;
  constructor(index: Index) {
    this.index = index;
  }
  /** coefficient × Π X^power; markets outside the model do not move. */
  add(coefficient: Decimal, ...moves: readonly (readonly [Market | undefined, number])[]): void {
    const powers = new Map<number, number>();
    for (const [market, power] of moves) {
      const at = market === undefined ? undefined : this.index.get(market);
      if (at !== undefined) powers.set(at, (powers.get(at) ?? 0) + power);
    }
    for (const [market, power] of powers) if (power === 0) powers.delete(market);
    const key = [...powers].sort(([a], [b]) => a - b).join(';');
    const known = this.byPowers.get(key);
    this.byPowers.set(key, { coefficient: (known?.coefficient ?? ZERO).plus(coefficient), powers });
  }
  sum = (): Decimal => [...this.byPowers.values()].reduce((total, { coefficient }) => total.plus(coefficient), ZERO);
  monomials = (): Monomial[] =>
    [...this.byPowers.values()]
      .filter(({ coefficient }) => !coefficient.isZero())
      .map(({ coefficient, powers }) => ({
        coefficient: coefficient.toNumber(),
        powers: [...powers].map(([market, power]) => ({ market, power })),
      }));
}

/** The surface of a pool in the markets of `index`; the price of `unit` never moves. The first thing not known gives its reason. */
export function surfaceOf(pool: Pool, sums: PoolSums, index: Index, unit: string): Outcome<Surface> {
  const constant = new Terms(index);
  const settled = (asset: string): Market | undefined => (asset === unit ? undefined : asset);
  constant.add(pool.maintenanceMarginOther.negated());
  for (const item of pool.collateral) {
    if (pool.kind === 'lending' && !item.amount.isNegative() && !item.liquidationThreshold.ok) return item.liquidationThreshold;
    const value: Figure =
      pool.kind === 'lending' && item.price.ok
        ? some(item.amount.times(item.price.value).times(lendingWeight(item)))
        : collateralValue(item);
    if (!value.ok) return value;
    constant.add(value.value, [settled(item.asset), 1]);
  }
  const legs: TieredLeg[] = [];
  let inTiers = ZERO;
  for (const [i, leg] of pool.legs.entries()) {
    const tiered = addLeg(leg, sums.legFees[i] as Figure, constant, index, settled(leg.instrument.settle));
    if (!tiered.ok) return tiered;
    if (!tiered.value) continue;
    legs.push(tiered.value.leg);
    inTiers = inTiers.plus(tiered.value.now);
  }
  return some({ constant: constant.monomials(), legs, excess: constant.sum().plus(inTiers) });
}

const lendingWeight = (item: Pool['collateral'][number]): Decimal =>
  item.amount.isNegative() || !item.liquidationThreshold.ok ? new Decimal(1) : item.liquidationThreshold.value;

/** Profit and requirement of one position; a requirement of one piece joins the constant part. */
function addLeg(
  leg: Leg,
  fee: Figure,
  constant: Terms,
  index: Index,
  settle: Market | undefined,
): Outcome<{ leg: TieredLeg; now: Decimal } | undefined> {
  if (!leg.v.ok) return leg.v;
  if (!leg.settlePrice.ok) return leg.settlePrice;
  if (!leg.table.ok) return leg.table;
  const table = leg.table.value;
  const scale = leg.settlePrice.value;
  const power = leg.instrument.contract === 'inverse' ? -1 : 1;
  const value = leg.delta.abs().times(leg.v.value);
  constant.add(leg.delta.times(leg.v.value).times(scale), [leg.instrument.base, power], [settle, 1]);
  constant.add(leg.delta.times(leg.entryV).times(scale).negated(), [settle, 1]);
  if (leg.rules.basis !== 'price' || leg.rules.fee === 'taker-at-bankruptcy-price') {
    if (!fee.ok) return fee;
    const beside = leg.rules.fee === 'taker' ? takerFeeAt(leg, leg.v.value).times(scale) : fee.value;
    constant.add(maintenanceAt(leg, table, leg.v.value).times(scale).plus(beside).negated(), [settle, 1]);
    return some(undefined);
  }
  const feeRate = bankruptcyFeeRate(leg).plus(leg.rules.fee === 'taker' ? leg.takerFeeRate : ZERO);
  const units = power === 1 ? leg.delta.abs() : value;
  const addPiece = (terms: Terms, tier: ResolvedTier): void => {
    terms.add(tier.rate.plus(feeRate).times(value).times(scale).negated(), [leg.instrument.base, power], [settle, 1]);
    terms.add(tier.deduction.times(scale), [settle, 1]);
    if (!table.maintenanceSlope.isZero())
      terms.add(
        table.maintenanceSlope.times(units).times(value).times(scale).negated(),
        [leg.instrument.base, power === 1 ? 1 : -2],
        [settle, 1],
      );
  };
  const held = tierOfLegAt(leg, table, leg.v.value);
  if (table.measure === 'size' || table.tiers.length === 1) {
    addPiece(constant, held);
    return some(undefined);
  }
  const pieces = table.tiers.map((tier) => {
    const terms = new Terms(index);
    addPiece(terms, tier);
    return terms;
  });
  const now = table.tiers.indexOf(held);
  return some({
    now: pieces[now]!.sum(),
    leg: {
      pieces: pieces.map((terms) => terms.monomials()),
      floors: table.tiers.map(({ floor }) => floor.toNumber()),
      notional: value.toNumber(),
      market: index.get(leg.instrument.base) ?? -1,
      power,
      isLargest: isLargest(table),
      now,
    },
  });
}

/** At every floor both rows ask for the same, and the upper one's rate is no lower. */
const isLargest = ({ tiers }: ResolvedTable): boolean =>
  tiers.every((tier, i) => {
    const below = tiers[i - 1];
    if (!below) return true;
    return tier.rate.gte(below.rate) && tier.rate.minus(below.rate).times(tier.floor).eq(tier.deduction.minus(below.deduction));
  });
