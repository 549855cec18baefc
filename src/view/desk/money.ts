/** Amounts as the desk writes them: doubles, from cents to billions, in columns that are scanned and not read. */
import { formatCompact, formatFixed, type Rounding } from '../format/number.ts';

/** A double as decimal text without an exponent, the shortest that means the same double. */
export function plain(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const [digits = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const shift = Number(exponent);
  const sign = value < 0 ? '-' : '';
  const all = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return `${sign}${all.padEnd(point, '0').slice(0, point)}${all.length > point ? `.${all.slice(point)}` : ''}`;
}

/** Plain decimal text, its point two places on: no digit is lost. */
export function hundredfold(text: string): string {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const digits = `${whole}${fraction.padEnd(2, '0').slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  const rest = fraction.slice(2);
  return `${text.startsWith('-') ? '-' : ''}${digits}${rest === '' ? '' : `.${rest}`}`;
}

/** From here on cents say nothing; from there on digits do not fit. */
const CENTS_BELOW = 100;
const WHOLE_BELOW = 1e10;

/** Whole units, cents below a hundred so that little never reads as nothing, and four digits where there are more than ten. */
export function formatMoney(text: string, rounding: Rounding): string {
  const size = Math.abs(Number(text));
  if (size >= WHOLE_BELOW) return formatCompact(text, rounding);
  return formatFixed(text, size < CENTS_BELOW && size > 0 ? 2 : 0, rounding);
}

/** `13.8M`: for chart labels and headlines. */
export const formatShort = (value: number, rounding: Rounding = 'halfExpand'): string =>
  Number.isNaN(value)
    ? 'not known'
    : Math.abs(value) < 1000
      ? formatFixed(plain(value), 0, rounding)
      : formatCompact(plain(value), rounding);

/** `2.5M`, `120K`: the round numbers of an axis, without zeros that say nothing. */
export const formatAxis = (value: number): string =>
  formatShort(value)
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '');

/** `1,234,567`. */
export const formatCount = (count: number): string => (Number.isNaN(count) ? 'not known' : formatFixed(plain(count), 0, 'halfExpand'));

const SUFFIXES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 };

/** A typed amount: `1,200`, `1.5m`, `-2k`, `2bn`; NaN where it is none. */
export function parseShort(text: string): number {
  const parts = /^([+\-\u2212]?)([\d,]*\.?\d+|[\d,]+\.?)\s*(k|m|b|t)?n?$/i.exec(text.trim().replaceAll(' ', ''));
  if (!parts) return Number.NaN;
  const size = Number(parts[2]!.replaceAll(',', '')) * SUFFIXES[(parts[3] ?? '').toLowerCase()]!;
  return parts[1] === '' || parts[1] === '+' ? size : -size;
}
