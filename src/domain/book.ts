/**
 * The words of a book: instruments, assets, accounts, what they hold, at one instant.
 * The validated image of `leverage-book/1`; readers are in `formats/`, venue parsers in `venues/`.
 */
import type { Decimal } from './units.ts';

export type VenueId = string;
export type InstrumentId = string;
export type AssetSymbol = string;
export type Contract = 'linear' | 'inverse';
export type MarginMode = 'cross' | 'isolated';

/** One row of a margin table, as a venue publishes it. Rows are sorted by floor; the floor belongs to its own row. */
export interface MarginTier {
  /** Lower bound, inclusive, in the table's measure (see `MarginTable.measure`). */
  readonly notionalFloor: Decimal;
  /** Absent where the venue publishes no cap. */
  readonly maxLeverage?: Decimal;
  /** Fraction of notional. */
  readonly maintenanceMarginRate: Decimal;
  /** Amount taken off rate × notional, in the measure's currency. Absent in a stepped table. */
  readonly maintenanceDeduction?: Decimal;
}

/** How a table's rows join. */
export interface MarginTable {
  /**
   * `continuous`: rate × notional − deduction, continuous at floors.
   * `step`: the row's rate applies to the whole notional.
   * `slope`: one row; rate grows with size: maintenance rate + maintenanceSlope × |base units| (Deribit).
   */
  readonly join: 'continuous' | 'step' | 'slope';
  /** What a floor is compared with: notional (in settle currency for inverse), or size in contracts or base units. */
  readonly measure: 'notional' | 'size';
  readonly tiers: readonly MarginTier[];
  /** Only for `slope`: per base unit. */
  readonly maintenanceSlope?: Decimal;
  readonly initialSlope?: Decimal;
  readonly initialMarginRate?: Decimal;
}

export interface Instrument {
  readonly id: InstrumentId;
  readonly venue: VenueId;
  readonly contract: Contract;
  readonly base: AssetSymbol;
  readonly quote: AssetSymbol;
  readonly settle: AssetSymbol;
  /** Base units (linear) or quote units (inverse) per unit of size. */
  readonly contractSize: Decimal;
  /** The price margin is computed on. Absent: everything that depends on it is indeterminate. */
  readonly markPrice?: Decimal;
  /** When the mark was true, ISO-8601; absent: the book's `asOf`. Not part of leverage-book/1, set by feeds. */
  readonly markTimeMs?: number;
  readonly indexPrice?: Decimal;
  readonly takerFeeRate?: Decimal;
  readonly priceTick?: Decimal;
  /** Overrides the table bundled with the venue. */
  readonly tiers?: readonly MarginTier[];
}

export interface Asset {
  readonly symbol: AssetSymbol;
  /** In the unit of account. */
  readonly price?: Decimal;
  /** What the price is counted in, where the book says so; its reader refuses a unit that is not the account's. */
  readonly unit?: AssetSymbol;
  /** Share of a positive balance that counts as perp collateral (1 − haircut). Default 1. */
  readonly collateralFactor?: Decimal;
  readonly loanToValue?: Decimal;
  readonly liquidationThreshold?: Decimal;
  readonly liquidationBonus?: Decimal;
}

export interface Balance {
  readonly asset: AssetSymbol;
  /** Signed: negative is debt. Without unrealized profit. */
  readonly amount: Decimal;
  /** True where an adapter derived it from reported equity. */
  readonly derived?: boolean;
  readonly collateralFactor?: Decimal;
  readonly loanToValue?: Decimal;
  readonly liquidationThreshold?: Decimal;
  readonly liquidationBonus?: Decimal;
}

export interface Position {
  readonly instrument: InstrumentId;
  /** Signed; times contractSize gives base (linear) or quote (inverse) units. */
  readonly size: Decimal;
  readonly entryPrice: Decimal;
  readonly marginMode: MarginMode;
  /** Margin assigned to an isolated position, without its unrealized profit, in the settle currency. */
  readonly isolatedMargin?: Decimal;
  /** The chosen setting, not notional ÷ equity. */
  readonly leverage?: Decimal;
  /** Account-level or grandfathered limit: replaces the instrument's table by one tier at this leverage. */
  readonly maxLeverage?: Decimal;
  readonly tiers?: readonly MarginTier[];
}

export interface Account {
  readonly id: string;
  readonly venue: VenueId;
  readonly label?: string;
  readonly unit?: AssetSymbol;
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  /** Requirements of holdings that the book does not list, in the unit of account. */
  readonly maintenanceMarginOther?: Decimal;
  readonly initialMarginOther?: Decimal;
}

export interface Book {
  readonly format: 'leverage-book/1';
  /** ISO-8601, UTC. */
  readonly asOf: string;
  readonly unit?: AssetSymbol;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly assets: ReadonlyMap<AssetSymbol, Asset>;
  readonly accounts: readonly Account[];
}
