/** Pieces that the readers of all venues share. */
import * as v from 'valibot';
import type { FundingTerms } from '../../domain/tick.ts';
import { LosslessNumber } from '../../wire/json.ts';
import { describe } from '../../wire/schema.ts';
import type { RawTick } from '../well-formed.ts';
import type { Reading } from './stream.ts';

export const ALIVE: Reading = { kind: 'alive' };

/** A price or a time as the venue writes it: text, or a JSON number by its text. Whether it is one is judged at the gate (FD-4). */
export const figure = () =>
  v.pipe(
    v.custom<string | LosslessNumber>(
      (input) => typeof input === 'string' || input instanceof LosslessNumber,
      (issue) => `expected a number, found ${describe(issue.input)}`,
    ),
    v.transform((input) => (typeof input === 'string' ? input : input.value)),
  );

/** A figure that goes along with a price: what is none is passed over, and the price read all the same (FD-29). */
export const besideFigure = () => v.fallback(v.optional(figure()), undefined);

/** A whole number of milliseconds since the epoch. */
export const milliseconds = () =>
  v.pipe(
    figure(),
    v.transform(Number),
    v.check((value) => Number.isSafeInteger(value) && value >= 0, 'expected milliseconds since 1970'),
  );

/** An ISO-8601 time as milliseconds, finer digits dropped. */
export const isoTime = () =>
  v.pipe(
    v.string('expected a time'),
    v.transform((text) => Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))),
    v.check((value) => Number.isSafeInteger(value) && value >= 0, 'expected an ISO-8601 time'),
  );

/** The ticks of one market, of the prices that are there; `funding` goes with the mark. */
export const ticksOf = (
  market: string,
  venueTimeMs: number,
  prices: Readonly<Partial<Record<RawTick['kind'], string | undefined>>>,
  funding?: FundingTerms,
): RawTick[] =>
  (['mark', 'index', 'last'] as const).flatMap((kind) => {
    const price = prices[kind];
    return price === undefined ? [] : [{ market, kind, price, venueTimeMs, ...(funding && kind === 'mark' ? { funding } : {}) }];
  });
