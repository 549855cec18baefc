/** Hyperliquid perpetuals, first-party markets and builder-deployed ones. */

import type { Venue } from '../venue.ts';
import { hyperliquidClosure } from './closure.ts';
import { parseHyperliquid } from './parse.ts';
import { hyperliquidRules } from './rules.ts';

export const hyperliquid: Venue = { rules: hyperliquidRules, closure: hyperliquidClosure, parse: parseHyperliquid };
