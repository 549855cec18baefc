/** What the benches in a real browser share. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the built app with its own headers; builds it when there is no build, or one older than the sources. */
export async function serveApp(): Promise<Served> {
  const built = `${ROOT}dist/index.html`;
  if (!existsSync(built) || newest(`${ROOT}src`) > statSync(built).mtimeMs) {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  }
  const server = await preview({ root: ROOT, logLevel: 'silent', preview: { port: 0, host: '127.0.0.1', open: false } });
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}

const newest = (folder: string): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs),
  );
