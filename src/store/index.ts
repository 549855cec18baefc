/** The store's door for the page. */
export { followLink, parseStartOptions, startApp } from './start-options.ts';
export { type App, createApp } from './store.ts';
