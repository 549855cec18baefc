/**
 * Scenarios and the one account of the margin page: what the page may ask, and what it is told. Rules ST-30…ST-37 of docs/spec/stress.md.
 * Nothing of the session changes. Plain data only.
 */
import type { AccountView, SingleEdit } from '../protocol.ts';
import type { StressScenario, StressTier } from './messages.ts';

/** A scenario as a link has it: `scenario.tiers` is always empty. */
export interface ScenarioText {
  readonly name: string;
  /** Decimal text: multiplies every σ and moves no price. */
  readonly volatility: string;
  readonly scenario: StressScenario;
}

/** A fall of the past. */
export interface ScenarioPreset extends ScenarioText {
  readonly id: string;
  /** Window, ISO-8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** Name of the shipped replay of that time, or null. */
  readonly replay: string | null;
  readonly note: string;
  readonly quality: string;
  readonly sources: readonly string[];
}

/** A venue whose rules an account can be read by. */
export interface ScenarioVenue {
  readonly id: string;
  readonly name: string;
  readonly kind: 'perpetual' | 'lending';
}

/** Collateral that leaves the account: for another of the same book, or out of the book. */
export interface ScenarioTransfer {
  readonly asset: string;
  /** Decimal text, at most what the account holds; below zero it comes in, from outside alone. */
  readonly amount: string;
  /** Id of the account that receives it; null: out of the book. */
  readonly to: string | null;
}

export type ScenarioCommand =
  | { readonly kind: 'scenario-presets'; readonly requestId: number }
  /** Text of a link, or of a `plimsoll-scenario/1` file. Faults point into it. */
  | { readonly kind: 'scenario-read'; readonly requestId: number; readonly text: string }
  | { readonly kind: 'scenario-write'; readonly requestId: number; readonly scenario: ScenarioText }
  /** The same scenario on its way: `steps` + 1 of them, from nothing to all of it. */
  | { readonly kind: 'scenario-path'; readonly requestId: number; readonly scenario: StressScenario; readonly steps: number }
  /** A pasted margin table, joined as the venue's are. */
  | { readonly kind: 'scenario-tiers'; readonly requestId: number; readonly text: string; readonly venue: string }
  /** The account of the margin page in a scenario, with changes of its own that come first. */
  | {
      readonly kind: 'scenario-account';
      readonly requestId: number;
      readonly scenario: StressScenario;
      readonly edits: readonly SingleEdit[];
      readonly transfers: readonly ScenarioTransfer[];
      /** The same positions and collateral by the rules of another venue; null: its own. */
      readonly venue: string | null;
    };

/** Parts of a buffer, exact decimal text in the unit of account: buffer = profit + collateral − haircut − requirement − tier. */
export interface ScenarioParts {
  readonly profit: string;
  readonly collateral: string;
  readonly haircut: string;
  readonly requirement: string;
  readonly tier: string;
  readonly marginExcess: string;
}

export interface ScenarioDriver extends ScenarioParts {
  /** `changes`: of the account itself. */
  readonly driver: 'changes' | 'market' | 'peg' | 'funding' | 'tiers';
  /** Market, collateral or instrument; '' where there is only one. */
  readonly name: string;
  /** Of a peg: the venue that marks it so; '' for all. */
  readonly venue: string;
}

/** What moved the buffer over all pools; the drivers sum to after − before to the last digit. */
export type ScenarioAttribution =
  | { readonly reason: ''; readonly before: ScenarioParts; readonly after: ScenarioParts; readonly drivers: readonly ScenarioDriver[] }
  /** Something of it is not known. */
  | { readonly reason: string };

export interface ScenarioBeside {
  readonly before: AccountView;
  readonly after: AccountView;
}

export type ScenarioFrame =
  | {
      readonly kind: 'scenario-presets';
      readonly requestId: number;
      readonly presets: readonly ScenarioPreset[];
      readonly venues: readonly ScenarioVenue[];
    }
  | { readonly kind: 'scenario-read'; readonly requestId: number; readonly scenario: ScenarioText }
  | { readonly kind: 'scenario-write'; readonly requestId: number; readonly link: string }
  | { readonly kind: 'scenario-path'; readonly requestId: number; readonly scenarios: readonly StressScenario[] }
  | { readonly kind: 'scenario-tiers'; readonly requestId: number; readonly rows: readonly StressTier[] }
  | ({
      readonly kind: 'scenario-account';
      readonly requestId: number;
      /** Accounts that received collateral. */
      readonly others: readonly ScenarioBeside[];
      readonly attribution: ScenarioAttribution;
      /** What had to be assumed, a sentence each. */
      readonly notes: readonly string[];
    } & ScenarioBeside);
