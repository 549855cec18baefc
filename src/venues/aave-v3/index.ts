/** Aave v3: a lending pool on several chains; accounts are health factors, not positions. Spark is a fork. */

import type { Venue } from '../venue.ts';
import { aaveClosure } from './closure.ts';
import { parseAaveV3 } from './parse.ts';
import { aaveV3Rules, sparkRules } from './rules.ts';

export const aaveV3: Venue = { rules: aaveV3Rules, closure: aaveClosure(), parse: parseAaveV3 };
export const spark: Venue = { rules: sparkRules, closure: aaveClosure() };
