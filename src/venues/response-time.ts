/** Milliseconds since the epoch, as responses carry them, in the book's own form. */
import type { Decimal } from '../domain/units.ts';

const MS_MAX = 8_640_000_000_000_000;

/** ISO-8601, UTC; undefined for 0, a negative number or one that no calendar reaches. */
export function isoTime(ms: Decimal | undefined): string | undefined {
  if (!ms || ms.lte(0) || ms.gt(MS_MAX)) return undefined;
  return new Date(ms.toNumber()).toISOString();
}

/** The latest of several; undefined where there is none. */
export const latest = (times: readonly (Decimal | undefined)[]): Decimal | undefined =>
  times.reduce<Decimal | undefined>((newest, time) => (time && (!newest || time.gt(newest)) ? time : newest), undefined);
