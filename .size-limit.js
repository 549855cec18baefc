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

/** What a first visit to the desk brings. */
const deskParts = ['src/view/desk/index.ts', 'src/store/desk-part.ts', 'src/session/desk/reader.ts'];
for (const part of deskParts) if (!chunks[part]) throw new Error(`${part} is no chunk of its own any more: it is in the first load.`);
const desk = [...reached(deskParts)]
  .flatMap((key) => (chunks[key] ? [`dist/${chunks[key].file}`] : []))
  .filter((file) => !firstLoad.includes(file));

/** What a first visit to the alarms brings. */
const alarmsPage = 'src/view/alarms/alarms-page.tsx';
if (!chunks[alarmsPage]) throw new Error(`${alarmsPage} is no chunk of its own any more: it is in the first load.`);
const alarms = [...reached([alarmsPage])]
  .flatMap((key) => (chunks[key] ? [`dist/${chunks[key].file}`] : []))
  .filter((file) => !firstLoad.includes(file));

/** What a first visit to the addresses brings, the table's sorting with it. */
const addressParts = ['src/view/addresses/addresses-page.tsx', 'src/store/addresses-part.ts'];
for (const part of addressParts) if (!chunks[part]) throw new Error(`${part} is no chunk of its own any more: it is in the first load.`);
const addresses = [...reached(addressParts)]
  .flatMap((key) => (chunks[key] ? [`dist/${chunks[key].file}`] : []))
  .filter((file) => !firstLoad.includes(file));

/** What a first back-test, and the history folded out, bring; charts apart. */
const studies = ['src/view/study/back-test-panel.tsx', 'src/view/study/history-panel.tsx', 'src/store/studies.ts'];
for (const part of studies) if (!chunks[part]) throw new Error(`${part} is no chunk of its own any more: it is in the first load.`);
const study = [...reached(studies)]
  .flatMap((key) => (chunks[key] ? [`dist/${chunks[key].file}`] : []))
  .filter((file) => !firstLoad.includes(file));

const charts = firstLoad.filter((file) => file.includes('/charts-'));
if (charts.length > 0) throw new Error(`The first load contains charts (${charts.join(', ')}): import them lazily.`);

export default [
  { name: 'first load without charts', path: firstLoad, limit: '90 kB', gzip: true },
  { name: 'charts', path: 'dist/assets/charts-*.js', limit: '115 kB', gzip: true },
  { name: 'desk (page)', path: desk, limit: '54 kB', gzip: true },
  { name: 'alarms (page)', path: alarms, limit: '15 kB', gzip: true },
  { name: 'addresses (page)', path: addresses, limit: '40 kB', gzip: true },
  { name: 'worker', path: 'dist/assets/worker-*.js', limit: '104 kB', gzip: true },
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
  { name: 'journal (page)', path: 'dist/assets/journal-panel-*.js', limit: '4 kB', gzip: true },
  { name: 'journal (worker)', path: 'dist/assets/engine-journal-runner-*.js', limit: '12 kB', gzip: true },
  { name: 'studies (page)', path: study, limit: '14 kB', gzip: true },
  { name: 'studies (worker)', path: 'dist/assets/study-*.js', limit: '120 kB', gzip: true },
];
