// @ts-check
/**
 * `npm start`: installs what is missing, builds the page and serves it on this machine only.
 *
 * PORT chooses the port (default 4173; a taken default gives the next free one, a taken choice is an error).
 * BROWSER=none keeps the browser shut.
 */
import { spawn } from 'node:child_process';
import { ensureInstalled, ROOT } from './installed.mjs';

const DEFAULT_PORT = 4173;

/** Asks the desktop to open `address`. A machine without a desktop is no error. @param {string} address */
function openBrowser(address) {
  if (process.env.BROWSER === 'none') return;
  const [command, ...arguments_] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  const opener = spawn(command ?? '', arguments_, { stdio: 'ignore', detached: true });
  opener.on('error', () => {});
  opener.unref();
}

/** @returns {{ port: number, isChosen: boolean }} */
function portFromEnvironment() {
  const text = process.env.PORT;
  if (text === undefined || text === '') return { port: DEFAULT_PORT, isChosen: false };
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`PORT must be a whole number from 1 to 65535, not "${text}".`);
  return { port, isChosen: true };
}

async function main() {
  const { port, isChosen } = portFromEnvironment();
  ensureInstalled({ thorough: true });
  const { build, preview } = await import('vite');
  await build({ root: ROOT, logLevel: 'warn' });
  const server = await preview({ root: ROOT, logLevel: 'warn', preview: { host: '127.0.0.1', port, strictPort: isChosen, open: false } });
  const bound = server.httpServer.address();
  const address = `http://localhost:${bound !== null && typeof bound === 'object' ? bound.port : port}/`;
  console.log(`Plimsoll is at ${address} (Ctrl+C ends it)`);
  openBrowser(address);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
