import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReader } from '../session/desk/reader.ts';
import { createWholeEngine } from '../session/desk/testing/engine.ts';
import { SHARED } from '../session/desk/testing/open.ts';
import type { Command, Frame } from '../session/protocol.ts';
import { NO_FILTER } from '../session/protocol.ts';
import { bookText } from '../session/testing/fixtures.ts';
import { type Bench, createBench, MANUAL } from './testing/bench.ts';
import { ask, bytesOf, FILES, file, WISH } from './testing/desk-commands.ts';

const population = (requestId: number, accounts = 400): Command => ({
  kind: 'desk-open',
  requestId,
  source: { kind: 'population', accounts, seed: 7 },
});

const taken = (requestId: number, content: 'figures' | 'accounts', format: 'csv' | 'parquet' | 'json'): Command => ({
  kind: 'desk-export',
  requestId,
  content,
  format,
  columns: [],
  filter: NO_FILTER,
  sort: [{ column: 'equity', falling: false }],
});

/** A desk's life: every source, queries of every kind, panels, the crash of October, a row, and what cannot be done. */
const log = (): readonly (Command | object)[] => [
  MANUAL,
  ask(1),
  { kind: 'desk-open', requestId: 2, source: { kind: 'book' } },
  { kind: 'load', requestId: 3, name: 'book', text: bookText() },
  { kind: 'desk-open', requestId: 4, source: { kind: 'book' } },
  WISH,
  { kind: 'desk-watch', requestId: 5, accounts: ['lender', 'nobody', 'perp'] },
  ask(6, { sort: [], filter: { ...NO_FILTER, watchedOnly: true } }),
  { kind: 'edit', requestId: 7, edit: { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: '100' } } },
  { kind: 'feed', requestId: 8, feed: { kind: 'simulated', seed: 7, regime: 'stress', stepMs: 1_000 } },
  { kind: 'feed-step', requestId: 9, steps: 5 },
  population(10),
  ask(11, { filter: { ...NO_FILTER, text: 'a' }, sort: [{ column: 'account', falling: false }] }),
  ask(12, { sort: [{ column: 'shock', falling: false }] }),
  ask(13, { filter: { ...NO_FILTER, rung: { market: 'BTC', after: -0.02, upTo: -0.1 } } }),
  ask(14, { freeze: true }),
  { kind: 'feed-step', requestId: 15, steps: 40 },
  ask(16, { freeze: true, window: { from: 10, count: 30 } }),
  { kind: 'feed', requestId: 17, feed: { kind: 'replay', name: '2025-10-10' } },
  { kind: 'feed-seek', requestId: 18, timeMs: Date.parse('2025-10-10T21:15:00Z') },
  ask(19),
  { kind: 'desk-row', requestId: 20, account: 'nobody' },
  { kind: 'desk-panels', requestId: 21, wish: { visible: ['everything'] } },
  file(22, 'broken.json', '{"format":"leverage-book/1"'),
  file(23, 'book.json', bookText()),
  ask(24, { sort: [{ column: 'age', falling: true }] }),
  { kind: 'desk-row', requestId: 25, account: 'perp' },
  { kind: 'desk-seen', sequence: 1_000 },
  { kind: 'desk-cancel', requestId: 26 },
  taken(30, 'figures', 'csv'),
  taken(31, 'accounts', 'parquet'),
  taken(32, 'figures', 'json'),
  { kind: 'desk-close', requestId: 27 },
  ask(28),
];

const ANSWERS: ReadonlySet<string> = new Set(['welcome', 'loaded', 'done', 'failed', 'desk-opened', 'desk-window']);

/** What the command waits for: windows that nobody asked for answer nothing. */
const isAnswer = (frame: Frame, requestId: number): boolean =>
  ANSWERS.has(frame.kind) && (!('requestId' in frame) || frame.requestId === requestId || frame.kind === 'failed');

async function play(bench: Bench, commands: readonly (Command | object)[]): Promise<void> {
  for (const command of commands) {
    bench.send(command);
    await bench.settle();
    bench.beats(6);
  }
}

describe('DM-1 the same log gives the same frames', () => {
  it('in process and over a MessageChannel', async () => {
    const near = createBench(FILES);
    await play(near, log());

    const { port1, port2 } = new MessageChannel();
    const far: Frame[] = [];
    const bench = createBench(FILES, { post: (frame, transfer) => port2.postMessage(frame, transfer) });
    let heard: () => void = () => undefined;
    port2.on('message', (message: { readonly command: unknown } | 'beats') => {
      if (message === 'beats') {
        void bench.settle().then(() => {
          bench.beats(6);
          port2.postMessage('beaten');
        });
      } else bench.send(message.command as Command);
    });
    port1.on('message', (frame: Frame | 'beaten') => {
      if (frame === 'beaten') heard();
      else far.push(frame);
    });
    for (const command of log()) {
      const beaten = new Promise<void>((done) => {
        heard = done;
      });
      port1.postMessage({ command });
      port1.postMessage('beats');
      await beaten;
    }
    port1.close();

    expect(far).toEqual(near.frames);
    const kinds = new Set(far.map((frame) => frame.kind));
    for (const kind of ['desk-book', 'desk-opened', 'desk-status', 'desk-window', 'desk-panels', 'failed', 'done', 'snapshot'] as const) {
      expect(kinds).toContain(kind);
    }
    const unanswered = log().flatMap((command) =>
      'requestId' in command && !far.some((frame) => isAnswer(frame, command.requestId as number)) ? [command] : [],
    );
    expect(unanswered).toEqual([]);
    expect(near.fatal).toEqual([]);
  }, 60_000);
});

/** Frames without what only shared memory has: where it lies, and the order in it. */
const alike = (frames: readonly Frame[]): Frame[] =>
  frames.map((frame) => {
    if (frame.kind === 'desk-book') return { ...frame, book: frame.book && { ...frame.book, shared: null } };
    return frame.kind === 'desk-window' ? { ...frame, orderSlot: -1, orderLength: 0 } : frame;
  });

describe('DM-10 shared memory and handing over show the same', () => {
  it('every frame of a log, rows read as they come', async () => {
    const handed = createBench(FILES);
    await play(handed, log());
    // Rows must be read before the next command changes them: as a page does.
    const shared: Frame[] = [];
    let reader: ReturnType<typeof createReader> | null = null;
    let read = 0;
    const bench = createBench(FILES, {
      engine: createWholeEngine(SHARED),
      post: (frame) => {
        if (frame.kind === 'desk-book') reader = frame.book?.shared ? createReader(frame.book.shared) : null;
        if (frame.kind !== 'desk-window' || frame.rows) {
          shared.push(frame);
          return;
        }
        expect(frame.rows).toBeNull();
        const rows = reader!.rows(frame.rowIds, frame.clockMs);
        expect(rows).toBeDefined();
        if (frame.orderSlot >= 0 && frame.frozen) {
          const ranks = reader!.ranks(frame.orderSlot, frame.orderLength, frame.from, frame.rowIds.length, frame.clockMs);
          expect(ranks).toEqual(rows);
          read++;
        }
        shared.push({ ...frame, rows: rows ?? null });
      },
    });
    await play(bench, log());
    expect(alike(shared)).toEqual(alike(handed.frames));
    expect(read).toBeGreaterThan(3);
  }, 60_000);
});

const word = fc.constantFrom('', 'BTC', 'perp', 'book', 'hyperliquid', '__proto__', 'desk', 'a');
/** Mostly what may be sent, now and then what may not. */
const mostly = <T>(usual: fc.Arbitrary<T>, ...others: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 40, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const bound = mostly(fc.option(fc.constantFrom(-1, 0, 0.5, 10, 1e6)), Number.NaN, '3', undefined);
const anyFilter = fc.record({
  states: mostly(fc.array(fc.constantFrom('healthy', 'watch', 'liquidation', 'stale'), { maxLength: 2 }), ['x'], 'watch'),
  venues: fc.array(word, { maxLength: 2 }),
  markets: mostly(fc.array(word, { maxLength: 2 }), [3], ['x'.repeat(2_000)]),
  side: mostly(fc.constantFrom('any', 'long', 'short'), 'x', null),
  ranges: fc.array(
    fc.record({ column: mostly(fc.constantFrom('equity', 'age', 'shock'), 'x'), atLeast: bound, atMost: bound, isBelow: fc.boolean() }),
    { maxLength: 1 },
  ),
  rung: fc.option(
    fc.record({ market: word, after: fc.constantFrom(0, -0.01, 0.01), upTo: mostly(fc.constantFrom(-0.05, 0.05), -3, '1') }),
    { freq: 4 },
  ),
  text: word,
  watchedOnly: fc.boolean(),
});
const anySort = mostly(
  fc.array(fc.record({ column: fc.constantFrom('equity', 'account', 'venue', 'nearest', 'state'), falling: fc.boolean() }), {
    maxLength: 3,
  }),
  [{ column: 'x', falling: true }],
  [{ column: 'equity' }],
);
const anyQuery = fc.record({
  filter: anyFilter,
  sort: anySort,
  window: fc.record({ from: mostly(fc.nat({ max: 80 }), -1, 0.5, 1e300), count: mostly(fc.nat({ max: 50 }), 1e9, -1, null) }),
  freeze: fc.boolean(),
  columns: mostly(fc.constant(['equity']), ['x']),
});
const anyFile = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice().buffer),
  fc.constantFrom('row,account\nbook,x\n', 'PAR1xxxxPAR1', '{}', '[', '', bookText()).map(bytesOf),
);
const anySource = fc.oneof(
  fc.record({ kind: fc.constant('population'), accounts: mostly(fc.constantFrom(1, 3, 60), -1, 0, 1.5, 1e9), seed: fc.integer() }),
  fc.constant({ kind: 'book' }),
  fc.record({ kind: fc.constant('file'), name: word, content: mostly(anyFile, null, {}) }),
);
const anyWish = fc.record({
  visible: mostly(
    fc.uniqueArray(fc.constantFrom('states', 'ladder', 'whales', 'skew', 'openInterest', 'concentration', 'leverage'), { maxLength: 7 }),
    ['x'],
  ),
  ladderMarket: word,
  ladderStep: mostly(fc.constantFrom(0.01, 0.3, 0.1), 0, -1),
  ladderRungs: mostly(fc.constantFrom(1, 5, 100), 0, 1_000),
  whales: mostly(fc.constantFrom(1, 10), 0),
});
const requestId = fc.constant(1);
const kind = <K extends string>(name: K) => fc.constant(name);
const anyCommand: fc.Arbitrary<object> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kind('desk-query'), requestId, query: anyQuery }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('desk-open'), requestId, source: anySource }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('desk-panels'), requestId, wish: anyWish }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('desk-watch'), requestId, accounts: fc.array(word, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('desk-close', 'desk-cancel'), requestId }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('desk-row'), requestId, account: word }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('desk-seen'), sequence: mostly(fc.nat(), -1) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'load', requestId: 1, name: 'b', text: bookText() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('edit'), requestId, edit: fc.constantFrom({ kind: 'position-remove', index: 0 }, { kind: 'undo' }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'feed-step', requestId: 1, steps: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constant({ kind: 'feed', requestId: 1, feed: { kind: 'simulated', seed: 1, regime: 'stress', stepMs: 1_000 } }),
  },
);

describe('DM-2 whatever is asked, in whatever order', () => {
  it('is answered once, never by a crash, and every window is of the book that is open', () => {
    const reached = { logs: 0, windows: 0, failed: 0, opened: 0, panels: 0 };
    fc.assert(
      fc.property(fc.array(anyCommand, { minLength: 3, maxLength: 20, size: 'max' }), (commands) => {
        const bench = createBench();
        bench.send(MANUAL);
        let sequence = 0;
        let book = 0;
        commands.forEach((command, i) => {
          const numbered = 'requestId' in command ? { ...command, requestId: 10_000 + i } : command;
          const frames = [...bench.send(numbered), ...bench.beats(5)];
          if ('requestId' in numbered) {
            const answers = frames.filter(
              (frame) => 'requestId' in frame && frame.requestId === numbered.requestId && frame.kind !== 'what-if',
            );
            expect(answers.length, JSON.stringify(numbered)).toBe(1);
          }
          for (const frame of frames) {
            if (frame.kind === 'desk-book') book = frame.book?.bookSequence ?? 0;
            if (frame.kind === 'desk-window') {
              expect(frame.sequence).toBeGreaterThan(sequence);
              expect(frame.bookSequence).toBe(book);
              expect(frame.rows?.count ?? frame.rowIds.length).toBe(frame.rowIds.length);
              sequence = frame.sequence;
              reached.windows++;
            }
            if (frame.kind === 'failed') reached.failed++;
            if (frame.kind === 'desk-opened') reached.opened++;
            if (frame.kind === 'desk-panels') reached.panels++;
          }
        });
        expect(bench.fatal).toEqual([]);
        reached.logs++;
      }),
      { numRuns: 60 },
    );
    console.log('logs of any commands', reached);
    expect(reached.windows).toBeGreaterThan(60);
    expect(reached.failed).toBeGreaterThan(60);
    expect(reached.opened).toBeGreaterThan(15);
    expect(reached.panels).toBeGreaterThan(25);
  }, 120_000);
});
