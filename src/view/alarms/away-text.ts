/** What a catch-up says. */
import type { AlarmsFrame } from '../../store/types.ts';
import { STATE_WORDS } from '../format/words.ts';
import { saidText, spanText, subjectText, toldAfter } from './words.ts';

/** More than these are counted, not named. */
const NAMED_MAX = 3;

/**
 * One sentence each on how long, how many, which, and what still stands; '' where there is nothing to say: nobody was told of anything and
 * the prices were watched all the while.
 */
export function awayText(alarms: AlarmsFrame | null, serial: number, awayMs: number, sleptMs: number): string {
  const told = alarms ? toldAfter(alarms.said, serial) : [];
  if (told.length === 0 && sleptMs === 0) return '';
  const count = told.length === 0 ? 'no alarm' : `${told.length} ${told.length === 1 ? 'alarm' : 'alarms'}`;
  const gap = sleptMs > 0 ? ` The machine slept for ${spanText(sleptMs)}: nothing was watched then.` : '';
  const named = told.slice(-NAMED_MAX).map(saidText);
  const more = told.length > NAMED_MAX ? ` The last ${NAMED_MAX}:` : '';
  const standing = alarms?.standing ?? [];
  const still =
    standing.length === 0
      ? ' None stands now.'
      : ` ${standing.length} still ${standing.length === 1 ? 'stands' : 'stand'}, the worst ${subjectText(standing[0]!)}: ${STATE_WORDS[standing[0]!.state].toLowerCase()}.`;
  return `Away ${spanText(awayMs)}, ${count}.${gap}${more}${named.map((text) => ` ${text}`).join('')}${still}`;
}
