/** dYdX v4: perpetual futures on its own chain, margined on the oracle price, in USDC. */

import type { Venue } from '../venue.ts';
import { dydxClosure } from './closure.ts';
import { parseDydxV4 } from './parse.ts';
import { dydxV4Rules } from './rules.ts';

export const dydxV4: Venue = { rules: dydxV4Rules, closure: dydxClosure(), parse: parseDydxV4 };
