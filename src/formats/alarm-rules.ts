/** `alarm-rules/1`, in and out: a rule set as JSON, checked in full before any of it is used (rules AR-1 to AR-6 of docs/spec/alarms.md). */
import * as v from 'valibot';
import { type Fault, InputError } from '../domain/fault.ts';
import { FRESHNESS_ORDER } from '../domain/freshness.ts';
import { type Decimal, ZERO } from '../domain/units.ts';
import { readGroupFilter } from '../policy/alarms/group.ts';
import {
  type AlarmRule,
  type AlarmRules,
  type Bypass,
  CHANNELS,
  DEFAULT_ESCALATE_AFTER_MS,
  DEFAULT_FLOOD,
  DEFAULT_GAP_MS,
  DEFAULT_MARGIN_CALL,
  DOWN_IS_WORSE,
  isMarketMeasure,
  isPoolMeasure,
  MEASURES,
  type Measure,
  type Scope,
  SEVERITIES,
} from '../policy/alarms/rules.ts';
import { LosslessNumber, readJson } from '../wire/json.ts';
import { attempt, decimal, describe, fields, fraction, identifier, isRecord, positiveDecimal } from '../wire/schema.ts';

const FORMAT = 'alarm-rules/1';
/** AR-4: no delay is longer than a week, no list of rules longer than this. */
const LONGEST_MS = 7 * 86_400_000;
const RULES_MAX = 1_000;

const WHOLE = /^\d+$/;

/** A whole number from `least` to `most`. */
const whole = (least: number, most: number) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, number>(({ dataset, addIssue, NEVER }) => {
      const { value } = dataset;
      const text = value instanceof LosslessNumber ? value.value : '';
      const number = Number(text);
      if (WHOLE.test(text) && number >= least && number <= most) return number;
      addIssue({ message: `expected a whole number from ${least} to ${most}, found ${describe(value)}` });
      return NEVER;
    }),
  );

const duration = () => whole(0, LONGEST_MS);

const oneOf = <const W extends readonly string[]>(words: W) =>
  v.picklist(words, (issue) => `expected ${words.map((word) => `"${word}"`).join(' or ')}, found ${describe(issue.input)}`);

/** AR-6: a filter that does not move with prices. */
const groupFilter = () =>
  v.pipe(
    identifier(),
    v.rawCheck(({ dataset, addIssue }) => {
      const read = dataset.typed ? readGroupFilter(dataset.value) : undefined;
      if (typeof read === 'string') addIssue({ message: read });
    }),
  );

const scope = v.variant(
  'kind',
  [
    fieldsOf('all', {}),
    fieldsOf('account', { account: identifier() }),
    fieldsOf('group', { filter: groupFilter() }),
    fieldsOf('market', { market: identifier() }),
    fieldsOf('venue', { venue: identifier() }),
  ],
  () => 'expected an object whose kind is "all", "account", "group", "market" or "venue"',
);

function fieldsOf<const K extends string, const E extends v.ObjectEntries>(kind: K, entries: E) {
  return v.strictObject({ kind: v.literal(kind), ...entries }, (issue) =>
    issue.expected === 'never'
      ? 'unknown field'
      : issue.received === 'undefined'
        ? 'is required'
        : `expected an object, found ${describe(issue.input)}`,
  );
}

const commonFields = {
  id: identifier(),
  scope,
  severity: oneOf(SEVERITIES),
  onDelayMs: duration(),
  offDelayMs: duration(),
  cooldownMs: duration(),
  channel: oneOf(CHANNELS),
};

/** AR-2: what the levels of a measure may be. */
const levelOf: Readonly<Record<Exclude<Measure, 'feed'>, () => v.GenericSchema<unknown, Decimal>>> = {
  marginRatio: positiveDecimal,
  healthFactor: positiveDecimal,
  leverage: positiveDecimal,
  liquidationDistance: decimal,
  sigmaDistance: decimal,
  liquidationProbability24h: fraction,
  marginExcess: decimal,
  pegGap: positiveDecimal,
  collateralGap: positiveDecimal,
  reproduction: positiveDecimal,
};

const feedLevel = () =>
  v.pipe(
    oneOf(FRESHNESS_ORDER),
    v.transform((word) => ZERO.plus(FRESHNESS_ORDER.indexOf(word))),
  );

function readRule(input: unknown, base: string): { rule?: AlarmRule; faults: readonly Fault[] } {
  const measureRead = attempt(v.looseObject({ measure: oneOf(MEASURES) }, 'expected an object'), isRecord(input) ? input : undefined, base);
  if (!measureRead.ok) return { faults: measureRead.faults };
  const { measure } = measureRead.value;
  const level = measure === 'feed' ? feedLevel() : levelOf[measure]();
  const read = attempt(fields({ ...commonFields, measure: v.literal(measure), arm: level, clear: level }), input, base);
  if (!read.ok) return { faults: read.faults };
  const rule: AlarmRule = { ...read.value, measure };
  return { rule, faults: ruleFaults(rule, base) };
}

/** AR-3: the clear level lies at the arm level or on its better side, and the scope is one the measure has. */
function ruleFaults({ measure, arm, clear, scope: reach }: AlarmRule, base: string): Fault[] {
  const faults: Fault[] = [];
  const isDown = DOWN_IS_WORSE.has(measure);
  if (isDown ? clear.lt(arm) : clear.gt(arm))
    faults.push({
      pointer: `${base}/clear`,
      message: `must not lie ${isDown ? 'below' : 'above'} the arm level, or the alarm could never hold`,
    });
  if (measure === 'feed' && arm.isZero()) faults.push({ pointer: `${base}/arm`, message: 'a live feed is nothing to warn of' });
  if (isMarketMeasure(measure) && (reach.kind === 'account' || reach.kind === 'group'))
    faults.push({
      pointer: `${base}/scope/kind`,
      message: `a ${measure === 'feed' ? 'feed' : 'gap'} belongs to a market or a venue, not to an account`,
    });
  if (measure === 'reproduction' && reach.kind !== 'all')
    faults.push({ pointer: `${base}/scope/kind`, message: 'R is of the whole loaded book: its scope is "all"' });
  return faults;
}

const bypassFields = fields({
  measure: oneOf(MEASURES.filter(isPoolMeasure)),
  worsening: positiveDecimal(),
  withinMs: whole(1, LONGEST_MS),
  calmLevel: v.exactOptional(decimal()),
});

const callFields = fields({
  cureRatio: v.exactOptional(positiveDecimal()),
  clockMs: duration(),
  venueClockMs: v.pipe(
    v.custom<Record<string, unknown>>(isRecord, (issue) => `expected an object, found ${describe(issue.input)}`),
    v.record(identifier(), duration()),
  ),
});

const floodFields = v.pipe(
  fields({ start: whole(1, 1_000_000), end: whole(1, 1_000_000), withinMs: whole(1, LONGEST_MS) }),
  v.check(({ start, end }) => end <= start, 'a flood must end at no more notices than it begins with: end ≤ start'),
);

const head = fields({
  format: v.literal(FORMAT, (issue) => `expected "${FORMAT}", found ${describe(issue.input)}`),
  rules: v.pipe(
    v.array(v.unknown(), (issue) => `expected an array, found ${describe(issue.input)}`),
    v.check((rules) => rules.length <= RULES_MAX, `at most ${RULES_MAX} rules`),
  ),
  bypass: v.exactOptional(bypassFields),
  marginCall: v.exactOptional(callFields),
  flood: v.exactOptional(floodFields),
  escalateAfterMs: v.exactOptional(duration()),
  gapMs: v.exactOptional(whole(1, LONGEST_MS)),
});

/**
 * The rule set that `text` states, whole. Sections that are left out have their defaults, but for the bypass, which is then none.
 * Throws `InputError` with every fault when there is one.
 */
export function readAlarmRules(text: string): AlarmRules {
  const read = attempt(head, readJson(text));
  if (!read.ok) throw new InputError(read.faults);
  const { rules: raw, bypass, marginCall, flood, escalateAfterMs, gapMs } = read.value;
  const faults: Fault[] = [];
  const rules: AlarmRule[] = [];
  const seen = new Set<string>();
  for (const [i, input] of raw.entries()) {
    const { rule, faults: found } = readRule(input, `/rules/${i}`);
    faults.push(...found);
    if (!rule) continue;
    if (seen.has(rule.id)) faults.push({ pointer: `/rules/${i}/id`, message: `${describe(rule.id)} is already the id of another rule` });
    seen.add(rule.id);
    rules.push(rule);
  }
  if (faults.length > 0) throw new InputError(faults);
  return {
    format: FORMAT,
    rules,
    ...(bypass ? { bypass } : {}),
    marginCall: marginCall ?? DEFAULT_MARGIN_CALL,
    flood: flood ?? DEFAULT_FLOOD,
    escalateAfterMs: escalateAfterMs ?? DEFAULT_ESCALATE_AFTER_MS,
    gapMs: gapMs ?? DEFAULT_GAP_MS,
  };
}

/** The rule set as JSON text, two spaces deep; what `readAlarmRules` reads back is the same set, digit for digit. */
export function writeAlarmRules({ rules, bypass, marginCall, flood, escalateAfterMs, gapMs }: AlarmRules): string {
  const document = {
    format: FORMAT,
    rules: rules.map(({ id, scope: reach, measure, severity, arm, clear, onDelayMs, offDelayMs, cooldownMs, channel }) => ({
      id,
      scope: reach satisfies Scope,
      measure,
      severity,
      arm: levelText(measure, arm),
      clear: levelText(measure, clear),
      onDelayMs,
      offDelayMs,
      cooldownMs,
      channel,
    })),
    ...(bypass ? { bypass: { ...bypass, worsening: bypass.worsening.toFixed(), ...calmText(bypass) } } : {}),
    marginCall: {
      ...(marginCall.cureRatio ? { cureRatio: marginCall.cureRatio.toFixed() } : {}),
      clockMs: marginCall.clockMs,
      venueClockMs: marginCall.venueClockMs,
    },
    flood,
    escalateAfterMs,
    gapMs,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const calmText = ({ calmLevel }: Bypass) => (calmLevel ? { calmLevel: calmLevel.toFixed() } : {});

const levelText = (measure: Measure, level: Decimal): string => (measure === 'feed' ? FRESHNESS_ORDER[level.toNumber()]! : level.toFixed());
