/**
 * The rows of the journal: their shape, checked whenever one is read (rule JN-3). Plain data that survives a structured clone and JSON. What
 * is the journal's own is known to the last field; what is the alarm machine's may have more fields than are checked here, and keeps them.
 */
import * as v from 'valibot';
import { ALARM_STATES } from '../policy/alarms/events.ts';
import type { MachineSnapshot } from '../policy/alarms/machine.ts';
import { CHANNELS, MEASURES, type Measure } from '../policy/alarms/rules.ts';

const text = v.pipe(v.string(), v.maxLength(2_000));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(8_000));
/** A time: finite, within what a date can hold. */
const time = v.pipe(v.number(), v.finite(), v.minValue(-8.64e15), v.maxValue(8.64e15));
const number = v.pipe(v.number(), v.finite());
const span = v.pipe(number, v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const state = v.picklist(ALARM_STATES);
const channel = v.picklist(CHANNELS);
const knowledge = v.picklist(['known', 'stale', 'indeterminate']);
const measures = v.strictObject(
  Object.fromEntries(MEASURES.map((measure) => [measure, v.exactOptional(text)])) as Record<
    Measure,
    v.ExactOptionalSchema<typeof text, undefined>
  >,
);
/** Decimal text, or '' where there is no number. */
const money = v.pipe(v.string(), v.maxLength(200), v.regex(/^(?:-?\d+(?:\.\d+)?)?$/, 'expected decimal text, or nothing'));

export const STREAM = v.strictObject({ book: text, account: text, feed: text });

const SUBJECT = v.variant('kind', [
  v.strictObject({ kind: v.literal('pool'), account: text, pool: text, venue: text, markets: v.array(text) }),
  v.strictObject({ kind: v.literal('market'), market: text, venue: text }),
  v.strictObject({ kind: v.literal('system'), book: text, venue: v.literal('') }),
]);

const CALL = v.looseObject({
  issuedMs: time,
  deadlineMs: time,
  status: v.picklist(['open', 'met', 'partly-met', 'expired', 'overtaken']),
  asked: v.exactOptional(number),
  metShare: v.exactOptional(number),
});

export const EPISODE = v.looseObject({
  id,
  serial: count,
  subject: SUBJECT,
  firstSeenMs: time,
  raisedMs: time,
  worstState: state,
  worst: measures,
  steps: count,
  acknowledged: v.exactOptional(v.looseObject({ atMs: time, by: text })),
  call: v.exactOptional(CALL),
  leadMs: v.exactOptional(number),
  cure: v.exactOptional(text),
  closedMs: v.exactOptional(time),
  durationMs: v.exactOptional(number),
  outcome: v.exactOptional(v.picklist(['cured', 'liquidated', 'removed'])),
});

const EVENT = v.variant('kind', [
  v.looseObject({
    id,
    kind: v.picklist(['step', 'escalation', 'call-end']),
    subject: SUBJECT,
    episode: EPISODE,
    rule: text,
    from: state,
    to: state,
    atMs: time,
    values: measures,
    knowledge,
    notice: v.picklist(['due', 'cooldown', 'flood', 'quiet']),
    channel,
  }),
  v.looseObject({
    id,
    kind: v.literal('flood'),
    phase: v.picklist(['begins', 'ends']),
    atMs: time,
    counts: v.record(state, count),
    atRisk: number,
    ranked: v.array(v.looseObject({ subject: SUBJECT, state, atRisk: number })),
    channel,
  }),
]);

/** One alarm event, by its id. `keptMs` is the world's clock. */
export const EVENT_ROW = v.strictObject({ id, keptMs: time, stream: STREAM, event: EVENT });

/** One episode, by its id, as it was last. `isLeft`: its stream began anew before its end was seen. */
export const EPISODE_ROW = v.strictObject({ id, keptMs: time, stream: STREAM, episode: EPISODE, isLeft: v.boolean() });

/** Somebody took note of an alarm, by the id of the event that it stood at. */
export const ACKNOWLEDGEMENT_ROW = v.strictObject({
  id,
  episode: id,
  kind: v.picklist(['acknowledged', 'snoozed']),
  atMs: time,
  forMs: span,
  keptMs: time,
});

const CONDITION = v.looseObject({
  active: v.boolean(),
  armedSince: v.exactOptional(number),
  armedFor: v.exactOptional(number),
  clearSince: v.exactOptional(number),
});

/** Where one subject of an alarm machine stands. */
const SUBJECT_STATE = v.looseObject({
  subject: SUBJECT,
  ruleIndices: v.array(count),
  conditions: v.array(CONDITION),
  standings: v.array(v.picklist(['armed', 'between', 'clear', 'unknown'])),
  state,
  venueState: v.picklist(['open', 'liquidation', 'bankrupt', 'unknown']),
  knowledge,
  values: measures,
  worst: v.exactOptional(measures),
  atRisk: number,
  capital: v.exactOptional(v.looseObject({ equity: number, requirement: number })),
  bypass: v.looseObject({ bucket: number, best: v.exactOptional(number), before: v.exactOptional(number) }),
  firstArmedMs: v.exactOptional(number),
  episode: v.exactOptional(EPISODE),
  raisedElapsedMs: v.exactOptional(number),
  lastNotice: v.exactOptional(v.looseObject({ rank: number, elapsedMs: number })),
  snoozedUntilElapsedMs: v.exactOptional(number),
  escalateAtElapsedMs: v.exactOptional(number),
  call: v.exactOptional(
    v.looseObject({ issuedMs: time, deadlineMs: time, deadlineElapsedMs: number, asked: v.exactOptional(number), isEnded: v.boolean() }),
  ),
});

const SNAPSHOT = v.pipe(
  v.looseObject({
    format: v.literal('alarm-machine/1'),
    ruleIds: v.array(text),
    timeline: v.looseObject({ sequence: v.exactOptional(count), timeMs: v.exactOptional(time), elapsedMs: span, observedMs: span }),
    subjects: v.array(SUBJECT_STATE),
    serials: v.array(v.tuple([text, count])),
    acknowledged: v.exactOptional(v.array(v.tuple([text, count, time]))),
    flood: v.looseObject({ recent: v.array(v.tuple([number, count])), serial: count, id: v.exactOptional(id) }),
  }),
  v.check(
    ({ ruleIds, subjects }) =>
      subjects.every(
        ({ ruleIndices, conditions, standings }) =>
          conditions.length === ruleIndices.length &&
          standings.length === ruleIndices.length &&
          ruleIndices.every((index) => index < ruleIds.length),
      ),
    'rules and conditions do not fit one another',
  ),
);

/** Where the alarms of one stream stood; `key` is the stream's. */
export const MACHINE_ROW = v.strictObject({
  key,
  keptMs: time,
  stream: STREAM,
  clockMs: time,
  snapshot: SNAPSHOT as v.GenericSchema<MachineSnapshot>,
});

/** One look at an account; `key` is the stream's. Money is decimal text. */
export const SAMPLE_ROW = v.strictObject({
  key,
  timeMs: time,
  keptMs: time,
  equity: money,
  grossNotional: money,
  leverage: v.nullable(number),
  marginRatio: v.nullable(number),
  shock: v.nullable(number),
  marginExcess: money,
  cashFlow: money,
  funding: money,
  fundingOf: v.exactOptional(v.record(text, money)),
  fundingPerHour: v.exactOptional(money),
  isGap: v.boolean(),
});

/** An account with a star. */
export const WATCHED_ROW = v.strictObject({ account: v.pipe(id, v.maxLength(1_000)), addedMs: time });

/** Alarm rules (`alarm-rules/1`, or null for the shipped ones), whether simulated closures happen, and the page's settings, by name. */
export const CHOICE_ROW = v.variant('name', [
  v.strictObject({ name: v.literal('alarm-rules'), text: v.nullable(v.pipe(v.string(), v.maxLength(2_000_000))), changedMs: time }),
  v.strictObject({ name: v.literal('alarm-closures'), text: v.picklist(['on', 'off']), changedMs: time }),
  v.strictObject({ name: v.literal('settings'), text: v.pipe(v.string(), v.maxLength(200_000)), changedMs: time }),
]);

/** A row that could not be read, as it was, with why. */
export const SET_ASIDE_ROW = v.object({ store: text, key: text, reason: text, atMs: time, row: v.unknown() });

export type EventRow = v.InferOutput<typeof EVENT_ROW>;
export type EpisodeRow = v.InferOutput<typeof EPISODE_ROW>;
export type AcknowledgementRow = v.InferOutput<typeof ACKNOWLEDGEMENT_ROW>;
export type MachineRow = v.InferOutput<typeof MACHINE_ROW>;
export type SampleRow = v.InferOutput<typeof SAMPLE_ROW>;
export type WatchedRow = v.InferOutput<typeof WATCHED_ROW>;
export type ChoiceRow = v.InferOutput<typeof CHOICE_ROW>;
export type SetAsideRow = v.InferOutput<typeof SET_ASIDE_ROW>;

/** The stores whose rows are checked, exported and imported, with the shape of their rows. */
export const SHAPES = {
  events: EVENT_ROW,
  episodes: EPISODE_ROW,
  acknowledgements: ACKNOWLEDGEMENT_ROW,
  machines: MACHINE_ROW,
  samples: SAMPLE_ROW,
  watchlist: WATCHED_ROW,
  choices: CHOICE_ROW,
} as const;

export type StoreName = keyof typeof SHAPES;

/** A stream's key: the parts as a JSON list, so that no two streams share one. */
export const streamKey = ({ book, account, feed }: v.InferOutput<typeof STREAM>): string => JSON.stringify([book, account, feed]);
