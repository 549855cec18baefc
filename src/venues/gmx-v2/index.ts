/** GMX v2: perpetuals against a pool, on oracle prices; an account of a book is one position with its collateral. */
import type { Venue } from '../venue.ts';
import { gmxV2Closure } from './closure.ts';
import { gmxV2Rules } from './rules.ts';

export const gmxV2: Venue = { rules: gmxV2Rules, closure: gmxV2Closure };
