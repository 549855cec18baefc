/** The shapes of `leverage-book/1`, field by field. What needs two fields at once is in `book-checks.ts`. Rules BF-10 to BF-16. */
import * as v from 'valibot';
import type { Account, Asset, Instrument, MarginTier } from '../domain/book.ts';
import { ONE, ZERO } from '../domain/units.ts';
import { decimal, describe, fields, fraction, identifier, nonNegativeDecimal, positiveDecimal } from '../wire/schema.ts';

const oneOf = <const W extends readonly string[]>(...words: W) =>
  v.picklist(words, (issue) => `expected ${words.map((word) => `"${word}"`).join(' or ')}, found ${describe(issue.input)}`);

const list = <S extends v.GenericSchema>(item: S) => v.array(item, (issue) => `expected an array, found ${describe(issue.input)}`);

const optional = v.exactOptional;

const text = () => v.string((issue) => `expected a string, found ${describe(issue.input)}`);

const boolean = () => v.boolean((issue) => `expected true or false, found ${describe(issue.input)}`);

/** BF-10: date and time to the second or finer, in UTC, a day that exists. */
const instant = () =>
  v.pipe(
    text(),
    v.check(isUtcInstant, (issue) => `expected a time in UTC such as "2026-02-05T18:34:00Z", found ${describe(issue.input)}`),
  );

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|\+00:00)$/;

/** Whether `input` is ISO-8601 in UTC and names an instant that exists (no 30 February, no 24:00). */
export function isUtcInstant(input: string): boolean {
  if (!INSTANT.test(input)) return false;
  const toSeconds = input.slice(0, 19);
  const milliseconds = Date.parse(`${toSeconds}Z`);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(toSeconds);
}

/** BF-12: one row. How rows join is checked in `book-checks.ts`. */
const tier = fields({
  notionalFloor: nonNegativeDecimal(),
  maxLeverage: optional(positiveDecimal()),
  maintenanceMarginRate: v.pipe(
    fraction(),
    v.check((rate) => rate.gt(ZERO), 'must be above zero'),
  ),
  maintenanceDeduction: optional(nonNegativeDecimal()),
}) satisfies v.GenericSchema<unknown, MarginTier>;

const tiers = v.pipe(
  list(tier),
  v.check((rows) => rows.length > 0, 'must not be empty: leave the field out where no table is given'),
);

const feeRate = () =>
  v.pipe(
    decimal(),
    v.check((rate) => rate.abs().lt(ONE), 'must be a fraction below 1 (0.00045 is 0.045 %)'),
  );

/** BF-11. */
export const instrumentSchema = fields({
  venue: identifier(),
  contract: oneOf('linear', 'inverse'),
  base: identifier(),
  quote: identifier(),
  settle: identifier(),
  contractSize: positiveDecimal(),
  markPrice: optional(positiveDecimal()),
  indexPrice: optional(positiveDecimal()),
  takerFeeRate: optional(feeRate()),
  priceTick: optional(positiveDecimal()),
  tiers: optional(tiers),
}) satisfies v.GenericSchema<unknown, Omit<Instrument, 'id'>>;

const riskParameters = {
  collateralFactor: optional(fraction()),
  loanToValue: optional(fraction()),
  liquidationThreshold: optional(fraction()),
  liquidationBonus: optional(nonNegativeDecimal()),
};

/** BF-13. */
export const assetSchema = fields({
  price: optional(positiveDecimal()),
  unit: optional(identifier()),
  ...riskParameters,
}) satisfies v.GenericSchema<unknown, Omit<Asset, 'symbol'>>;

const balance = fields({ asset: identifier(), amount: decimal(), derived: optional(boolean()), ...riskParameters });

/** BF-15. */
const position = fields({
  instrument: identifier(),
  size: v.pipe(
    decimal(),
    v.check((size) => !size.isZero(), 'must not be zero: leave a closed position out'),
  ),
  entryPrice: positiveDecimal(),
  marginMode: oneOf('cross', 'isolated'),
  isolatedMargin: optional(decimal()),
  leverage: optional(positiveDecimal()),
  maxLeverage: optional(positiveDecimal()),
  tiers: optional(tiers),
});

/** BF-14. Balances and positions are optional here; `book-checks.ts` says when. */
export const accountSchema = fields({
  id: identifier(),
  venue: identifier(),
  label: optional(text()),
  unit: optional(identifier()),
  balances: optional(list(balance)),
  positions: optional(list(position)),
  maintenanceMarginOther: optional(nonNegativeDecimal()),
  initialMarginOther: optional(nonNegativeDecimal()),
}) satisfies v.GenericSchema<unknown, Omit<Account, 'balances' | 'positions'>>;

export type AccountFields = v.InferOutput<typeof accountSchema>;

const bookEntries = {
  format: v.literal('leverage-book/1', (issue) => `expected "leverage-book/1", found ${describe(issue.input)}`),
  asOf: instant(),
  unit: optional(identifier()),
  instruments: optional(v.unknown()),
  assets: optional(v.unknown()),
  accounts: v.unknown(),
};

/** BF-9: the whole, with its parts still unread. */
export const bookSchema = fields(bookEntries);
export type BookHead = v.InferOutput<typeof bookSchema>;
export const BOOK_FIELDS: ReadonlySet<string> = new Set(Object.keys(bookEntries));
