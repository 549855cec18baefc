/** How many accounts stood in each state beyond healthy, over time: one band a state, the worst at the bottom. */
import { type DeskStateHistory, RISK_STATES, type RiskState } from '../../../store/types.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { type Mark, niceCeil, type Paint, type Scene, tenth } from '../charts/scene.ts';
import { formatAxis, formatCount } from '../money.ts';

/** From the bottom up. Healthy would hide the rest; what is stale or not known is no severity and stands in the coverage line. */
const BANDS: readonly { readonly state: RiskState; readonly fill: Paint }[] = [
  { state: 'bankrupt', fill: 'liquidation' },
  { state: 'liquidation', fill: 'liquidation' },
  { state: 'margin-call', fill: 'margin-call' },
  { state: 'warning', fill: 'warning' },
  { state: 'watch', fill: 'watch' },
];

const AXIS = 44;
const TOP = 4;
const BOTTOM = 4;
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
  BANDS.reduce((sum, { state }) => sum + countOf(history, state, i), 0);

/** The bands in width × height pixels, and slices of time to point at. */
export function statesScene(
  history: DeskStateHistory,
  width: number,
  height: number,
): { readonly scene: Scene; readonly slices: readonly Slice[] } {
  const { timeMs } = history;
  const count = timeMs.length;
  if (count === 0) return { scene: { width, height, marks: [] }, slices: [] };
  const [first, last] = [timeMs[0]!, timeMs[count - 1]!];
  const room = Math.max(1, width - AXIS);
  const x = (i: number): number => (last > first ? ((timeMs[i]! - first) / (last - first)) * room : i === 0 ? 0 : room);
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, beyondHealthy(history, i));
  const top = niceCeil(most);
  const floor = height - BOTTOM;
  const y = (value: number): number => floor - (value / top) * (floor - TOP);
  const marks: Mark[] = [{ kind: 'line', x1: 0, x2: room, y1: TOP, y2: TOP, stroke: 'line' }];
  const below = new Float64Array(count);
  for (const { state, fill } of BANDS) {
    const lower = Float64Array.from(below);
    for (let i = 0; i < count; i++) below[i]! += countOf(history, state, i);
    if (below.every((value, i) => value === lower[i])) continue;
    marks.push({
      kind: 'path',
      d: bandPath(
        count,
        x,
        (i) => y(below[i]!),
        (i) => y(lower[i]!),
        room,
      ),
      fill,
      opacity: state === 'bankrupt' ? 1 : 0.8,
    });
  }
  marks.push({ kind: 'line', x1: 0, x2: room, y1: floor, y2: floor, stroke: 'line-strong' });
  marks.push({ kind: 'text', x: room + 6, y: TOP + 8, text: formatAxis(top), fill: 'faint' });
  marks.push({ kind: 'text', x: room + 6, y: floor, text: '0', fill: 'faint' });
  return { scene: { width, height, marks }, slices: slicesOf(count, x, room) };
}

/** Between `upper` and `lower`, in steps: a count holds until the next sample. */
function bandPath(
  count: number,
  x: (i: number) => number,
  upper: (i: number) => number,
  lower: (i: number) => number,
  end: number,
): string {
  const there: string[] = [];
  const back: string[] = [];
  for (let i = 0; i < count; i++) {
    const to = i + 1 < count ? x(i + 1) : end;
    there.push(`${tenth(x(i))} ${tenth(upper(i))}`, `${tenth(to)} ${tenth(upper(i))}`);
    back.push(`${tenth(to)} ${tenth(lower(i))}`, `${tenth(x(i))} ${tenth(lower(i))}`);
  }
  // Each step runs from right to left on the way back.
  const pairs: string[] = [];
  for (let i = back.length - 2; i >= 0; i -= 2) pairs.push(back[i]!, back[i + 1]!);
  return `M${there.join(' L')} L${pairs.join(' L')} Z`;
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
  const parts = BANDS.flatMap(({ state }) => {
    const count = countOf(history, state, i);
    return count > 0 ? [`${STATE_WORDS[state]} ${formatCount(count)}`] : [];
  });
  return parts.length === 0 ? 'all healthy' : parts.join(', ');
}

/** Where it stands, and how that changed since the first sample. */
export function statesSentence(history: DeskStateHistory): string {
  const last = history.timeMs.length - 1;
  if (last < 0) return 'No history yet.';
  const [now, before] = [beyondHealthy(history, last), beyondHealthy(history, 0)];
  const change = now - before;
  const how = last === 0 || change === 0 ? '' : `, ${formatCount(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than at the start`;
  return `${formatCount(now)} ${now === 1 ? 'account is' : 'accounts are'} beyond healthy${how}.`;
}
