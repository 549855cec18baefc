/** The hull gauge in its own coordinates: which height a margin ratio has, and the outline of the ship. Geometry only. */

export const HULL_WIDTH = 324;
export const HULL_HEIGHT = 196;

/** Height of the keel, where the ratio is 0, and of the deck, where it is 1. */
export const KEEL_Y = 180;
export const DECK_Y = 62;

/** The sea is drawn no higher than this ratio: the deck is awash and the text says the rest. */
const HIGHEST_RATIO = 1.22;

/** Where labels of the marks stand, and the right end of the sea. */
export const SEA_RIGHT = 214;
export const LABEL_X = 228;

/** y of a margin ratio; below 0 (negative equity has no ratio) and above the highest the drawing stops, the number does not. */
export const ratioY = (ratio: number): number => KEEL_Y - Math.min(Math.max(ratio, 0), HIGHEST_RATIO) * (KEEL_Y - DECK_Y);

/** The ship from the side, bow to the right; the deck edge is at `DECK_Y`. */
export const HULL_PATH = `M14 ${DECK_Y - 8} L62 ${DECK_Y - 8} L66 ${DECK_Y} L164 ${DECK_Y} L170 ${DECK_Y - 13} L207 ${DECK_Y - 16} C201 ${DECK_Y + 30} 190 150 184 ${KEEL_Y - 6} C182 ${KEEL_Y} 178 ${KEEL_Y} 172 ${KEEL_Y} L40 ${KEEL_Y} C28 ${KEEL_Y} 22 168 21 150 C19 120 16 90 14 ${DECK_Y - 8} Z`;

/** Bridge, funnel and mast, above the deck. */
export const HOUSE_PATH = `M22 ${DECK_Y - 8} L22 ${DECK_Y - 24} L28 ${DECK_Y - 24} L28 ${DECK_Y - 36} L48 ${DECK_Y - 36} L48 ${DECK_Y - 24} L58 ${DECK_Y - 24} L58 ${DECK_Y - 8} Z M33 ${DECK_Y - 36} L34 ${DECK_Y - 46} L42 ${DECK_Y - 46} L43 ${DECK_Y - 36} Z`;

/** A still, slightly waved surface from the left edge to `SEA_RIGHT` at height `y`. */
export const surfacePath = (y: number): string => {
  const waves: string[] = [`M0 ${y}`];
  for (let x = 0; x < SEA_RIGHT; x += 21.4) waves.push(`q5.35 -2.4 10.7 0 t10.7 0`);
  return waves.join(' ');
};

/** The sea below that surface, closed along the bottom of the drawing. */
export const seaPath = (y: number): string => `${surfacePath(y)} L${SEA_RIGHT} ${HULL_HEIGHT} L0 ${HULL_HEIGHT} Z`;

/** Where the freeboard is measured, and the least height it can be written in. */
export const FREEBOARD_X = 52;
export const FREEBOARD_LEAST = 30;
