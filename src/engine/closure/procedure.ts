/**
 * What a venue's closure is to the engine: one function that says the next move of a pool which the venue would liquidate. It sees
 * facts and answers with orders; it never touches the account. Rules CL-1…CL-4 of docs/spec/closure.md.
 */
import type { Decimal } from '../../domain/units.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { Leg, Pool } from '../resolve.ts';
import type { Units } from '../trade/units.ts';

/** What the procedure knows when it is asked. Money in the unit of account; the equity of a lending pool is its risk-adjusted collateral. */
export interface ClosureView {
  readonly pool: Pool;
  readonly sums: PoolSums;
  readonly equity: Decimal;
  /** Maintenance margin + liquidation fees; lending: the debt. */
  readonly requirement: Decimal;
  readonly timeMs: number;
  /** When a part of a position of this account was last closed; undefined before. */
  readonly lastPartialMs: number | undefined;
  /** The move before this one found no fill within its limit. */
  readonly isUnfilled: boolean;
  readonly units: Units;
}

/** Who receives a fee. */
export type FeeTo = 'venue' | 'insurance';

export interface ClosureOrder {
  readonly leg: Leg;
  /** Size to close, > 0 and at most the position's. */
  readonly size: Decimal;
  /** Worst price it may fill at; a worse one fills nothing. */
  readonly limit?: Decimal;
  readonly feeRate: Decimal;
  readonly feeTo: FeeTo;
  /** The fee takes no more than the equity that is left. */
  readonly feeWithinEquity: boolean;
  /** Paid to (> 0) or by (< 0) the insurance fund beside the fee for the fill at `price`: settlement asset, whole smallest units. */
  readonly insurance?: (price: Decimal) => Decimal;
}

export type ClosureMove =
  | { readonly kind: 'orders'; readonly orders: readonly ClosureOrder[]; readonly isPartial: boolean; readonly why: string }
  /** Positions and margin of the pool go to the taker; nothing comes back. */
  | { readonly kind: 'takeover'; readonly by: 'backstop' | 'insurance' | 'market'; readonly why: string }
  /** A liquidator repays `repaid` of `debt` and receives `seized` of `collateral`, of which the venue keeps `venueFee`. */
  | {
      readonly kind: 'seizure';
      readonly debt: string;
      readonly repaid: Decimal;
      readonly collateral: string;
      readonly seized: Decimal;
      readonly venueFee: Decimal;
      readonly why: string;
    }
  /** All of `seized` goes to the venue, which credits the debt with `credited`; what is missing the insurance fund pays, what is over is the account's. */
  | {
      readonly kind: 'absorption';
      readonly debt: string;
      readonly credited: Decimal;
      readonly seized: readonly { readonly asset: string; readonly amount: Decimal }[];
      readonly why: string;
    }
  /** No collateral is left: the debt is written off. */
  | { readonly kind: 'write-off'; readonly why: string }
  /** Nothing more can be done at these prices. */
  | { readonly kind: 'stop'; readonly why: string };

export interface ClosureProcedure {
  /** The next move of a pool that is liquidatable and holds something. */
  readonly next: (view: ClosureView) => ClosureMove;
  /** Time between two moves, milliseconds. */
  readonly stepMs: number;
  /** One-line citations, and what is assumed. */
  readonly sources: readonly string[];
}
