/** Hundreds of alarms at once become one (rules AL-20, AL-21). */
import { type AlarmEvent, type AlarmState, type FloodEvent, rankOf, type Subject } from './events.ts';
import { episodeId, eventId } from './identity.ts';
import type { AlarmRules, FloodTerms } from './rules.ts';

const RANKED_COUNT = 10;

export interface FloodState {
  /** Notices of the last `withinMs`: elapsed time and how many. */
  readonly recent: readonly (readonly [elapsedMs: number, count: number])[];
  readonly serial: number;
  /** Id of the flood that is on. */
  readonly id?: string;
}

export const NO_FLOOD: FloodState = { recent: [], serial: 0 };

export interface Standing {
  readonly subject: Subject;
  readonly state: AlarmState;
  readonly atRisk: number;
}

interface Moment {
  readonly timeMs: number;
  readonly elapsedMs: number;
}

/** AL-20: rules of one account are somebody's own and are never drowned. */
const isExempt = (event: AlarmEvent, { rules }: AlarmRules): boolean => rules.find(({ id }) => id === event.rule)?.scope.kind === 'account';

/** The flood after this look, its events with the notices that it takes over, and whether it begins or ends. */
export function flooded(
  flood: FloodState,
  events: readonly AlarmEvent[],
  rules: AlarmRules,
  { timeMs, elapsedMs }: Moment,
  standing: () => Iterable<Standing>,
): { readonly flood: FloodState; readonly events: readonly (AlarmEvent | FloodEvent)[] } {
  const terms: FloodTerms = rules.flood;
  const taken = events.map((event) => event.notice === 'due' && !isExempt(event, rules));
  const count = taken.filter(Boolean).length;
  if (count === 0 && flood.recent.length === 0) return { flood, events };
  const kept = flood.recent.filter(([at]) => elapsedMs - at < terms.withinMs);
  const recent = count > 0 ? [...kept, [elapsedMs, count] as const] : kept;
  const total = recent.reduce((sum, [, some]) => sum + some, 0);
  const isOn = flood.id === undefined ? total > terms.start : total >= terms.end;
  const told = isOn ? events.map((event, i) => (taken[i] ? { ...event, notice: 'flood' as const } : event)) : events;
  if (isOn === (flood.id !== undefined)) return { flood: { ...flood, recent }, events: told };
  const serial = isOn ? flood.serial + 1 : flood.serial;
  const id = flood.id ?? episodeId('flood', serial, timeMs);
  const event = floodEvent(eventId(id, isOn ? 1 : 2), isOn ? 'begins' : 'ends', timeMs, standing());
  return { flood: isOn ? { recent, serial, id } : { recent, serial }, events: [...told, event] };
}

function floodEvent(id: string, phase: FloodEvent['phase'], atMs: number, standing: Iterable<Standing>): FloodEvent {
  return { id, kind: 'flood', phase, atMs, ...tallied(standing), channel: phase === 'begins' ? 'system' : 'page' };
}

/** AL-21: how many are in each state, the money at risk, and the ten with most of it, worst state first; equals as they come. */
export function tallied(standing: Iterable<Standing>): Pick<FloodEvent, 'counts' | 'atRisk' | 'ranked'> {
  const counts: Partial<Record<AlarmState, number>> = {};
  const worst: Standing[] = [];
  let atRisk = 0;
  for (const one of standing) {
    if (one.state === 'healthy') continue;
    counts[one.state] = (counts[one.state] ?? 0) + 1;
    atRisk += one.atRisk;
    const last = worst[RANKED_COUNT - 1];
    if (last && !isBefore(one, last)) continue;
    const at = worst.findIndex((other) => isBefore(one, other));
    worst.splice(at < 0 ? worst.length : at, 0, one);
    if (worst.length > RANKED_COUNT) worst.pop();
  }
  return { counts, atRisk, ranked: worst.map(({ subject, state, atRisk: amount }) => ({ subject, state, atRisk: amount })) };
}

const isBefore = (a: Standing, b: Standing): boolean => {
  const order = rankOf(a.state) - rankOf(b.state);
  return order > 0 || (order === 0 && a.atRisk > b.atRisk);
};
