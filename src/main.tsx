/** The page's entry: engine in a worker, store over it, page over the store. Glue only. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './session/client.ts';
import { createApp, followLink, parseStartOptions, startApp } from './store/index.ts';
import type { SettingsStorage } from './store/settings.ts';
import { createWorkerTransport, scheduleFrame } from './transport/worker/browser.ts';
import type { WorkerLike } from './transport/worker/supervisor.ts';
import { App } from './view/app.tsx';
import { AppProvider } from './view/shared/app-context.tsx';
import { routeOf } from './view/shell/use-route.ts';

/** A browser that forbids storage throws at the mere mention of it. */
const storage: SettingsStorage = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
};

const options = parseStartOptions(location.search);
const transport = createWorkerTransport(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' }) as WorkerLike,
);
const baseUrl = new URL('./', document.baseURI).href;
const app = createApp({
  storage,
  baseUrl,
  spawnStudies: () => new Worker(new URL('./study.ts', import.meta.url), { type: 'module', name: 'studies' }),
  loadReader: () => import('./session/desk/reader.ts').then((module) => module.createReader),
  address: {
    // The desk's view is written after a moment: by then the address may name another page, which it must go on naming.
    replace: (link) => {
      if (routeOf(location.hash) !== 'desk') return;
      history.replaceState(null, '', `${location.pathname}${location.search}${link === '' ? '' : `#${link}`}`);
    },
    after: (run, delayMs) => void setTimeout(run, delayMs),
  },
  connect: (handlers) =>
    createClient({
      transport,
      hello: { baseUrl, clock: options.clock, debug: options.debug, nowMs: () => Date.now() },
      schedule: scheduleFrame,
      ...handlers,
    }),
});
void startApp(app, options, location.hash.slice(1));
addEventListener('hashchange', () => followLink(app, location.hash.slice(1)));
// Only a page opened for debugging can make its own engine fail, to see it come back.
if (options.debug) Object.assign(window, { plimsoll: { crash: app.actions.crashEngine } });

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <AppProvider app={app}>
      <App />
    </AppProvider>
  </StrictMode>,
);
