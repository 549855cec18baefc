/** What the machine keeps of a subject while it is not calm. */
import type { Decimal } from '../../domain/units.ts';
import { CALM, type Condition, judged, observed, type Standing, standingOf } from './condition.ts';
import { type AlarmState, type Episode, type Reading, rankOf, type Subject } from './events.ts';
import { type HeldValues, isNumber, textsOf, worstOf } from './held.ts';
import { type AlarmRule, type AlarmRules, type Bypass, DOWN_IS_WORSE } from './rules.ts';

export interface BypassMemory {
  readonly bucket: number;
  readonly best?: number;
  readonly before?: number;
}

export interface RunningCall {
  readonly issuedMs: number;
  readonly deadlineMs: number;
  readonly deadlineElapsedMs: number;
  readonly asked?: number;
  readonly isEnded: boolean;
}

/** Plain data but for the rules, which are indices into the set's list. */
export interface SubjectState {
  readonly subject: Subject;
  readonly ruleIndices: readonly number[];
  readonly conditions: readonly Condition[];
  /** Where the last reading stood to each rule. */
  readonly standings: readonly Standing[];
  readonly state: AlarmState;
  readonly venueState: Reading['venueState'];
  readonly knowledge: Reading['knowledge'];
  /** Of the last reading, as they came. */
  readonly values: HeldValues;
  /** Worst of every measure since the episode was raised. */
  readonly worst?: HeldValues;
  readonly atRisk: number;
  readonly capital?: NonNullable<Reading['capital']>;
  readonly bypass: BypassMemory;
  /** Clock when the first of the present conditions was armed. */
  readonly firstArmedMs?: number;
  readonly episode?: Episode;
  /** Elapsed time at which the episode was raised, and at which it was last told. */
  readonly raisedElapsedMs?: number;
  readonly lastNotice?: { readonly rank: number; readonly elapsedMs: number };
  readonly snoozedUntilElapsedMs?: number;
  /** Elapsed time at which an alarm that nobody acknowledged is said again. */
  readonly escalateAtElapsedMs?: number;
  readonly call?: RunningCall;
}

/** The subject before its first reading: what it is taken to have had (AL-5) is of the window in which it is first seen. */
export const firstState = (
  subject: Subject,
  ruleIndices: readonly number[],
  bypass: Bypass | undefined,
  observedMs: number,
): SubjectState => ({
  subject,
  ruleIndices,
  conditions: ruleIndices.map(() => CALM),
  standings: ruleIndices.map(() => 'unknown'),
  state: 'healthy',
  venueState: 'open',
  knowledge: 'known',
  values: {},
  atRisk: 0,
  bypass:
    bypass?.calmLevel === undefined
      ? { bucket: 0 }
      : { bucket: Math.floor(observedMs / bypass.withinMs), best: bypass.calmLevel.toNumber() },
});

/**
 * AL-9: where the reading stands to a rule. What is missing is not known; what does not exist is as good as can be, while nothing is missing.
 * While the pool's data is stale or missing a value can arm a rule and clears none.
 */
function readStanding(rule: AlarmRule, { values, knowledge, venueState }: Reading): Standing {
  const value = values[rule.measure];
  if (isNumber(value)) {
    const standing = standingOf(rule, value as number | Decimal);
    return standing === 'clear' && knowledge !== 'known' ? 'unknown' : standing;
  }
  return value === 'unknown' || knowledge !== 'known' || venueState !== 'open' ? 'unknown' : 'clear';
}

/** Whether a calm subject with this reading needs a state at all. */
export const isCalmReading = (rules: readonly AlarmRule[], ruleIndices: readonly number[], reading: Reading): boolean =>
  reading.venueState !== 'liquidation' &&
  reading.venueState !== 'bankrupt' &&
  ruleIndices.every((index) => readStanding(rules[index]!, reading) !== 'armed');

/** AL-9: what the venue does, as far as it is known. That it does nothing any more is known of fresh data only. */
const venueStateOf = ({ venueState, knowledge }: Reading): Reading['venueState'] =>
  venueState === 'open' && knowledge !== 'known' ? 'unknown' : venueState;

/**
 * The state after a reading that stands to every rule as the last one did, whose venue and knowledge are the same, and that no fast
 * worsening makes count: only figures are new, nothing is to be judged. Undefined where it is not so. Most readings of a pool in alarm are like that.
 */
export function refreshed(
  known: SubjectState,
  reading: Reading,
  { rules, bypass }: AlarmRules,
  observedMs: number,
): SubjectState | undefined {
  if (reading.knowledge !== known.knowledge) return undefined;
  const venueState = venueStateOf(reading);
  if (venueState !== 'unknown' && venueState !== known.venueState) return undefined;
  for (let i = 0; i < known.ruleIndices.length; i++)
    if (readStanding(rules[known.ruleIndices[i]!]!, reading) !== known.standings[i]) return undefined;
  // A call that is only latched ends with the ratio, not with a rule.
  if (known.state === 'margin-call' && !isAsked(known, rules)) return undefined;
  const memory = bypass ? remembered(known.bypass, bypass, reading, observedMs) : undefined;
  if (memory?.isFast && known.conditions.some(({ armedSince }) => armedSince !== undefined)) return undefined;
  const { values } = reading;
  return {
    ...known,
    values,
    ...(known.episode ? { worst: worstOf(known.worst ?? {}, values) } : {}),
    ...(reading.atRisk === undefined ? {} : { atRisk: reading.atRisk }),
    ...(reading.capital ? { capital: reading.capital } : {}),
    ...(memory ? { bypass: memory.memory } : {}),
  };
}

const isAsked = ({ conditions, ruleIndices }: SubjectState, rules: readonly AlarmRule[]): boolean =>
  conditions.some(({ active }, i) => active && rules[ruleIndices[i]!]!.severity === 'margin-call');

/** The state with the reading taken over, and whether it worsened fast (AL-5). Delays are judged afterwards. */
export function withReading(
  known: SubjectState,
  reading: Reading,
  { rules, bypass }: AlarmRules,
  observedMs: number,
  timeMs: number,
): { readonly state: SubjectState; readonly isFast: boolean } {
  const standings = known.ruleIndices.map((index) => readStanding(rules[index]!, reading));
  const conditions = known.conditions.map((condition, i) => observed(condition, standings[i]!, observedMs));
  const isArmed = conditions.some(({ active, armedSince, armedFor }) => active || armedSince !== undefined || armedFor !== undefined);
  const venueState = venueStateOf(reading);
  const acts = venueState === 'liquidation' || venueState === 'bankrupt';
  const { firstArmedMs: _, capital: __, ...rest } = known;
  const memory = bypass ? remembered(known.bypass, bypass, reading, observedMs) : { memory: known.bypass, isFast: false };
  return {
    isFast: memory.isFast,
    state: {
      ...rest,
      conditions,
      standings,
      subject: reading.subject,
      venueState: venueState === 'unknown' ? known.venueState : venueState,
      knowledge: reading.knowledge,
      values: reading.values,
      ...(known.episode ? { worst: worstOf(known.worst ?? {}, reading.values) } : {}),
      atRisk: reading.atRisk ?? known.atRisk,
      bypass: memory.memory,
      ...(isArmed || acts ? { firstArmedMs: known.firstArmedMs ?? timeMs } : {}),
      ...(reading.capital ? { capital: reading.capital } : {}),
    },
  };
}

/** AL-5: the best value of this and the last window of `withinMs`, and whether the new one is worse than it by `worsening`. */
function remembered(
  memory: BypassMemory,
  { measure, worsening, withinMs }: Bypass,
  { values }: Reading,
  observedMs: number,
): { readonly memory: BypassMemory; readonly isFast: boolean } {
  const found = values[measure];
  if (!isNumber(found)) return { memory, isFast: false };
  const value = Number(found);
  const sign = DOWN_IS_WORSE.has(measure) ? 1 : -1;
  const better = (a: number | undefined, b: number | undefined): number | undefined => {
    if (a === undefined || b === undefined) return a ?? b;
    return sign * a >= sign * b ? a : b;
  };
  const bucket = Math.floor(observedMs / withinMs);
  const turned = bucket === memory.bucket ? memory : bucket === memory.bucket + 1 ? { bucket, ...only('before', memory.best) } : { bucket };
  const reference = better(turned.best, turned.before);
  const best = better(turned.best, value);
  return {
    memory: { ...turned, ...only('best', best) },
    isFast: reference !== undefined && sign * (reference - value) >= amountOf(worsening),
  };
}

const AMOUNTS = new WeakMap<Decimal, number>();

/** The double of a rule's decimal, read off once. */
function amountOf(decimal: Decimal): number {
  const known = AMOUNTS.get(decimal);
  if (known !== undefined) return known;
  const amount = decimal.toNumber();
  AMOUNTS.set(decimal, amount);
  return amount;
}

const only = <K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, number>);

export interface Judgement {
  readonly conditions: readonly Condition[];
  readonly state: AlarmState;
  /** Rules that became active, as indices into the set's list. */
  readonly raised: readonly number[];
  readonly cleared: readonly number[];
}

/**
 * AL-11, AL-12: the conditions once their delays have run and the state that follows. What the venue does stands above all rules; at the
 * look after it the pool is in a margin call, whichever of those rules there are, or at its end where the venue left nothing. A call holds
 * until the margin ratio is at or below its cure.
 */
export function judge(known: SubjectState, rules: AlarmRules, observedMs: number, isFast: boolean): Judgement {
  const acts = known.venueState === 'liquidation' || known.venueState === 'bankrupt';
  const resumes = !acts && (known.state === 'liquidation' || known.state === 'bankrupt');
  const isOver = resumes && isEmptied(known);
  const raised: number[] = [];
  const cleared: number[] = [];
  const conditions = known.conditions.map((condition, i) => {
    const index = known.ruleIndices[i]!;
    const rule = rules.rules[index]!;
    const isForced = resumes && rule.severity === 'margin-call';
    const next = isOver
      ? observed(CALM, known.standings[i]!, observedMs)
      : isForced
        ? observed({ ...condition, active: true }, known.standings[i]!, observedMs)
        : judged(condition, rule, observedMs, isFast || acts);
    if (next.active && !condition.active) raised.push(index);
    if (condition.active && !next.active) cleared.push(index);
    return next;
  });
  if (known.venueState === 'liquidation' || known.venueState === 'bankrupt')
    return { conditions, state: known.venueState, raised, cleared };
  let state: AlarmState = 'healthy';
  conditions.forEach(({ active }, i) => {
    const { severity } = rules.rules[known.ruleIndices[i]!]!;
    if (active && rankOf(severity) > rankOf(state)) state = severity;
  });
  if (isOver || rankOf(state) >= rankOf('margin-call')) return { conditions, state, raised, cleared };
  const isLatched = resumes || (known.state === 'margin-call' && !isCured(known, rules));
  return { conditions, state: isLatched ? 'margin-call' : state, raised, cleared };
}

/** AL-12: no position and no debt is left: the margin ratio is 0, or there is none. */
function isEmptied({ values, knowledge, subject }: SubjectState): boolean {
  const ratio = values.marginRatio;
  return subject.kind === 'pool' && knowledge === 'known' && (isNumber(ratio) ? Number(ratio) === 0 : ratio !== 'unknown');
}

/** AL-12: without a cure ratio the rules' clear levels are enough; while data is missing nothing is cured; a ratio that does not exist is. */
function isCured({ values, knowledge, subject }: SubjectState, { marginCall }: AlarmRules): boolean {
  if (marginCall.cureRatio === undefined || subject.kind !== 'pool') return true;
  const ratio = values.marginRatio;
  return knowledge === 'known' && (isNumber(ratio) ? marginCall.cureRatio.gte(ratio) : ratio !== 'unknown');
}

/** Deposit that takes the margin ratio to the cure: requirement ÷ cure − equity. Below 0: none is needed. */
export const depositToCure = ({ capital }: SubjectState, { marginCall }: AlarmRules): number | undefined =>
  capital && capital.requirement / (marginCall.cureRatio?.toNumber() ?? 1) - capital.equity;

/** The episode as it is shown: with the worst of every measure as text. */
export const shownEpisode = ({ episode, worst }: SubjectState): Episode | undefined =>
  episode && { ...episode, worst: textsOf(worst ?? {}) };
