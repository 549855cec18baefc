/** Names that the same input always gets (rule AL-13). */
import type { Subject } from './events.ts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = (1n << 64n) - 1n;

/** FNV-1a over UTF-16 code units, 64 bit, as sixteen hexadecimal digits. */
const digest = (text: string): string => {
  let hash = OFFSET;
  for (let i = 0; i < text.length; i++) hash = ((hash ^ BigInt(text.charCodeAt(i))) * PRIME) & MASK;
  return hash.toString(16).padStart(16, '0');
};

/** One text a subject; a length before each part keeps "a|b" and "a", "b" apart. */
export const subjectKey = (subject: Subject): string => {
  const parts = subject.kind === 'pool' ? [subject.account, subject.pool] : [subject.venue, subject.market];
  return `${subject.kind}:${parts.map((part) => `${part.length}:${part}`).join(':')}`;
};

/** The id of the episode with this serial number of the subject, first seen at `firstSeenMs`. */
export const episodeId = (key: string, serial: number, firstSeenMs: number): string => digest(`${key}|${serial}|${firstSeenMs}`);

/** The id of step `step` (from 1) of an episode. */
export const eventId = (episode: string, step: number): string => `${episode}-${step}`;
