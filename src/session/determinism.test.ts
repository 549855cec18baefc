import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tick } from '../domain/tick.ts';
import type { Edit, Frame, SessionInput } from './protocol.ts';
import { emptySession, step } from './session.ts';
import { AS_OF_MS, bookText, FLUSH, feed, figureFaults, MIXED_BOOK, tick } from './testing/fixtures.ts';

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const requestId = fc.integer({ min: 1, max: 99 });
const number = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => String(n / 1_000)),
  oneOf(
    '0',
    '-0',
    '',
    'NaN',
    'Infinity',
    '1e400',
    '1e39',
    '-1e39',
    '1e-39',
    '0.0000000000000000000000000000001',
    '999999999999999999999999999999.9',
  ),
);
const market = oneOf('BTC', 'ETH', 'SOL', 'USDC', 'WETH', 'kPEPE', '__proto__', '');
const index = fc.integer({ min: 0, max: 4 });
const place = fc.option(index);
const record = fc.record(
  {
    instrument: oneOf(...Object.keys(MIXED_BOOK.instruments), 'hl:NOPE'),
    size: number,
    entryPrice: number,
    marginMode: oneOf('cross', 'isolated', 'other'),
    isolatedMargin: number,
    leverage: number,
  },
  { requiredKeys: ['instrument', 'size', 'entryPrice', 'marginMode'] },
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('position-set' as const), index: place, position: record }),
  fc.record({ kind: fc.constant('position-remove' as const), index }),
  fc.record({ kind: fc.constant('balance-set' as const), index: place, balance: fc.record({ asset: market, amount: number }) }),
  fc.record({ kind: fc.constant('balance-remove' as const), index }),
  fc.record({
    kind: fc.constant('instrument-set' as const),
    instrument: fc.record({ id: oneOf('hl:BTC', 'g:BTC-inverse', ''), markPrice: number }),
  }),
  fc.record({ kind: fc.constant('asset-set' as const), asset: fc.record({ symbol: market, price: number }) }),
  oneOf<Edit>({ kind: 'undo' }, { kind: 'redo' }),
);
const ticks = fc.array(
  fc
    .tuple(market, number, fc.integer({ min: -20_000, max: 100_000 }), oneOf<Tick['kind']>('mark', 'index', 'last'))
    .map(([name, price, after, kind]) => tick(name, price, AS_OF_MS + after, kind)),
  { maxLength: 4 },
);
const figure = oneOf('equity', 'marginRatio', 'uniformShock', 'liquidationPrice', 'notional', 'constructor', '');
const input: fc.Arbitrary<SessionInput> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(ticks, fc.integer({ min: -50_000, max: 200_000 }), fc.boolean())
      .map(([all, after, restarted]) => feed(all, AS_OF_MS + after, { restarted })),
  },
  { weight: 4, arbitrary: oneOf<SessionInput>(FLUSH, { kind: 'sample' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit' as const), requestId, edit }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('load' as const),
      requestId,
      name: fc.string(),
      text: fc.oneof(fc.constant(bookText()), fc.json()),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('select-account' as const),
      requestId,
      account: oneOf('perp', 'oracle', 'inverse', 'lender', 'x'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('what-if' as const),
      requestId,
      spec: fc.option(fc.record({ moves: fc.dictionary(market, number), all: number })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('explain' as const), requestId, figure, position: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('explain' as const), requestId, figure, pool: oneOf('cross', 'lending', 'x') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('export' as const), requestId }) },
);
const log = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), input), { minLength: 5, maxLength: 40, size: 'max' });

/** Every frame of a log that begins with a loaded book. */
function framesOf(entries: readonly (readonly [number, SessionInput])[]): Frame[] {
  let state = emptySession();
  let nowMs = AS_OF_MS;
  const all: Frame[] = [];
  for (const [wait, each] of [
    [0, { kind: 'load', requestId: 1, name: 'book', text: bookText() }] as const,
    ...entries,
    [2_000, FLUSH] as const,
  ]) {
    nowMs += wait;
    const next = step(state, each, { nowMs });
    state = next.state;
    all.push(...next.frames);
  }
  return all;
}

describe('SE-0 a session is a function of its log', () => {
  it('any log: the same frames twice, no throw, and every figure has either plain decimal text or a reason', () => {
    const counts = { logs: 0, snapshots: 0, whatIfs: 0, edits: 0, figures: 0 };
    fc.assert(
      fc.property(log, (entries) => {
        const frames = framesOf(entries);
        expect(framesOf(entries)).toEqual(frames);
        for (const frame of frames) {
          expect(figureFaults(frame)).toEqual([]);
          if (frame.kind === 'snapshot' && frame.account) counts.snapshots++;
          if (frame.kind === 'what-if' && frame.account) counts.whatIfs++;
          if (frame.kind === 'done') counts.edits++;
          if (frame.kind === 'failed') expect(frame.faults.length).toBeGreaterThan(0);
        }
        counts.logs++;
      }),
      { numRuns: 60 },
    );
    expect(counts.snapshots).toBeGreaterThan(100);
    expect(counts.whatIfs).toBeGreaterThan(20);
    expect(counts.edits).toBeGreaterThan(50);
  });

  it('an old state is not touched by what comes after', () => {
    const first = step(emptySession(), { kind: 'load', requestId: 1, name: 'book', text: bookText() }, { nowMs: 0 }).state;
    const before = step(first, FLUSH, { nowMs: 0 }).frames;
    let state = step(first, feed([tick('BTC', '1')]), { nowMs: 1 }).state;
    state = step(state, { kind: 'edit', requestId: 2, edit: { kind: 'position-remove', index: 0 } }, { nowMs: 2 }).state;
    step(state, FLUSH, { nowMs: 3 });
    expect(step(first, FLUSH, { nowMs: 0 }).frames).toEqual(before);
  });
});
