/**
 * The colours of the heat map: seven classes between round numbers, and none for nothing. Lightness alone orders them, so they read in
 * greyscale and for the colour-blind; on a dark page more is lighter, on a light one darker.
 */

/** From little to much. */
export const SHADES = {
  dark: ['#1c4057', '#205a70', '#2f7583', '#4f9089', '#80aa87', '#bcc584', '#f4e59a'],
  light: ['#e3dcb4', '#c6cb94', '#9bb488', '#6c9a86', '#437d82', '#265d75', '#123a55'],
} as const satisfies Record<string, readonly string[]>;

export const SHADE_COUNT = SHADES.dark.length;

const MANTISSAS = [1, 2, 5] as const;

/**
 * Round numbers between the classes, rising: the highest six of 1, 2 and 5 × 10ⁿ below `most`, all of them at least `least`. Fewer where
 * there are fewer; none where everything is one class.
 */
export function bounds(most: number, least = 0): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [];
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(most)); found.length < SHADE_COUNT - 1; power--) {
    if (10 ** (power + 1) <= least || power < -12) break;
    for (const mantissa of [...MANTISSAS].reverse()) {
      const bound = Number(`${mantissa}e${power}`);
      if (bound < most && bound > least && found.length < SHADE_COUNT - 1) found.push(bound);
    }
  }
  return found.reverse();
}

/** The class of a value: 0 is nothing, 1 … `SHADE_COUNT` from little to much. Values of nothing: zero, and what is no number. */
export function classOf(value: number, between: readonly number[]): number {
  if (!(value > 0)) return 0;
  let at = 0;
  while (at < between.length && value >= between[at]!) at++;
  return at + 1;
}

/** Which shade a class has where there are `classes` of them: the whole range is used, however few there are. */
export function shadeOf(at: number, classes: number, theme: keyof typeof SHADES): string {
  const shades = SHADES[theme];
  const place = classes <= 1 ? SHADE_COUNT - 1 : Math.round(((at - 1) / (classes - 1)) * (SHADE_COUNT - 1));
  return shades[Math.min(SHADE_COUNT - 1, Math.max(0, place))]!;
}
