/** The store's door for the page. */
export type { Actions } from './actions.ts';
export { parseStartOptions, startApp } from './start-options.ts';
export { type App, createApp } from './store.ts';
