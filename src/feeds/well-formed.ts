/** Whether a tick is one (rule FD-4). Everything that comes from outside is asked here first. */
import type { FundingTerms, Tick } from '../domain/tick.ts';

/** A tick as a source claims it. Types are what a source should send; `rejectionOf` checks what it did send. */
export interface RawTick {
  readonly market: string;
  readonly price: string;
  readonly kind: Tick['kind'];
  readonly venueTimeMs: number;
  readonly funding?: FundingTerms;
}

const PRICE_TEXT = /^(?:\d{1,64}(?:\.\d{0,64})?|\.\d{1,64})(?:[eE][+-]?\d{1,3})?$/;
const KINDS: ReadonlySet<unknown> = new Set(['mark', 'index', 'last']);

/** Whether `text` is a price: plain or scientific decimal, no sign, 1e-39 ≤ value < 1e40. */
export const isPriceText = (text: unknown): text is string => {
  if (typeof text !== 'string' || !PRICE_TEXT.test(text)) return false;
  const value = Number(text);
  return value >= 1e-39 && value < 1e40;
};

/** Whether `value` can be a time in ms, or a sequence number: a whole number from 0. */
export const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** What was found, for a message; never runs code of the value. */
export const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `"${value}"`.slice(0, 42) : typeof value;

const RATE_TEXT = /^-?\d{1,3}(?:\.\d{0,64})?(?:[eE][+-]?\d{1,3})?$/;

/** What a tick says of funding, where it is something: of a mark, a decimal and a time. A price is not refused for the sake of it. */
export const fundingOf = ({ kind, funding }: RawTick): { readonly funding?: FundingTerms } =>
  kind === 'mark' &&
  typeof funding?.rate === 'string' &&
  RATE_TEXT.test(funding.rate) &&
  isCount(funding.intervalMs) &&
  funding.intervalMs > 0
    ? { funding: { rate: funding.rate, intervalMs: funding.intervalMs } }
    : {};

/** Why `tick` is none, in one sentence; undefined if it is one. */
export const rejectionOf = (tick: RawTick, markets: ReadonlySet<string>): string | undefined => {
  if (typeof tick !== 'object' || tick === null) return `not a tick: ${shown(tick)}`;
  if (!markets.has(tick.market)) return `unknown market ${shown(tick.market)}`;
  if (!KINDS.has(tick.kind)) return `unknown kind of price ${shown(tick.kind)}`;
  if (!isCount(tick.venueTimeMs)) return `${tick.market}: not a time: ${shown(tick.venueTimeMs)}`;
  if (!isPriceText(tick.price)) return `${tick.market}: not a price: ${shown(tick.price)}`;
  return undefined;
};
