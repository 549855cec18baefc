/** What the page tells the user besides the figures: few, in order, none twice. */
import type { Notice } from './types.ts';

/** More than this and the oldest goes: a list nobody reads to the end. */
export const NOTICES_MAX = 20;

/** `notices` with one more at the end, numbered after the last. */
export const addNotice = (notices: readonly Notice[], notice: Omit<Notice, 'id'>): readonly Notice[] => {
  const id = (notices.at(-1)?.id ?? 0) + 1;
  return [...notices, { ...notice, id }].slice(-NOTICES_MAX);
};

/** `notices` without those of `kind`; the same list when there is none. */
export const dropNotices = (notices: readonly Notice[], kind: Notice['kind']): readonly Notice[] =>
  notices.some((notice) => notice.kind === kind) ? notices.filter((notice) => notice.kind !== kind) : notices;
