/** The built page on a server of its own, with a stand-in for venues below its own address. */
import { join } from 'node:path';
import { type PreviewServer, preview } from 'vite';

export interface StandInPage {
  readonly address: string;
  readonly close: PreviewServer['close'];
}

/** `origin`: where the stand-in listens; its sockets are passed on too. */
export async function serveWithStandIn(origin: string): Promise<StandInPage> {
  const server = await preview({
    root: join(import.meta.dirname, '..'),
    logLevel: 'silent',
    build: { outDir: process.env.E2E_DIST ?? 'dist' },
    preview: { host: '127.0.0.1', port: 0, proxy: { '/venue-sim/': { target: origin, ws: true } } },
  });
  return { address: server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0] ?? '', close: () => server.close() };
}
