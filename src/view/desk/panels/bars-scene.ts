/** Distributions and shares as marks: upright bars on a line, and lying bars beside their names. */
import type {
  DeskConcentration,
  DeskDistribution,
  DeskFilter,
  DeskOpenInterest,
  DeskRange,
  DeskSide,
  DeskSkew,
} from '../../../store/types.ts';
import { formatLeverage, formatPercent } from '../../format/number.ts';
import { type Mark, niceCeil, type Scene } from '../charts/scene.ts';
import { readBound } from '../filters/bounds.ts';
import { toggleRange, toggleState } from '../filters/filter.ts';
import { formatAxis, formatCount, formatShort, plain } from '../money.ts';

export type Weight = 'accounts' | 'notional';

/** One bar of a distribution, and what choosing it does to the filter. */
export interface Bin {
  readonly key: string;
  readonly name: string;
  readonly accounts: number;
  readonly notional: number;
  /** null: these accounts cannot be told apart by a filter. */
  readonly range: DeskRange | null;
  readonly choose: ((filter: DeskFilter) => DeskFilter) | null;
}

/** The bars from left to right: below all bins, the bins, beyond them, without equity, without the number. */
export function binsOf(distribution: DeskDistribution): readonly Bin[] {
  const { column, edges, accounts, notional, under, over, insolvent, empty, indeterminate } = distribution;
  const kind = column === 'leverage' ? 'times' : 'ratio';
  const last = edges.length - 1;
  const bin = (key: string, name: string, at: { accounts: number; notional: number }, range: DeskRange | null): Bin => ({
    key,
    name,
    ...at,
    range,
    choose: range ? (filter) => toggleRange(filter, range) : null,
  });
  const bins = Array.from({ length: last }, (_, i) => {
    const [atLeast, atMost] = [edges[i]!, edges[i + 1]!];
    const name = `${readBound(kind, atLeast)} to ${readBound(kind, atMost)}`;
    return bin(`${i}`, name, { accounts: accounts[i]!, notional: notional[i]! }, { column, atLeast, atMost, isBelow: true });
  });
  const below = bin('under', `below ${readBound(kind, edges[0]!)}`, under, { column, atLeast: null, atMost: edges[0]!, isBelow: true });
  const beyond = bin('over', `${readBound(kind, edges[last]!)} and more`, over, {
    column,
    atLeast: edges[last]!,
    atMost: null,
    isBelow: false,
  });
  const broke = bin('insolvent', 'no equity left', insolvent, { column: 'equity', atLeast: null, atMost: 0, isBelow: false });
  const unknown: Bin = {
    ...bin('indeterminate', 'not known', indeterminate, null),
    choose: (filter) => toggleState(filter, 'indeterminate'),
  };
  const nothing = bin('empty', 'nothing carried', empty, { column: 'grossNotional', atLeast: null, atMost: 0, isBelow: false });
  const has = ({ accounts: count }: Bin): boolean => count > 0;
  return [...(has(below) ? [below] : []), ...bins, ...(has(beyond) ? [beyond] : []), ...[broke, unknown, nothing].filter(has)];
}

export const weightOf = (bin: Bin, weight: Weight): number => bin[weight];

export interface PlacedBar {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BarsScene {
  readonly scene: Scene;
  readonly placed: readonly PlacedBar[];
}

const AXIS = 16;
const HEAD = 14;
/** Between what has a place on the axis and what has none. */
const APART = 8;

/** Upright bars of a distribution; `unit` is that of notional. */
export function distributionScene(bins: readonly Bin[], weight: Weight, unit: string, width: number, height: number): BarsScene {
  const isApart = ({ key }: Bin): boolean => key === 'insolvent' || key === 'indeterminate' || key === 'empty';
  const onAxis = bins.filter((bin) => !isApart(bin)).length;
  const gap = onAxis < bins.length ? APART : 0;
  const step = bins.length === 0 ? 0 : (width - gap) / bins.length;
  const most = Math.max(0, ...bins.map((bin) => weightOf(bin, weight)));
  const top = niceCeil(most);
  const room = Math.max(1, height - AXIS - HEAD);
  const floor = height - AXIS;
  const marks: Mark[] = [
    { kind: 'line', x1: 0, x2: width, y1: HEAD, y2: HEAD, stroke: 'line' },
    {
      kind: 'text',
      x: 0,
      y: HEAD - 3,
      text: `${formatAxis(top)} ${weight === 'notional' ? unit : top === 1 ? 'account' : 'accounts'}`,
      fill: 'faint',
    },
  ];
  const placed = bins.map((bin, index): PlacedBar => {
    const value = weightOf(bin, weight);
    const tall = value > 0 ? Math.max(1, (value / top) * room) : 0;
    const x = index * step + (isApart(bin) ? gap : 0);
    const fill = bin.key === 'insolvent' ? 'liquidation' : isApart(bin) ? 'stale' : 'water';
    marks.push({ kind: 'rect', x: x + 0.5, y: floor - tall, width: Math.max(1, step - 1), height: tall, fill });
    return { index, x, y: HEAD, width: step, height: room };
  });
  marks.push({ kind: 'line', x1: 0, x2: width, y1: floor, y2: floor, stroke: 'line-strong' });
  marks.push(...axisLabels(bins, placed, floor + 12));
  return { scene: { width, height, marks }, placed };
}

/** Narrower than this two labels would touch. */
const LABEL_ROOM = 40;

/** Significant digits of where a bar begins, powers of ten first; infinite where it says nothing round. */
function digitsOf({ range }: Bin): number {
  if (range?.atLeast == null) return Number.POSITIVE_INFINITY;
  if (range.atLeast === 0) return 0;
  const mantissa = (range.atLeast / 10 ** Math.floor(Math.log10(range.atLeast) + 1e-9)).toPrecision(3);
  const digits = mantissa.replace('.', '').replace(/0+$/, '').length;
  return mantissa.startsWith('1.00') ? 0 : digits <= 2 ? digits : Number.POSITIVE_INFINITY;
}

function axisLabels(bins: readonly Bin[], placed: readonly PlacedBar[], y: number): readonly Mark[] {
  const taken: number[] = [];
  const marks: Mark[] = [];
  // The roundest first: 1× before 2× before 1.58×.
  const order = [...bins.keys()].sort((a, b) => digitsOf(bins[a]!) - digitsOf(bins[b]!) || a - b);
  for (const i of order) {
    const { range } = bins[i]!;
    const { x } = placed[i]!;
    if (range?.atLeast == null || !Number.isFinite(digitsOf(bins[i]!)) || taken.some((other) => Math.abs(other - x) < LABEL_ROOM)) continue;
    taken.push(x);
    const kind = range.column === 'leverage' ? 'times' : 'ratio';
    marks.push({ kind: 'text', x, y, text: readBound(kind, range.atLeast), fill: 'faint' });
  }
  return marks;
}

/** Most of the weight, in one sentence. */
export function distributionSentence(bins: readonly Bin[], weight: Weight, name: string): string {
  const total = bins.reduce((sum, bin) => sum + weightOf(bin, weight), 0);
  if (!(total > 0)) return `No ${weight} to tell ${name} of.`;
  const most = bins.reduce((a, b) => (weightOf(b, weight) > weightOf(a, weight) ? b : a));
  const share = formatPercent(plain(weightOf(most, weight) / total), 0, 'halfExpand');
  const broke = bins.find(({ key }) => key === 'insolvent');
  const rest = broke ? ` ${formatCount(broke.accounts)} ${broke.accounts === 1 ? 'account has' : 'accounts have'} no equity left.` : '';
  return `${share} of ${weight} lie at ${name} ${most.name}.${rest}`;
}

export const binText = (bin: Bin, unit: string): string =>
  `${bin.name}: ${formatCount(bin.accounts)} accounts, ${formatShort(bin.notional, 'ceil')} ${unit} of notional`;

const ROW = 22;
/** Pixels of a letter, about; names take no more than this share of the width. */
const LETTER = 6.1;
const NAME_SHARE = 0.42;
const GAP = 10;

export interface Lying {
  readonly name: string;
  /** Solid part, then a hatched one. */
  readonly first: number;
  readonly second: number;
  readonly figure: string;
}

/** Lying bars, one a row, as many as there is room for. */
export function lyingScene(rows: readonly Lying[], width: number, height: number): BarsScene {
  const fit = rows.slice(0, Math.max(1, Math.floor(height / ROW)));
  const most = Math.max(0, ...fit.map(({ first, second }) => first + second));
  const letters = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length)) * LETTER + GAP;
  const left = Math.min(width * NAME_SHARE, letters(fit.map(({ name }) => name)));
  const room = Math.max(10, width - left - letters(fit.map(({ figure }) => figure)));
  const nameOf = (name: string): string => {
    const most = Math.floor((left - GAP) / LETTER + 0.01);
    return name.length > most ? `${name.slice(0, most - 1)}…` : name;
  };
  const x = (value: number): number => (most > 0 ? (value / most) * room : 0);
  const marks: Mark[] = [];
  const placed = fit.map(({ name, first, second, figure }, index): PlacedBar => {
    const y = index * ROW;
    marks.push({ kind: 'text', x: 0, y: y + 14, text: nameOf(name), fill: 'text' });
    if (first > 0) marks.push({ kind: 'rect', x: left, y: y + 5, width: Math.max(1, x(first)), height: 11, fill: 'water' });
    if (second > 0)
      marks.push({
        kind: 'rect',
        x: left + x(first),
        y: y + 5,
        width: Math.max(1, x(second)),
        height: 11,
        fill: 'accent',
        isHatched: true,
      });
    marks.push({ kind: 'text', x: width, y: y + 14, text: figure, fill: 'muted', anchor: 'end' });
    return { index, x: 0, y, width, height: ROW };
  });
  return { scene: { width, height: Math.max(ROW, fit.length * ROW), marks }, placed };
}

const leverageText = (leverage: number): string => (Number.isNaN(leverage) ? 'no equity' : formatLeverage(plain(leverage), 'ceil'));

/** Open interest by market and venue, long and short; the figure is the larger side and its leverage. */
export const openInterestRows = (open: DeskOpenInterest, venueName: (id: string) => string, most: number): readonly Lying[] =>
  Array.from({ length: Math.min(open.count, most) }, (_, i) => ({
    name: `${open.market[i]} · ${venueName(open.venue[i]!)}`,
    first: open.long[i]!,
    second: open.short[i]!,
    figure: `${formatShort(open.openInterest[i]!, 'ceil')} ${leverageText(open.leverage[i]!)}`,
  }));

/** Open interest by venue; the figure is its leverage too, of all who are there. */
export const venueRows = ({ venues }: DeskOpenInterest, venueName: (id: string) => string): readonly Lying[] =>
  venues.venue.map((venue, i) => ({
    name: venueName(venue),
    first: venues.openInterest[i]!,
    second: 0,
    figure: `${formatShort(venues.openInterest[i]!, 'ceil')} ${leverageText(venues.leverage[i]!)}`,
  }));

export function openInterestSentence(open: DeskOpenInterest, venueName: (id: string) => string, unit: string): string {
  if (open.count === 0) return 'No open positions.';
  return `Most is open in ${open.market[0]} on ${venueName(open.venue[0]!)}: ${formatShort(open.openInterest[0]!, 'ceil')} ${unit} on its larger side, ${leverageText(open.leverage[0]!)} the equity behind it.`;
}

const share = (value: number): string => (Number.isNaN(value) ? 'not known' : formatPercent(plain(value), 1, 'ceil'));

export const concentrationRows = ({ top, share: shares }: DeskConcentration): readonly Lying[] =>
  Array.from(top, (count, i) => ({
    name: count === 1 ? 'Largest' : `Largest ${formatCount(count)}`,
    first: shares[i]!,
    second: 0,
    figure: share(shares[i]!),
  }));

export function concentrationSentence({ top, share: shares, herfindahl, gini, holders, unknown }: DeskConcentration): string {
  const at = Math.min(1, top.length - 1);
  if (at < 0 || holders === 0) return 'No notional to be concentrated.';
  const who = top[at] === 1 ? 'The largest account holds' : `The ${formatCount(top[at]!)} largest accounts hold`;
  const without = unknown > 0 ? ` Without ${formatCount(unknown)} accounts whose notional is not known.` : '';
  return `${who} ${share(shares[at]!)} of the gross notional. Herfindahl index ${index(herfindahl)}, Gini ${index(gini)}.${without}`;
}

/** An index between 0 and 1, three digits that say something. */
export const index = (value: number): string => (Number.isNaN(value) ? 'not known' : plain(Number(value.toPrecision(3))));

export const skewRows = ({ long, short }: DeskSkew): readonly Lying[] => [
  { name: 'Mostly long', first: long.notional, second: 0, figure: `${formatShort(long.notional, 'ceil')} ${leverageText(long.leverage)}` },
  {
    name: 'Mostly short',
    first: 0,
    second: short.notional,
    figure: `${formatShort(short.notional, 'ceil')} ${leverageText(short.leverage)}`,
  },
];

export const sideText = ({ accounts, notional, equity, leverage, insolvent }: DeskSide, unit: string): string =>
  `${formatCount(accounts)} accounts, ${formatShort(notional, 'ceil')} ${unit} on ${formatShort(equity, 'floor')} ${unit} of equity, ${leverageText(leverage)}${insolvent > 0 ? `; ${formatCount(insolvent)} more without equity` : ''}`;

/** Which side carries more leverage. */
export function skewSentence({ long, short, skew, unknown }: DeskSkew): string {
  if (long.accounts + short.accounts === 0) return 'No open positions.';
  const without = unknown > 0 ? ` Without ${formatCount(unknown)} accounts that are not known.` : '';
  if (Number.isNaN(skew))
    return `All accounts lean to one side: ${long.accounts > 0 ? `long, ${leverageText(long.leverage)}` : `short, ${leverageText(short.leverage)}`}.${without}`;
  const more = skew > 0 ? 'Longs are levered more' : skew < 0 ? 'Shorts are levered more' : 'Both are levered alike';
  return `${more}: ${leverageText(long.leverage)} long, ${leverageText(short.leverage)} short.${without}`;
}
