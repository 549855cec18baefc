/** Deribit perpetuals, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { deribitClosure } from './closure.ts';
import { deribitCrossRules, deribitRules } from './rules.ts';

export const deribit: Venue = { rules: deribitRules, closure: deribitClosure };
export const deribitCross: Venue = { rules: deribitCrossRules, closure: deribitClosure };
