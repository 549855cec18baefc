/** Imported for what it registers; nothing of it is named. */
export {};
