/** Instants as text, always with the zone they are in. */

export type TimeZoneChoice = 'utc' | 'local';

const cache = new Map<string, Intl.DateTimeFormat>();

const formatter = (zone: TimeZoneChoice, parts: 'time' | 'date' | 'both'): Intl.DateTimeFormat => {
  const key = `${zone} ${parts}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
    ...(parts === 'date' ? {} : { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }),
    ...(parts === 'time' ? {} : { day: 'numeric', month: 'short', year: 'numeric' }),
  });
  cache.set(key, made);
  return made;
};

/** `18:34:00 UTC`, or the local time with its offset. */
export const formatClock = (timeMs: number, zone: TimeZoneChoice): string =>
  Number.isFinite(timeMs) ? formatter(zone, 'time').format(timeMs) : 'no time yet';

/** `5 Feb 2026, 18:34:00 UTC`. */
export const formatInstant = (timeMs: number, zone: TimeZoneChoice): string =>
  Number.isFinite(timeMs) ? formatter(zone, 'both').format(timeMs) : 'no time yet';

const UNITS = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
] as const;

/** A length of time, rounded up to what it would be read as: `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`. Older is worse, so never down. */
export const formatAge = (ageMs: number): string => {
  if (!Number.isFinite(ageMs)) return 'age not known';
  const age = Math.max(0, ageMs);
  for (const unit of UNITS) if (age >= unit.ms) return `${Math.ceil(age / unit.ms)}\u202f${unit.name}`;
  return age < 10_000 ? `${(Math.ceil(age / 100) / 10).toFixed(1)}\u202fs` : `${Math.ceil(age / 1000)}\u202fs`;
};
