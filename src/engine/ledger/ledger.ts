/**
 * A closed ledger in integers: whatever one party gets, others give. Cash is counted in the asset's smallest units, positions in lots, so
 * that nothing is lost to rounding. Rules LG-1…LG-4 of docs/spec/closure.md.
 */
export type Party =
  /** The account that is closed. */
  | 'account'
  /** Whoever stood on the other side of its positions. */
  | 'market'
  /** Fees that the venue keeps. */
  | 'venue'
  | 'insurance'
  /** A vault that takes positions over. */
  | 'backstop'
  /** Who repays a debt for collateral. */
  | 'liquidator';

/** `cash:<asset>` or `position:<instrument>`. */
export type Item = `cash:${string}` | `position:${string}`;

export interface Posting {
  readonly party: Party;
  readonly item: Item;
  /** Signed: what the party receives. */
  readonly amount: bigint;
}

/** Item → party → amount. Every item sums to zero. */
export type Ledger = ReadonlyMap<Item, ReadonlyMap<Party, bigint>>;

export const EMPTY_LEDGER: Ledger = new Map();

/** Sum of every item over all parties (LG-2): zero in a ledger made by `post`. */
export const sumsOf = (ledger: Ledger): ReadonlyMap<Item, bigint> =>
  new Map([...ledger].map(([item, parties]) => [item, [...parties.values()].reduce((sum, amount) => sum + amount, 0n)]));

/** What a party holds of an item. */
export const holding = (ledger: Ledger, party: Party, item: Item): bigint => ledger.get(item)?.get(party) ?? 0n;

/** The ledger with one step's postings in it (LG-1). Throws `RangeError` where an item of the step does not sum to zero. */
export function post(ledger: Ledger, postings: readonly Posting[]): Ledger {
  const sums = new Map<Item, bigint>();
  const next = new Map([...ledger].map(([item, parties]) => [item, new Map(parties)]));
  for (const { party, item, amount } of postings) {
    sums.set(item, (sums.get(item) ?? 0n) + amount);
    const parties = next.get(item) ?? new Map<Party, bigint>();
    parties.set(party, (parties.get(party) ?? 0n) + amount);
    next.set(item, parties);
  }
  for (const [item, sum] of sums) if (sum !== 0n) throw new RangeError(`the postings of ${item} sum to ${sum}, not to zero`);
  return next;
}

/** `amount` of `item` from one party to another (LG-3); a negative amount goes the other way, zero is no posting. */
export const transfer = (item: Item, from: Party, to: Party, amount: bigint): Posting[] =>
  amount === 0n
    ? []
    : [
        { party: from, item, amount: -amount },
        { party: to, item, amount },
      ];
