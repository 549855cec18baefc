// @ts-check
/**
 * Runs a TypeScript entry point on a Node that cannot strip types:
 *
 *   node scripts/run.mjs NAME [ARGUMENT…]      src/NAME.ts or NAME.ts
 *
 * The entry is bundled once (packages stay outside the bundle) into node_modules/.cache/plimsoll and bundled again when
 * the text of any file in it changes. It then runs in this process, so that standard input, arguments, exit status and
 * streams are its own. Inside the bundle `import.meta.url` is the address of the source file.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, ROOT } from './installed.mjs';

const CACHE = join(ROOT, 'node_modules', '.cache', 'plimsoll');
const MARK = '//# inputs=';

/**
 * @typedef {{ setting: string, files: readonly (readonly [path: string, hash: string])[] }} Inputs
 */

const hash = (/** @type {string | Buffer} */ content) => createHash('sha256').update(content).digest('base64url');

/** What besides the files decides the bundle: where the project lies, this script, and the packages installed. */
const setting = () =>
  hash([ROOT, process.version, readFileSync(new URL(import.meta.url)), readFileSync(join(ROOT, 'package.json'))].join('\0'));

/**
 * @param {string} bundle
 * @returns {boolean} whether the bundle was made from the files as they are now
 */
function isFresh(bundle) {
  if (!existsSync(bundle)) return false;
  const text = readFileSync(bundle, 'utf8');
  const at = text.lastIndexOf(`\n${MARK}`);
  if (at < 0) return false;
  const inputs = /** @type {Inputs} */ (JSON.parse(text.slice(at + 1 + MARK.length)));
  const isSame = (/** @type {readonly [string, string]} */ [path, expected]) =>
    existsSync(join(ROOT, path)) && hash(readFileSync(join(ROOT, path))) === expected;
  return inputs.setting === setting() && inputs.files.every(isSame);
}

/**
 * @param {string} entry
 * @param {string} bundle
 */
async function build(entry, bundle) {
  const { rolldown } = await import('rolldown');
  /** @type {Map<string, string>} */
  const files = new Map();
  const build = await rolldown({
    input: entry,
    cwd: ROOT,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('\0') && !isAbsolute(id),
    plugins: [
      {
        name: 'plimsoll:source-address',
        load(id) {
          if (id.startsWith('\0')) return undefined;
          const content = readFileSync(id);
          files.set(id, hash(content));
          if (!/\.[cm]?tsx?$/.test(id)) return undefined;
          return content.toString('utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
        },
      },
    ],
  });
  const { output } = await build.generate({ dir: CACHE, format: 'esm', codeSplitting: false, sourcemap: 'inline' });
  await build.close();
  /** @type {Inputs} */
  const inputs = { setting: setting(), files: [...files].map(([id, sum]) => [relative(ROOT, id).split(sep).join('/'), sum]) };
  mkdirSync(CACHE, { recursive: true });
  const draft = `${bundle}.${process.pid}`;
  writeFileSync(draft, `${output[0].code}\n${MARK}${JSON.stringify(inputs)}`);
  renameSync(draft, bundle);
}

async function main() {
  const [name, ...rest] = process.argv.slice(2);
  const entry = name && [join(ROOT, 'src', `${name}.ts`), join(ROOT, `${name}.ts`)].find(existsSync);
  if (!name || !entry) {
    console.error(name ? `No such entry point: src/${name}.ts or ${name}.ts` : 'Usage: node scripts/run.mjs NAME [ARGUMENT…]');
    process.exitCode = 2;
    return;
  }
  ensureInstalled({ thorough: false });
  const bundle = join(CACHE, `${name.replaceAll(/[\\/]/g, '-')}.mjs`);
  if (!isFresh(bundle)) await build(entry, bundle);

  /** A reader that has seen enough (`… | head`) closes the pipe: that is no error. */
  process.stdout.on('error', (error) => {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error;
    process.exit();
  });
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, entry, ...rest];
  await import(pathToFileURL(bundle).href);
}

await main();
