/**
 * A book as columns: what a reader of tables or a generator hands over, and what the desk keeps (rules DK-20…DK-23). Figures are
 * doubles; what they stand for is their shortest decimal, so that an account read back has the digits it was written with.
 */
import type { Account, AssetSymbol, Book, InstrumentId, VenueId } from '../../domain/book.ts';
import type { NameTexts } from './names.ts';

/** In `positionMode`. */
export const CROSS = 0;
export const ISOLATED = 1;

export interface FlatBook {
  /** Instruments and assets with their prices; `accounts` is empty or ignored. */
  readonly book: Book;
  /** Tables that the columns index. */
  readonly venues: readonly VenueId[];
  readonly instruments: readonly InstrumentId[];
  readonly assets: readonly AssetSymbol[];
  readonly count: number;
  readonly idOf: (account: number) => string;
  readonly labelOf?: (account: number) => string | undefined;
  /** The same texts where they lie in columns. */
  readonly texts?: NameTexts;
  readonly venue: Uint8Array;
  /** Balances and positions of account i: start[i] … start[i + 1] − 1; count + 1 entries each. */
  readonly balanceStart: Uint32Array;
  readonly balanceAsset: Uint32Array;
  readonly balanceAmount: Float64Array;
  readonly positionStart: Uint32Array;
  readonly positionInstrument: Uint32Array;
  /** Signed. */
  readonly positionSize: Float64Array;
  readonly positionEntry: Float64Array;
  readonly positionMode: Uint8Array;
  /** Chosen leverage; NaN where none is. */
  readonly positionLeverage: Float64Array;
  /** Isolated margin; NaN where none is. Empty where no position has one. */
  readonly positionMargin: Float64Array;
  /** By account: 1 where every balance is stated to be derived. Absent: nowhere. */
  readonly derived?: Uint8Array;
  /**
   * Accounts that columns cannot say: own units, other requirements, own tables or limits, thresholds on a balance, more digits than
   * a double has. Their columns are ignored; this is the account.
   */
  readonly special: ReadonlyMap<number, Account>;
}

const isDouble = (value: { toNumber: () => number; eq: (other: number) => boolean }): boolean => {
  const number = value.toNumber();
  return Number.isFinite(number) && value.eq(number);
};

/** Whether every balance is stated to be derived. */
export const isDerived = ({ balances }: Account): boolean => balances.length > 0 && balances.every(({ derived }) => derived === true);

/** Whether the columns say everything of `account`, exactly. */
export function isFlat(account: Account): boolean {
  const { balances, positions } = account;
  return (
    account.unit === undefined &&
    account.maintenanceMarginOther === undefined &&
    account.initialMarginOther === undefined &&
    account.label !== '' &&
    (isDerived(account) || balances.every(({ derived }) => derived === undefined)) &&
    balances.every(
      (balance) =>
        balance.collateralFactor === undefined &&
        balance.loanToValue === undefined &&
        balance.liquidationThreshold === undefined &&
        balance.liquidationBonus === undefined &&
        isDouble(balance.amount),
    ) &&
    positions.every(
      (position) =>
        position.maxLeverage === undefined &&
        position.tiers === undefined &&
        isDouble(position.size) &&
        isDouble(position.entryPrice) &&
        (position.leverage === undefined || isDouble(position.leverage)) &&
        (position.isolatedMargin === undefined || isDouble(position.isolatedMargin)),
    )
  );
}

const indexer = (names: readonly string[]): ((name: string) => number) => {
  const index = new Map(names.map((name, i) => [name, i] as const));
  return (name) => {
    const found = index.get(name);
    if (found === undefined) throw new Error(`${name} is not in the book's table`);
    return found;
  };
};

/** The columns of a book of accounts; nothing of it is lost (what does not fit is `special`). */
export function flatten(book: Book): FlatBook {
  const { accounts } = book;
  const venues = [...new Set(accounts.map((account) => account.venue))];
  const instruments = [...book.instruments.keys()];
  const assets = [...new Set([...book.assets.keys(), ...accounts.flatMap(({ balances }) => balances.map(({ asset }) => asset))])];
  const [venueAt, instrumentAt, assetAt] = [indexer(venues), indexer(instruments), indexer(assets)];
  const balances = accounts.flatMap((account) => account.balances);
  const positions = accounts.flatMap((account) => account.positions);
  const starts = (lengths: readonly number[]): Uint32Array => {
    const start = new Uint32Array(lengths.length + 1);
    lengths.forEach((length, i) => {
      start[i + 1] = start[i]! + length;
    });
    return start;
  };
  const isAnyIsolated = positions.some((position) => position.isolatedMargin !== undefined);
  return {
    book,
    venues,
    instruments,
    assets,
    count: accounts.length,
    idOf: (i) => accounts[i]!.id,
    labelOf: (i) => accounts[i]!.label,
    venue: Uint8Array.from(accounts, (account) => venueAt(account.venue)),
    balanceStart: starts(accounts.map((account) => account.balances.length)),
    balanceAsset: Uint32Array.from(balances, ({ asset }) => assetAt(asset)),
    balanceAmount: Float64Array.from(balances, ({ amount }) => amount.toNumber()),
    positionStart: starts(accounts.map((account) => account.positions.length)),
    positionInstrument: Uint32Array.from(positions, ({ instrument }) => instrumentAt(instrument)),
    positionSize: Float64Array.from(positions, ({ size }) => size.toNumber()),
    positionEntry: Float64Array.from(positions, ({ entryPrice }) => entryPrice.toNumber()),
    positionMode: Uint8Array.from(positions, ({ marginMode }) => (marginMode === 'isolated' ? ISOLATED : CROSS)),
    positionLeverage: Float64Array.from(positions, ({ leverage }) => leverage?.toNumber() ?? Number.NaN),
    positionMargin: isAnyIsolated
      ? Float64Array.from(positions, ({ isolatedMargin }) => isolatedMargin?.toNumber() ?? Number.NaN)
      : new Float64Array(0),
    derived: Uint8Array.from(accounts, (account) => (isDerived(account) ? 1 : 0)),
    special: new Map(accounts.flatMap((account, i) => (isFlat(account) ? [] : [[i, account] as const]))),
  };
}
