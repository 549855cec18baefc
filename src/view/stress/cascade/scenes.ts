/** The drawings of a cascade: prices by round, and the fund's way as a waterfall. */

import type { Mark, Paint, Scene } from '../../desk/charts/scene.ts';
import { amount as amountOf, type Cascade, type Flow, moveAt, percentText } from './reading.ts';

/** Lines that can be told apart, and named at their ends. */
export const LINES_MAX = 6;
const INKS: readonly Paint[] = ['accent', 'warning', 'text', 'healthy', 'watch', 'margin-call'];
const LEFT = 46;
const RIGHT = 62;
const TOP = 10;
const BOTTOM = 22;
const LABEL_ROOM = 13;
/** The highest move that is drawn: beyond it a line would flatten all others. */
const DRAWN_MAX = 9;
/** More points than this a line does not need. */
const POINTS_MAX = 400;

export interface PathScene {
  readonly scene: Scene;
  /** Where a round stands, from 0 (the shock); −1 is before it. */
  readonly xOf: (round: number) => number;
  /** The round nearest to a place. */
  readonly roundAt: (x: number) => number;
}

/** Moves since before the shock, by round. `lines`: numbers of markets. */
export function pathScene(cascade: Cascade, lines: readonly number[], round: number, width: number, height: number): PathScene {
  const count = cascade.rounds.length;
  const shown = lines.slice(0, LINES_MAX);
  const room = { width: Math.max(10, width - LEFT - RIGHT), height: Math.max(10, height - TOP - BOTTOM) };
  const xOf = (r: number): number => LEFT + ((r + 1) / (count + 1)) * room.width;
  const every = Math.max(1, Math.ceil((count + 2) / POINTS_MAX));
  const at: number[] = [];
  for (let r = -1; r < count; r += r < 0 ? 1 : every) at.push(r);
  at.push(count);
  // Drawn up to a tenfold price; the table says how far it went.
  const drawn = (move: number): number => (Number.isNaN(move) ? 0 : Math.min(move, DRAWN_MAX));
  const moves = shown.map((market) => at.map((r) => drawn(moveAt(cascade, market, r))));
  const all = moves.flat();
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all);
  const span = high - low || 1;
  const yOf = (move: number): number => TOP + ((high - move) / span) * room.height;
  const marks: Mark[] = [];
  for (const level of levels(low, high)) {
    marks.push({
      kind: 'line',
      x1: LEFT,
      x2: LEFT + room.width,
      y1: yOf(level),
      y2: yOf(level),
      stroke: level === 0 ? 'line-strong' : 'line',
    });
    marks.push({
      kind: 'text',
      x: LEFT - 6,
      y: yOf(level) + 4,
      text: percentText(level).replace(/\.0+(?=\D)/, ''),
      fill: 'muted',
      anchor: 'end',
    });
  }
  marks.push({ kind: 'line', x1: xOf(0), x2: xOf(0), y1: TOP, y2: TOP + room.height, stroke: 'line', isDashed: true });
  if (round >= 0) marks.push({ kind: 'line', x1: xOf(round), x2: xOf(round), y1: TOP - 4, y2: TOP + room.height + 4, stroke: 'text' });
  moves.forEach((line, i) => {
    const d = line.map((move, k) => `${k === 0 ? 'M' : 'L'}${tenth(xOf(at[k]!))} ${tenth(yOf(move))}`).join('');
    marks.push({ kind: 'path', d, stroke: INKS[i]!, strokeWidth: i === 0 ? 2.2 : 1.6 });
  });
  const ends = moves.map((line, i) => ({ i, y: yOf(line.at(-1) ?? 0) })).sort((a, b) => a.y - b.y);
  let free = TOP;
  for (const { i, y } of ends) {
    const place = Math.min(Math.max(y + 4, free), TOP + room.height + BOTTOM - 2);
    free = place + LABEL_ROOM;
    marks.push({
      kind: 'text',
      x: LEFT + room.width + 5,
      y: place,
      text: cascade.markets[shown[i]!]!.slice(0, 8),
      fill: INKS[i]!,
      isStrong: i === 0,
    });
  }
  const foot = TOP + room.height + 16;
  marks.push({ kind: 'text', x: xOf(-1), y: foot, text: 'now', fill: 'muted', anchor: 'middle' });
  if (xOf(0) - xOf(-1) > 34) marks.push({ kind: 'text', x: xOf(0), y: foot, text: 'shock', fill: 'muted', anchor: 'middle' });
  if (count > 0) marks.push({ kind: 'text', x: xOf(count), y: foot, text: `round ${count}`, fill: 'muted', anchor: 'end' });
  return {
    scene: { width, height, marks },
    xOf,
    roundAt: (x) => Math.min(count, Math.max(0, Math.round(((x - LEFT) / room.width) * (count + 1) - 1))),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Round levels between the ends, zero among them. */
export function levels(low: number, high: number): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [0];
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((mantissa) => mantissa * power).find((size) => span / size <= 5) ?? span;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k === 0 ? 0 : k * step);
  return found;
}

const ROW = 26;
const NAME = 92;
const AMOUNT = 64;

/** Lying bars: each begins where the one before it ended. Levels are plain, what goes in or out is hatched below zero. */
export function waterfall(flows: readonly Flow[], width: number): Scene {
  const marks: Mark[] = [];
  let sum = 0;
  const bars = flows.map(({ amount: whole, isLevel }) => {
    const amount = Number.isFinite(whole) ? whole : 0;
    const from = isLevel ? 0 : sum;
    sum = isLevel ? amount : sum + amount;
    return { from, to: sum };
  });
  const low = Math.min(0, ...bars.flatMap(({ from, to }) => [from, to]));
  const high = Math.max(0, ...bars.flatMap(({ from, to }) => [from, to]));
  const room = Math.max(20, width - NAME - AMOUNT);
  const xOf = (value: number): number => NAME + (high > low ? ((value - low) / (high - low)) * room : 0);
  flows.forEach(({ name, amount, isLevel }, i) => {
    const { from, to } = bars[i]!;
    const y = i * ROW;
    const left = Math.min(xOf(from), xOf(to));
    const size = Math.abs(xOf(to) - xOf(from));
    const fill: Paint = isLevel ? 'water' : name === 'Uncovered' ? 'liquidation' : amount < 0 ? 'warning' : 'accent';
    marks.push({ kind: 'text', x: 0, y: y + 17, text: name, fill: 'text' });
    if (amount !== 0)
      marks.push({
        kind: 'rect',
        x: left,
        y: y + 6,
        width: Math.max(1.5, size),
        height: 14,
        fill,
        ...(isLevel ? {} : { isHatched: true }),
      });
    if (i + 1 < flows.length)
      marks.push({ kind: 'line', x1: xOf(to), x2: xOf(to), y1: y + 20, y2: y + ROW + 6, stroke: 'line-strong', isDashed: true });
    marks.push({ kind: 'text', x: width, y: y + 17, text: amountText(amount, isLevel), fill: 'muted', anchor: 'end' });
  });
  marks.push({ kind: 'line', x1: xOf(0), x2: xOf(0), y1: 2, y2: flows.length * ROW, stroke: 'line-strong' });
  return { width, height: flows.length * ROW, marks };
}

/** With its sign where it is a change. */
export function amountText(amount: number, isLevel: boolean): string {
  const text = amountOf(amount);
  return isLevel || amount <= 0 ? text : `+${text}`;
}
