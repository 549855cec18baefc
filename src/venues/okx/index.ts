/** OKX swaps and futures, margined on the mark price. */

import type { Venue } from '../venue.ts';
import { okxClosure } from './closure.ts';
import { parseOkx } from './parse.ts';
import { okxRules } from './rules.ts';

export const okx: Venue = { rules: okxRules, closure: okxClosure, parse: parseOkx };
