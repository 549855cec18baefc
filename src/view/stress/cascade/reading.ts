/** What a cascade says: sentences, rows and flows, from the numbers of its answer. */
import type { StressResult } from '../../../store/types.ts';
import { formatCount, formatShort, plain } from '../../desk/money.ts';
import { formatFixed, formatSigned, type Rounding } from '../../format/number.ts';
import { formatPrice, priceDecimals } from '../../format/price.ts';

export type Cascade = StressResult<'stress-cascade'>;

/** Price of a market after `round` rounds: 0 is after the shock, −1 before it. */
export function priceAt({ start, shocked, rounds }: Cascade, market: number, round: number): number {
  if (round < 0) return start[market] ?? Number.NaN;
  if (round === 0) return shocked[market] ?? Number.NaN;
  return rounds[round - 1]?.price[market] ?? Number.NaN;
}

/** Move since before the shock; NaN where there is no price. */
export const moveAt = (cascade: Cascade, market: number, round: number): number =>
  priceAt(cascade, market, round) / priceAt(cascade, market, -1) - 1;

/** Markets that moved at all, the ones of `first` before the others. */
export function movedMarkets(cascade: Cascade, first: readonly string[]): readonly number[] {
  const rank = new Map(first.map((market, i) => [market, i] as const));
  const rankOf = (m: number): number => rank.get(cascade.markets[m]!) ?? first.length;
  return cascade.markets
    .map((_, m) => m)
    .filter((m) => cascade.end[m] !== cascade.start[m] && Number.isFinite(cascade.end[m]! / cascade.start[m]!))
    .sort((a, b) => rankOf(a) - rankOf(b) || a - b);
}

/** Beyond it a number says only that the books had no end: covering shorts in them lifts prices without a seller. */
const BEYOND = 1e15;
const BEYOND_TEXT = '> 10¹⁵';

/** An amount of money; what is not known, or beyond every market, in words. */
export const amount = (value: number, rounding: Rounding = 'halfExpand'): string =>
  Math.abs(value) >= BEYOND ? `${value < 0 ? '\u2212' : ''}${BEYOND_TEXT}` : formatShort(value, rounding);

/** `−23.3 %`; small moves keep two digits that say something. */
export function percentText(move: number): string {
  if (Number.isNaN(move)) return 'not known';
  if (move > 1000) return '> 100,000\u202f%';
  const percent = Number((move * 100).toPrecision(12));
  const decimals = percent === 0 || Math.abs(percent) >= 10 ? 1 : Math.abs(percent) >= 0.1 ? 2 : 4;
  return `${formatSigned(plain(percent), decimals, 'halfExpand')}\u202f%`;
}

export const multiplierText = (multiplier: number): string =>
  Number.isNaN(multiplier) ? 'none: no shock' : `${formatFixed(plain(multiplier), 2, 'ceil')}×`;

export const priceText = (price: number, reference: number): string =>
  Number.isNaN(price) ? 'not known' : price >= BEYOND ? BEYOND_TEXT : formatPrice(plain(price), priceDecimals(reference));

/** The largest multiplier: which market went furthest beyond its shock. */
export function furthest({ multiplier }: Cascade): number {
  let most = -1;
  multiplier.forEach((value, m) => {
    if (!Number.isNaN(value) && (most < 0 || value > multiplier[most]!)) most = m;
  });
  return most;
}

const plural = (count: number, one: string, many: string): string => `${formatCount(count)} ${count === 1 ? one : many}`;

/** The whole in two sentences. */
export function cascadeSentence(cascade: Cascade, unit: string): string {
  const { rounds, closedRows, closedNotional } = cascade;
  if (rounds.length === 0) return 'Nobody is liquidated: prices end where the shock put them.';
  const most = furthest(cascade);
  const closed = `${plural(closedRows.length, 'account is', 'accounts are')} liquidated in ${plural(rounds.length, 'round', 'rounds')}, ${amount(closedNotional, 'ceil')} ${unit}.`;
  if (most < 0) return closed;
  return `${closed} ${cascade.markets[most]} goes furthest: ${percentText(moveAt(cascade, most, 0))} becomes ${percentText(moveAt(cascade, most, rounds.length))}, ${multiplierText(cascade.multiplier[most]!)} the first move in logarithms.`;
}

/** §2.5 of the science behind it, in words for the page. */
export const directionText = ({ isMixed }: Cascade): string =>
  isMixed
    ? 'Some accounts are long one market and short another. Closing a short lifts prices, so the end depends on the order of closing, and a larger shock need not close more: here all that are breached in a round close at once, by rule.'
    : 'Every account here leans one way: a larger shock can only close more, and any order of closing would end at the same prices.';

/** Which engine, and what it left aside. */
export function engineText({ engine, isSettled, aside, asideReasons }: Cascade, reasonText: (reason: string) => string): string {
  const which =
    engine === 'exact'
      ? 'Exact: after every round all transfers between accounts, funds and the other side sum to zero, in integers.'
      : 'In columns of doubles, closed accounts and rounds as the exact engine’s, money to nine digits.';
  const cut = isSettled ? '' : ' It was cut off: more rounds than any procedure makes.';
  const reasons = asideReasons.map(({ reason, count }) => `${formatCount(count)}: ${reasonText(reason)}`).join('; ');
  const left =
    aside === 0
      ? ''
      : ` ${plural(aside, 'margin pool', 'margin pools')} could be neither closed nor counted as safe${reasons === '' ? '' : ` (${reasons})`}.`;
  return `${which}${cut}${left}`;
}

export interface Flow {
  readonly name: string;
  /** Signed: what it adds to the fund. */
  readonly amount: number;
  /** A level and no change: it stands on zero. */
  readonly isLevel: boolean;
}

type Money = Pick<Cascade['funds'][number], 'start' | 'end' | 'deficits' | 'income' | 'socialised' | 'uncovered'>;

/** The fund's way from start to end: start + received − deficits + taken from winners + uncovered = end. */
export const flowsOf = ({ start, end, deficits, income, socialised, uncovered }: Money): readonly Flow[] => [
  { name: 'Fund before', amount: start, isLevel: true },
  { name: 'Received', amount: income, isLevel: false },
  { name: 'Deficits', amount: -deficits, isLevel: false },
  { name: 'From winners', amount: socialised, isLevel: false },
  { name: 'Uncovered', amount: uncovered, isLevel: false },
  { name: 'Fund after', amount: end, isLevel: true },
];

/** What the flows leave over: zero but for rounding. */
export const restOf = ({ start, end, deficits, income, socialised, uncovered }: Money): number =>
  start + income - deficits + socialised + uncovered - end;

/** The ledger in one sentence; of doubles the rest is named where it can be told from zero. */
export function ledgerText(cascade: Cascade, unit: string): string {
  const rest = restOf({ ...cascade, start: cascade.fundStart, end: cascade.fundEnd });
  if (!Number.isFinite(rest)) return 'The amounts are beyond any number: the books had no end, and the ledger of doubles says nothing.';
  const size = cascade.fundStart + cascade.deficits + cascade.closedNotional;
  const sums = Math.abs(rest) <= 1e-9 * size ? 'sums to zero' : `leaves ${plain(rest)} ${unit}: report it, it must be zero`;
  return `Before + received − deficits + from winners + uncovered − after ${sums}.`;
}

/** What the round did. */
export function roundText(cascade: Cascade, round: number, unit: string): string {
  if (round === 0) return 'After the shock, before anybody is closed.';
  const { closed, notional, deficits, fund } = cascade.rounds[round - 1]!;
  const owed = fund < 0 ? `the funds owe ${amount(-fund, 'ceil')} ${unit}` : `the funds hold ${amount(fund, 'floor')} ${unit}`;
  const missing = deficits > 0 ? `${amount(deficits, 'ceil')} ${unit} missing in their pools; ` : '';
  return `${plural(closed, 'account', 'accounts')} closed, ${amount(notional, 'ceil')} ${unit}; ${missing}${owed}.`;
}
