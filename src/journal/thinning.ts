/** How detail is let go of with age, so that extremes survive (rule JN-6). */
import { Decimal } from '../domain/units.ts';
import type { SampleRow } from './records.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Samples younger than this, by the stream's own newest, are all kept; then the telling ones of every minute; then of every hour. */
const FULL_MS = DAY_MS;
const MINUTES_MS = 7 * DAY_MS;

export interface Thinned {
  /** Rows to be let go of. */
  readonly dropped: readonly SampleRow[];
  /** Rows that took over the funding of dropped ones. */
  readonly changed: readonly SampleRow[];
}

/**
 * What may go of one stream's samples, oldest first. Of each span (a minute, an hour) stay the first and the last, the highest and the lowest
 * equity, peak and trough of its deepest fall, the highest leverage, the smallest |shock|, and every sample with money moved, funding paid or a gap
 * before it: peak, trough and deepest fall of what is left are those of the whole. Doing it again changes nothing.
 */
export function thinned(samples: readonly SampleRow[], newestMs = samples.at(-1)?.timeMs ?? Number.NaN): Thinned {
  const kept = new Set<SampleRow>();
  for (let from = 0; from < samples.length; ) {
    const span = spanOf(samples[from]!, newestMs);
    let to = from + 1;
    while (to < samples.length && spanOf(samples[to]!, newestMs) === span) to++;
    for (const row of span === null ? samples.slice(from, to) : telling(samples.slice(from, to))) kept.add(row);
    from = to;
  }
  return passedOn(samples, kept);
}

/** Null: young enough to be kept whole; such samples stand alone. */
function spanOf({ timeMs }: SampleRow, newestMs: number): string | null {
  const ageMs = newestMs - timeMs;
  if (!(ageMs > FULL_MS)) return null;
  return ageMs > MINUTES_MS ? `h${Math.floor(timeMs / HOUR_MS)}` : `m${Math.floor(timeMs / MINUTE_MS)}`;
}

function telling(rows: readonly SampleRow[]): readonly SampleRow[] {
  const best = (measure: (row: SampleRow) => number): SampleRow[] => {
    let found: SampleRow | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      const value = measure(row);
      if (value > most) [found, most] = [row, value];
    }
    return found ? [found] : [];
  };
  const equity = ({ equity: text }: SampleRow): number => (text === '' ? Number.NaN : Number(text));
  return [
    ...rows.slice(0, 1),
    ...rows.slice(-1),
    ...best(equity),
    ...best((row) => -equity(row)),
    ...deepest(rows, equity),
    ...best(({ leverage }) => leverage ?? Number.NaN),
    ...best(({ shock }) => (shock === null ? Number.NaN : -Math.abs(shock))),
    ...rows.filter(({ cashFlow, fundingOf, isGap }) => isGap || fundingOf !== undefined || (cashFlow !== '' && Number(cashFlow) !== 0)),
  ];
}

/** Peak and trough of the deepest fall, as a fraction of the peak, within the span. */
function deepest(rows: readonly SampleRow[], equity: (row: SampleRow) => number): SampleRow[] {
  let peak: SampleRow | undefined;
  let found: SampleRow[] = [];
  let least = 1;
  for (const row of rows) {
    const value = equity(row);
    if (Number.isNaN(value)) continue;
    if (!peak || value > equity(peak)) peak = row;
    else if (equity(peak) > 0 && value / equity(peak) < least) [found, least] = [[peak, row], value / equity(peak)];
  }
  return found;
}

/** Funding is a sum since the sample before: where that one goes, the next takes it over. */
function passedOn(samples: readonly SampleRow[], kept: ReadonlySet<SampleRow>): Thinned {
  const dropped: SampleRow[] = [];
  const changed: SampleRow[] = [];
  let owed: Decimal | undefined;
  for (const row of samples) {
    const own = row.funding === '' ? undefined : new Decimal(row.funding);
    if (!kept.has(row)) {
      dropped.push(row);
      if (own) owed = owed ? owed.plus(own) : own;
    } else if (owed && !owed.isZero()) {
      changed.push({ ...row, funding: (own ? owed.plus(own) : owed).toFixed() });
      owed = undefined;
    } else owed = undefined;
  }
  return { dropped, changed };
}
