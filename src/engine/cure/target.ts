/** What a cure is to reach, and how far a pool is from it. Rules CU-1, CU-2 of docs/spec/cure.md. */
import type { Account, Book } from '../../domain/book.ts';
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { isLendingLiquidatable, sumLending } from '../lending/lending.ts';
import { isLiquidatable, sumPool } from '../margin/pool.ts';
import { movedBook } from '../moved-book.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import type { Units } from '../trade/units.ts';

export type CureTarget =
  /** (Maintenance + fees) ÷ equity at most `level`; lending: debt ÷ risk-adjusted collateral. */
  | { readonly kind: 'margin-ratio'; readonly level: Decimal }
  /** Lending: at least `level`. */
  | { readonly kind: 'health-factor'; readonly level: Decimal }
  /** The buffer in money at least `level`, unit of account. */
  | { readonly kind: 'margin-excess'; readonly level: Decimal }
  /** Gross notional ÷ equity at most `level`. */
  | { readonly kind: 'leverage'; readonly level: Decimal }
  /** No move of all volatile prices together of less than `level`, in either direction, liquidates; 0 < level < 1. */
  | { readonly kind: 'distance'; readonly level: Decimal }
  /** Not liquidated with each named market moved so: a distance in σ is the market's move of that many σ. */
  | { readonly kind: 'scenario'; readonly moves: ReadonlyMap<string, Decimal> };

/** The market an account is cured in. */
export interface Scene {
  readonly book: Book;
  readonly rules: VenueRules;
  readonly units: Units;
  /** Slippage of a trade as a fraction of its value, beside the taker fee. Default 0. */
  readonly slippage?: Decimal;
}

/** Amounts that must all be ≥ 0, and whether the target is reached: they are, and the venue does not liquidate. */
export interface Standing {
  readonly surpluses: readonly Decimal[];
  readonly isMet: boolean;
}

export const unitOf = (account: Account, book: Book): string => account.unit ?? book.unit ?? 'USD';

/** Where the pool stands against the target (CU-2). A pool that is gone with its last position is `met`: nothing is left to save. */
export function standingOf(account: Account, scene: Scene, pool: string, target: CureTarget): Outcome<Standing> {
  const parts: Standing[] = [];
  for (const book of booksOf(account, scene, target)) {
    const found = resolveAccount(account, book, scene.rules).pools.find(({ id }) => id === pool);
    if (!found) return some({ surpluses: [], isMet: true });
    const standing = found.kind === 'lending' ? ofLending(found, scene.rules, target) : ofPerpetual(found, scene.rules, target);
    if (!standing.ok) return standing;
    parts.push(standing.value);
  }
  return some({ surpluses: parts.flatMap((part) => part.surpluses), isMet: parts.every((part) => part.isMet) });
}

/** The book as it is, and as it would be after each move the target is about. */
function booksOf(account: Account, { book }: Scene, target: CureTarget): readonly Book[] {
  const unit = unitOf(account, book);
  const moved = (all: Decimal, byMarket: ReadonlyMap<string, Decimal> = new Map()): Book => movedBook(book, unit, { all, byMarket });
  if (target.kind === 'distance') return [book, moved(target.level.negated()), moved(target.level)];
  return target.kind === 'scenario' ? [book, moved(ZERO, target.moves)] : [book];
}

function ofPerpetual(pool: Pool, rules: VenueRules, target: CureTarget): Outcome<Standing> {
  const sums = sumPool(pool);
  const { equity, maintenanceMargin, liquidationFees, grossNotional } = sums;
  if (!equity.ok) return equity;
  if (!maintenanceMargin.ok) return maintenanceMargin;
  if (!liquidationFees.ok) return liquidationFees;
  if (!grossNotional.ok) return grossNotional;
  const liquidatable = isLiquidatable(pool, sums, rules);
  if (!liquidatable.ok) return liquidatable;
  const required = maintenanceMargin.value.plus(liquidationFees.value);
  const surplus = surplusOf(target, equity.value, required, grossNotional.value);
  if (!surplus) return none('not-applicable');
  const isSolvent = target.kind !== 'leverage' || equity.value.gt(0) || grossNotional.value.isZero();
  return some({ surpluses: [surplus], isMet: surplus.gte(0) && isSolvent && !liquidatable.value });
}

function surplusOf(target: CureTarget, equity: Decimal, required: Decimal, notional: Decimal): Decimal | undefined {
  switch (target.kind) {
    case 'margin-ratio':
      return equity.times(target.level).minus(required);
    case 'margin-excess':
      return equity.minus(required).minus(target.level);
    case 'leverage':
      return equity.times(target.level).minus(notional);
    case 'distance':
    case 'scenario':
      return equity.minus(required);
    case 'health-factor':
      return undefined;
  }
}

function ofLending(pool: Pool, rules: VenueRules, target: CureTarget): Outcome<Standing> {
  const sums = sumLending(pool);
  if (!sums.riskAdjusted.ok) return sums.riskAdjusted;
  if (!sums.debt.ok) return sums.debt;
  if (!sums.collateral.ok) return sums.collateral;
  const liquidatable = isLendingLiquidatable(sums, rules);
  if (!liquidatable.ok) return liquidatable;
  const [weighted, debt, collateral] = [sums.riskAdjusted.value, sums.debt.value, sums.collateral.value];
  const surplus = ((): Decimal => {
    switch (target.kind) {
      case 'margin-ratio':
        return weighted.times(target.level).minus(debt);
      case 'health-factor':
        return weighted.minus(debt.times(target.level));
      case 'margin-excess':
        return weighted.minus(debt).minus(target.level);
      case 'leverage':
        return collateral.minus(debt).times(target.level).minus(collateral);
      case 'distance':
      case 'scenario':
        return weighted.minus(debt);
    }
  })();
  return some({ surpluses: [surplus], isMet: surplus.gte(0) && !liquidatable.value });
}

/** A target no pool can be measured against: a level that is not above zero, or a distance of the whole price. */
export const isTarget = (target: CureTarget): boolean => {
  if (target.kind === 'scenario') return [...target.moves.values()].every((move) => move.gt(-1));
  if (target.kind === 'margin-excess') return true;
  return target.level.gt(ZERO) && (target.kind !== 'distance' || target.level.lt(ONE));
};
