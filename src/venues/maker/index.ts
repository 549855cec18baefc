/** Maker / Sky: vaults of one collateral against DAI or USDS. */
import type { Venue } from '../venue.ts';
import { makerClosure } from './closure.ts';
import { makerRules } from './rules.ts';

export const maker: Venue = { rules: makerRules, closure: makerClosure };
