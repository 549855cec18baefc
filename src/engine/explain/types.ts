/** The working behind one number: what `explain` returns and "show working" shows. */
import type { MarginTier } from '../../domain/book.ts';
import type { Figure } from '../../domain/outcome.ts';

export interface WorkingTerm {
  /** As it stands in the formula: `size`, `markPrice`, `r`. */
  readonly symbol: string;
  /** What it is, in the glossary's words. */
  readonly name: string;
  readonly value: Figure;
  readonly unit: string;
  /** Where it came from: the book, a feed, a tier row, another figure. */
  readonly origin: string;
  /** Time of the value, ISO-8601, where it is a price. */
  readonly at?: string;
}

export interface Working {
  readonly figure: string;
  readonly subject: string;
  /** The equation in symbols, one line. */
  readonly formula: string;
  readonly terms: readonly WorkingTerm[];
  /** The tier row used, where one was. */
  readonly tier?: MarginTier;
  readonly rounding: string;
  readonly result: Figure;
  /** The rule of docs/spec and the venue's own source. */
  readonly rule: string;
  readonly sources: readonly string[];
}
