// @ts-check
/**
 * The import walls of src/: which folder may import which, which packages it may use, and which globals the pure
 * folders do without. The type checker (project references) refuses upward imports and DOM globals; this catches what it
 * cannot: skipped layers, packages, clocks, randomness, timers.
 *
 *   node scripts/boundaries.mjs [root]      exit status 1 when a wall is crossed
 *
 * Tests (`*.test.ts`, anything below a `testing/` folder) and the entry points directly below src/ see everything.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * @typedef {object} Wall
 * @property {readonly string[]} folders folders it may import, beside itself
 * @property {readonly string[]} packages packages it may import; `@scope/*` stands for the whole scope
 * @property {boolean} pure no clock, no randomness, no timers, no network, nothing asynchronous
 */

/** @type {Readonly<Record<string, Wall>>} In the order of the data flow: a folder imports only from folders above it. */
export const WALLS = {
  domain: { folders: [], packages: ['decimal.js'], pure: true },
  wire: { folders: ['domain'], packages: ['valibot'], pure: true },
  engine: { folders: ['domain'], packages: [], pure: true },
  policy: { folders: ['domain', 'engine'], packages: [], pure: true },
  venues: { folders: ['domain', 'wire', 'engine'], packages: ['valibot'], pure: true },
  formats: {
    folders: ['domain', 'wire', 'engine', 'policy', 'venues'],
    packages: ['valibot', 'papaparse', 'hyparquet', 'hyparquet-writer'],
    pure: true,
  },
  feeds: { folders: ['domain', 'wire', 'venues'], packages: ['valibot'], pure: false },
  journal: { folders: ['domain', 'policy'], packages: ['idb', 'valibot'], pure: false },
  session: { folders: ['domain', 'wire', 'engine', 'policy', 'venues', 'formats'], packages: [], pure: true },
  store: { folders: ['domain', 'session'], packages: ['zustand'], pure: false },
  transport: { folders: ['domain', 'session', 'feeds', 'journal'], packages: ['partysocket'], pure: false },
  terminal: { folders: ['domain', 'wire'], packages: ['node:buffer', 'node:crypto', 'node:events', 'node:fs', 'node:path'], pure: false },
  view: {
    folders: ['domain', 'store'],
    packages: ['react', 'react-dom', 'recharts', '@tanstack/*', 'lucide-react', '@fontsource-variable/inter'],
    pure: false,
  },
};

/** @type {Readonly<Record<string, { files: readonly string[], why: string }>>} One door: what a folder may open of another. */
export const DOORS = {
  'store→session': { files: ['protocol.ts', 'client.ts'], why: 'the store knows messages, not the engine' },
  'transport→session': { files: ['protocol.ts', 'transport.ts'], why: 'the transport carries messages and knows no more of the session' },
  'transport→journal': { files: ['index.ts'], why: 'rows and transactions are the journal’s own business' },
  'view→store': {
    files: ['desk-selectors.ts', 'index.ts', 'journal-part.ts', 'selectors.ts', 'types.ts'],
    why: 'the view reads the store through its door',
  },
};

/** @type {Readonly<Record<string, { file: string, why: string }>>} Packages with a single importer. */
export const SINGLE_IMPORTER = {
  'decimal.js': { file: 'domain/units.ts', why: 'its default precision is 20 digits; take Decimal from domain/units.ts' },
};

/** @type {readonly { pattern: RegExp, name: string, why: string }[]} */
const IMPURITIES = [
  { pattern: /(?<![\w$.])Date\s*\.\s*now\b/g, name: 'Date.now', why: 'time is an argument' },
  { pattern: /(?<![\w$.])new\s+Date\b\s*(?:\(\s*\)|(?!\s*\())/g, name: 'new Date without an argument', why: 'time is an argument' },
  { pattern: /(?<![\w$.]|new\s)Date\s*\(/g, name: 'Date()', why: 'time is an argument' },
  { pattern: /(?<![\w$.])Math\s*\.\s*random\b/g, name: 'Math.random', why: 'randomness is an argument' },
  { pattern: /(?<![\w$.])crypto\s*\./g, name: 'crypto', why: 'randomness is an argument' },
  { pattern: /(?<![\w$.])performance\s*\.\s*now\b/g, name: 'performance.now', why: 'time is an argument' },
  {
    pattern: /(?<![\w$.])(?:setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b/g,
    name: 'a timer',
    why: 'a pure folder computes when it is called and at no other time',
  },
  { pattern: /(?<![\w$.])fetch\s*\(/g, name: 'fetch', why: 'input arrives as an argument' },
  { pattern: /(?<![\w$.])(?:globalThis|process|localStorage|indexedDB)\b\s*[.[]/g, name: 'a global', why: 'input arrives as an argument' },
  {
    pattern: /(?<![\w$.])(?:async\s+function\b|async\s*\(|async\s+[\w$]+\s*=>|async\s+[\w$#]+\s*\(|await\b)/g,
    name: 'asynchronous code',
    why: 'a pure folder answers at once; waiting belongs to feeds and transport',
  },
];

/** @type {readonly RegExp[]} Where a module names another; the last group is the specifier. */
const IMPORTS = [
  /(?<![\w$.])(?:import|export)\b[^;'"`]*?\bfrom\s*(['"])(.*?)\1/g,
  /(?<![\w$.])import\s*(['"])(.*?)\1/g,
  /(?<![\w$.])import\s*\(\s*(['"`])(.*?)\1\s*[,)]/g,
];
const COMPUTED_IMPORT = /(?<![\w$.])import\s*\(\s*(?!['"`\s])/g;

const isSource = (/** @type {string} */ path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
const isTest = (/** @type {string} */ path) => /\.test\.tsx?$/.test(path) || path.split('/').includes('testing');

/**
 * @typedef {object} Crossing
 * @property {string} file path below src/
 * @property {number} line from 1
 * @property {string} what
 * @property {string} why
 */

/**
 * The walls that one file crosses.
 *
 * @param {string} file path below src/, with forward slashes
 * @param {string} text
 * @returns {Crossing[]}
 */
export function checkFile(file, text) {
  const [folder = ''] = file.split('/');
  const isEntryPoint = !file.includes('/');
  if (isEntryPoint || isTest(file)) return [];
  const wall = WALLS[folder];
  if (!wall)
    return [{ file, line: 1, what: `src/${folder}/ has no wall`, why: 'give it a row in scripts/boundaries.mjs and a tsconfig.json' }];

  const code = blank(text);
  /** @type {Crossing[]} */
  const crossings = [];
  const report = (/** @type {number} */ offset, /** @type {string} */ what, /** @type {string} */ why) =>
    crossings.push({ file, line: lineAt(text, offset), what, why });

  const seen = new Set();
  for (const pattern of IMPORTS) {
    for (const match of code.withStrings.matchAll(pattern)) {
      const specifier = match[2] ?? '';
      const offset = match.index + match[0].lastIndexOf(specifier);
      if (seen.has(offset)) continue;
      seen.add(offset);
      const why = refusal(file, folder, wall, specifier);
      if (why) report(offset, `imports '${specifier}'`, why);
    }
  }
  for (const match of code.withoutStrings.matchAll(COMPUTED_IMPORT))
    report(match.index, 'imports a computed name', 'name what is imported');
  if (wall.pure) {
    for (const { pattern, name, why } of IMPURITIES) {
      for (const match of code.withoutStrings.matchAll(pattern)) report(match.index, `uses ${name}`, `${folder}/ is pure: ${why}`);
    }
  }
  return crossings.sort((a, b) => a.line - b.line);
}

/**
 * Why `file` may not import `specifier`; undefined when it may.
 *
 * @param {string} file
 * @param {string} folder
 * @param {Wall} wall
 * @param {string} specifier
 */
function refusal(file, folder, wall, specifier) {
  if (specifier.startsWith('.')) return refusalOfPath(file, folder, wall, specifier);
  const single = SINGLE_IMPORTER[packageOf(specifier)];
  if (single && single.file !== file) return `only ${single.file} does: ${single.why}`;
  const isAllowed = wall.packages.some((name) =>
    name.endsWith('/*') ? specifier.startsWith(name.slice(0, -1)) : packageOf(specifier) === name,
  );
  if (isAllowed) return undefined;
  return `${folder}/ may use ${wall.packages.length > 0 ? `only the packages ${wall.packages.join(', ')}` : 'no packages'}`;
}

/**
 * @param {string} file
 * @param {string} folder
 * @param {Wall} wall
 * @param {string} specifier
 */
function refusalOfPath(file, folder, wall, specifier) {
  const target = posix.join(posix.dirname(file), specifier.replace(/[?#].*$/, ''));
  if (target.startsWith('../')) return 'it lies outside src/';
  if (!target.includes('/')) return 'an entry point imports, and is imported by nothing';
  if (isTest(target)) return 'it belongs to the tests';
  const [targetFolder = '', ...rest] = target.split('/');
  if (targetFolder === folder) return undefined;
  if (!wall.folders.includes(targetFolder)) {
    return `${folder}/ may import ${wall.folders.length > 0 ? `only from ${wall.folders.join(', ')}` : 'from no other folder'}`;
  }
  const door = DOORS[`${folder}→${targetFolder}`];
  if (door && !door.files.includes(rest.join('/'))) return `${door.why}: only ${door.files.join(' and ')} of ${targetFolder}/`;
  return undefined;
}

/** @param {string} specifier */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** @param {string} text @param {number} offset */
const lineAt = (text, offset) => text.slice(0, offset).split('\n').length;

/**
 * The text with comments (and, in `withoutStrings`, the insides of strings, templates and regular expressions) turned to
 * spaces, so that offsets and lines stay. Code inside `${…}` of a template stays.
 *
 * @param {string} text
 */
function blank(text) {
  const withStrings = text.split('');
  const withoutStrings = text.split('');
  const wipe = (/** @type {number} */ from, /** @type {number} */ to, /** @type {boolean} */ isComment) => {
    for (let k = from; k < to; k++) {
      if (text[k] === '\n') continue;
      withoutStrings[k] = ' ';
      if (isComment) withStrings[k] = ' ';
    }
  };
  /** @type {number[]} Brace depth at which each open template expression ends. */
  const templates = [];
  let depth = 0;
  let i = 0;
  const template = (/** @type {number} */ from) => {
    let end = from;
    while (end < text.length && text[end] !== '`' && !(text[end] === '$' && text[end + 1] === '{')) end += text[end] === '\\' ? 2 : 1;
    wipe(from, end, false);
    if (text[end] === '$') {
      templates.push(depth++);
      return end + 2;
    }
    return end + 1;
  };
  while (i < text.length) {
    const char = text[i];
    if (char === '/' && (text[i + 1] === '/' || text[i + 1] === '*')) {
      const isLine = text[i + 1] === '/';
      const end = text.indexOf(isLine ? '\n' : '*/', i + 2);
      const stop = end < 0 ? text.length : end + (isLine ? 0 : 2);
      wipe(i, stop, true);
      i = stop;
    } else if (char === "'" || char === '"') {
      let end = i + 1;
      while (end < text.length && text[end] !== char && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
      wipe(i + 1, end, false);
      i = end + 1;
    } else if (char === '/' && isRegExpAt(text, i)) {
      const end = endOfRegExp(text, i);
      wipe(i + 1, end, true);
      i = end + 1;
    } else if (char === '`') i = template(i + 1);
    else if (char === '}' && templates.length > 0 && templates.at(-1) === depth - 1) {
      templates.pop();
      depth--;
      i = template(i + 1);
    } else {
      if (char === '{') depth++;
      if (char === '}') depth--;
      i++;
    }
  }
  return { withStrings: withStrings.join(''), withoutStrings: withoutStrings.join('') };
}

/** Whether the slash at `at` opens a regular expression: it does not follow a value. @param {string} text @param {number} at */
function isRegExpAt(text, at) {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  if (before === '' || /[([{,;:=!&|?+\-*%<>~^]$/.test(before)) return !/<$/.test(before);
  return /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|yield|await)$/.test(before);
}

/** @param {string} text @param {number} at */
function endOfRegExp(text, at) {
  let inClass = false;
  let end = at + 1;
  for (; end < text.length && text[end] !== '\n'; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '[') inClass = true;
    else if (text[end] === ']') inClass = false;
    else if (text[end] === '/' && !inClass) break;
  }
  return end;
}

/**
 * All crossings below `root`/src, and how many files were read.
 *
 * @param {string} root
 */
export function checkTree(root) {
  const source = join(root, 'src');
  const files = /** @type {string[]} */ (readdirSync(source, { recursive: true }))
    .map((path) => path.split(sep).join('/'))
    .filter(isSource);
  const crossings = files.sort().flatMap((file) => checkFile(file, readFileSync(join(source, file), 'utf8')));
  return { fileCount: files.length, crossings };
}

function main() {
  const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
  const { fileCount, crossings } = checkTree(root);
  for (const { file, line, what, why } of crossings) {
    console.error(`${relative(process.cwd(), join(root, 'src', file))}:${line}: ${what}, but ${why}`);
  }
  console.log(`boundaries: ${fileCount} files, ${crossings.length} ${crossings.length === 1 ? 'wall' : 'walls'} crossed`);
  if (crossings.length > 0) process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
