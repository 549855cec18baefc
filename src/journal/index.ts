/** The journal's door. */
export { openDatabase } from './database.ts';
export { type Batch, createJournal, type Journal, NO_BATCH } from './journal.ts';
export { createMemoryShelves } from './memory-shelves.ts';
export { type AcknowledgementRow, type EventRow, type SampleRow, streamKey } from './records.ts';
export { openTabs, type TabMessage, type Tabs, type TabsOptions } from './tabs.ts';
