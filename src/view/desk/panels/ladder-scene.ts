/** The liquidation ladder as marks: rises above the line of now, falls below it, long and short notional side by side in each rung. */
import type { DeskLadder, DeskRung } from '../../../store/types.ts';
import { type Mark, niceCeil, type Scene } from '../charts/scene.ts';
import { readBound } from '../filters/bounds.ts';
import { formatAxis, formatCount, formatShort } from '../money.ts';

/** A rung in the order of the picture, from the highest rise to the deepest fall. */
export interface Rung extends DeskRung {
  readonly index: number;
  readonly long: number;
  readonly short: number;
  /** Of other markets, in the same pools. */
  readonly others: number;
  readonly pools: number;
  /** Notional of the market that closes from here to no move, this rung and what is past its line included. */
  readonly cumulated: number;
  readonly cumulatedPools: number;
}

/** Rungs from the top of the picture down. The ladder names the far end of each; the near end is the one before towards zero. */
export function rungsOf(ladder: DeskLadder): readonly Rung[] {
  const side = (isFall: boolean): Rung[] => {
    const indices = [...ladder.move.keys()].filter((i) => ladder.move[i]! < 0 === isFall);
    indices.sort((a, b) => Math.abs(ladder.move[a]!) - Math.abs(ladder.move[b]!));
    let cumulated = ladder.alreadyLong + ladder.alreadyShort;
    let cumulatedPools = ladder.alreadyPools;
    let after = 0;
    return indices.map((index) => {
      const [long, short, pools] = [ladder.long[index]!, ladder.short[index]!, ladder.pools[index]!];
      const others = ladder.otherLong[index]! + ladder.otherShort[index]!;
      const upTo = ladder.move[index]!;
      cumulated += long + short;
      cumulatedPools += pools;
      const rung = { index, market: ladder.market, after, upTo, long, short, others, pools, cumulated, cumulatedPools };
      after = upTo;
      return rung;
    });
  };
  return [...side(false).reverse(), ...side(true)];
}

const LABELS = 44;
const RIGHT = 6;
const TOP = 18;
const BOTTOM = 2;
/** Room for the line of now between rises and falls. */
const NOW = 18;

export interface PlacedRung {
  readonly rung: Rung;
  readonly y: number;
  readonly height: number;
}

export interface LadderScene {
  readonly scene: Scene;
  readonly placed: readonly PlacedRung[];
}

const LABELLED_EVERY_PX = 22;

/** The picture of `rungs` in width × height pixels. */
export function ladderScene(rungs: readonly Rung[], already: string, unit: string, width: number, height: number): LadderScene {
  const rises = rungs.filter(({ upTo }) => upTo > 0).length;
  const rungHeight = rungs.length === 0 ? 0 : Math.max(1, (height - TOP - BOTTOM - NOW) / rungs.length);
  const most = niceCeil(Math.max(0, ...rungs.map(({ long, short, others }) => long + short + others)));
  const room = Math.max(0, width - LABELS - RIGHT);
  const x = (value: number): number => (value / most) * room;
  const nowY = TOP + rises * rungHeight + NOW / 2;
  const placed = rungs.map((rung, i) => ({ rung, y: TOP + i * rungHeight + (i >= rises ? NOW : 0), height: rungHeight }));
  const every = Math.max(1, Math.ceil(LABELLED_EVERY_PX / Math.max(1, rungHeight)));
  const marks: Mark[] = [];
  for (const share of [0.5, 1]) {
    const at = LABELS + x(most * share);
    marks.push({ kind: 'line', x1: at, x2: at, y1: TOP - 4, y2: height - BOTTOM, stroke: 'line' });
    marks.push({
      kind: 'text',
      x: at,
      y: TOP - 7,
      text: `${formatAxis(most * share)}${share === 1 ? ` ${unit}` : ''}`,
      fill: 'faint',
      anchor: share === 1 ? 'end' : 'middle',
    });
  }
  placed.forEach(({ rung, y, height: tall }, i) => {
    const bar = Math.max(1, tall - 1);
    if (rung.long > 0) marks.push({ kind: 'rect', x: LABELS, y, width: Math.max(1, x(rung.long)), height: bar, fill: 'water' });
    if (rung.short > 0)
      marks.push({
        kind: 'rect',
        x: LABELS + x(rung.long),
        y,
        width: Math.max(1, x(rung.short)),
        height: bar,
        fill: 'accent',
        isHatched: true,
      });
    if (rung.others > 0)
      marks.push({
        kind: 'rect',
        x: LABELS + x(rung.long + rung.short),
        y,
        width: Math.max(1, x(rung.others)),
        height: bar,
        fill: 'line-strong',
        opacity: 0.5,
      });
    const fromNow = i < rises ? rises - i : i - rises + 1;
    if (fromNow % every === 0)
      marks.push({ kind: 'text', x: LABELS - 6, y: y + tall / 2 + 4, text: signedMove(rung.upTo), fill: 'muted', anchor: 'end' });
  });
  marks.push({ kind: 'line', x1: LABELS, x2: width - RIGHT, y1: nowY, y2: nowY, stroke: 'line-strong', isDashed: true });
  marks.push({ kind: 'text', x: LABELS - 6, y: nowY + 4, text: 'now', fill: 'text', anchor: 'end', isStrong: true });
  if (already !== '') marks.push({ kind: 'text', x: width - RIGHT, y: nowY - 3, text: already, fill: 'muted', anchor: 'end' });
  return { scene: { width, height, marks }, placed };
}

/** `+3 %`, `−12 %`. */
export const signedMove = (move: number): string => `${move > 0 ? '+' : ''}${readBound('percent', move)}`;

/** What is past its line without any move; '' where nothing is. */
export const alreadyText = (ladder: DeskLadder, unit: string): string =>
  ladder.alreadyPools > 0
    ? `already past: ${formatShort(ladder.alreadyLong + ladder.alreadyShort, 'ceil')} ${unit} in ${formatCount(ladder.alreadyPools)} pools`
    : '';

/** One rung in words. */
export function rungText(rung: Rung, unit: string): string {
  const { long, short, others, pools, cumulated } = rung;
  const rest = others > 0 ? `, ${formatShort(others, 'ceil')} of other markets` : '';
  const where = `${signedMove(rung.after).replace(/\s?%$/, '')} to ${signedMove(rung.upTo)}`;
  return `${where}: ${formatShort(long, 'ceil')} long, ${formatShort(short, 'ceil')} short${rest} ${unit} in ${formatCount(pools)} pools; ${formatShort(cumulated, 'ceil')} ${unit} up to here`;
}

/** The ladder in one sentence: what a move half as far as it reaches liquidates, each way. */
export function ladderSentence(ladder: DeskLadder, rungs: readonly Rung[], unit: string): string {
  const reach = Math.max(0, ...rungs.map(({ upTo }) => Math.abs(upTo)));
  const at = (isFall: boolean): Rung | undefined =>
    rungs
      .filter(({ upTo }) => upTo < 0 === isFall && Math.abs(upTo) <= reach / 2 + 1e-9)
      .reduce<Rung | undefined>((far, rung) => (far && Math.abs(far.upTo) >= Math.abs(rung.upTo) ? far : rung), undefined);
  const way = (rung: Rung, i: number): string =>
    `${signedMove(rung.upTo)}: ${formatShort(rung.cumulated, 'ceil')} ${i === 0 ? `${unit} liquidated in` : 'in'} ${formatCount(rung.cumulatedPools)} pools`;
  const who = ladder.market === '' ? 'All prices' : ladder.market;
  const parts = [at(true), at(false)].flatMap((rung) => rung ?? []).map(way);
  if (parts.length === 0) return `No move of ${who} is looked at.`;
  const unplaced =
    ladder.undecidedPools > 0 ? ` Not placed: ${formatCount(ladder.undecidedPools)} pools of which something is not known.` : '';
  return `${who} ${parts.join('; ')}.${unplaced}`;
}
