/** What `stress` is asked, read whole and strictly before anything is computed. Rules ST-1…ST-10 of docs/spec/stress-command.md. */
import * as v from 'valibot';
import type { Book } from '../domain/book.ts';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { type Decimal, ONE, ZERO } from '../domain/units.ts';
import type { ByMarket, Deleveraging } from '../engine/cascade/types.ts';
import type { ShockModel } from '../engine/stress/types.ts';
import { attempt, check, describe, fields, identifier, isRecord, readDecimal } from '../wire/schema.ts';
import { readBookValue } from './leverage-book.ts';

export interface CascadeSpec {
  readonly shock: ByMarket;
  readonly venueShock: ReadonlyMap<string, ByMarket>;
  readonly depth: ByMarket;
  readonly procedure: 'full' | 'venue';
  readonly leftovers: 'keep' | 'forfeit';
  /** One amount for one fund behind everybody, or one a venue. */
  readonly insuranceFund: Decimal | ByMarket;
  readonly deleveraging: Deleveraging;
}

export interface FeedbackSpec {
  readonly step: Decimal;
  readonly depth: ByMarket;
}

export interface ShortestShockSpec {
  readonly model: ShockModel;
  /** Absent: the account that is nearest. */
  readonly account?: string;
}

export interface StressSpec {
  /** The book as it stands in the text, unread, or the file that holds it. */
  readonly book: { readonly value: unknown } | { readonly file: string };
  readonly cascade?: CascadeSpec;
  readonly feedback?: FeedbackSpec;
  readonly shortestShock?: ShortestShockSpec;
}

/** A quantity within bounds; `refusal` says what is wrong with one outside. */
const amount = (refusal: (value: Decimal) => string | undefined) =>
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

const shock = () =>
  amount((value) => (value.gte(-1) ? undefined : `no price falls by more than its whole: −1 or above, found ${value.toFixed()}`));
const depth = () =>
  amount((value) =>
    value.gt(ZERO) ? undefined : `a depth is above zero, found ${value.toFixed()}; leave the market out where its book is infinitely deep`,
  );
const step = () =>
  amount((value) => (value.gt(ZERO) && value.lt(ONE) ? undefined : `a step lies between 0 and 1, both excluded, found ${value.toFixed()}`));
const fund = () => amount((value) => (value.gte(ZERO) ? undefined : `a fund is not below zero, found ${value.toFixed()}`));
const sigma = () => amount((value) => (value.gte(ZERO) ? undefined : `a σ is not below zero, found ${value.toFixed()}`));
const correlation = () =>
  amount((value) => (value.abs().lte(1) ? undefined : `a correlation lies between −1 and 1, found ${value.toFixed()}`));

/** An object of numbers by name. Its faults have the pointers of their entries. */
const byName = <T>(value: () => v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isRecord, (issue) => `expected an object, found ${describe(issue.input)}`),
    v.record(
      v.pipe(
        v.string(),
        v.check((name) => name.trim() !== '', 'a name must not be empty'),
      ),
      value(),
    ),
    v.transform((record): ReadonlyMap<string, T> => new Map(Object.entries(record))),
  );

const word = <const W extends readonly string[]>(...words: W) =>
  v.picklist(words, (issue) => `expected ${words.map((one) => `"${one}"`).join(' or ')}, found ${describe(issue.input)}`);

const optional = v.exactOptional;

const cascadeSchema = fields({
  shock: optional(byName(shock)),
  venueShock: optional(byName(() => byName(shock))),
  depth: optional(byName(depth)),
  procedure: optional(word('full', 'venue')),
  leftovers: optional(word('keep', 'forfeit')),
  insuranceFund: optional(v.lazy((input) => (isRecord(input) ? byName(fund) : fund()))),
  deleveraging: optional(word('pro-rata', 'queue', 'risk-aware', 'venue', 'none')),
});

const feedbackSchema = fields({ step: optional(step()), depth: optional(byName(depth)) });

const pair = v.pipe(
  v.array(v.unknown(), (issue) => `expected a pair and its correlation such as ["BTC","ETH","0.82"], found ${describe(issue.input)}`),
  v.check((items) => items.length === 3, 'expected two markets and their correlation: three values'),
  v.tuple([identifier(), identifier(), correlation()]),
);

const shortestShockSchema = fields({
  sigma: byName(sigma),
  correlation: optional(v.array(pair, (issue) => `expected an array, found ${describe(issue.input)}`)),
  space: optional(word('log', 'simple')),
  account: optional(identifier()),
});

const specSchema = fields({
  book: v.custom<Readonly<Record<string, unknown>>>(isRecord, (issue) => `expected an object, found ${describe(issue.input)}`),
  cascade: optional(v.unknown()),
  feedback: optional(v.unknown()),
  shortestShock: optional(v.unknown()),
});

/** Reads a specification, already through `readJson`. Every fault at once; throws `InputError`. */
export function readStressSpec(input: unknown): StressSpec {
  const head = check(specSchema, input);
  const faults: Fault[] = [];
  const part = <S extends v.GenericSchema>(schema: S, value: unknown, base: string): v.InferOutput<S> | undefined => {
    if (value === undefined) return undefined;
    const read = attempt(schema, value, base);
    if (read.ok) return read.value;
    faults.push(...read.faults);
    return undefined;
  };
  const cascade = part(cascadeSchema, head.cascade, '/cascade');
  const feedback = part(feedbackSchema, head.feedback, '/feedback');
  const shortest = part(shortestShockSchema, head.shortestShock, '/shortestShock');
  const book = part(bookPlace, head.book, '/book');
  if (faults.length > 0 || !book) throw new InputError(faults);
  return {
    book,
    ...(cascade ? { cascade: { ...CASCADE_DEFAULTS, ...cascade } } : {}),
    ...(feedback ? { feedback: { ...FEEDBACK_DEFAULTS, ...feedback } } : {}),
    ...(shortest ? { shortestShock: shortestOf(shortest) } : {}),
  };
}

/** ST-2: an object with `file` and nothing else names a file; anything else is the book itself. */
const bookPlace = v.lazy((input) =>
  isRecord(input) && 'file' in input && !('format' in input)
    ? fields({ file: identifier() })
    : v.pipe(
        v.unknown(),
        v.transform((value) => ({ value })),
      ),
);

/** ST-4 */
const CASCADE_DEFAULTS: CascadeSpec = {
  shock: new Map(),
  venueShock: new Map(),
  depth: new Map(),
  procedure: 'full',
  leftovers: 'keep',
  insuranceFund: ZERO,
  deleveraging: 'pro-rata',
};

/** ST-6 */
const FEEDBACK_DEFAULTS: FeedbackSpec = { step: ONE.div(20), depth: new Map() };

function shortestOf({
  sigma: given,
  correlation: pairs = [],
  space = 'log',
  account,
}: v.InferOutput<typeof shortestShockSchema>): ShortestShockSpec {
  const model: ShockModel = {
    sigma: new Map([...given].map(([market, value]) => [market, Number(value)])),
    correlation: pairs.map(([a, b, value]) => [a, b, Number(value)] as const),
    space,
  };
  return account === undefined ? { model } : { model, account };
}

/** The book of a specification. Pointers are into the specification. */
export function readStressBook(value: unknown): Book {
  return below('/book', () => checkedUnits(readBookValue(value)));
}

/** A cascade adds the accounts up: they count in one unit. */
export function checkedUnits(book: Book): Book {
  const common = book.unit ?? 'USD';
  const first = book.accounts[0]?.unit ?? common;
  const faults = book.accounts.flatMap((account, i): Fault[] =>
    (account.unit ?? common) === first
      ? []
      : [
          {
            pointer: `/accounts/${i}/unit`,
            message: `this account counts in ${account.unit ?? common}, the first one in ${first}: one unit for all`,
          },
        ],
  );
  if (faults.length > 0) throw new InputError(faults);
  return book;
}

/** Runs `read`; the pointers of its faults begin with `base`. */
export function below<T>(base: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.faults.map((fault) => ({ ...fault, pointer: base + fault.pointer })));
  }
}

/** Markets that the specification names and the book has no price for: they change nothing, and a misspelt one would go unseen. */
export function unknownMarkets(spec: StressSpec, book: Book): readonly string[] {
  const known = new Set([...[...book.instruments.values()].map(({ base }) => base), ...book.assets.keys()]);
  const named: [string, ByMarket | ReadonlyMap<string, number>][] = [
    ['/cascade/shock', spec.cascade?.shock ?? new Map()],
    ['/cascade/depth', spec.cascade?.depth ?? new Map()],
    ...[...(spec.cascade?.venueShock ?? [])].map(([venue, values]): [string, ByMarket] => [
      `/cascade/venueShock${pointerSegment(venue)}`,
      values,
    ]),
    ['/feedback/depth', spec.feedback?.depth ?? new Map()],
    ['/shortestShock/sigma', spec.shortestShock?.model.sigma ?? new Map()],
  ];
  return named.flatMap(([base, values]) =>
    [...values.keys()].filter((market) => !known.has(market)).map((market) => base + pointerSegment(market)),
  );
}
