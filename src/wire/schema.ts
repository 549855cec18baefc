/** Validators shared by every edge, and the translation of their issues into JSON pointers. */
import * as v from 'valibot';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { Decimal, ZERO } from '../domain/units.ts';
import { LosslessNumber } from './json.ts';

const DECIMAL = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Beyond this a quantity is a mistake, not a market: |x| < 1e40, and not finer than 1e-40. */
const EXPONENT_MAX = 40;
/** Longer than any amount a ledger holds; bounds the work of one multiplication. */
const DIGITS_MAX = 100;

/**
 * The quantity that `input` states: a decimal string, or a JSON number by its text, never through binary floating
 * point and never rounded; −0 is 0. Otherwise the sentence that says what is wrong with it.
 */
export function readDecimal(input: unknown): Decimal | string {
  const text = input instanceof LosslessNumber ? input.value : input;
  if (typeof text !== 'string') return `expected a decimal number as a string, found ${describe(input)}`;
  if (!DECIMAL.test(text)) return `expected a decimal number, found ${describe(text)}`;
  if (text.length > DIGITS_MAX) return `expected a decimal number of at most ${DIGITS_MAX} characters, found ${text.length}`;
  const value = new Decimal(text);
  if (value.isZero()) return isZeroText(text) ? ZERO : outOfRange(text);
  return value.isFinite() && value.e < EXPONENT_MAX && value.e > -EXPONENT_MAX ? value : outOfRange(text);
}

/** An exponent so low that the value vanished is not a zero. */
const isZeroText = (text: string): boolean => !/[1-9]/.test(text.replace(/[eE].*$/, ''));
const outOfRange = (text: string): string => `${describe(text)} is out of range: |x| must lie between 1e-40 and 1e40`;

const quantity = (refusal: (value: Decimal) => string | undefined) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, Decimal>(({ dataset, addIssue, NEVER }) => {
      const value = readDecimal(dataset.value);
      const message = typeof value === 'string' ? value : refusal(value);
      if (message === undefined) return value as Decimal;
      addIssue({ message });
      return NEVER;
    }),
  );

/** A quantity: a decimal string, or a JSON number read by its text. Output: Decimal. */
export const decimal = () => quantity(() => undefined);

/** A quantity that must be above zero, such as a price. */
export const positiveDecimal = () => quantity((value) => (value.gt(ZERO) ? undefined : `must be above zero, found ${value.toFixed()}`));

/** A quantity that must not be below zero. */
export const nonNegativeDecimal = () =>
  quantity((value) => (value.gte(ZERO) ? undefined : `must not be below zero, found ${value.toFixed()}`));

/** A fraction: 0.005 is half a per cent. From 0 to 1, both included. */
export const fraction = () =>
  quantity((value) =>
    value.gte(ZERO) && value.lte(1) ? undefined : `must be a fraction from 0 to 1 (0.05 is 5 %), found ${value.toFixed()}`,
  );

/** A name or an id: any text but the empty one. */
export const identifier = () =>
  v.pipe(
    v.string((issue) => `expected a string, found ${describe(issue.input)}`),
    v.check((text) => text.trim() !== '', 'must not be empty'),
  );

/** An object with string keys: no array, no number. */
export const isRecord = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null && !Array.isArray(input) && !(input instanceof LosslessNumber);

/** An object that has these fields and no others. Every unknown or missing field is a fault of its own, at its own pointer. */
export const fields = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isRecord, (issue) => `expected an object, found ${describe(issue.input)}`),
    v.looseObject(entries, 'is required'),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input)) {
        if (Object.hasOwn(entries, key)) continue;
        addIssue({ message: 'unknown field', path: [{ type: 'object', origin: 'key', input, key, value: input[key] }] });
      }
    }),
    v.transform((output) => output as v.InferOutput<v.ObjectSchema<E, undefined>>),
  );

export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Validates `input`: its value, or one fault per issue, pointers below `base`. */
export function attempt<S extends v.GenericSchema>(schema: S, input: unknown, base = ''): Attempt<v.InferOutput<S>> {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, faults: result.issues.map((issue) => faultOf(issue, base)) };
}

/** The same, for an input without which nothing can go on: throws `InputError`. */
export function check<S extends v.GenericSchema>(schema: S, input: unknown, base = ''): v.InferOutput<S> {
  const result = attempt(schema, input, base);
  if (result.ok) return result.value;
  throw new InputError(result.faults);
}

const faultOf = (issue: v.BaseIssue<unknown>, base: string): Fault => ({
  pointer: base + (issue.path ?? []).map((item) => pointerSegment(item.key as string | number)).join(''),
  message: issue.message,
});

/** A value as it is shown in a message: short, quoted, never a dump. */
export function describe(input: unknown): string {
  if (input instanceof LosslessNumber) return shortened(input.value);
  if (typeof input === 'string') return JSON.stringify(shortened(input));
  if (Array.isArray(input)) return 'an array';
  if (typeof input === 'object' && input !== null) return 'an object';
  return String(input);
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
