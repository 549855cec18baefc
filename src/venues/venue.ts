/** A venue: its rules for the engine, and the parser of its own response. One folder each; see registry.ts. */
import type { Book } from '../domain/book.ts';
import type { ClosureProcedure } from '../engine/closure/procedure.ts';
import type { VenueRules } from '../engine/rules.ts';

export interface ParseContext {
  /** The venue's margin tables as it serves them, already through `readJson`. */
  readonly meta?: unknown;
  /** Used where the response carries no time of its own, ISO-8601. */
  readonly asOf?: string;
  readonly accountId?: string;
}

export interface Venue {
  readonly rules: VenueRules;
  /** How the venue closes a pool that it liquidates. */
  readonly closure: ClosureProcedure;
  /**
   * The venue's own response (through `readJson`) as a book of one account, or of one per settlement asset where the venue
   * liquidates each alone.
   * Throws `InputError` with pointers into the response.
   */
  readonly parse?: (response: unknown, context: ParseContext) => Book;
}
