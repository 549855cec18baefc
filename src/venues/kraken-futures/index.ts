/** Kraken Futures, margined on the entry value. */
import type { Venue } from '../venue.ts';
import { krakenFuturesClosure } from './closure.ts';
import { krakenFuturesRules, krakenFuturesSingleRules } from './rules.ts';

export const krakenFutures: Venue = { rules: krakenFuturesRules, closure: krakenFuturesClosure };
export const krakenFuturesSingle: Venue = { rules: krakenFuturesSingleRules, closure: krakenFuturesClosure };
