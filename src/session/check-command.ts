/** The shape of every message that the page may send, checked where it arrives. A message of any other shape is refused whole. Rule SE-26. */
import type { AddressCommand } from './addresses/messages.ts';
import { ALARM_SHAPES } from './alarms/check.ts';
import { DESK_SHAPES } from './desk/check.ts';
import { JOURNAL_SHAPES } from './journal/check.ts';
import type { Command, Edit, FeedSpec, SingleEdit, WhatIfSpec } from './protocol.ts';
import {
  byKind,
  hasShape,
  isBoolean,
  isIndex,
  isInteger,
  isNumber,
  isRecord,
  isString,
  isTextRecord,
  isTime,
  type Kinds,
  nullable,
  oneOf,
  optional,
  type Shape,
} from './shapes.ts';
import type { StressCommand } from './stress/messages.ts';
import type { ScenarioCommand } from './stress/scenario-messages.ts';
import type { CheckedCommand } from './transport.ts';

const SINGLE_EDITS: Kinds<SingleEdit> = {
  'position-set': hasShape({ index: nullable(isIndex), position: isTextRecord }),
  'position-remove': hasShape({ index: isIndex }),
  'balance-set': hasShape({ index: nullable(isIndex), balance: isTextRecord }),
  'balance-remove': hasShape({ index: isIndex }),
  'instrument-set': hasShape({ instrument: isTextRecord }),
  'asset-set': hasShape({ asset: isTextRecord }),
};

/** More changes than a cure of any account makes. */
const EDITS_MAX = 10_000;
export const isEdits: Shape = (value) => Array.isArray(value) && value.length <= EDITS_MAX && value.every(byKind(SINGLE_EDITS));

const EDITS: Kinds<Edit> = {
  ...SINGLE_EDITS,
  several: hasShape({ edits: isEdits, note: optional(isString), closed: optional(hasShape({ feed: isString, atMs: isTime })) }),
  'set-back': hasShape({ feed: isString, toMs: isTime }),
  undo: hasShape({}),
  redo: hasShape({}),
};

const isVenue: Shape = (value) => typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value);
/** Venues asked at once for a reference price. */
const VENUES_MAX = 16;
/** Base assets as venues write them: what goes into an address of theirs. */
const MARKETS_MAX = 1_000;
const isMarkets: Shape = (value) =>
  Array.isArray(value) && value.length <= MARKETS_MAX && value.every((one) => typeof one === 'string' && /^[\w.:-]{1,32}$/.test(one));

const FEEDS: Kinds<FeedSpec> = {
  simulated: hasShape({
    seed: isInteger,
    regime: oneOf('calm', 'normal', 'stress'),
    stepMs: (value) => isIndex(value) && (value as number) > 0,
  }),
  replay: hasShape({ name: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value) }),
  live: hasShape({ venue: isVenue, markets: optional(isMarkets), isStandIn: optional(isBoolean) }),
  none: hasShape({}),
};

const isWhatIf: Shape = hasShape({ moves: isTextRecord, all: isString, edits: optional(isEdits) } satisfies Record<
  keyof WhatIfSpec,
  Shape
>);

const COMMANDS: Kinds<Exclude<Command, StressCommand | ScenarioCommand | AddressCommand>> = {
  hello: hasShape({
    protocolVersion: isNumber,
    nowMs: isTime,
    baseUrl: optional(isString),
    clock: optional(oneOf('auto', 'manual')),
    debug: optional(isBoolean),
  }),
  load: hasShape({ requestId: isIndex, name: isString, text: isString, meta: optional(isString) }),
  'load-demo': hasShape({ requestId: isIndex }),
  'select-account': hasShape({ requestId: isIndex, account: isString }),
  edit: hasShape({ requestId: isIndex, edit: byKind(EDITS) }),
  feed: hasShape({ requestId: isIndex, feed: byKind(FEEDS) }),
  wake: hasShape({}),
  reference: hasShape({
    venues: (value) => Array.isArray(value) && value.length <= VENUES_MAX && value.every(isVenue),
    isStandIn: optional(isBoolean),
  }),
  'feed-speed': hasShape({ speed: isNumber }),
  'feed-seek': hasShape({ requestId: isIndex, timeMs: isTime }),
  'feed-step': hasShape({ requestId: isIndex, steps: isInteger }),
  'what-if': hasShape({ requestId: isIndex, spec: nullable(isWhatIf) }),
  explain: hasShape({ requestId: isIndex, figure: isString, pool: optional(isString), position: optional(isIndex) }),
  export: hasShape({ requestId: isIndex }),
  seen: hasShape({ bookVersion: isIndex }),
  'debug-crash': hasShape({ how: oneOf('throw', 'silence', 'feed-lost', 'feed-back'), market: optional(isString) }),
  ...ALARM_SHAPES,
  ...DESK_SHAPES,
  ...JOURNAL_SHAPES,
};

const isOfStress = (kind: string): boolean => kind.startsWith('stress-') || kind.startsWith('scenario-');

/**
 * `message` as a command, or why it is none. The request it names, if it names one, is told. The shapes of stress come with its code:
 * `checkStress` knows them; without it a message of that kind passes with its number alone, and is looked at before it is carried out. So it is with addresses, always.
 */
export function checkCommand(message: unknown, checkStress?: (message: unknown) => CheckedCommand): CheckedCommand {
  const kind = isRecord(message) && typeof message.kind === 'string' ? message.kind : '';
  if (!isRecord(message) || !(isOfStress(kind) || kind.startsWith('addresses-'))) return checked(COMMANDS, message);
  if (checkStress && isOfStress(kind)) return checkStress(message);
  return isIndex(message.requestId) ? { ok: true, command: message as unknown as Command } : checked(COMMANDS, message);
}

/** The same by the shapes that are given. */
export function checked(shapes: Kinds<{ readonly kind: string }>, message: unknown): CheckedCommand {
  if (byKind(shapes)(message)) return { ok: true, command: message as Command };
  const requestId = isRecord(message) && isIndex(message.requestId) ? (message.requestId as number) : 0;
  const kind = isRecord(message) && typeof message.kind === 'string' ? message.kind : '';
  const known = Object.hasOwn(shapes, kind);
  const text = known ? `a "${kind}" message of another shape than the protocol's` : 'a message of a kind that the protocol does not have';
  return { ok: false, requestId, fault: { pointer: '', message: text } };
}
