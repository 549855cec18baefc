/** AA-3, over real sockets. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LosslessNumber } from '../wire/json.ts';
import { throughGateways } from './accounts/placed.ts';
import { createAsk } from './ask.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const ask = (gateway: string, over = {}) =>
  createAsk({
    fetch,
    fail: (message, status) => Object.assign(new Error(message), { status }),
    place: throughGateways({ 'https://venue.example': gateway }),
    ...over,
  });
const QUESTION = { url: 'https://venue.example/info?x=1', body: '{"a":1}' };

describe('AA-3 a question over HTTP', () => {
  it('goes to the gateway, says nothing but itself, and numbers keep their text', async () => {
    let seen = '';
    const gateway = await serve((request, response) => {
      seen = `${request.method} ${request.url} ${request.headers.cookie ?? ''}${request.headers.referer ?? ''}`;
      response.end('{"price":1.10}');
    });
    expect(((await ask(gateway)(QUESTION)) as { price: LosslessNumber }).price).toEqual(new LosslessNumber('1.10'));
    expect(seen).toBe('POST /info?x=1 ');
  });
  it.each<[string, RequestListener, RegExp]>([
    ['a status', (_, response) => response.writeHead(403).end(), /status 403/],
    ['no JSON', (_, response) => response.end('<html>'), /./],
    ['too much', (_, response) => response.end(`[${'1,'.repeat(2_000)}1]`), /more than/],
    ['silence', () => undefined, /no answer within/],
    ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /./],
  ])('%s is a sentence', async (_name, answer, message) => {
    await expect(ask(await serve(answer), { withinMs: 300, bytesMax: 1_000 })(QUESTION)).rejects.toThrow(message);
  });
  it('half an answer is a sentence', async () => {
    const half = (_url: string, { signal }: RequestInit) =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            start: (body) => {
              body.enqueue(new TextEncoder().encode('[1'));
              signal?.addEventListener('abort', () => body.error(signal.reason));
            },
          }),
        ),
      );
    await expect(ask('https://a.example', { fetch: half, withinMs: 20 })(QUESTION)).rejects.toThrow(/no whole answer within/);
  });
  it('a browser’s bare “Failed to fetch” is no connection', async () => {
    const gone = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(ask('https://a.example', { fetch: gone })(QUESTION)).rejects.toThrow('a.example: no connection');
  });
});
