import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createClient } from '../session/client.ts';
import { createEngine } from '../session/engine.ts';
import type { Command, Frame, Snapshot } from '../session/protocol.ts';
import { bookText } from '../session/testing/fixtures.ts';
import { createPortTransport, type PortLike } from './port.ts';
import { createBench, MANUAL, START_MS } from './testing/bench.ts';
import { createHost } from './worker/host.ts';

const FILES = { 'replay/2025-10-10.json': readFileSync(resolve(process.cwd(), 'public/replay/2025-10-10.json'), 'utf8') };
const asPort = (port: unknown): PortLike => port as PortLike;

const edit = (requestId: number, index: number): Command => ({
  kind: 'edit',
  requestId,
  edit: {
    kind: 'position-set',
    index,
    position: { instrument: 'hl:ETH', size: `${index + 3}.25`, entryPrice: '1900', marginMode: 'cross' },
  },
});

/** Every command but `seen` has exactly one of these. */
const ANSWERS: ReadonlySet<string> = new Set(['welcome', 'loaded', 'done', 'failed', 'working', 'exported', 'what-if']);

/** A session's life: files, feeds, edits good and bad, what-ifs, workings, a walk through the crash. */
const LOG: readonly (Command | object)[] = [
  MANUAL,
  { kind: 'load', requestId: 1, name: 'book', text: bookText() },
  { kind: 'feed', requestId: 2, feed: { kind: 'simulated', seed: 7, regime: 'stress', stepMs: 1_000 } },
  ...Array.from({ length: 20 }, (_, i) => ({ kind: 'feed-step', requestId: 100 + i, steps: 1 + (i % 3) })),
  { kind: 'what-if', requestId: 3, spec: { moves: { BTC: '0.2' }, all: '-0.1' } },
  edit(4, 1),
  edit(5, 9),
  { kind: 'seen', bookVersion: 1_000 },
  { kind: 'feed', requestId: 6, feed: { kind: 'replay', name: '2025-10-10' } },
  { kind: 'feed-seek', requestId: 7, timeMs: Date.parse('2025-10-10T21:15:00Z') },
  { kind: 'feed-step', requestId: 8, steps: 40 },
  { kind: 'nonsense' },
  { kind: 'explain', requestId: 9, figure: 'marginRatio' },
  { kind: 'edit', requestId: 10, edit: { kind: 'undo' } },
  { kind: 'select-account', requestId: 11, account: 'lender' },
  { kind: 'what-if', requestId: 12, spec: null },
  { kind: 'export', requestId: 13 },
];

describe('SE-0 the same log gives the same frames', () => {
  it('in process and over a MessageChannel', async () => {
    const near = createBench(FILES);
    for (const command of LOG) {
      near.send(command);
      await near.settle();
    }

    const { port1, port2 } = new MessageChannel();
    const far: Frame[] = [];
    const bench = createBench(FILES, { post: (frame, transfer) => port2.postMessage(frame, transfer) });
    port2.on('message', (message: unknown) => bench.host.receive(message));
    let answered: () => void = () => undefined;
    port1.on('message', (frame: Frame) => {
      far.push(frame);
      if (ANSWERS.has(frame.kind)) answered();
    });
    for (const command of LOG) {
      const answer = new Promise<void>((done) => {
        answered = done;
      });
      port1.postMessage(command);
      if (!('kind' in command && command.kind === 'seen')) await answer;
    }
    await near.settle();
    port1.close();

    expect(far.length).toBeGreaterThanOrEqual(near.frames.length - 1);
    expect(far).toEqual(near.frames.slice(0, far.length));
    const kinds = new Set(far.map((frame) => frame.kind));
    expect([...kinds].sort()).toEqual(['done', 'exported', 'failed', 'history', 'loaded', 'snapshot', 'welcome', 'what-if', 'working']);
  });
});

describe('a client over a port', () => {
  it('loads, edits and shows, from hello to export', async () => {
    const { port1, port2 } = new MessageChannel();
    const far = asPort(port2);
    const host = createHost({
      engine: createEngine(),
      post: (frame, transfer) => far.postMessage(frame, transfer),
      now: () => START_MS,
      stopwatch: () => 0,
      every: () => () => undefined,
      soon: (run) => void setTimeout(run),
      loadDesk: () => Promise.reject(new Error('no desk')),
      fetchText: () => Promise.reject(new Error('no files')),
      baseUrl: 'http://localhost/',
      fatal: (error) => {
        throw error;
      },
    });
    far.onmessage = (event) => host.receive(event.data);
    const snapshots: Snapshot[] = [];
    const client = createClient({
      transport: createPortTransport(asPort(port1)),
      hello: { nowMs: () => START_MS },
      schedule: (deliver) => deliver(),
      onSnapshot: (snapshot) => void snapshots.push(snapshot),
      onWhatIf: () => undefined,
      onDesk: () => undefined,
      onAlarms: () => undefined,
      onConnection: () => undefined,
      onFaults: () => undefined,
    });
    expect(await client.request({ kind: 'load', name: 'book', text: bookText() })).toMatchObject({ ok: true, value: { accountCount: 4 } });
    expect(await client.request({ kind: 'edit', edit: { kind: 'position-remove', index: 0 } })).toMatchObject({ ok: true });
    expect(await client.request({ kind: 'load-demo' })).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('no files') }],
    });
    const exported = await client.request({ kind: 'export' });
    expect(exported.ok && JSON.parse(exported.value.text).accounts[0].positions).toHaveLength(2);
    expect(snapshots.at(-1)?.account?.positions.count).toBe(2);
    client.close();
  });
});
