/** Measures as they are kept between looks: as they came, and as text where they are shown or stored. */
import type { Decimal } from '../../domain/units.ts';
import type { Reading } from './events.ts';
import { DOWN_IS_WORSE, type Measure } from './rules.ts';

/** As a reading gives it, or the text that a snapshot kept. */
export type Held = number | Decimal | string;
export type HeldValues = Readonly<Partial<Record<Measure, Held>>>;

/** Whether there is a number: not `unknown`, not NaN, not left out. */
export const isNumber = (value: Held | undefined): value is Held =>
  value !== undefined && value !== 'unknown' && (typeof value !== 'number' || !Number.isNaN(value));

const textOf = (value: Held): string => (typeof value === 'object' ? value.toFixed() : String(value));

/** Decimal text of every measure that has a number. */
export function textsOf(values: HeldValues | Reading['values']): Partial<Record<Measure, string>> {
  const texts: Partial<Record<Measure, string>> = {};
  for (const measure in values) {
    const value = values[measure as Measure];
    if (isNumber(value)) texts[measure as Measure] = textOf(value);
  }
  return texts;
}

/** The same, and which are not known: of a measure that is left out it would be taken that it does not exist. */
export function keptTextsOf(values: HeldValues): HeldValues {
  const texts: Partial<Record<Measure, Held>> = textsOf(values);
  for (const measure in values) if (values[measure as Measure] === 'unknown') texts[measure as Measure] = 'unknown';
  return texts;
}

/** The worst of every measure; the same object where nothing got worse. */
export function worstOf(worst: HeldValues, values: HeldValues): HeldValues {
  let next: Partial<Record<Measure, Held>> | undefined;
  for (const key in values) {
    const measure = key as Measure;
    const value = values[measure];
    if (!isNumber(value)) continue;
    const known = worst[measure];
    if (known !== undefined && !(DOWN_IS_WORSE.has(measure) ? Number(value) < Number(known) : Number(value) > Number(known))) continue;
    next ??= { ...worst };
    next[measure] = value;
  }
  return next ?? worst;
}
