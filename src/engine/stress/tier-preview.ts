/** Who falls under water by new margin tables, before and after. Rule SC-7 of docs/spec/scenario.md. */
import type { Account, Book, MarginTier, VenueId } from '../../domain/book.ts';
import type { Figure, Outcome } from '../../domain/outcome.ts';
import { assessResolved } from '../assess.ts';
import { resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { withTiers } from './scenario.ts';

export interface PoolPreview {
  readonly account: string;
  readonly pool: string;
  /** Judged with the venue's boundary; a reason where it cannot be told. */
  readonly before: Outcome<boolean>;
  readonly after: Outcome<boolean>;
  readonly excessBefore: Figure;
  readonly excessAfter: Figure;
}

/** SC-7: every pool that holds one of the instruments, before and after. Tables a position carries of its own stay: they are grandfathered. */
export function previewTiers(
  accounts: readonly Account[],
  book: Book,
  rulesOf: (venue: VenueId) => VenueRules,
  tiers: ReadonlyMap<string, readonly MarginTier[]>,
): PoolPreview[] {
  const changed = withTiers(book, tiers);
  return accounts.flatMap((account) => {
    if (!account.positions.some(({ instrument }) => tiers.has(instrument))) return [];
    const rules = rulesOf(account.venue);
    const before = assessResolved(resolveAccount(account, book, rules));
    const after = assessResolved(resolveAccount(account, changed, rules));
    return before.pools.flatMap((pool, i) => {
      const next = after.pools[i];
      if (!next || !pool.positions.some((index) => tiers.has(account.positions[index]!.instrument))) return [];
      return [
        {
          account: account.id,
          pool: pool.id,
          before: pool.isLiquidatable,
          after: next.isLiquidatable,
          excessBefore: pool.marginExcess,
          excessAfter: next.marginExcess,
        },
      ];
    });
  });
}

/** Pools that are past their line after and were not before. */
export const newlyUnder = (previews: readonly PoolPreview[]): PoolPreview[] =>
  previews.filter(({ before, after }) => before.ok && !before.value && after.ok && after.value);
