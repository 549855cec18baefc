/** What the what-if of stress says and how it counts: pure helpers of its panels. */
import { isPegged } from '../../../domain/pegged-assets.ts';
import type { AccountView, DeskBook, ScenarioDriver, StressScenario, StressScope, StressTotals } from '../../../store/types.ts';
import { marketsOf } from '../../margin/what-if/moves.ts';

/** Markets that have sliders without being asked for. */
const SHOWN_MAX = 8;

const isZero = (text: string): boolean => Number(text) === 0;

/** Nothing moves and no table is tried out. */
export const isNothing = ({ all, moves, pegs, funding, tiers }: StressScenario): boolean =>
  isZero(all) &&
  Object.values(moves).every(isZero) &&
  pegs.every(({ move }) => isZero(move)) &&
  isZero(funding) &&
  Object.keys(tiers).length === 0;

/** The markets with a slider: those of the account or the largest of the desk, then every other that the scenario names. */
export function marketsOn(
  scope: StressScope,
  account: AccountView | null,
  book: DeskBook | null,
  { moves, betas }: StressScenario,
): string[] {
  const own = scope === 'account' ? (account ? marketsOf(account) : []) : (book?.markets.slice(0, SHOWN_MAX) ?? []);
  return [...new Set([...own, ...Object.keys(moves), ...Object.keys(betas)])];
}

/** `-0.5252` → −52.52: per cent as a field shows it, without the digits that a product in binary adds. */
export const exactPercent = (move: string | undefined): number => (move === undefined ? 0 : Math.round(Number(move) * 1e8) / 1e6);

/** −52.52 → `-0.5252`: decimal text of the fraction; six digits of a per cent are kept. */
export function moveText(percent: number): string {
  if (!Number.isFinite(percent)) return '0';
  const units = Math.round(percent * 1e6);
  const digits = String(Math.abs(units)).padStart(9, '0');
  const text = `${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/\.?0+$/, '');
  return units < 0 ? `-${text}` : text;
}

/** A record with one name set, or without it where the value says nothing. */
export function withName(record: Readonly<Record<string, string>>, name: string, value: string, nothing: string): Record<string, string> {
  const entries = Object.entries(record).filter(([key]) => key !== name);
  return Object.fromEntries(value === nothing ? entries : [...entries, [name, value]]);
}

/** Decimal text with the other sign. */
export const negated = (text: string): string => (isZero(text) ? '0' : text.startsWith('-') ? text.slice(1) : `-${text}`);

/** Who did it, as the table of drivers says it. */
export function driverName({ driver, name, venue }: Pick<ScenarioDriver, 'driver' | 'name' | 'venue'>): string {
  switch (driver) {
    case 'changes':
      return 'Changes of the account';
    case 'market':
      return name;
    case 'peg':
      return venue === '' ? `${name} off its peg` : `${name} off its peg on ${venue}`;
    case 'funding':
      return 'Funding';
    case 'tiers':
      return `Margin table of ${name}`;
  }
}

/** One bar of a waterfall: from and to as shares of the whole width; what begins or ends at zero touches the zero line. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  readonly isFall: boolean;
}

/** Bars of the running total: start, every step, end, on one scale that holds all of it and zero. Nothing moves: bars of no width. */
export function waterfall(start: number, steps: readonly number[]): readonly Bar[] {
  const levels = [start];
  for (const step of steps) levels.push(levels.at(-1)! + step);
  const low = Math.min(0, ...levels);
  const span = Math.max(0, ...levels) - low;
  const bar = (from: number, to: number): Bar => ({
    left: span > 0 ? (Math.min(from, to) - low) / span : 0,
    width: span > 0 ? Math.abs(to - from) / span : 0,
    isFall: to < from,
  });
  return [bar(0, start), ...steps.map((_, i) => bar(levels[i]!, levels[i + 1]!)), bar(0, levels.at(-1)!)];
}

/** Accounts by state now and in the scenario, states that nobody is in left out. */
export const stateRows = (
  before: StressTotals,
  after: StressTotals,
): { readonly state: number; readonly before: number; readonly after: number }[] =>
  Array.from(before.states, (count, state) => ({ state, before: count, after: after.states[state] ?? 0 })).filter(
    ({ before: b, after: a }) => b > 0 || a > 0,
  );

/** `+12`, `−3`, `0`. */
export const signedCount = (value: number): string =>
  value === 0 ? '0' : `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toLocaleString('en-US')}`;

/** Collateral that a peg may be named for, beside what the account holds. */
export const PEG_CHOICES = ['USDC', 'USDT', 'USDE', 'WBETH', 'BNSOL'] as const;

export const pegChoices = (account: AccountView | null): string[] => {
  const held = account?.balances.asset ?? [];
  return [...new Set([...held.filter(isPegged), ...PEG_CHOICES, ...held])];
};
