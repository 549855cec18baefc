/** From a judged state to what is said about it: episodes, notices, margin calls, escalations (rules AL-13 to AL-19). */
import { type AlarmEvent, type AlarmState, type Episode, type MarginCall, rankOf } from './events.ts';
import { textsOf, worstOf } from './held.ts';
import { episodeId, eventId } from './identity.ts';
import type { AlarmRule, AlarmRules, Severity } from './rules.ts';
import { depositToCure, type Judgement, type RunningCall, type SubjectState, shownEpisode } from './subject-state.ts';
import type { Timeline } from './timeline.ts';

export interface Moment extends Pick<Timeline, 'elapsedMs' | 'observedMs'> {
  readonly timeMs: number;
}

/** What a state becomes, and what is said. */
export interface Told {
  readonly state: SubjectState;
  readonly events: readonly AlarmEvent[];
}

/** Next serial number of the subject's episodes. */
export type NextSerial = () => number;

/** AL-14: the rule that a step is put down to. */
function ruleOf(known: SubjectState, judgement: Judgement, rules: AlarmRules): AlarmRule | 'venue' | 'cure' {
  const { state: to, raised, cleared } = judgement;
  const isUp = rankOf(to) > rankOf(known.state);
  const acting = isUp ? to : known.state;
  if (acting === 'liquidation' || acting === 'bankrupt') return 'venue';
  const ofSeverity = (indices: readonly number[]): AlarmRule | undefined =>
    indices.map((index) => rules.rules[index]!).find(({ severity }) => severity === (acting as Severity));
  const active = known.ruleIndices.filter((_, i) => judgement.conditions[i]!.active);
  return (isUp ? (ofSeverity(raised) ?? ofSeverity(active)) : ofSeverity(cleared)) ?? 'cure';
}

/** The state after a judgement, with the step it makes, if it makes one. */
export function stepped(
  known: SubjectState,
  judgement: Judgement,
  rules: AlarmRules,
  now: Moment,
  nextSerial: NextSerial,
  key: string,
): Told {
  const base: SubjectState = { ...known, conditions: judgement.conditions };
  const from = known.state;
  const to = judgement.state;
  if (to === from) return { state: base, events: [] };
  const rule = ruleOf(known, judgement, rules);
  return rankOf(to) > rankOf(from) ? worsened(base, to, rule, rules, now, nextSerial, key) : eased(base, to, rule, rules, now);
}

function worsened(
  base: SubjectState,
  to: AlarmState,
  rule: AlarmRule | 'venue' | 'cure',
  rules: AlarmRules,
  now: Moment,
  nextSerial: NextSerial,
  key: string,
): Told {
  const from = base.state;
  const episode = base.episode ?? opened(base, now, nextSerial, key);
  const raisedElapsedMs = base.raisedElapsedMs ?? now.elapsedMs;
  const isAsked = typeof rule === 'object';
  const isQuiet =
    isAsked &&
    base.lastNotice !== undefined &&
    rankOf(to) <= base.lastNotice.rank &&
    now.elapsedMs - base.lastNotice.elapsedMs < rule.cooldownMs;
  const isLiquidation = to === 'liquidation' || to === 'bankrupt';
  const { acknowledged: _, ...unacknowledged } = episode;
  const { snoozedUntilElapsedMs: __, escalateAtElapsedMs: ___, ...awake } = base;
  const call = to === 'margin-call' ? issued(base, rules, now) : isLiquidation ? ended(base.call) : base.call;
  const state: SubjectState = {
    ...awake,
    state: to,
    raisedElapsedMs,
    worst: worstOf(base.worst ?? {}, base.values),
    episode: {
      ...unacknowledged,
      steps: episode.steps + 1,
      ...(rankOf(to) > rankOf(episode.worstState) ? { worstState: to } : {}),
      ...(isLiquidation && episode.leadMs === undefined ? { leadMs: base.episode ? now.elapsedMs - raisedElapsedMs : 0 } : {}),
      ...callOf(base, call, isLiquidation ? 'overtaken' : 'open'),
    },
    ...(call ? { call } : {}),
    ...(isQuiet ? {} : { lastNotice: { rank: rankOf(to), elapsedMs: now.elapsedMs } }),
    ...(rules.escalateAfterMs > 0 && rankOf(to) >= rankOf('warning') ? { escalateAtElapsedMs: now.elapsedMs + rules.escalateAfterMs } : {}),
  };
  const event = eventOf(
    state,
    'step',
    isAsked ? rule.id : rule,
    from,
    now,
    isQuiet ? 'cooldown' : 'due',
    isAsked ? rule.channel : 'system',
  );
  return { state, events: [event] };
}

function eased(base: SubjectState, to: AlarmState, rule: AlarmRule | 'venue' | 'cure', rules: AlarmRules, now: Moment): Told {
  const from = base.state;
  const episode = base.episode!;
  const isOver = to === 'healthy';
  const call = to === 'margin-call' ? issued(base, rules, now) : ended(base.call);
  const { escalateAtElapsedMs, call: _, ...rest } = base;
  const keepsEscalating = escalateAtElapsedMs !== undefined && rankOf(to) >= rankOf('warning');
  const state: SubjectState = {
    ...rest,
    state: to,
    episode: {
      ...episode,
      steps: episode.steps + 1,
      ...callOf(base, call, to === 'margin-call' ? 'open' : 'met'),
      ...(isOver ? closing(base, episode, now) : {}),
    },
    ...(call && to === 'margin-call' ? { call } : {}),
    ...(keepsEscalating ? { escalateAtElapsedMs } : {}),
  };
  const event = eventOf(state, 'step', typeof rule === 'object' ? rule.id : rule, from, now, 'quiet', 'journal');
  return { state: isOver ? closed(state, now) : state, events: [event] };
}

function opened(base: SubjectState, now: Moment, nextSerial: NextSerial, key: string): Episode {
  const serial = nextSerial();
  const firstSeenMs = base.firstArmedMs ?? now.timeMs;
  return {
    id: episodeId(key, serial, firstSeenMs),
    serial,
    subject: base.subject,
    firstSeenMs,
    raisedMs: now.timeMs,
    worstState: 'healthy',
    worst: {},
    steps: 0,
  };
}

const closing = (base: SubjectState, episode: Episode, now: Moment): Pick<Episode, 'closedMs' | 'durationMs' | 'outcome'> => ({
  closedMs: now.timeMs,
  durationMs: now.elapsedMs - (base.raisedElapsedMs ?? now.elapsedMs),
  outcome: episode.leadMs === undefined ? 'cured' : 'liquidated',
});

/** The subject without its episode: what remains is the cooldown, and rules that are armed and count already: the next one was first seen now. */
function closed(state: SubjectState, { timeMs }: Moment): SubjectState {
  const {
    firstArmedMs: _______,
    episode: _,
    worst: __,
    raisedElapsedMs: ___,
    snoozedUntilElapsedMs: ____,
    escalateAtElapsedMs: _____,
    call: ______,
    ...rest
  } = state;
  const isArmed = rest.conditions.some(({ armedSince, armedFor }) => armedSince !== undefined || armedFor !== undefined);
  return isArmed ? { ...rest, firstArmedMs: timeMs } : rest;
}

/** AL-14: the episode ends because its subject is no more. */
export function removedFrom(known: SubjectState, now: Moment): AlarmEvent | undefined {
  const { episode } = known;
  if (!episode) return undefined;
  const gone: Episode = {
    ...episode,
    steps: episode.steps + 1,
    ...closing(known, episode, now),
    outcome: episode.leadMs === undefined ? 'removed' : 'liquidated',
  };
  return eventOf({ ...known, state: 'healthy', episode: gone }, 'step', 'removed', known.state, now, 'quiet', 'journal');
}

/** AL-17: a call at entry, unless one runs or the venue gives no time. */
function issued(base: SubjectState, rules: AlarmRules, now: Moment): RunningCall | undefined {
  if (base.call && !base.call.isEnded) return base.call;
  if (base.subject.kind !== 'pool') return undefined;
  const clockMs = rules.marginCall.venueClockMs[base.subject.venue] ?? rules.marginCall.clockMs;
  if (clockMs <= 0) return undefined;
  const asked = depositToCure(base, rules);
  return {
    issuedMs: now.timeMs,
    deadlineMs: now.timeMs + clockMs,
    deadlineElapsedMs: now.elapsedMs + clockMs,
    isEnded: false,
    ...(asked !== undefined && asked > 0 ? { asked } : {}),
  };
}

const ended = (call: RunningCall | undefined): RunningCall | undefined => call && { ...call, isEnded: true };

/** The call as the episode shows it. One that has ended already keeps its end. */
function callOf(
  base: SubjectState,
  call: RunningCall | undefined,
  status: MarginCall['status'],
  metShare?: number,
): { readonly call?: MarginCall } {
  if (!call) return {};
  const isOld = base.call?.isEnded === true && call.isEnded;
  if (isOld) return {};
  const { issuedMs, deadlineMs, asked } = call;
  return {
    call: { issuedMs, deadlineMs, status, ...(asked === undefined ? {} : { asked }), ...(metShare === undefined ? {} : { metShare }) },
  };
}

/** AL-17, AL-18: what time alone brings: the end of a call, and the second word about an alarm that nobody acknowledged. */
export function elapsed(known: SubjectState, rules: AlarmRules, now: Moment): Told {
  const events: AlarmEvent[] = [];
  let state = known;
  const { call } = state;
  if (call && !call.isEnded && state.episode && now.elapsedMs >= call.deadlineElapsedMs) {
    // At prices that are old nobody knows what is missing.
    const missing = state.knowledge === 'known' ? depositToCure(state, rules) : undefined;
    const metShare = call.asked === undefined || missing === undefined ? undefined : 1 - missing / call.asked;
    const status = missing !== undefined && missing <= 0 ? 'met' : metShare !== undefined && metShare > 0 ? 'partly-met' : 'expired';
    const episode: Episode = { ...state.episode, steps: state.episode.steps + 1, ...callOf(state, call, status, metShare) };
    state = { ...state, episode, call: { ...call, isEnded: true } };
    events.push(eventOf(state, 'call-end', 'call', state.state, now, status === 'met' ? 'quiet' : 'due', 'system'));
  }
  if (now.elapsedMs >= escalationDue(state) && state.episode) {
    const { escalateAtElapsedMs: _, snoozedUntilElapsedMs: __, ...rest } = state;
    state = { ...rest, episode: { ...state.episode, steps: state.episode.steps + 1 } };
    events.push(eventOf(state, 'escalation', 'escalation', state.state, now, 'due', 'system'));
  }
  return { state, events };
}

/** Elapsed time at which an escalation is due: not while it is snoozed, never once it is acknowledged. */
export function escalationDue({ escalateAtElapsedMs, snoozedUntilElapsedMs, episode }: SubjectState): number {
  if (escalateAtElapsedMs === undefined || episode?.acknowledged) return Number.POSITIVE_INFINITY;
  return Math.max(escalateAtElapsedMs, snoozedUntilElapsedMs ?? 0);
}

function eventOf(
  state: SubjectState,
  kind: AlarmEvent['kind'],
  rule: string,
  from: AlarmState,
  now: Moment,
  notice: AlarmEvent['notice'],
  channel: AlarmEvent['channel'],
): AlarmEvent {
  const episode = shownEpisode(state)!;
  return {
    id: eventId(episode.id, episode.steps),
    kind,
    subject: state.subject,
    episode,
    rule,
    from,
    to: state.state,
    atMs: now.timeMs,
    values: textsOf(state.values),
    knowledge: state.knowledge,
    notice,
    channel,
  };
}
