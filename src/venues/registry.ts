/** Every venue, by id. Adding one is a folder and a line here. */
import type { VenueId } from '../domain/book.ts';
import { hyperliquid } from './hyperliquid/index.ts';
import type { Venue } from './venue.ts';

export const venues: Readonly<Record<VenueId, Venue>> = { hyperliquid };
