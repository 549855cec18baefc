/** What crosses of cures and closures (docs/spec/cure.md, CU-16…CU-20; docs/spec/closure.md, CL-17…CL-21). Plain data, exact decimal text. */
import type { Severity } from '../../policy/alarms/rules.ts';
import type { Edit, SingleEdit } from '../protocol.ts';

/** What is to be reached: the end of the alarms of a severity and all above it, or a level of one figure (decimal text). */
export type CureGoal =
  | { readonly kind: 'clear'; readonly severity: Severity }
  | {
      readonly kind: 'margin-ratio' | 'health-factor' | 'distance' | 'leverage' | 'margin-excess';
      readonly level: string;
    };

export interface CureView {
  readonly kind: 'deposit' | 'repay' | 'transfer' | 'reduce' | 'reduce-all' | 'hedge' | 'sell-and-repay';
  /** The asset or the instrument. */
  readonly subject: string;
  /** Amount of the asset, size of the instrument, for `reduce-all` the fraction; '' where there is no cure. */
  readonly amount: string;
  /** Fees, in `costAsset`; '' where there are none. */
  readonly cost: string;
  readonly costAsset: string;
  /** Empty where the target is met already, and where there is no cure. */
  readonly edits: readonly SingleEdit[];
  /** Trades of a hedge or a reduction, signed by instrument. */
  readonly trades: readonly { readonly instrument: string; readonly change: string }[];
  /** Other pools that stand nearer to their end after it; ratios as text, '' where there is none. */
  readonly worsens: readonly { readonly pool: string; readonly before: string; readonly after: string; readonly falls: boolean }[];
  /** Why it does not work, a clause for people; '' where it does. */
  readonly why: string;
}

/** Where a liquidation of a collateral makes a loan worse. */
export interface ToxicView {
  readonly asset: string;
  /** Below this health factor each liquidation lowers it further. */
  readonly healthFactorBelow: string;
  readonly isInside: boolean;
}

export interface CuresFrame {
  readonly kind: 'cures';
  readonly requestId: number;
  readonly account: string;
  readonly pool: string;
  /** The feed's clock when it was worked out; NaN without a feed. */
  readonly clockMs: number;
  readonly asOf: string;
  /** Of the oldest price behind it; NaN where no price is used. */
  readonly priceTimeMs: number;
  readonly cures: readonly CureView[];
  readonly toxic: readonly ToxicView[];
  /** Relative move of each market along the most dangerous direction; empty where no direction ends the pool. */
  readonly danger: readonly { readonly market: string; readonly move: string }[];
}

export interface ClosureFillView {
  readonly instrument: string;
  readonly change: string;
  readonly price: string;
  readonly realized: string;
  readonly fee: string;
  /** To (> 0) or from the insurance fund beside the fee. */
  readonly insurance: string;
  readonly asset: string;
}

export interface ClosureStepView {
  readonly timeMs: number;
  readonly move: 'orders' | 'takeover' | 'seizure' | 'write-off';
  readonly why: string;
  readonly fills: readonly ClosureFillView[];
  readonly postings: readonly { readonly party: string; readonly item: string; readonly amount: string }[];
  /** Every item of the step's postings sums to zero. */
  readonly isZero: boolean;
}

/** A venue's procedure as it was played. Nothing is sent to a venue. */
export interface ClosureView {
  readonly account: string;
  readonly pool: string;
  readonly timeMs: number;
  readonly end: 'not-liquidatable' | 'healthy' | 'empty' | 'taken-over' | 'bankrupt' | 'stopped' | 'unknown';
  readonly why: string;
  /** Common move of all volatile prices at which it was played: '0' for the present ones. */
  readonly move: string;
  readonly steps: readonly ClosureStepView[];
  /** Fees paid by asset. */
  readonly fees: readonly { readonly asset: string; readonly amount: string }[];
  readonly positionsBefore: readonly HoldingView[];
  readonly positionsAfter: readonly HoldingView[];
  readonly balancesBefore: readonly HoldingView[];
  readonly balancesAfter: readonly HoldingView[];
  /** What every party holds at the end, by item: each row sums to zero. */
  readonly ledger: readonly { readonly item: string; readonly parties: readonly HoldingView[]; readonly sum: string }[];
}

export interface HoldingView {
  readonly name: string;
  readonly amount: string;
}

export interface ClosureFrame {
  readonly kind: 'closure';
  readonly requestId: number;
  /** Null where the pool cannot be touched: then `why` says so. */
  readonly closure: ClosureView | null;
  readonly why: string;
}

export type CureCommand =
  | { readonly kind: 'alarm-cures'; readonly requestId: number; readonly pool: string; readonly goal: CureGoal }
  /** The closure of a pool if its line were touched now, answered by `closure`. */
  | { readonly kind: 'alarm-closure'; readonly requestId: number; readonly pool: string }
  /** Whether simulated closures happen to the account. */
  | { readonly kind: 'alarm-closures'; readonly requestId: number; readonly on: boolean };

export type CureFrame =
  | CuresFrame
  | ClosureFrame
  /** A simulated closure happened: what was done to the book, so that it can be brought back to where it stood. */
  | { readonly kind: 'closed'; readonly edit: Edit };
