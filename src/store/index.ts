/** The store's door for the page. */
export { parseStartOptions, startApp } from './start-options.ts';
export { type App, createApp } from './store.ts';
