/** The price ladder of one market: which rungs it has and where they stand. Geometry only. */
import type { PositionColumns } from '../../store/types.ts';
import { formatPrice, liquidationRounding } from '../format/price.ts';
import { liquidationReason, shortReason } from '../format/words.ts';
import { spreadLabels } from './spread.ts';

export type RungKind = 'mark' | 'entry' | 'liquidation' | 'bankruptcy';

export interface Rung {
  readonly id: string;
  readonly kind: RungKind;
  /** `entry`, `liquidation`, …; with the side where the market has more than one position. */
  readonly word: string;
  readonly price: number;
  readonly text: string;
}

/** A price that does not exist, and why. */
export interface MissingRung {
  readonly id: string;
  readonly word: string;
  readonly why: string;
}

export interface Rungs {
  readonly rungs: readonly Rung[];
  readonly missing: readonly MissingRung[];
}

const KINDS = [
  ['entry', 'entryPrice'],
  ['liquidation', 'liquidationPrice'],
  ['bankruptcy', 'bankruptcyPrice'],
] as const satisfies readonly (readonly [RungKind, keyof PositionColumns])[];

/** The prices of all positions in the market of `base` that share the instrument of position `first`. */
export const rungsOf = (positions: PositionColumns, first: number, riskPrice: string, decimals: number): Rungs => {
  const rungs: Rung[] = [];
  const missing: MissingRung[] = [];
  const same = [...positions.key.keys()].filter((i) => positions.instrument[i] === positions.instrument[first]);
  const mark = positions.markPrice;
  if (mark.reason[first] === '') {
    rungs.push({ id: 'mark', kind: 'mark', word: riskPrice, price: mark.value[first]!, text: formatPrice(mark.text[first]!, decimals) });
  } else missing.push({ id: 'mark', word: riskPrice, why: shortReason(mark.reason[first]!) });
  for (const i of same) {
    const side = positions.side[i]!;
    for (const [kind, column] of KINDS) {
      const word = same.length > 1 ? `${kind}, ${side}` : kind;
      const id = `${kind} ${positions.key[i]}`;
      const reason = positions[column].reason[i]!;
      if (reason !== '') missing.push({ id, word, why: liquidationReason(reason, side) });
      else {
        const rounding = kind === 'entry' ? 'halfExpand' : liquidationRounding(side);
        rungs.push({
          id,
          kind,
          word,
          price: positions[column].value[i]!,
          text: formatPrice(positions[column].text[i]!, decimals, rounding),
        });
      }
    }
  }
  return { rungs, missing };
};

export interface PlacedRung extends Rung {
  /** Height of its line. */
  readonly y: number;
  /** Height of its label, moved so that labels do not collide. */
  readonly labelY: number;
  /** Beyond the scale: drawn at its end, and said so. */
  readonly off: 'above' | 'below' | null;
}

/** A price so many times the mark, or that fraction of it, is put at the end of the scale: the rest would be squeezed. */
const REACH = 3;
const LABEL_GAP = 17;

/** Places rungs on a linear axis of `height` pixels, high prices at the top. */
export const placeRungs = (rungs: readonly Rung[], height: number, margin: number): PlacedRung[] => {
  const mark = rungs.find((rung) => rung.kind === 'mark')?.price ?? rungs[0]?.price ?? 1;
  const within = rungs.map((rung) => rung.price).filter((price) => price <= mark * REACH && price >= mark / REACH);
  const low = Math.min(...within, mark);
  const high = Math.max(...within, mark);
  const span = high > low ? high - low : Math.max(mark * 0.01, Number.MIN_VALUE);
  const yOf = (price: number): number => {
    const y = margin + ((high - price) / span) * (height - 2 * margin);
    return Math.min(Math.max(y, margin / 2), height - margin / 2);
  };
  const ys = rungs.map((rung) => yOf(rung.price));
  const labels = spreadLabels(ys, LABEL_GAP, 8, height - 8);
  return rungs.map((rung, i) => ({
    ...rung,
    y: ys[i]!,
    labelY: labels[i]!,
    off: rung.price > high ? 'above' : rung.price < low ? 'below' : null,
  }));
};
