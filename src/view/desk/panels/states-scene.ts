/** How many accounts stood in each state beyond healthy, over time: one line a state. */
import { type DeskStateHistory, RISK_STATES, type RiskState } from '../../../store/types.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { type Mark, type Paint, type Scene, tenth } from '../charts/scene.ts';
import { formatAxis, formatCount } from '../money.ts';

/** Worst first. Healthy would hide the rest; what is stale or not known is no severity and stands in the coverage line. */
const LINES: readonly { readonly state: RiskState; readonly fill: Paint }[] = [
  { state: 'bankrupt', fill: 'liquidation' },
  { state: 'liquidation', fill: 'liquidation' },
  { state: 'margin-call', fill: 'margin-call' },
  { state: 'warning', fill: 'warning' },
  { state: 'watch', fill: 'watch' },
];

/** Names at the right of the lines, and room for the figures of the axis at their left. */
const NAMES = 70;
const AXIS = 32;
const TOP = 5;
const BOTTOM = 5;
const LABEL = 10;
/** Names and figures closer than this would touch, px. */
const LABEL_STEP = 10.5;
/** What lies between none and one, in decades. */
const FIRST_DECADE = 0.4;
/** More slices than this nobody points at. */
const SLICES_MAX = 48;

export interface Slice {
  readonly index: number;
  readonly x: number;
  readonly width: number;
}

const countOf = (history: DeskStateHistory, state: RiskState, i: number): number => history.counts[RISK_STATES.indexOf(state)]?.[i] ?? 0;

/** Accounts beyond healthy at sample `i`. */
export const beyondHealthy = (history: DeskStateHistory, i: number): number =>
  LINES.reduce((sum, { state }) => sum + countOf(history, state, i), 0);

/** One line a state on a logarithmic axis, so that four liquidations are seen beside thousands; and slices of time to point at. */
export function statesScene(
  history: DeskStateHistory,
  width: number,
  height: number,
): { readonly scene: Scene; readonly slices: readonly Slice[] } {
  const { timeMs } = history;
  const count = timeMs.length;
  if (count === 0) return { scene: { width, height, marks: [] }, slices: [] };
  const [first, last] = [timeMs[0]!, timeMs[count - 1]!];
  const end = Math.max(AXIS + 1, width - NAMES);
  const x = (i: number): number => (last > first ? AXIS + ((timeMs[i]! - first) / (last - first)) * (end - AXIS) : i === 0 ? AXIS : end);
  let most = 1;
  for (const { state } of LINES) for (let i = 0; i < count; i++) most = Math.max(most, countOf(history, state, i));
  const decades = Math.max(1, Math.ceil(Math.log10(most)));
  const floor = height - BOTTOM;
  const y = (value: number): number =>
    value < 1 ? floor : floor - ((FIRST_DECADE + Math.log10(value)) / (FIRST_DECADE + decades)) * (floor - TOP);
  const marks: Mark[] = axisMarks(decades, y, end);
  const names: { readonly text: string; readonly fill: Paint; readonly y: number }[] = [];
  for (const { state, fill } of LINES) {
    const now = countOf(history, state, count - 1);
    const value = (i: number): number => y(countOf(history, state, i));
    marks.push({ kind: 'path', d: stepPath(count, x, value, end), stroke: fill, strokeWidth: state === 'bankrupt' ? 2.5 : 1.5 });
    if (now > 0) names.push({ text: STATE_WORDS[state], fill, y: y(now) });
  }
  marks.push(...nameMarks(names, end + 5, height));
  return { scene: { width, height, marks }, slices: slicesOf(count, x, end) };
}

/** A line across for each power of ten, named where there is room. */
function axisMarks(decades: number, y: (value: number) => number, end: number): Mark[] {
  const marks: Mark[] = [{ kind: 'line', x1: AXIS, x2: end, y1: y(0), y2: y(0), stroke: 'line-strong' }];
  let free = y(0) - LABEL_STEP;
  marks.push({ kind: 'text', x: AXIS - 5, y: y(0) + 3, text: '0', fill: 'faint', size: LABEL, anchor: 'end' });
  for (let decade = 0; decade <= decades; decade++) {
    const at = y(10 ** decade);
    marks.push({ kind: 'line', x1: AXIS, x2: end, y1: at, y2: at, stroke: 'line' });
    if (at > free) continue;
    free = at - LABEL_STEP;
    marks.push({ kind: 'text', x: AXIS - 5, y: at + 3, text: formatAxis(10 ** decade), fill: 'faint', size: LABEL, anchor: 'end' });
  }
  return marks;
}

/** Names beside the ends of their lines, moved apart where they would touch. */
function nameMarks(
  names: readonly { readonly text: string; readonly fill: Paint; readonly y: number }[],
  x: number,
  height: number,
): Mark[] {
  const placed = names.toSorted((a, b) => a.y - b.y).map((name) => ({ ...name }));
  placed.forEach((name, i) => {
    const above = placed[i - 1];
    name.y = Math.max(name.y, above ? above.y + LABEL_STEP : TOP);
  });
  for (let i = placed.length - 1, lowest = height - 3; i >= 0; i--, lowest -= LABEL_STEP) placed[i]!.y = Math.min(placed[i]!.y, lowest);
  return placed.map(({ text, fill, y }) => ({ kind: 'text', x, y: y + 3, text, fill, size: LABEL }));
}

/** In steps: a count holds until the next sample. */
function stepPath(count: number, x: (i: number) => number, y: (i: number) => number, end: number): string {
  let path = `M${tenth(x(0))} ${tenth(y(0))}`;
  for (let i = 1; i < count; i++) {
    if (y(i) !== y(i - 1)) path += `H${tenth(x(i))}V${tenth(y(i))}`;
  }
  return `${path}H${tenth(end)}`;
}

function slicesOf(count: number, x: (i: number) => number, room: number): readonly Slice[] {
  const step = Math.max(1, Math.ceil(count / SLICES_MAX));
  const slices: Slice[] = [];
  for (let index = 0; index < count; index += step) {
    const from = x(index);
    const to = index + step < count ? x(index + step) : room;
    slices.push({ index, x: from, width: Math.max(1, to - from) });
  }
  return slices;
}

/** `Liquidation 3, Watch 120`: the counts of one sample in words, worst first; states without accounts are left out. */
export function countsText(history: DeskStateHistory, i: number): string {
  const parts = LINES.flatMap(({ state }) => {
    const count = countOf(history, state, i);
    return count > 0 ? [`${STATE_WORDS[state]} ${formatCount(count)}`] : [];
  });
  return parts.length === 0 ? 'all healthy' : parts.join(', ');
}

/** Where it stands, and how that changed since the first sample, which was at `since`. */
export function statesSentence(history: DeskStateHistory, since: string): string {
  const last = history.timeMs.length - 1;
  if (last < 0) return 'No history yet.';
  const [now, before] = [beyondHealthy(history, last), beyondHealthy(history, 0)];
  const change = now - before;
  const how = last === 0 || change === 0 ? '' : `, ${formatCount(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than at ${since}`;
  return `${formatCount(now)} ${now === 1 ? 'account is' : 'accounts are'} beyond healthy${how}.`;
}

/** Beside the totals, where they leave something out. */
export const withoutText = (pools: number): string =>
  pools === 1 ? 'without 1 pool that is not known' : `without ${formatCount(pools)} pools that are not known`;
export const WITHOUT_HELP =
  'Equity, notional and leverage leave out pools of which a figure is not known, as of a price that is missing; their accounts are counted as not known below';
