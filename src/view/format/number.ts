/**
 * Numbers as text. Every input is exact decimal text and reaches `Intl.NumberFormat` as text, so nothing passes through
 * binary floating point on its way to the screen. English grouping throughout: the page speaks English and its fields take
 * a decimal point, so a decimal comma in the figures beside them would invite misreading.
 */

/** `floor` and `ceil` keep their sense below zero: floor(−1.5) = −2. Figures are rounded against the user (see figures.ts). */
export type Rounding = 'floor' | 'ceil' | 'halfExpand';

const MINUS = '\u2212';
const NARROW_SPACE = '\u202f';

const cache = new Map<string, Intl.NumberFormat>();

const formatter = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = JSON.stringify(options);
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', options);
  cache.set(key, made);
  return made;
};

const write = (text: string, options: Intl.NumberFormatOptions): string =>
  formatter(options)
    .format(text as `${number}`)
    .replace('-', MINUS);

const fixed = (decimals: number, rounding: Rounding): Intl.NumberFormatOptions => ({
  minimumFractionDigits: decimals,
  maximumFractionDigits: decimals,
  roundingMode: rounding,
});

/** Fixed decimals, grouped by thousands, true minus sign. A result of zero carries no sign. */
export const formatFixed = (text: string, decimals: number, rounding: Rounding): string =>
  write(text, { ...fixed(decimals, rounding), signDisplay: 'negative' });

/** As `formatFixed`, with + before what is above zero. */
export const formatSigned = (text: string, decimals: number, rounding: Rounding): string =>
  write(text, { ...fixed(decimals, rounding), signDisplay: 'exceptZero' });

/** `13.8M`: three significant digits at least, for places too narrow for the whole. The whole must stand within reach. */
export const formatCompact = (text: string, rounding: Rounding): string =>
  write(text, {
    notation: 'compact',
    minimumSignificantDigits: 3,
    maximumSignificantDigits: 4,
    roundingMode: rounding,
    signDisplay: 'negative',
  });

/** Every digit there is, grouped: the full value behind a shortened one. By hand, because engines differ in the decimals they allow. */
export const formatExact = (text: string): string => {
  const parts = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!parts) return text.replace('-', MINUS);
  return `${parts[1] ? MINUS : ''}${parts[2]!.replace(/\B(?=(\d{3})+$)/g, ',')}${parts[3] ?? ''}`;
};

/**
 * A fraction as per cent with `decimals` places, or more where fewer would show less than two significant digits, so that
 * a small distance never reads as zero.
 */
export const formatPercent = (text: string, decimals: number, rounding: Rounding): string =>
  write(text, {
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    minimumSignificantDigits: 2,
    maximumSignificantDigits: 2,
    roundingPriority: 'morePrecision',
    roundingMode: rounding,
    signDisplay: 'negative',
  }).replace('%', `${NARROW_SPACE}%`);

/** Distances of a thousand per cent and more differ in nothing that matters. */
const FAR = /^\d{2,}(\.|$)/;

/** A distance, rounded down; from a thousand per cent on only that it is further. */
export const formatDistance = (text: string): string => (FAR.test(text) ? `> 1,000${NARROW_SPACE}%` : formatPercent(text, 1, 'floor'));

const RATIO_DECIMALS = [3, 4, 6, 9, 15, 20] as const;

/**
 * A margin ratio, rounded up. Where three decimals would round a ratio below 1 onto 1, the edge, more are written:
 * the text must not say what the exact value does not.
 */
export const formatRatio = (text: string): string => {
  for (const decimals of RATIO_DECIMALS) {
    const shown = formatFixed(text, decimals, 'ceil');
    if (!/^1\.0+$/.test(shown) || /^1(\.0*)?$/.test(text)) return shown;
    if (!text.startsWith('0')) return formatFixed(text, decimals, 'ceil');
  }
  return formatFixed(text, 20, 'ceil');
};

/** A health factor, rounded down, with the same care just above its edge at 1. */
export const formatHealthFactor = (text: string): string => {
  for (const decimals of RATIO_DECIMALS) {
    const shown = formatFixed(text, decimals, 'floor');
    if (!/^1\.0+$/.test(shown) || /^1(\.0*)?$/.test(text)) return shown;
  }
  return formatFixed(text, 20, 'floor');
};

/** `4.21×`. */
export const formatLeverage = (text: string, rounding: Rounding): string => `${formatFixed(text, 2, rounding)}×`;

/** A size or an amount of an asset: as many of eight decimals as it has. */
export const formatAmount = (text: string): string =>
  write(text, { maximumFractionDigits: 8, roundingMode: 'halfExpand', signDisplay: 'negative' });
