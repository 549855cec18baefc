/** Names that the same input always gets (rule AL-13). */
import type { Subject } from './events.ts';

/** MurmurHash3's finish: every bit of the input moves every bit. */
const mixed = (hash: number): number => {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const hexOf = (hash: number): string => hash.toString(16).padStart(8, '0');

/** Two 32-bit hashes over UTF-16 code units – FNV-1a, and the same with Knuth's multiplier from another start – as sixteen hexadecimal digits. */
const digest = (text: string): string => {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x9e3779b1);
  }
  return hexOf(mixed(a)) + hexOf(mixed(b ^ Math.imul(a, 0x85ebca77)));
};

/** One text a subject; a length before each part keeps "a|b" and "a", "b" apart. */
const keyOf = (subject: Subject): string => {
  const parts =
    subject.kind === 'pool'
      ? [subject.account, subject.pool]
      : subject.kind === 'market'
        ? [subject.venue, subject.market]
        : [subject.book];
  return `${subject.kind}:${parts.map((part) => `${part.length}:${part}`).join(':')}`;
};

const KEYS = new WeakMap<Subject, string>();

/** The text of `subject`, made once for each object: a desk asks for those of thousands again and again. */
export function subjectKey(subject: Subject): string {
  const known = KEYS.get(subject);
  if (known !== undefined) return known;
  const key = keyOf(subject);
  KEYS.set(subject, key);
  return key;
}

/** The id of the episode with this serial number of the subject, first seen at `firstSeenMs`. */
export const episodeId = (key: string, serial: number, firstSeenMs: number): string => digest(`${key}|${serial}|${firstSeenMs}`);

/** The id of step `step` (from 1) of an episode. */
export const eventId = (episode: string, step: number): string => `${episode}-${step}`;
