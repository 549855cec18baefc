/** KuCoin futures, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { kucoinClosure } from './closure.ts';
import { kucoinRules } from './rules.ts';

export const kucoin: Venue = { rules: kucoinRules, closure: kucoinClosure };
