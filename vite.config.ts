import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';
import { contentSecurityPolicy, GATEWAYS_VARIABLE, gatewayOrigins, securityHeaders } from './scripts/content-security-policy.ts';

/** The development server is local and short-lived: a fixed nonce lets its own inline preamble through the same policy. */
const DEVELOPMENT_NONCE = 'development';

/** Servers besides the venues' that the page may ask, named by whoever builds and serves it (docs/hosting.md). */
const gateways = gatewayOrigins(process.env[GATEWAYS_VARIABLE] ?? '');

/** Modules that arrive with recharts and with nothing else: a chunk that holds one is named `charts-…`, for the size budget. */
const CHART_MODULE = /node_modules\/(?:recharts|victory-vendor|d3-[a-z-]+|@reduxjs|react-redux|immer)\//;

/** Puts the policy into the built page, so that a host which sends no headers serves it all the same. */
const policyInPage: Plugin = {
  name: 'plimsoll:policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy({ place: 'meta', gateways }) },
      injectTo: 'head-prepend',
    },
  ],
};

/** The order in which the layers of all style sheets stand (src/view/styles/index.css); a part of the page may come before that sheet. */
const LAYERS = '@layer reset,tokens,base,components,states;';

/** Puts the order of the layers in front of every built style sheet: which one is read first depends on how the page was split. */
const layersInSheets: Plugin = {
  name: 'plimsoll:layers-in-sheets',
  apply: 'build',
  enforce: 'post',
  generateBundle: (_options, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type === 'asset' && file.fileName.endsWith('.css')) file.source = LAYERS + file.source;
    }
  },
};

/**
 * Stand-ins for venues (`npm run venue-sim`) are spoken to below the page's own address, so that the policy of the page need allow nothing more. Only the servers of
 * this machine pass them on; a built page on a host has nothing there.
 */
const STAND_INS = { '/venue-sim/': { target: 'http://127.0.0.1:8790', ws: true } };

const TESTS = ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'];
/** Tests of more than about a second of processor time, and those that start processes: `npm test` runs them, `npm run check` does not. */
const SLOW_TESTS = ['src/**/*.slow.test.ts'];

export default defineConfig(({ command, isPreview }) => {
  const isDevelopment = command === 'serve' && !isPreview;
  return {
    base: './',
    plugins: [react(), policyInPage, layersInSheets],
    html: isDevelopment ? { cspNonce: DEVELOPMENT_NONCE } : {},
    server: { host: 'localhost', headers: securityHeaders({ nonce: DEVELOPMENT_NONCE, gateways }), proxy: STAND_INS },
    preview: { host: 'localhost', headers: securityHeaders({ gateways }), proxy: STAND_INS },
    /** The desk's part of the engine and the alarms' are chunks of their own, `engine-desk-…` and `engine-alarms-…`, for the size budget. */
    worker: {
      format: 'es',
      rolldownOptions: {
        output: {
          /** What the worker starts with comes in one file, whoever else needs parts of it. */
          codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
          chunkFileNames: 'assets/engine-[name]-[hash].js',
        },
      },
    },
    build: {
      target: 'es2022',
      manifest: true,
      /** Lists of what a lazy part wants besides itself would come with the page, for every part: it finds its own. Styles stay listed. */
      modulePreload: { polyfill: false, resolveDependencies: (_file, files, { hostType }) => (hostType === 'js' ? [] : files) },
      /** A data: font or style would need a hole in the policy. */
      assetsInlineLimit: 0,
      rolldownOptions: {
        output: {
          /** What the first load is made of comes in one file: small ones pack worse, and each is a request. */
          codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
          chunkFileNames: (chunk) =>
            chunk.moduleIds.some((id) => CHART_MODULE.test(id)) ? 'assets/charts-[hash].js' : 'assets/[name]-[hash].js',
        },
      },
    },
    test: {
      environment: 'node',
      pool: 'threads',
      maxWorkers: '100%',
      /** Modules have no state of their own, so the files of one thread may share them: imports cost half. */
      isolate: false,
      projects: [
        {
          extends: true,
          test: { name: 'unit', include: TESTS, exclude: [...configDefaults.exclude, ...SLOW_TESTS], testTimeout: 20_000 },
        },
        { extends: true, test: { name: 'slow', include: SLOW_TESTS, testTimeout: 180_000 } },
      ],
    },
  };
});
