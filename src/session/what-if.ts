/** The account under moved prices, evaluated beside the live book and never in it. Rules SE-16…SE-19. */
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { Decimal, ZERO } from '../domain/units.ts';
import type { Moves } from '../engine/moved-book.ts';
import { readDecimal } from '../wire/schema.ts';
import { applyEdit } from './edits.ts';
import type { WhatIfSpec } from './protocol.ts';
import type { Loaded } from './state.ts';

/** A price does not reach zero: −100 % is taken as −99.9 %. */
export const MOVE_MIN = new Decimal('-0.999');
/** +900 %: ten times the price. */
export const MOVE_MAX = new Decimal(9);

/** More markets than any account holds. */
const MOVES_MAX = 5_000;

/** Decimal text as a relative move, or why it is none; the one place where moves are held between `MOVE_MIN` and `MOVE_MAX`. */
export function readMove(text: string): Decimal | string {
  const value = readDecimal(text);
  return typeof value === 'string' ? value : Decimal.min(MOVE_MAX, Decimal.max(MOVE_MIN, value));
}

/** Reads the moves of `spec`. Throws `InputError`. */
export function readMoves(spec: WhatIfSpec): Moves {
  const faults: Fault[] = [];
  const read = (text: string, pointer: string): Decimal => {
    const value = readMove(text);
    if (typeof value !== 'string') return value;
    faults.push({ pointer, message: value });
    return ZERO;
  };
  const entries = Object.entries(spec.moves);
  if (entries.length > MOVES_MAX) throw new InputError([{ pointer: '/moves', message: `more than ${MOVES_MAX} moves` }]);
  const byMarket = new Map(entries.map(([market, text]) => [market, read(text, `/moves${pointerSegment(market)}`)]));
  const all = read(spec.all, '/all');
  if (faults.length > 0) throw new InputError(faults);
  return { all, byMarket };
}

/** The last what-if with edits: evaluated anew at every price, edited once. */
const lastEdited = new WeakMap<NonNullable<WhatIfSpec['edits']>, { readonly loaded: Loaded; readonly edited: Loaded }>();

/** The book under the edits of `spec`, by the rules of hand edits; nothing of the live one is touched. Throws `InputError`. */
export function editedBy(loaded: Loaded, { edits }: WhatIfSpec): Loaded {
  if (edits === undefined || edits.length === 0) return loaded;
  const known = lastEdited.get(edits);
  if (known?.loaded === loaded) return known.edited;
  const edited = applyEdit(loaded, { kind: 'several', edits });
  lastEdited.set(edits, { loaded, edited });
  return edited;
}
