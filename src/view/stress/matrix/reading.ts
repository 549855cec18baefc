/** What the cells of a matrix say: one text for the reading, the table and the file, from the same numbers that are drawn. */
import type { StressAxis, StressResult } from '../../../store/types.ts';
import { formatCount, formatShort, plain } from '../../desk/money.ts';
import { formatSigned } from '../../format/number.ts';

export type Grid = StressResult<'stress-matrix'>;

/** What a cell is coloured by. */
export type Measure = 'equity' | 'accounts' | 'notional';

export const MEASURES: readonly { readonly value: Measure; readonly text: string }[] = [
  { value: 'equity', text: 'Equity at risk' },
  { value: 'accounts', text: 'Accounts liquidated' },
  { value: 'notional', text: 'Notional liquidated' },
];

export const valuesOf = (grid: Grid, measure: Measure): Float64Array =>
  measure === 'equity' ? grid.equityAtRisk : measure === 'accounts' ? grid.accounts : grid.notional;

export const valueAt = (grid: Grid, measure: Measure, x: number, y: number): number =>
  valuesOf(grid, measure)[y * grid.xMoves.length + x] ?? Number.NaN;

export const mostOf = (grid: Grid, measure: Measure): number => valuesOf(grid, measure).reduce((a, b) => (b > a ? b : a), 0);

/** Rounded up: what is at risk never reads as less. */
export const valueText = (value: number, measure: Measure): string =>
  measure === 'accounts' ? formatCount(value) : formatShort(value, 'ceil');

/** What an axis is called. */
export const axisName = (axis: StressAxis): string =>
  axis.kind === 'market' ? axis.market : isPlain(axis) ? 'Every other market' : 'Every other market, in σ';

/** Every market moves alike: their σ is one. */
const isPlain = (axis: Extract<StressAxis, { readonly kind: 'sigma' }>): boolean =>
  axis.otherwise === 1 && Object.keys(axis.sigmas).length === 0;

/** `−20 %`, `+2.5 σ`. */
export function moveText(axis: StressAxis, move: number): string {
  if (axis.kind === 'sigma' && !isPlain(axis)) return `${formatSigned(plain(move), 1, 'halfExpand')}\u202fσ`;
  const percent = Number((move * 100).toPrecision(12));
  return `${formatSigned(plain(percent), Number.isInteger(percent) ? 0 : 1, 'halfExpand')}\u202f%`;
}

/** One cell in words. */
export function cellText(grid: Grid, axes: { readonly x: StressAxis; readonly y: StressAxis }, x: number, y: number, unit: string): string {
  const accounts = valueAt(grid, 'accounts', x, y);
  const moves = `${axisName(axes.x)} ${moveText(axes.x, grid.xMoves[x]!)}, ${axisName(axes.y)} ${moveText(axes.y, grid.yMoves[y]!)}`;
  if (accounts === 0) return `${moves}: nobody more is liquidated.`;
  return `${moves}: ${formatCount(accounts)} liquidated, equity at risk ${valueText(valueAt(grid, 'equity', x, y), 'equity')} ${unit}, notional ${valueText(valueAt(grid, 'notional', x, y), 'notional')} ${unit}.`;
}

/** The whole in one sentence: the worst cell. */
export function matrixSentence(grid: Grid, axes: { readonly x: StressAxis; readonly y: StressAxis }, unit: string): string {
  const { accounts, xMoves } = grid;
  let worst = 0;
  accounts.forEach((value, i) => {
    if (value > accounts[worst]!) worst = i;
  });
  if (!(accounts[worst]! > 0)) return 'Nobody more is liquidated anywhere on this map.';
  return `Most at ${cellText(grid, axes, worst % xMoves.length, Math.floor(worst / xMoves.length), unit)}`;
}

/** What the cells leave out. */
export function besidesText({ past, unknown }: Grid): string {
  const parts: string[] = [];
  if (past > 0) parts.push(`${formatCount(past)} ${past === 1 ? 'is' : 'are'} past the line now and in no cell`);
  if (unknown > 0) parts.push(`of ${formatCount(unknown)} nothing can be said`);
  return parts.length === 0 ? '' : `Margin pools: ${parts.join('; ')}.`;
}

const TITLES = ['accounts liquidated', 'equity at risk', 'notional liquidated'] as const;

/** Every cell, a line each, with every digit. */
export function matrixCsv(grid: Grid, axes: { readonly x: StressAxis; readonly y: StressAxis }, unit: string): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = [axisName(axes.x), axisName(axes.y), TITLES[0], `${TITLES[1]} ${unit}`, `${TITLES[2]} ${unit}`].map(quoted).join(',');
  const lines: string[] = [head];
  for (let y = 0; y < grid.yMoves.length; y++)
    for (let x = 0; x < grid.xMoves.length; x++) {
      const cell = (['accounts', 'equity', 'notional'] as const).map((measure) => plain(valueAt(grid, measure, x, y)));
      lines.push([plain(grid.xMoves[x]!), plain(grid.yMoves[y]!), ...cell].join(','));
    }
  return `${lines.join('\r\n')}\r\n`;
}
