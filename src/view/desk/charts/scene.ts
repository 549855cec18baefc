/**
 * A chart as a list of marks: made by pure functions of figures and size, drawn as SVG on the page and on a canvas for a picture to
 * take away. Colours are the names of the page's tokens; what is not colour alone has a pattern or a word.
 */

export type Paint =
  | 'text'
  | 'muted'
  | 'faint'
  | 'line'
  | 'line-strong'
  | 'accent'
  | 'water'
  | 'panel'
  | 'healthy'
  | 'watch'
  | 'warning'
  | 'margin-call'
  | 'liquidation'
  | 'stale';

export type Mark =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Paint;
      /** Diagonal lines instead of a plain fill: the second of two that are compared. */
      readonly isHatched?: boolean;
      readonly opacity?: number;
    }
  | {
      readonly kind: 'line';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly stroke: Paint;
      readonly isDashed?: boolean;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly fill: Paint;
      readonly size?: number;
      readonly anchor?: 'start' | 'middle' | 'end';
      readonly isStrong?: boolean;
    }
  | {
      readonly kind: 'path';
      readonly d: string;
      readonly fill?: Paint;
      readonly stroke?: Paint;
      readonly strokeWidth?: number;
      readonly opacity?: number;
    };

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

/** Font size of labels, px. */
export const LABEL_SIZE = 11;
/** Distance of the lines of a hatch, px. */
export const HATCH_STEP = 4;

/** A mark's coordinate to a tenth of a pixel: short text, no visible difference. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;

/** A round number, at least `value`: the end of an axis. 1 where there is nothing to show. */
export function niceCeil(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((candidate) => candidate * power >= value * (1 - 1e-12));
  return (step ?? 10) * power;
}
