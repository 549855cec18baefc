/**
 * Cases with an answer that an exchange, its documents or another project's tests give, turned into an account and a
 * market, assessed, and compared. The same code runs the vectors that lie beside each venue and the wider collection in
 * `../shared`, where that stands next to the project.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Account, Asset, Balance, Book, Contract, Instrument, MarginMode, MarginTier, Position } from '../../domain/book.ts';
import type { Figure } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { AccountAssessment, PositionAssessment } from '../../engine/types.ts';
import { Tally } from './cases.ts';

export type Inputs = Readonly<Record<string, unknown>>;

export interface Case {
  readonly id: string;
  readonly venue: string;
  readonly source: string;
  readonly marginMode?: string;
  readonly contract?: string;
  readonly side?: string | null;
  readonly inputs: Inputs;
  readonly expected: Readonly<Record<string, string | boolean | null>>;
  /** Relative; one for all figures or one a figure. */
  readonly tolerance: string | Readonly<Record<string, string>>;
  readonly notes?: string;
  /** False where the collection itself could not reproduce the figure. */
  readonly verified?: boolean;
}

/** Where the wider collection lies; undefined in a clone that stands alone. */
export function sharedFile(path: string): string | undefined {
  const file = resolve(process.cwd(), '../shared', path);
  return existsSync(file) ? file : undefined;
}

/** The collected cases of these venues; none when the collection is not there. */
export function sharedCases(...venues: string[]): Case[] {
  const file = sharedFile('oracles/cex.json');
  if (!file) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as Case[]).filter((item) => venues.includes(item.venue));
}

export const d = (value: unknown): Decimal => new Decimal(String(value));

const first = (inputs: Inputs, ...names: string[]): string | undefined => {
  for (const name of names) if (inputs[name] !== undefined && inputs[name] !== null) return String(inputs[name]);
  return undefined;
};

/** One leg as a case states it: quantities in base units (linear) or US dollars (inverse), all of them positive. */
export interface LegInputs {
  readonly id: string;
  readonly contract: Contract;
  readonly side: 'long' | 'short';
  readonly quantity: Decimal;
  readonly entry: Decimal;
  readonly mark: Decimal;
  readonly mode: MarginMode;
  readonly leverage?: Decimal;
  readonly tiers?: readonly MarginTier[];
  readonly isolatedMargin?: Decimal;
  readonly takerFeeRate?: Decimal;
  readonly priceTick?: Decimal;
}

export interface Scenario {
  readonly account: Account;
  readonly book: Book;
}

/** The settlement asset of every leg is the unit of account, so that figures read as the venue prints them. */
export function scenarioOf(
  venue: string,
  legs: readonly LegInputs[],
  balance: Decimal | undefined,
  extra: Partial<Account> = {},
): Scenario {
  const instruments = new Map<string, Instrument>();
  const positions = legs.map((leg): Position => {
    instruments.set(leg.id, instrumentOf(venue, leg));
    return {
      instrument: leg.id,
      size: leg.side === 'long' ? leg.quantity : leg.quantity.negated(),
      entryPrice: leg.entry,
      marginMode: leg.mode,
      ...(leg.leverage ? { leverage: leg.leverage } : {}),
      ...(leg.mode === 'isolated' ? { isolatedMargin: leg.isolatedMargin ?? ownMargin(leg) } : {}),
      ...(leg.tiers ? { tiers: leg.tiers } : {}),
    };
  });
  const unit = [...instruments.values()][0]?.settle ?? 'USDT';
  const balances: Balance[] = balance ? [{ asset: unit, amount: balance }] : [];
  const account: Account = { id: 'case', venue, unit, balances, positions, ...extra };
  const assets = new Map<string, Asset>([[unit, { symbol: unit, price: d(1) }]]);
  return { account, book: { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', unit, instruments, assets, accounts: [account] } };
}

function instrumentOf(venue: string, leg: LegInputs): Instrument {
  const [base = 'BASE', quote = 'QUOTE'] = pairOf(leg.id, leg.contract);
  return {
    id: leg.id,
    venue,
    contract: leg.contract,
    base,
    quote,
    settle: leg.contract === 'inverse' ? base : quote,
    contractSize: d(1),
    markPrice: leg.mark,
    ...(leg.takerFeeRate ? { takerFeeRate: leg.takerFeeRate } : {}),
    ...(leg.priceTick ? { priceTick: leg.priceTick } : {}),
  };
}

function pairOf(symbol: string, contract: Contract): string[] {
  const split = /^([A-Z0-9]+)[-/]([A-Z]+)/.exec(symbol) ?? /^([A-Z0-9]+?)(USDT|USDC|USD)/.exec(symbol) ?? /^([A-Z0-9]+)PERP$/.exec(symbol);
  return [split?.[1] ?? 'BASE', split?.[2] ?? (contract === 'inverse' ? 'USD' : 'USDT')];
}

/** What an isolated position is opened with: value at entry ÷ leverage, in the settle currency. */
export const ownMargin = (leg: Pick<LegInputs, 'contract' | 'quantity' | 'entry' | 'leverage'>): Decimal => {
  const value = leg.contract === 'inverse' ? leg.quantity.div(leg.entry) : leg.quantity.times(leg.entry);
  return value.div(leg.leverage ?? 1);
};

/** One row: the rate and deduction a case gives. */
export const oneTier = (rate: unknown, deduction: unknown = 0, maxLeverage?: unknown): MarginTier[] => [
  {
    notionalFloor: d(0),
    maintenanceMarginRate: d(rate),
    maintenanceDeduction: d(deduction),
    ...(maxLeverage === undefined ? {} : { maxLeverage: d(maxLeverage) }),
  },
];

/** The legs of a collected case. Prices that it leaves out stand at the entry, a size that it leaves out is 1. */
export function legsOfCase(item: Case): LegInputs[] {
  const contract: Contract = item.contract === 'inverse' ? 'inverse' : 'linear';
  const mode: MarginMode = item.marginMode === 'isolated' ? 'isolated' : 'cross';
  const list = (item.inputs.positions as Inputs[] | undefined) ?? [item.inputs];
  return list.map((inputs, i) => {
    const entry = first(inputs, 'entryPrice', 'price', 'markPrice') ?? '1';
    const side = first(inputs, 'side') ?? item.side;
    const leverage = first(inputs, 'leverage');
    const fee = first(inputs, 'takerFee');
    const tick = first(inputs, 'priceTick');
    const rate = first(inputs, 'mmr');
    const initialRate = first(inputs, 'initMarginRateTier1');
    const leg = {
      id: first(inputs, 'symbol', 'instId') ?? `market-${i}`,
      contract,
      mode,
      side: side === 'short' ? ('short' as const) : ('long' as const),
      quantity: d(first(inputs, 'size', 'Q_usd', 'qty') ?? 1),
      entry: d(entry),
      mark: d(first(inputs, 'markPrice', 'price') ?? entry),
      ...(leverage ? { leverage: d(leverage) } : {}),
      ...(fee ? { takerFeeRate: d(fee) } : {}),
      ...(tick ? { priceTick: d(tick) } : {}),
      ...(rate || initialRate
        ? { tiers: oneTier(rate ?? 0, inputs.maintAmount ?? 0, initialRate ? d(1).div(initialRate) : undefined) }
        : {}),
    };
    const margin = first(inputs, 'isolatedWallet', 'walletBalance', 'margin', 'positionMargin');
    return { ...leg, isolatedMargin: margin ? d(margin) : ownMargin(leg).plus(first(inputs, 'extraMargin') ?? 0) };
  });
}

export interface Assessed extends Scenario {
  readonly assessment: AccountAssessment;
  /** The position that the case asks about: `target` by name, else the first. */
  readonly position: PositionAssessment;
}

/** Assesses legs on a balance; `balance` may be found from the assessment of the same legs with none. */
export function assessLegs(
  rules: VenueRules,
  legs: readonly LegInputs[],
  balance: Decimal | ((unfunded: AccountAssessment) => Decimal) | undefined,
  options: { readonly target?: string; readonly extra?: Partial<Account> } = {},
): Assessed {
  const funded =
    typeof balance === 'function' ? balance(assessScenario(rules, scenarioOf(rules.id, legs, undefined, options.extra))) : balance;
  const scenario = scenarioOf(rules.id, legs, funded, options.extra);
  const assessment = assessScenario(rules, scenario);
  const position = assessment.positions.find((candidate) => candidate.instrument === options.target) ?? assessment.positions[0];
  if (!position) throw new Error('a case without a position');
  return { ...scenario, assessment, position };
}

export const assessScenario = (rules: VenueRules, scenario: Scenario): AccountAssessment =>
  assessAccount(scenario.account, scenario.book, rules);

/** The number of a figure; throws with its reason where it has none. */
export const numberOf = (figure: Figure): Decimal => {
  if (!figure.ok) throw new Error(`no number: ${figure.reason}${figure.subject ? ` (${figure.subject})` : ''}`);
  return figure.value;
};

/** |found − wanted| ÷ |wanted|, or |found| where 0 is wanted. */
export const relativeResidual = (found: Decimal, wanted: Decimal): Decimal =>
  wanted.isZero() ? found.abs() : found.minus(wanted).div(wanted).abs();

/** A figure found for a case, by the name the case gives it. */
export type Answer = Decimal | Figure | boolean;

/** Why an answer is not the expected one, in one sentence; undefined where it is. null expects a reason in place of a number. */
export function faultOf(item: Case, name: string, answer: Answer): string | undefined {
  const wanted = item.expected[name];
  const tolerance = d(typeof item.tolerance === 'string' ? item.tolerance : (item.tolerance[name] ?? 0));
  if (typeof answer === 'boolean') return answer === wanted ? undefined : `${name}: found ${answer}, wanted ${wanted}`;
  const figure: Figure = Decimal.isDecimal(answer) ? { ok: true, value: answer as Decimal } : (answer as Figure);
  if (wanted === null) return figure.ok ? `${name}: found ${figure.value.toString()}, wanted none` : undefined;
  if (!figure.ok) return `${name}: found none (${figure.reason}), wanted ${wanted}`;
  const residual = relativeResidual(figure.value, d(wanted));
  if (residual.lte(tolerance)) return undefined;
  return `${name}: found ${figure.value.toString()}, wanted ${wanted}, off by ${residual.toExponential(2)} > ${tolerance}`;
}

/** The figures of a case by name, or why it cannot be run. */
export type Solver = (item: Case) => Readonly<Record<string, () => Answer>> | { readonly skip: string };

/**
 * A describe block of cases: one test a case, a count of what ran and why the rest did not, and a floor on the number
 * of figures compared.
 */
export function describeCases(label: string, cases: readonly Case[], solve: Solver, floor: number): void {
  describe(label, () => {
    const tally = new Tally(label);
    let compared = 0;
    afterAll(() => tally.print());
    for (const item of cases) {
      const figures = solve(item);
      if ('skip' in figures && typeof figures.skip === 'string') {
        tally.skip(`${item.id}: ${figures.skip}`);
        continue;
      }
      it(`${item.id} (${item.source.slice(0, 60)})`, () => {
        const faults = Object.keys(item.expected).map((name) => {
          const answer = (figures as Readonly<Record<string, () => Answer>>)[name];
          compared++;
          return tally.note(answer ? faultOf(item, name, answer()) : `${name}: not computed`);
        });
        expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
      });
    }
    it('reached its cases', () => {
      if (cases.length === 0) tally.skip('all: the reference folder is not beside the project');
      expect(compared).toBeGreaterThanOrEqual(cases.length === 0 ? 0 : floor);
    });
  });
}

/** Vectors beside a venue: the fields of a collected case, and when it was captured. */
export const vectorCases = (file: URL): Case[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as (Omit<Case, 'inputs'> & { readonly input: Inputs })[]).map(({ input, ...item }) => ({
    ...item,
    inputs: input,
  }));
