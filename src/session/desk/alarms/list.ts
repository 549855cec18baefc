/** The desk's standing alarms as a list: filtered, ordered, a window of it (rule DA-8). */
import { ALARM_STATES, rankOf } from '../../../policy/alarms/events.ts';
import { tallied } from '../../../policy/alarms/flood.ts';
import type { Measure } from '../../../policy/alarms/rules.ts';
import type { SubjectState } from '../../../policy/alarms/subject-state.ts';
import type { DeskAlarmColumn, DeskAlarmQuery, DeskAlarmRow, DeskAlarmTally } from './messages.ts';

export interface Listed {
  readonly standing: number;
  readonly unacknowledged: number;
  readonly tally: DeskAlarmTally;
  readonly matched: number;
  readonly from: number;
  readonly rows: readonly DeskAlarmRow[];
}

/** Whether the list of `query` shows the alarm. */
export function wantedBy({ states, venues, text, isUnacknowledgedOnly }: DeskAlarmQuery): (state: SubjectState) => boolean {
  const part = text.trim().toLowerCase();
  return ({ subject, state, episode }) =>
    subject.kind === 'pool' &&
    (states.length === 0 || states.includes(state)) &&
    (venues.length === 0 || venues.includes(subject.venue)) &&
    (!isUnacknowledgedOnly || !episode?.acknowledged) &&
    (part === '' || subject.account.toLowerCase().includes(part));
}

/** Money below this does not change the order of states. */
const STATE_STEP = 1e15;

const numberOf = ({ values }: SubjectState, measure: Measure): number => {
  const value = values[measure];
  return value === undefined || value === 'unknown' ? Number.NaN : Number(value);
};

function keyOf(state: SubjectState, column: DeskAlarmColumn): number {
  switch (column) {
    case 'state':
      return rankOf(state.state) * STATE_STEP + Math.min(state.atRisk, STATE_STEP / 2);
    case 'atRisk':
      return state.atRisk;
    case 'raised':
      return state.episode?.raisedMs ?? Number.NaN;
    default:
      return numberOf(state, column);
  }
}

/**
 * Everything that stands counted, and the window of what matches. The order of all is never made: the keys alone are sorted, as numbers,
 * and only what falls into the window is put in order. Alarms without the number come last.
 */
export function listed(states: Iterable<SubjectState>, query: DeskAlarmQuery | null): Listed {
  const standing = [...states].filter(({ state, subject }) => state !== 'healthy' && subject.kind === 'pool');
  const { counts, atRisk, ranked } = tallied(standing);
  const tally: DeskAlarmTally = {
    counts: ALARM_STATES.map((state) => counts[state] ?? 0),
    atRisk,
    ranked: ranked.map(({ subject, state, atRisk: amount }) => ({
      account: subject.kind === 'pool' ? subject.account : '',
      state,
      atRisk: amount,
    })),
  };
  const unacknowledged = standing.filter(({ episode }) => !episode?.acknowledged).length;
  const base = { standing: standing.length, unacknowledged, tally };
  if (!query) return { ...base, matched: 0, from: 0, rows: [] };
  const matching = standing.filter(wantedBy(query));
  const { from, rows } = windowOf(matching, query);
  return { ...base, matched: matching.length, from, rows: rows.map(rowOf) };
}

function windowOf(matching: readonly SubjectState[], { sort, window }: DeskAlarmQuery): { from: number; rows: readonly SubjectState[] } {
  const from = Math.max(0, Math.min(window.from, matching.length - window.count));
  const to = Math.min(matching.length, from + window.count);
  if (to <= from) return { from, rows: [] };
  const turned = sort.falling ? -1 : 1;
  const keys = Float64Array.from(matching, (state) => {
    const key = turned * keyOf(state, sort.column);
    return Number.isNaN(key) ? Number.POSITIVE_INFINITY : key;
  });
  const sorted = keys.slice().sort();
  const [least, most] = [sorted[from]!, sorted[to - 1]!];
  let before = 0;
  for (const key of keys) if (key < least) before++;
  const near: { readonly key: number; readonly i: number }[] = [];
  keys.forEach((key, i) => {
    if (key >= least && key <= most) near.push({ key, i });
  });
  near.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key) || a.i - b.i);
  return { from, rows: near.slice(from - before, to - before).map(({ i }) => matching[i]!) };
}

function rowOf(state: SubjectState): DeskAlarmRow {
  const { subject, episode } = state;
  const pool = subject.kind === 'pool' ? subject : { account: '', pool: '', venue: subject.venue };
  return {
    episode: episode?.id ?? '',
    account: pool.account,
    pool: pool.pool,
    venue: pool.venue,
    state: state.state,
    worstState: episode?.worstState ?? state.state,
    raisedMs: episode?.raisedMs ?? Number.NaN,
    acknowledgedMs: episode?.acknowledged?.atMs ?? Number.NaN,
    atRisk: state.atRisk,
    marginRatio: numberOf(state, 'marginRatio'),
    sigmaDistance: numberOf(state, 'sigmaDistance'),
    probability: numberOf(state, 'liquidationProbability24h'),
  };
}
