/** Doubles of stress as text: rounded against the reader, signs kept, what is not there said. */
import { plain } from '../desk/money.ts';
import { formatFixed, formatPercent } from '../format/number.ts';

const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';

/** `−12.3 %`: a move; its size rounded down, so that a line never reads as further than it is. */
export const moveText = (move: number): string =>
  Number.isFinite(move) ? `${move < 0 ? MINUS : '+'}${formatPercent(plain(Math.abs(move)), 1, 'floor')}` : 'not known';

/** A distance in σ, rounded down. */
export const sigmaText = (sigmas: number): string => {
  if (Number.isNaN(sigmas)) return 'not known';
  return Number.isFinite(sigmas) ? `${formatFixed(plain(sigmas), 2, 'floor')}${NARROW_SPACE}σ` : `∞${NARROW_SPACE}σ`;
};

/** A probability, rounded up. */
export const chanceText = (probability: number): string =>
  Number.isFinite(probability) ? formatPercent(plain(probability), 1, 'ceil') : 'not known';

/** A share, signed. */
export const shareText = (share: number): string => {
  if (!Number.isFinite(share)) return 'not known';
  return `${share < 0 ? MINUS : ''}${formatPercent(plain(Math.abs(share)), 1, 'halfExpand')}`;
};

/** R and its parts, rounded up. */
export const gainText = (gain: number): string => (Number.isFinite(gain) ? formatFixed(plain(gain), 2, 'ceil') : 'not known');
