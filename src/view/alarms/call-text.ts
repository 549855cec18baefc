/** The terms of margin calls as their form holds them: part of the document `alarm-rules/1`, sent back as text. The engine alone judges it. */
import { pointerSegment } from '../../domain/fault.ts';
import type { Fault } from '../../store/types.ts';
import { millisecondsOf } from './rules-text.ts';
import { spanText } from './words.ts';

interface CallRecord {
  readonly cureRatio?: string;
  readonly clockMs: number;
  readonly venueClockMs: Readonly<Record<string, number>>;
}

interface CallDocument {
  readonly marginCall: CallRecord;
}

const callOf = (text: string): CallRecord => (JSON.parse(text) as CallDocument).marginCall;

/** Text; clocks in seconds. */
export interface CallForm {
  /** '': the clear levels of the rules are enough. */
  readonly cureRatio: string;
  readonly clock: string;
  readonly venues: readonly { readonly venue: string; readonly clock: string }[];
}

export function callFormOf(text: string): CallForm {
  const { cureRatio = '', clockMs, venueClockMs } = callOf(text);
  const venues = Object.entries(venueClockMs).map(([venue, ms]) => ({ venue, clock: String(ms / 1000) }));
  return { cureRatio, clock: String(clockMs / 1000), venues };
}

/** The document with these terms; of a venue that is named twice `callFaults` speaks. */
export function withCall(text: string, { cureRatio, clock, venues }: CallForm): string {
  const document = JSON.parse(text) as CallDocument;
  const ratio = cureRatio.trim();
  const marginCall = {
    ...(ratio === '' ? {} : { cureRatio: ratio }),
    clockMs: millisecondsOf(clock),
    venueClockMs: Object.fromEntries(venues.map((row) => [row.venue.trim(), millisecondsOf(row.clock)])),
  };
  return JSON.stringify({ ...document, marginCall }, null, 2);
}

/** Where a row's clock stands in the document. */
export const venuePointer = (venue: string): string => `/marginCall/venueClockMs${pointerSegment(venue.trim())}`;

/** What a document cannot hold, and so the engine cannot refuse: a venue twice. */
export function callFaults({ venues }: CallForm): Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const { venue } of venues) {
    const name = venue.trim();
    if (seen.has(name)) faults.push({ pointer: venuePointer(name), message: `${name === '' ? 'a venue' : name} is named twice` });
    seen.add(name);
  }
  return faults;
}

/** The terms as a sentence. */
export function callSentence(text: string): string {
  const { cureRatio, clockMs, venueClockMs } = callOf(text);
  const own = Object.entries(venueClockMs);
  const timed = own.filter(([, ms]) => ms > 0).map(([venue, ms]) => `${spanText(ms)} at ${venue}`);
  const untimed = own.filter(([, ms]) => ms === 0).map(([venue]) => venue);
  const usual =
    clockMs > 0
      ? `A margin call runs ${[spanText(clockMs), ...timed].join(', ')}.`
      : timed.length > 0
        ? `A margin call runs ${timed.join(', ')}, elsewhere none is issued.`
        : 'No margin call is issued.';
  const none = clockMs > 0 && untimed.length > 0 ? ` None is issued at ${untimed.join(', ')}.` : '';
  return `${usual}${none} ${cureRatio === undefined ? 'It is cured when its rules end.' : `It is cured at a margin ratio of ${cureRatio}.`}`;
}
