/** Bounds of a range as people type and read them: per cent, times, amounts, seconds. */

import { formatShort, parseShort, plain } from '../money.ts';
import type { DeskColumnSpec } from '../table/columns.ts';

export type BoundKind = Exclude<DeskColumnSpec['bounds'], 'none'>;

/** Typed units per unit of the column. */
const FACTORS: Readonly<Record<BoundKind, number>> = { money: 1, percent: 100, ratio: 1, times: 1, count: 1, seconds: 0.001 };
const SIGNS: Readonly<Record<BoundKind, string>> = { money: '', percent: '%', ratio: '', times: '×', count: '', seconds: 's' };

/** What stands beside the field. */
export const unitOf = (kind: BoundKind, unit: string): string => (kind === 'money' ? unit : SIGNS[kind]);

const SIGN = /[%×xs]$/i;

/** The bound that `text` means, in the column's own unit: null for nothing typed, NaN for what is no number. */
export function parseBound(kind: BoundKind, text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const value = parseShort(kind === 'money' || kind === 'count' ? trimmed : trimmed.replace(SIGN, ''));
  // Divided, not multiplied: 30 % is the double nearest to 0.3.
  return kind === 'percent' ? value / FACTORS.percent : kind === 'seconds' ? value * 1000 : value;
}

/** Significant digits that keep every bound of the page apart from its neighbours. */
const DIGITS = 6;

const rounded = (value: number): string => plain(Number(value.toPrecision(DIGITS))).replace('-', '\u2212');

/** The bound as it would be typed; '' for none. */
export const formatBound = (kind: BoundKind, value: number | null): string =>
  value === null ? '' : rounded(value * FACTORS[kind]).replace('\u2212', '-');

/** The bound as it is read: `30 %`, `2×`, `1.5M`. */
export function readBound(kind: BoundKind, value: number): string {
  if (kind === 'money') return formatShort(value);
  const text = rounded(value * FACTORS[kind]);
  return kind === 'percent' || kind === 'seconds' ? `${text}\u202f${SIGNS[kind]}` : `${text}${SIGNS[kind]}`;
}
