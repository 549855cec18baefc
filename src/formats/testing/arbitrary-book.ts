/** Random valid books, as JSON: every field now and then, names and numbers at the edge of what the format allows. */
import fc from 'fast-check';
import type { Json } from './books.ts';

/** Digits behind and before the point as ledgers have them, and up to thirty of them. */
const decimalText = (options: { min: bigint; max: bigint }): fc.Arbitrary<string> =>
  fc.tuple(fc.bigInt(options), fc.nat({ max: 12 })).map(([digits, places]) => {
    const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
    const sign = digits < 0n ? '-' : '';
    return places === 0 ? sign + text : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
  });

const positive = fc.oneof(decimalText({ min: 1n, max: 10n ** 9n }), decimalText({ min: 1n, max: 10n ** 30n }));
const signed = fc.oneof(decimalText({ min: -(10n ** 9n), max: 10n ** 9n }), decimalText({ min: -(10n ** 30n), max: 10n ** 30n }));
const nonZero = signed.filter((text) => /[1-9]/.test(text));
const fraction = fc.nat({ max: 10_000 }).map((n) => `0.${String(n).padStart(5, '0')}`);

/** Names with all that a table could stumble over. */
export const name: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 10 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    fc.constantFrom(
      '=1+1',
      "'quoted",
      '+x',
      '-x',
      '@x',
      '\tx',
      '\rx',
      'x\r',
      'a,b',
      'a;b',
      'say "x"',
      '"',
      'a\nb',
      'a\r\nb',
      ' x ',
      '\0',
      '\ufeffx',
      'ä€😀',
      'toString',
      '12',
      'true',
      'row',
    ),
  )
  .filter((text) => text.trim() !== '' && !['__proto__', 'constructor', 'prototype'].includes(text));

const label = fc.oneof(name, fc.constant(''), fc.constant(' '));

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const stated = (fields: Record<string, Json | undefined>): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));

/** Rising floors, one leverage or none, deductions that join or none. */
const tiers = (join: 'continuous' | 'step'): fc.Arbitrary<Json[]> =>
  fc
    .record({
      steps: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
      rate: fc.integer({ min: 1, max: 20 }),
      hasDeductions: fc.boolean(),
      leverage: some(fc.integer({ min: 1, max: 50 })),
    })
    .map(({ steps, rate, hasDeductions, leverage }) => {
      let floor = 0;
      let deduction = 0;
      let before = rate;
      return [0, ...steps].map((step, i) => {
        floor += step * 1000;
        const now = rate + 5 * i;
        deduction += (floor / 1000) * (now - before);
        before = now;
        return stated({
          notionalFloor: String(floor),
          maintenanceMarginRate: `0.${String(now).padStart(3, '0')}`,
          maintenanceDeduction: hasDeductions && join === 'continuous' ? String(deduction) : undefined,
          maxLeverage: leverage === undefined ? undefined : String(leverage),
        });
      });
    });

const risks = fc.record({
  collateralFactor: some(fraction),
  loanToValue: some(fraction),
  liquidationThreshold: some(fraction),
  liquidationBonus: some(fraction),
});

interface InstrumentSeed {
  readonly id: string;
  readonly venue: 'smooth' | 'stepped';
  readonly json: { [key: string]: Json };
}

const instrument: fc.Arbitrary<InstrumentSeed> = fc
  .record({ id: name, venue: fc.constantFrom('smooth' as const, 'stepped' as const) })
  .chain(({ id, venue }) =>
    fc
      .record({
        contract: fc.constantFrom('linear', 'inverse'),
        base: name,
        quote: name,
        settle: name,
        contractSize: positive,
        markPrice: some(positive),
        indexPrice: some(positive),
        takerFeeRate: some(fraction.map((text) => `-${text}`)),
        priceTick: some(positive),
        tiers: some(tiers(venue === 'smooth' ? 'continuous' : 'step')),
      })
      .map((fields) => ({ id, venue, json: stated({ venue, ...fields }) })),
  );

const balanceOf = (symbols: readonly string[]): fc.Arbitrary<Json> =>
  fc
    .tuple(fc.constantFrom(...symbols), signed, some(fc.boolean()), risks)
    .map(([asset, amount, derived, parameters]) => stated({ asset, amount, derived, ...parameters }));

const positionOf = (instruments: readonly InstrumentSeed[]): fc.Arbitrary<{ [key: string]: Json }> =>
  fc.constantFrom(...instruments).chain(({ id, venue }) =>
    fc
      .record({
        size: nonZero,
        entryPrice: positive,
        isolatedMargin: some(signed),
        leverage: some(positive),
        limit: fc.constantFrom('none', 'none', 'tiers', 'maxLeverage'),
        maxLeverage: positive,
        tiers: tiers(venue === 'smooth' ? 'continuous' : 'step'),
      })
      .map(({ limit, maxLeverage, tiers: own, isolatedMargin, ...fields }) =>
        stated({
          instrument: id,
          ...fields,
          marginMode: isolatedMargin === undefined ? 'cross' : 'isolated',
          isolatedMargin,
          maxLeverage: limit === 'maxLeverage' && venue === 'smooth' ? maxLeverage : undefined,
          tiers: limit === 'tiers' ? own : undefined,
        }),
      ),
  );

/** Of one market at most one cross position a side. */
const withoutTwins = (positions: readonly { [key: string]: Json }[]): Json[] => {
  const held = new Set<string>();
  return positions.filter(({ instrument: id, size, marginMode }) => {
    const key = `${String(id)} ${String(size).startsWith('-')}`;
    if (marginMode !== 'cross') return true;
    if (held.has(key)) return false;
    held.add(key);
    return true;
  });
};

const account = (id: string, instruments: readonly InstrumentSeed[], symbols: readonly string[]): fc.Arbitrary<Json> =>
  fc.constantFrom('smooth', 'stepped', 'lender').chain((venue) => {
    const listed = instruments.filter((seed) => seed.venue === venue);
    return fc
      .record({
        label: some(label),
        unit: some(fc.constant('EUR')),
        balances: fc.array(balanceOf(symbols), { maxLength: 3 }),
        positions: listed.length === 0 ? fc.constant([]) : fc.array(positionOf(listed), { maxLength: 4 }),
        maintenanceMarginOther: some(positive),
        initialMarginOther: some(positive),
      })
      .map((fields) => stated({ id, venue, ...fields, positions: withoutTwins(fields.positions) }));
  });

/** A book that the reader takes with `TEST_VENUES`. */
export const arbitraryBook: fc.Arbitrary<Json> = fc
  .record({
    instruments: fc.uniqueArray(instrument, { maxLength: 4, selector: ({ id }) => id }),
    assets: fc.uniqueArray(fc.tuple(name, some(positive), risks), { maxLength: 3, selector: ([symbol]) => symbol }),
    ids: fc.uniqueArray(name, { maxLength: 5 }),
    unit: some(fc.constant('USD')),
  })
  .chain(({ instruments, assets, ids, unit }) =>
    fc.tuple(...ids.map((id) => account(id, instruments, [...assets.map(([symbol]) => symbol), 'NOT LISTED']))).map((accounts) =>
      stated({
        format: 'leverage-book/1',
        asOf: '2026-02-05T18:34:00.123Z',
        unit,
        instruments: Object.fromEntries(instruments.map(({ id, json }) => [id, json])),
        assets: Object.fromEntries(assets.map(([symbol, price, parameters]) => [symbol, stated({ price, ...parameters })])),
        accounts,
      }),
    ),
  );
