import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFile, checkTree, WALLS } from './boundaries.mjs';

const root = join(import.meta.dirname, '..');
const whats = (file: string, text: string) => checkFile(file, text).map(({ line, what }) => `${line}: ${what}`);

describe('default', () => {
  it('finds no crossing in this project', () => {
    const { fileCount, crossings } = checkTree(root);
    expect(crossings).toEqual([]);
    expect(fileCount).toBeGreaterThan(10);
  });

  it('has a wall for every folder of src/, and orders them without a cycle', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    expect(Object.keys(WALLS).sort()).toEqual(folders.sort());
    const order = Object.keys(WALLS);
    for (const [folder, wall] of Object.entries(WALLS)) {
      for (const other of wall.folders) expect(order.indexOf(other), `${folder} imports ${other}`).toBeLessThan(order.indexOf(folder));
    }
  });

  it('fails on a tree with a bad sample, and names file, line, import and reason', () => {
    const tree = mkdtempSync(join(tmpdir(), 'walls-'));
    try {
      const write = (path: string, text: string) => {
        mkdirSync(dirname(join(tree, path)), { recursive: true });
        writeFileSync(join(tree, path), text);
      };
      write('src/engine/good.ts', "import { ONE } from '../domain/units.ts';\nexport const one = ONE;\n");
      write('src/engine/bad.ts', "import { readFileSync } from 'node:fs';\n\nimport { view } from '../view/shell.tsx';\n");
      expect(checkTree(tree)).toEqual({
        fileCount: 2,
        crossings: [
          { file: 'engine/bad.ts', line: 1, what: "imports 'node:fs'", why: 'engine/ may use no packages' },
          { file: 'engine/bad.ts', line: 3, what: "imports '../view/shell.tsx'", why: 'engine/ may import only from domain' },
        ],
      });
    } finally {
      rmSync(tree, { recursive: true });
    }
  });
});

describe('behavior: imports', () => {
  it.each([
    ['upward', 'domain/a.ts', "import '../engine/types.ts';"],
    ['a skipped layer', 'view/a.tsx', "import type { Frame } from '../session/protocol.ts';"],
    ['over several lines', 'policy/a.ts', "import {\n  type A,\n  b,\n} from '../venues/venue.ts';"],
    ['a re-export', 'wire/a.ts', "export * from '../feeds/feed.ts';"],
    ['a dynamic import', 'store/a.ts', "const late = () => import('../view/shell.tsx');"],
    ['an import in a type', 'engine/a.ts', "type V = import('../venues/venue.ts').Venue;"],
    ['a computed import', 'engine/a.ts', 'const late = (name: string) => import(name);'],
    ['a package', 'session/a.ts', "import * as v from 'valibot';"],
    ['a scoped package', 'store/a.ts', "import { useTable } from '@tanstack/react-table';"],
    ['a package that is another’s prefix', 'view/a.tsx', "import x from 'react-redux';"],
    ['decimal.js outside domain/units.ts', 'domain/book.ts', "import Decimal from 'decimal.js';"],
    ['an entry point', 'transport/a.ts', "import '../worker.ts';"],
    ['a file of the tests', 'engine/a.ts', "import { book } from './testing/book.ts';"],
    ['a path out of src', 'venues/a.ts', "import data from '../../public/replay/data.json';"],
    ['a folder without a wall', 'helpers/a.ts', 'export const a = 1;'],
    ['past the door of the session', 'store/a.ts', "import { step } from '../session/session.ts';"],
    ['past the door of the store', 'view/a.tsx', "import { reduce } from '../store/internal/reduce.ts';"],
    ['the engine’s side of the session', 'transport/a.ts', "import { step } from '../session/session.ts';"],
  ])('refuses %s', (_, file, text) => {
    expect(checkFile(file, text)).toHaveLength(1);
  });

  it.each([
    ['downward', 'session/a.ts', "import { venues } from '../venues/registry.ts';"],
    ['a neighbour', 'engine/margin/a.ts', "import { solve } from '../liquidation/solve.ts';"],
    ['a subpath of an allowed package', 'view/a.tsx', "import { createRoot } from 'react-dom/client';"],
    ['an allowed scope', 'view/a.tsx', "import { useTable } from '@tanstack/react-table';"],
    ['the one importer', 'domain/units.ts', "import DecimalJs from 'decimal.js';"],
    ['through a door', 'view/a.tsx', "import { selectEquity } from '../store/selectors.ts';"],
    ['a test', 'engine/a.test.ts', "import { readFileSync } from 'node:fs';\nimport { venues } from '../venues/registry.ts';"],
    ['an entry point', 'assess.ts', "import { readFileSync } from 'node:fs';"],
    ['an import in a comment', 'domain/a.ts', "/* import '../engine/types.ts'; */\n// import x from 'valibot';\nexport const a = 1;"],
  ])('allows %s', (_, file, text) => {
    expect(checkFile(file, text)).toEqual([]);
  });
});

describe('behavior: purity', () => {
  it.each([
    ['Date.now()'],
    ['new Date()'],
    ['new Date'],
    ['Date()'],
    ['Math.random()'],
    ['performance.now()'],
    ['setTimeout(f, 1)'],
    ['setInterval(f, 1)'],
    ['fetch(url)'],
    ['crypto.getRandomValues(a)'],
    ['globalThis.x'],
    ['async () => 1'],
    ['await x'],
    ['`at ${Date.now()}`'],
  ])('refuses %s in a pure folder', (expression) => {
    expect(checkFile('engine/a.ts', `export const a = () => (${expression});`)).toHaveLength(1);
  });

  it.each([
    ['new Date(nowMs)'],
    ['clock.now()'],
    ['feed.fetch(1)'],
    ['"Date.now()"'],
    ['`Math.random()`'],
    ['/setTimeout|fetch\\(/'],
    ['1 /* Date.now() */'],
    ['venue.setTimeout'],
  ])('allows %s in a pure folder', (expression) => {
    expect(checkFile('engine/a.ts', `export const a = (${expression});`)).toEqual([]);
  });

  it('leaves clocks to feeds, transport, store, view, and to tests', () => {
    for (const file of ['feeds/a.ts', 'transport/a.ts', 'view/a.tsx', 'engine/a.test.ts', 'worker.ts']) {
      expect(checkFile(file, 'export const now = Date.now();')).toEqual([]);
    }
  });

  it('keeps lines right after strings, templates, expressions and characters outside the basic plane', () => {
    const text = "const a = '🚢 it';\nconst b = `${`${a}`} // no`;\nconst c = a.length / 2;\nconst d = /['\"`]/;\nconst e = Date.now();";
    expect(whats('engine/a.ts', text)).toEqual(['5: uses Date.now']);
  });
});
