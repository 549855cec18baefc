/** The desk's standing alarms as a list: filtered, ordered, a window of it (rule DA-8). */
import { ALARM_STATES, rankOf } from '../../../policy/alarms/events.ts';
import { type Standing, tallied } from '../../../policy/alarms/flood.ts';
import type { PoolMeasure } from '../../../policy/alarms/rules.ts';
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

/** The newest figures of what stands. */
export interface ListFigures {
  readonly atRisk: (state: SubjectState) => number;
  readonly value: (state: SubjectState, measure: PoolMeasure) => number;
}

const OWN: ListFigures = {
  atRisk: ({ atRisk }) => atRisk,
  value: ({ values }, measure) => {
    const value = values[measure];
    return value === undefined || value === 'unknown' ? Number.NaN : Number(value);
  },
};

function keyOf(state: SubjectState, column: DeskAlarmColumn, figures: ListFigures): number {
  switch (column) {
    case 'state':
      return rankOf(state.state) * STATE_STEP + Math.min(figures.atRisk(state), STATE_STEP / 2);
    case 'atRisk':
      return figures.atRisk(state);
    case 'raised':
      return state.episode?.raisedMs ?? Number.NaN;
    default:
      return figures.value(state, column);
  }
}

/**
 * Everything that stands counted, and the window of what matches. The order of all is never made: the keys alone are sorted, as numbers,
 * and only what falls into the window is put in order. Alarms without the number come last.
 */
export function listed(states: Iterable<SubjectState>, query: DeskAlarmQuery | null, figures: ListFigures = OWN): Listed {
  const standing: SubjectState[] = [];
  const tallies: Standing[] = [];
  let unacknowledged = 0;
  for (const known of states) {
    const { state, subject, episode } = known;
    if (state === 'healthy' || subject.kind !== 'pool') continue;
    standing.push(known);
    tallies.push({ subject, state, atRisk: figures.atRisk(known) });
    if (!episode?.acknowledged) unacknowledged++;
  }
  const { counts, atRisk, ranked } = tallied(tallies);
  const tally: DeskAlarmTally = {
    counts: ALARM_STATES.map((state) => counts[state] ?? 0),
    atRisk,
    ranked: ranked.map(({ subject, state, atRisk: amount }) => ({
      account: subject.kind === 'pool' ? subject.account : '',
      state,
      atRisk: amount,
    })),
  };
  const base = { standing: standing.length, unacknowledged, tally };
  if (!query) return { ...base, matched: 0, from: 0, rows: [] };
  const isNarrowed = query.states.length > 0 || query.venues.length > 0 || query.text.trim() !== '' || query.isUnacknowledgedOnly;
  const matching = isNarrowed ? standing.filter(wantedBy(query)) : standing;
  const { from, rows } = windowOf(matching, query, figures);
  return { ...base, matched: matching.length, from, rows: rows.map((state) => rowOf(state, figures)) };
}

function windowOf(
  matching: readonly SubjectState[],
  { sort, window }: DeskAlarmQuery,
  figures: ListFigures,
): { from: number; rows: readonly SubjectState[] } {
  const from = Math.max(0, Math.min(window.from, matching.length - window.count));
  const to = Math.min(matching.length, from + window.count);
  if (to <= from) return { from, rows: [] };
  const turned = sort.falling ? -1 : 1;
  const keys = Float64Array.from(matching, (state) => {
    const key = turned * keyOf(state, sort.column, figures);
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

function rowOf(state: SubjectState, figures: ListFigures): DeskAlarmRow {
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
    atRisk: figures.atRisk(state),
    marginRatio: figures.value(state, 'marginRatio'),
    sigmaDistance: figures.value(state, 'sigmaDistance'),
    probability: figures.value(state, 'liquidationProbability24h'),
  };
}
