/** The difference of two accounts as the hand edits of a session, so that a cure is applied with one click. Rule CU-12. */
import type { Account } from '../../domain/book.ts';

/** The edits of the session's protocol that a cure is made of; decimal text. */
export type CureEdit =
  | { readonly kind: 'position-set'; readonly index: number; readonly position: Readonly<Record<string, string>> }
  | { readonly kind: 'position-remove'; readonly index: number }
  | { readonly kind: 'balance-set'; readonly index: number | null; readonly balance: Readonly<Record<string, string>> };

/**
 * Edits that turn `before` into `after`, to be applied in this order: what is set keeps its index, removals go from the last to the first.
 * `after` holds the positions of `before` in their order, closed ones with size 0, and its balances, new ones at the end.
 */
export function editsBetween(before: Account, after: Account): CureEdit[] {
  const sets: CureEdit[] = [];
  const removals: CureEdit[] = [];
  for (const [index, position] of after.positions.entries()) {
    const was = before.positions[index];
    if (position === was) continue;
    if (position.size.isZero()) removals.unshift({ kind: 'position-remove', index });
    else {
      const changed: Record<string, string> = {};
      if (!was?.size.eq(position.size)) changed.size = position.size.toFixed();
      if (!was?.entryPrice.eq(position.entryPrice)) changed.entryPrice = position.entryPrice.toFixed();
      if (position.isolatedMargin && !was?.isolatedMargin?.eq(position.isolatedMargin))
        changed.isolatedMargin = position.isolatedMargin.toFixed();
      if (Object.keys(changed).length > 0) sets.push({ kind: 'position-set', index, position: changed });
    }
  }
  for (const [index, { asset, amount }] of after.balances.entries()) {
    const was = before.balances[index];
    if (!was) sets.push({ kind: 'balance-set', index: null, balance: { asset, amount: amount.toFixed() } });
    else if (!was.amount.eq(amount)) sets.push({ kind: 'balance-set', index, balance: { amount: amount.toFixed() } });
  }
  return [...sets, ...removals];
}
