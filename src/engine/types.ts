/** What the engine says of an account. Facts, signed and unclamped; severity and colour are policy. */
import type { InstrumentId, MarginMode, MarginTier, VenueId } from '../domain/book.ts';
import type { Figure, Outcome, Reason } from '../domain/outcome.ts';

/** The figures every pool and the account itself have. Money in the account's unit of account. */
export interface PoolFigures {
  /** Collateral + unrealized profit. Signed. */
  readonly equity: Figure;
  /** Σ |notional| at the risk price. */
  readonly grossNotional: Figure;
  /** Σ signed notional. */
  readonly netNotional: Figure;
  /** Gross notional ÷ equity. */
  readonly leverage: Figure;
  /** |net notional| ÷ equity. */
  readonly netLeverage: Figure;
  readonly initialMargin: Figure;
  /** The venue's maintenance amount. */
  readonly maintenanceMargin: Figure;
  /** Closing fees that the venue adds to maintenance in its liquidation test; 0 where it has none. */
  readonly liquidationFees: Figure;
  /** (maintenance + liquidation fees) ÷ equity; 1 is the edge. Lending: debt ÷ risk-adjusted collateral = 1 ÷ health factor. */
  readonly marginRatio: Figure;
  /** Lending: Σ collateral × liquidation threshold ÷ debt. */
  readonly healthFactor: Figure;
  /** Equity − maintenance − liquidation fees: the buffer in money. */
  readonly marginExcess: Figure;
  /** Equity − initial margin. Signed. */
  readonly freeCollateral: Figure;
  /** What the venue lets leave: its own rule, never below zero. */
  readonly withdrawable: Figure;
  readonly unrealizedPnl: Figure;
  /** Relative move of all volatile prices together that liquidates the pool: the nearer of the two below. −0.1 is a fall of 10 %. */
  readonly uniformShock: Figure;
  readonly uniformShockDown: Figure;
  readonly uniformShockUp: Figure;
}

export type PoolFigureName = keyof PoolFigures;

export interface PositionFigures {
  readonly notional: Figure;
  readonly unrealizedPnl: Figure;
  readonly initialMargin: Figure;
  readonly maintenanceMargin: Figure;
  /** Mark at which the pool's margin excess is zero while every other price holds; in the tier that holds there; venue rounding applied. */
  readonly liquidationPrice: Figure;
  /** side × (mark − liquidation price) ÷ mark; ≤ 0 is past it. */
  readonly liquidationDistance: Figure;
  /** Mark at which the venue's backstop takes the pool; `not-applicable` where it has none. */
  readonly backstopPrice: Figure;
  /** Mark at which the pool's equity is zero. */
  readonly bankruptcyPrice: Figure;
  /** Margin in this position ÷ … the share of the pool it was opened with: unrealized profit ÷ initial margin at entry. */
  readonly returnOnEquity: Figure;
}

export type PositionFigureName = keyof PositionFigures;

export interface PositionAssessment extends PositionFigures {
  readonly instrument: InstrumentId;
  /** Index in the account's positions. */
  readonly index: number;
  readonly side: 'long' | 'short';
  readonly marginMode: MarginMode;
  readonly pool: string;
  /** The row that holds at the present price, and the one that holds at the liquidation price. */
  readonly tier: Outcome<MarginTier>;
  readonly tierAtLiquidation: Outcome<MarginTier>;
}

export interface PoolAssessment extends PoolFigures {
  /** `cross`, `cross:BTC`, `isolated:<instrument>:<index>` or `lending`. */
  readonly id: string;
  readonly kind: 'cross' | 'isolated' | 'lending';
  /** Whether the venue would liquidate it now, decided exactly, with the venue's boundary. */
  readonly isLiquidatable: Outcome<boolean>;
  /** Indices of its positions in the account. */
  readonly positions: readonly number[];
}

/** One thing that is not known, and what it makes indeterminate. */
export interface Indeterminacy {
  readonly reason: Reason;
  /** The instrument or asset. */
  readonly subject: string;
  readonly pools: readonly string[];
}

export interface AccountAssessment extends PoolFigures {
  readonly account: string;
  readonly venue: VenueId;
  readonly unit: string;
  readonly asOf: string;
  readonly pools: readonly PoolAssessment[];
  readonly positions: readonly PositionAssessment[];
  readonly indeterminate: readonly Indeterminacy[];
}
