/** Validators shared by every edge, and the translation of their issues into JSON pointers. */
import * as v from 'valibot';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { Decimal } from '../domain/units.ts';
import { LosslessNumber } from './json.ts';

const DECIMAL = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
/** Beyond this a quantity is a mistake, not a market: |x| < 1e40, and not finer than 1e-40. */
const EXPONENT_MAX = 40;

/** A quantity: a decimal string, or a JSON number read by its text. Output: Decimal. */
export const decimal = () =>
  v.pipe(
    v.union([v.string(), v.instance(LosslessNumber)], 'expected a decimal number as a string'),
    v.transform((input) => (typeof input === 'string' ? input : input.value).trim()),
    v.regex(DECIMAL, (issue) => `expected a decimal number, found "${String(issue.input).slice(0, 40)}"`),
    v.transform((text) => new Decimal(text)),
    v.check(
      (value) => value.isZero() || (value.e < EXPONENT_MAX && value.e > -EXPONENT_MAX),
      'out of range: |x| must lie between 1e-40 and 1e40',
    ),
  );

/** A quantity that must be above zero, such as a price. */
export const positiveDecimal = () =>
  v.pipe(
    decimal(),
    v.check((value) => value.gt(0), 'must be above zero'),
  );

/** A quantity that must not be below zero. */
export const nonNegativeDecimal = () =>
  v.pipe(
    decimal(),
    v.check((value) => value.gte(0), 'must not be below zero'),
  );

/** Validates `input`; throws `InputError` with one fault per issue, pointers below `base`. */
export function check<S extends v.GenericSchema>(schema: S, input: unknown, base = ''): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw new InputError(result.issues.flatMap((issue) => faultsOf(issue, base)));
}

function faultsOf(issue: v.BaseIssue<unknown>, base: string): Fault[] {
  const pointer = base + (issue.path ?? []).map((item) => pointerSegment(item.key as string | number)).join('');
  return [{ pointer, message: issue.message }];
}
