/** Morpho Blue: isolated markets of one collateral and one loan asset; an account of a book is a position in one market. */
import type { Venue } from '../venue.ts';
import { morphoBlueClosure } from './closure.ts';
import { morphoBlueRules } from './rules.ts';

export const morphoBlue: Venue = { rules: morphoBlueRules, closure: morphoBlueClosure };
