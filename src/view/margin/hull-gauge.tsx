/**
 * The first thing seen: a ship whose draught is the margin ratio. The levels of the policy are marks on her side, the sea
 * stands at the ratio, what is left below the deck is the buffer. Readable without colour and without the numbers.
 */
import { type ReactNode, useId } from 'react';
import type { BandLevels, FigureCell, RiskState } from '../../store/types.ts';
import { formatFixed } from '../format/number.ts';
import { STATE_WORDS } from '../format/words.ts';
import { shapePath } from '../ui/state-shape.tsx';
import { FIGURES, figureText } from './figures.ts';
import styles from './hull-gauge.module.css';
import {
  DECK_Y,
  FREEBOARD_LEAST,
  FREEBOARD_X,
  HOUSE_PATH,
  HULL_HEIGHT,
  HULL_PATH,
  HULL_WIDTH,
  LABEL_X,
  ratioY,
  SEA_RIGHT,
  seaPath,
  surfacePath,
} from './hull-geometry.ts';
import { spreadLabels } from './spread.ts';

const LEVELS = [
  { key: 'watch', state: 'watch', word: 'watch' },
  { key: 'warning', state: 'warning', word: 'warning' },
  { key: 'marginCall', state: 'margin-call', word: 'call' },
  { key: 'liquidation', state: 'liquidation', word: 'liquidation' },
] as const satisfies readonly { readonly key: keyof BandLevels; readonly state: RiskState; readonly word: string }[];

const STEM_X = 138;

interface HullGaugeProps {
  readonly ratio: FigureCell;
  readonly state: RiskState;
  readonly bands: BandLevels;
  /** The buffer in words, written beside the freeboard. */
  readonly freeboard: ReactNode;
  /** Draught under a what-if, drawn as a dashed second waterline; NaN where there is none. */
  readonly whatIfDraught: number;
  /** Drawn over the hull. */
  readonly over?: ReactNode;
}

const levelText = (value: number): string => formatFixed(String(value), 2, 'halfExpand');

/** The gauge in words, for those who do not see it. */
const valueText = (ratio: FigureCell, state: RiskState, bands: BandLevels): string =>
  `${figureText(FIGURES.marginRatio, ratio).shown}, ${STATE_WORDS[state].toLowerCase()}; watch from ${levelText(bands.watch)}, warning from ${levelText(
    bands.warning,
  )}, margin call from ${levelText(bands.marginCall)}, liquidation at ${levelText(bands.liquidation)}`;

function Marks({ bands }: { readonly bands: BandLevels }) {
  const marks = LEVELS.filter((level) => Number.isFinite(bands[level.key])).map((level) => ({ ...level, y: ratioY(bands[level.key]) }));
  const labels = spreadLabels(
    marks.map((mark) => mark.y),
    17,
    24,
    HULL_HEIGHT - 12,
  );
  const highest = marks.at(-1)?.y ?? DECK_Y;
  const lowest = marks[0]?.y ?? DECK_Y;
  return (
    <g>
      <line className={styles.stem} x1={STEM_X} x2={STEM_X} y1={highest} y2={lowest} />
      <circle className={styles.disc} cx={STEM_X - 22} cy={lowest} r={11} />
      <line className={styles.disc} x1={STEM_X - 38} x2={STEM_X - 6} y1={lowest} y2={lowest} />
      {marks.map((mark, index) => {
        const y = labels[index]!;
        return (
          <g key={mark.key} data-state={mark.state}>
            <line className={styles.mark} x1={STEM_X} x2={STEM_X + 26} y1={mark.y} y2={mark.y} />
            <path className={styles.leader} d={`M${STEM_X + 26} ${mark.y} L${SEA_RIGHT - 6} ${mark.y} L${LABEL_X - 14} ${y}`} />
            <path className={styles.shape} d={shapePath(mark.state)} transform={`translate(${LABEL_X - 11} ${y - 5}) scale(0.83)`} />
            <text className={styles.label} x={LABEL_X + 4} y={y + 4}>
              {mark.word}
              <tspan className={styles.level} dx={4}>
                {levelText(bands[mark.key])}
              </tspan>
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** What is drawn for a ratio. Negative equity has none, yet the ship is under: bankrupt is as deep as the drawing goes. NaN: not known. */
export const draughtOf = (ratio: FigureCell, state: RiskState): number => {
  if (ratio.reason === '') return ratio.value;
  return state === 'bankrupt' ? Number.POSITIVE_INFINITY : Number.NaN;
};

/** The height of deck above water, measured like a dimension in a drawing. */
function Freeboard({ y, text }: { readonly y: number; readonly text: ReactNode }) {
  if (y - DECK_Y < FREEBOARD_LEAST) return null;
  const middle = (y + DECK_Y) / 2;
  return (
    <g>
      <path
        className={styles.dimension}
        d={`M${FREEBOARD_X} ${DECK_Y + 2} V${y - 4} M${FREEBOARD_X - 4} ${DECK_Y + 8} l4 -6 l4 6 M${FREEBOARD_X - 4} ${y - 10} l4 6 l4 -6`}
      />
      <text className={styles.freeboard} x={FREEBOARD_X + 9} y={middle + 1}>
        {text}
      </text>
      <text className={styles.caption} x={FREEBOARD_X + 9} y={middle + 13}>
        buffer
      </text>
    </g>
  );
}

export function HullGauge({ ratio, state, bands, freeboard, whatIfDraught, over }: HullGaugeProps) {
  const id = useId();
  const hasNumber = ratio.reason === '';
  const drawn = draughtOf(ratio, state);
  const isDrawn = !Number.isNaN(drawn);
  const y = isDrawn ? ratioY(drawn) : 0;
  const text = figureText(FIGURES.marginRatio, ratio);
  const role = hasNumber
    ? ({
        role: 'meter',
        'aria-label': 'Margin ratio',
        'aria-valuemin': 0,
        'aria-valuemax': 1,
        'aria-valuenow': Math.min(1, Math.max(0, ratio.value)),
        'aria-valuetext': valueText(ratio, state, bands),
      } as const)
    : ({ role: 'img', 'aria-label': `Margin ratio: ${text.shown}, ${text.full}` } as const);
  return (
    <div {...role} data-state={state} className={styles.gauge}>
      <svg viewBox={`0 0 ${HULL_WIDTH} ${HULL_HEIGHT}`} className={styles.drawing} aria-hidden="true" focusable="false">
        <defs>
          <clipPath id={`${id}hull`}>
            <path d={HULL_PATH} />
          </clipPath>
          <pattern id={`${id}hatch`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
            <line x1="0" y1="0" x2="0" y2="7" className={styles.hatch} />
          </pattern>
        </defs>
        <path className={styles.house} d={HOUSE_PATH} />
        <path className={styles.hull} d={HULL_PATH} />
        {isDrawn && (
          <>
            <g clipPath={`url(#${id}hull)`}>
              <rect className={styles.wet} x={0} y={y} width={SEA_RIGHT} height={HULL_HEIGHT} />
            </g>
            <path className={styles.sea} d={seaPath(y)} />
          </>
        )}
        <path className={styles.outline} d={HULL_PATH} />
        {!isDrawn && <path d={HULL_PATH} fill={`url(#${id}hatch)`} />}
        {isDrawn && <rect className={styles.untrusted} x={0} y={y} width={SEA_RIGHT} height={HULL_HEIGHT - y} fill={`url(#${id}hatch)`} />}
        <Marks bands={bands} />
        {over}
        {isDrawn && <path className={styles.surface} d={surfacePath(y)} />}
        {!Number.isNaN(whatIfDraught) && (
          <line className={styles.whatIf} x1={0} x2={SEA_RIGHT} y1={ratioY(whatIfDraught)} y2={ratioY(whatIfDraught)} />
        )}
        {isDrawn && <Freeboard y={y} text={freeboard} />}
      </svg>
    </div>
  );
}
