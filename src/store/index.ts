/** The store's door for the page. */
export type { Actions } from './actions.ts';
export type { DeskActions } from './desk-actions.ts';
export { DESK_LINK_PREFIX, isDeskLink } from './desk-link.ts';
export { parseStartOptions, startApp } from './start-options.ts';
export { type App, createApp } from './store.ts';
