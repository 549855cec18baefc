/** Any venue whose tiers the user gives. Its input is the book itself, so there is no response to parse. */

import type { Venue } from '../venue.ts';
import { genericClosure } from './closure.ts';
import { genericRules } from './rules.ts';

export const generic: Venue = { rules: genericRules, closure: genericClosure };
