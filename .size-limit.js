import { existsSync, readFileSync } from 'node:fs';

/**
 * Budgets for what a browser loads, gzipped, in kB of 1,000 bytes. The first load is the entry chunk and every chunk it
 * imports statically, as the build's manifest lists them.
 */
const MANIFEST = 'dist/.vite/manifest.json';
if (!existsSync(MANIFEST)) throw new Error('Nothing is built yet: run `npm run build` first.');

/** @type {Record<string, { file: string, isEntry?: boolean, imports?: string[] }>} */
const chunks = JSON.parse(readFileSync(MANIFEST, 'utf8'));

/** @type {(keys: string[], seen?: Set<string>) => Set<string>} */
const reached = (keys, seen = new Set()) => {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    reached(chunks[key]?.imports ?? [], seen);
  }
  return seen;
};

const entries = Object.keys(chunks).filter((key) => chunks[key]?.isEntry);
const firstLoad = [...reached(entries)].flatMap((key) => (chunks[key] ? [`dist/${chunks[key].file}`] : []));

/**
 * What a first visit to a page brings beyond the first load.
 * @type {(...parts: string[]) => string[]}
 */
const visit = (...parts) => {
  for (const part of parts) if (!chunks[part]) throw new Error(`${part} is no chunk of its own any more: it is in the first load.`);
  return [...reached(parts)]
    .flatMap((key) => (chunks[key] ? [`dist/${chunks[key].file}`] : []))
    .filter((file) => !firstLoad.includes(file) && !file.includes('/charts-'));
};

const desk = visit('src/view/desk/index.ts', 'src/store/desk-part.ts', 'src/session/desk/reader.ts');
const alarms = visit('src/view/alarms/alarms-page.tsx');
/** The table's sorting with it. */
const addresses = visit('src/view/addresses/addresses-page.tsx', 'src/store/addresses-part.ts');
/** All panels of the page folded out. */
const stress = visit(
  'src/view/stress/stress-page.tsx',
  'src/store/stress-part.ts',
  ...['what-if', 'distance', 'matrix', 'cascade', 'warning'].map((panel) => `src/view/stress/${panel}/index.tsx`),
);
/** A first back-test, and the history folded out. */
const studies = visit('src/view/study/back-test-panel.tsx', 'src/view/study/history-panel.tsx', 'src/store/studies.ts');

const charts = firstLoad.filter((file) => file.includes('/charts-'));
if (charts.length > 0) throw new Error(`The first load contains charts (${charts.join(', ')}): import them lazily.`);

export default [
  { name: 'first load without charts', path: firstLoad, limit: '90 kB', gzip: true },
  { name: 'charts', path: 'dist/assets/charts-*.js', limit: '115 kB', gzip: true },
  { name: 'desk (page)', path: desk, limit: '54 kB', gzip: true },
  { name: 'alarms (page)', path: alarms, limit: '15 kB', gzip: true },
  { name: 'addresses (page)', path: addresses, limit: '40 kB', gzip: true },
  { name: 'stress (page)', path: stress, limit: '46 kB', gzip: true },
  // Session, engine and every venue's rules and tables; a third of it is decimals and validation.
  { name: 'worker', path: 'dist/assets/worker-*.js', limit: '106 kB', gzip: true },
  // With the sockets and the checks of what venues say, which watched addresses share.
  {
    name: 'live (worker)',
    path: ['dist/assets/engine-live-*.js', 'dist/assets/engine-socket-port-*.js', 'dist/assets/engine-reading-*.js'],
    limit: '16 kB',
    gzip: true,
  },
  // The readers of every venue, the watcher, and what the session makes of readings.
  { name: 'addresses (worker)', path: 'dist/assets/engine-addresses-*.js', limit: '28 kB', gzip: true },
  { name: 'desk (worker)', path: 'dist/assets/engine-desk-*.js', limit: '120 kB', gzip: true },
  // With the cures and closures of the engine, which come with the alarms and never with the page.
  { name: 'alarms (worker)', path: 'dist/assets/engine-alarms-*.js', limit: '22 kB', gzip: true },
  { name: 'stress (worker)', path: 'dist/assets/engine-stress-*.js', limit: '56 kB', gzip: true },
  { name: 'journal (page)', path: 'dist/assets/journal-panel-*.js', limit: '4 kB', gzip: true },
  { name: 'journal (worker)', path: 'dist/assets/engine-journal-runner-*.js', limit: '12 kB', gzip: true },
  { name: 'studies (page)', path: studies, limit: '14 kB', gzip: true },
  { name: 'studies (worker)', path: 'dist/assets/study-*.js', limit: '120 kB', gzip: true },
];
