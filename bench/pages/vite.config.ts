/** Builds the pages of the benches, and nothing of the app; see bench/browser.ts. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Isolated, as the app is served: without it there is no shared memory and only a coarse clock. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  root: here('.'),
  base: './',
  /** The demo's book, which the engine asks for. */
  publicDir: here('../../public'),
  worker: { format: 'es' },
  preview: { host: '127.0.0.1', headers },
  build: {
    target: 'esnext',
    outDir: here('../../node_modules/.cache/plimsoll/bench-pages'),
    emptyOutDir: true,
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: { input: ['ag-grid', 'perspective', 'publish', 'sweep'].map((name) => here(`./${name}.html`)) },
  },
});
