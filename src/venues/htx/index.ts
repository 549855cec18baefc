/** HTX swaps and futures, margined on the last price as given. */
import type { Venue } from '../venue.ts';
import { htxClosure } from './closure.ts';
import { htxRules } from './rules.ts';

export const htx: Venue = { rules: htxRules, closure: htxClosure };
