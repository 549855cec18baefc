/** Bitget USDT-M futures, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { bitgetClosure } from './closure.ts';
import { bitgetOneWayRules, bitgetRules } from './rules.ts';

export const bitget: Venue = { rules: bitgetRules, closure: bitgetClosure };
export const bitgetOneWay: Venue = { rules: bitgetOneWayRules, closure: bitgetClosure };
