/** The store's door for the page. */
export type { Actions } from './actions.ts';
export { parseStartOptions, type StartOptions, startApp } from './start-options.ts';
export { type App, type AppOptions, type AppStore, createApp } from './store.ts';
