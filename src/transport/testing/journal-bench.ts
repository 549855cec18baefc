/** Hosts with a journal over a database that outlives them. */
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { createJournal, openDatabase } from '../../journal/index.ts';
import { ALARM_MODULE } from '../../session/alarms/index.ts';
import { createEngine } from '../../session/engine.ts';
import type { AlarmsFrame, Command, Frame, JournalStatus } from '../../session/protocol.ts';
import { createJournalRunner, type JournalRunnerOptions } from '../worker/journal-runner.ts';
import { type Bench, createBench, MANUAL } from './bench.ts';

const file = (path: string): string => readFileSync(resolve(process.cwd(), 'public', path), 'utf8');
const FILES = { 'demo/book.json': file('demo/book.json'), 'replay/2025-10-10.json': file('replay/2025-10-10.json') };
export const START_MS = Date.parse('2025-10-10T20:00:00Z');
export const minute = (count: number): number => START_MS + count * 60_000;

let names = 0;
export const newName = (): string => `runner-test-${++names}`;

/** The tabs of one browser share these. */
interface Browser {
  readonly database: string;
  readonly options?: Partial<JournalRunnerOptions>;
}

const channel = (): JournalRunnerOptions['channel'] => ({ onmessage: null, postMessage: () => undefined, close: () => undefined });

function benchOf({ database, options }: Browser): Bench {
  return createBench(FILES, {
    engine: createEngine(),
    loadAlarms: () => Promise.resolve(ALARM_MODULE),
    loadJournal: (hooks) =>
      Promise.resolve(
        createJournalRunner({
          ...hooks,
          database,
          after: (run, delayMs) => void setTimeout(run, delayMs).unref(),
          locks: undefined,
          channel: channel(),
          storage: undefined,
          ...options,
        }),
      ),
  });
}

/** Lets the disk answer until what is looked for has come. */
export async function until<T>(bench: Bench, find: () => T | undefined): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const found = find();
    if (found !== undefined) return found;
    await bench.settle();
  }
  throw new Error(`it never came: ${bench.frames.map(({ kind }) => kind).join(' ')} ${bench.fatal.map(String).join(' ')}`);
}

let ids = 1_000;
export const nextId = (): number => ++ids;
type Asked = Command extends infer C ? (C extends { readonly requestId: number } ? Omit<C, 'requestId'> : never) : never;

/** The page has taken what it was sent. */
function pageTook(bench: Bench): void {
  const shown = bench.frames.findLast((frame) => frame.kind === 'snapshot');
  if (shown) bench.send({ kind: 'seen', bookVersion: shown.bookVersion });
}

/** The answer to a request. */
export function ask(bench: Bench, request: Asked): Promise<Frame> {
  const requestId = nextId();
  pageTook(bench);
  bench.send({ ...request, requestId });
  return until(bench, () => bench.frames.find((frame) => 'requestId' in frame && frame.requestId === requestId));
}

export async function started(browser: Browser): Promise<Bench> {
  const bench = benchOf(browser);
  bench.send(MANUAL);
  bench.send({ kind: 'load-demo', requestId: 1 });
  expect((await ask(bench, { kind: 'feed', feed: { kind: 'replay', name: '2025-10-10' } })).kind).toBe('done');
  return bench;
}

export const alarmsOf = (bench: Bench): AlarmsFrame | undefined => bench.frames.findLast((frame) => frame.kind === 'alarms');
export const statusOf = (bench: Bench): JournalStatus | undefined => bench.frames.findLast((frame) => frame.kind === 'journal');
/** The alarm of the demo's cross pool, once it has been told. */
export const standing = (bench: Bench) => until(bench, () => alarmsOf(bench)?.standing.find(({ pool }) => pool === 'cross'));
export const seek = async (bench: Bench, timeMs: number): Promise<void> => {
  expect((await ask(bench, { kind: 'feed-seek', timeMs })).kind).toBe('done');
  await until(bench, () => {
    pageTook(bench);
    bench.beats(6);
    return alarmsOf(bench)?.clockMs === timeMs ? true : undefined;
  });
};
export const kept = async (database: string) => {
  const journal = createJournal(await openDatabase({ name: database, onLost: () => undefined }));
  const [events, acknowledgements] = [await journal.events(0), await journal.acknowledgements(0)];
  const { machines } = await journal.remember();
  journal.close();
  return { events, acknowledgements, machines };
};
