/**
 * How far one account is from its line in every direction, what starts a cascade of its own, and what everybody else's liquidations do to
 * the account: what may be asked and what is told. Rules ST-28…ST-31 of docs/spec/stress.md. Plain data; numbers are doubles that measure.
 */
import type { StressDepth } from './messages.ts';

/** A number, or the reason why there is none. */
export type StressOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A move that reaches the line. */
export interface StressReach {
  /** Relative, signed. */
  readonly move: number;
  /** |ln(1 + move)| ÷ σ of a day. */
  readonly sigmas: number;
  readonly probability24h: number;
}

/** Continuous yearly rates of everything that is held, and of everything that is owed. */
export interface StressRates {
  readonly supply: number;
  readonly borrow: number;
}

export type WarningCommand =
  /** Of the margin page's account, at the prices of the moment it is asked. */
  | {
      readonly kind: 'stress-distance';
      readonly requestId: number;
      readonly depth: StressDepth;
      /** Share of the stress correlation in the blend, 0 to 1. */
      readonly blend: number;
      readonly rates: StressRates;
    }
  /** s* of the book that is open on the desk. */
  | { readonly kind: 'stress-critical'; readonly requestId: number; readonly depth: StressDepth; readonly blend: number }
  /** Of one account of that book. */
  | {
      readonly kind: 'stress-crowding';
      readonly requestId: number;
      readonly account: string;
      readonly depth: StressDepth;
      readonly blend: number;
    };

export const WARNING_WORK = ['stress-distance', 'stress-critical', 'stress-crowding'] as const;
export type WarningWork = (typeof WARNING_WORK)[number];

/** One market of the model. */
export interface StressMarket {
  readonly market: string;
  /** σ of a day, fraction. */
  readonly sigma: number;
  /** Times the move of the reference; NaN where the reference has no σ. */
  readonly beta: number;
}

export interface StressModelView {
  readonly reference: string;
  readonly markets: readonly StressMarket[];
  /** Row by row, after the blend. */
  readonly correlation: readonly number[];
  readonly blend: number;
  /** Hours of prices seen, beside the shipped history, in the correlation. */
  readonly hours: number;
}

export interface StressPoolDistances {
  readonly pool: string;
  readonly alone: readonly {
    readonly market: string;
    readonly fall: StressOutcome<StressReach>;
    readonly rise: StressOutcome<StressReach>;
  }[];
  readonly together: { readonly fall: StressOutcome<StressReach>; readonly rise: StressOutcome<StressReach> };
  readonly shortest: StressOutcome<{
    readonly distance: number;
    /** Nothing nearer than this reaches the line: equal to `distance` where that is proved. */
    readonly atLeast: number;
    readonly isProved: boolean;
    readonly probability24h: number;
    readonly legs: readonly { readonly market: string; readonly move: number; readonly share: number }[];
  }>;
}

/** Leverage as it is once the position must be closed. */
export interface StressImpact {
  readonly leverage: StressOutcome<number>;
  /** Mean cost of a full exit, fraction. */
  readonly cost: number;
  readonly adjusted: StressOutcome<number>;
  readonly critical: StressOutcome<number>;
  readonly isAboveHalf: boolean;
}

export interface StressLending {
  readonly healthFactor: StressOutcome<string>;
  readonly uniformFall: StressOutcome<string>;
  readonly assets: readonly { readonly asset: string; readonly isDebt: boolean; readonly move: StressOutcome<number> }[];
  readonly interestYears: StressOutcome<number>;
  readonly toxic: readonly {
    readonly asset: string;
    /** Below this health factor a liquidation that seizes the asset makes the account worse. */
    readonly below: StressOutcome<string>;
    readonly isToxic: StressOutcome<boolean>;
  }[];
  /** By collateral: what selling all of it brings ÷ all debt, and the same at the mark. */
  readonly liquidity: readonly {
    readonly asset: string;
    readonly ratio: StressOutcome<string>;
    readonly markRatio: StressOutcome<string>;
  }[];
}

export type WarningFrame =
  | {
      readonly kind: 'stress-distance';
      readonly requestId: number;
      readonly account: string;
      readonly label: string;
      readonly clockMs: number;
      readonly model: StressModelView;
      /** Nearest pool first. */
      readonly pools: readonly StressPoolDistances[];
      readonly impact: StressImpact | null;
      readonly lending: StressLending | null;
    }
  | {
      readonly kind: 'stress-critical';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly reference: string;
      readonly sigma: number;
      readonly critical: StressOutcome<StressReach & { readonly market: string; readonly how: 'drop' | 'jump' }>;
    }
  | {
      readonly kind: 'stress-crowding';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly account: string;
      /** σ of its own shortest shock, and of the share of it at which the cascade closes it. */
      readonly own: StressOutcome<number>;
      readonly crowded: StressOutcome<{ readonly share: number; readonly distance: number; readonly gap: number }>;
    };
