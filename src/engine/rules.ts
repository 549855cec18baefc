/**
 * What a venue is to the engine: data, and a few pure functions. Never a subclass, never `if (venue === …)`.
 * The one equation is equity(x) = requirement(x); a venue chooses the basis of its requirement, the fee
 * inside it, its tier term, its rounding and its boundary. Source: docs/spec/margin.md, rules MR-1…MR-6.
 */
import type { Contract, Instrument, MarginMode, MarginTable, VenueId } from '../domain/book.ts';
import type { Decimal } from '../domain/units.ts';

/** Which price the maintenance requirement of the position itself is computed on, as the price moves (MR-1). */
export type RequirementBasis = 'price' | 'entry' | 'frozen';

/** Which closing fee stands inside the requirement (MR-2). */
export type RequirementFee =
  | 'none'
  /** takerFeeRate × notional, beside the maintenance margin (OKX). */
  | 'taker'
  /** takerFeeRate × notional × (1 − side ÷ leverage), counted as maintenance and initial margin (Bybit unified). */
  | 'taker-at-bankruptcy-value'
  /** takerFeeRate × notional at the bankruptcy price of the pool, a constant (Bybit classic inverse cross). */
  | 'taker-at-bankruptcy-price';

/** How the venue publishes a liquidation price where the instrument's tick is known (LQ-5); unchanged where it is not. */
export type PriceRounding =
  | 'none'
  /** To the tick, for a long up, for a short down; the bankruptcy price too (Bybit isolated). */
  | 'tick-against-trader'
  /** The liquidation price as above, the bankruptcy price the other way: for a long down, for a short up (KuCoin). */
  | 'tick-apart'
  /** The exact price plus one tick for a long, minus one for a short; the bankruptcy price unchanged (OKX isolated). */
  | 'one-tick-early';

/** The switches of one (contract, margin mode) of a venue. */
export interface PositionRules {
  readonly basis: RequirementBasis;
  readonly fee: RequirementFee;
  /**
   * Notional the initial margin is taken on, and by what: the chosen leverage, the same but never above the tier's maximum
   * (`chosen-within-tier`, dYdX), or the tier's maximum.
   */
  readonly initialBasis: 'price' | 'entry';
  readonly initialLeverage: 'chosen' | 'chosen-within-tier' | 'tier' | 'own-equity';
  /** Collateral in the market's own base asset moves with the price sought (LQ-8). Default: it is held (US-3). Linear contracts. */
  readonly collateralMoves?: boolean;
  /** In place of the venue's own, where it depends on contract or margin mode. */
  readonly priceRounding?: PriceRounding;
}

export interface AccountTotals {
  readonly equity: Decimal;
  readonly initialMargin: Decimal;
  readonly grossNotional: Decimal;
}

export interface VenueRules {
  readonly id: VenueId;
  readonly name: string;
  readonly kind: 'perpetual' | 'lending';
  /** The price that margin is computed on: said beside every price. */
  readonly riskPrice: 'mark' | 'oracle';
  /** `account`: one cross pool for all collateral, in the unit of account. `settle`: one per settlement asset. */
  readonly crossPool: 'account' | 'settle';
  /** `below`: liquidated when equity < requirement; `at-or-below`: equality liquidates too (MR-5). */
  readonly boundary: 'below' | 'at-or-below';
  readonly positionRules: (contract: Contract, marginMode: MarginMode) => PositionRules;
  /** The venue's own table for an instrument, or undefined when it is not bundled. */
  readonly marginTable: (instrument: Instrument) => MarginTable | undefined;
  /** How tiers given by a book or a response join on this venue. */
  readonly tableJoin: 'continuous' | 'step';
  /** One tier for an account-level or grandfathered maximum leverage. Undefined where the venue has no such rule. */
  readonly tierOfMaxLeverage?: (maxLeverage: Decimal) => MarginTable;
  /** Used when a book names none; said in the working. */
  readonly defaultTakerFeeRate?: Decimal;
  readonly priceRounding: PriceRounding;
  /** The instrument's tick where a book names none and the venue's is bundled. */
  readonly priceTick?: (instrument: Instrument) => Decimal | undefined;
  /** Share of maintenance margin at which the venue's backstop takes over (Hyperliquid 2/3). */
  readonly backstopShare?: Decimal;
  /** Amount that may leave, before max(0, ·) which the venue itself applies. Default equity − initial margin. */
  readonly withdrawable?: (totals: AccountTotals) => Decimal;
  /** The venue's own name and direction of the margin ratio, for the screen. */
  readonly ratioView: { readonly name: string; readonly direction: 'up-is-worse' | 'down-is-worse' };
  /** One-line citations of the rules above, for "show working". */
  readonly sources: readonly string[];
}
