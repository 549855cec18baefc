/** The shapes of the commands of the journal (SE-26). */
import { hasShape, isBoolean, isIndex, isString, isTime, type Kinds } from '../shapes.ts';
import type { JournalCommand } from './messages.ts';

/** More events than this at once nobody reads. */
const LIMIT_MAX = 500;
/** Settings are some hundred characters; an import is as large as a book may be. */
const SETTINGS_LENGTH_MAX = 200_000;
const IMPORT_LENGTH_MAX = 200_000_000;

const isTextUpTo =
  (length: number) =>
  (value: unknown): boolean =>
    typeof value === 'string' && value.length <= length;

export const JOURNAL_SHAPES: Kinds<JournalCommand> = {
  'journal-history': hasShape({ requestId: isIndex, account: isString, fromMs: isTime, toMs: isTime }),
  'journal-events': hasShape({
    requestId: isIndex,
    text: isTextUpTo(200),
    offset: isIndex,
    limit: (value) => isIndex(value) && (value as number) <= LIMIT_MAX,
  }),
  'journal-export': hasShape({ requestId: isIndex }),
  'journal-import': hasShape({ requestId: isIndex, text: isTextUpTo(IMPORT_LENGTH_MAX) }),
  'journal-forget': hasShape({ requestId: isIndex }),
  'journal-refresh': hasShape({ requestId: isIndex }),
  'journal-settings': hasShape({ requestId: isIndex, text: isTextUpTo(SETTINGS_LENGTH_MAX) }),
  'journal-watch': hasShape({ requestId: isIndex, account: isTextUpTo(1_000), isWatched: isBoolean }),
};
