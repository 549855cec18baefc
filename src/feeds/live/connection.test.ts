/** PS-1…PS-9: the one state machine of all live connections, against scripted venues. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseFloors } from '../../engine/testing/floors.ts';
import type { RawFrame } from '../sequence.ts';
import { backoffMs } from './backoff.ts';
import { CONNECT_MS, Connection, type Deed, FIRST_FRAME_MS, type Happening } from './connection.ts';
import type { PriceStream } from './stream.ts';
import { binanceUsdmStream } from './streams/binance-usdm.ts';
import { deribitStream } from './streams/deribit.ts';
import { hyperliquidStream } from './streams/hyperliquid.ts';

const MARK = (price: string, timeMs = 1_000): string =>
  JSON.stringify({ e: 'markPriceUpdate', E: timeMs, s: 'BTCUSDT', p: price, i: price });

function setUp(stream: PriceStream = binanceUsdmStream, random = () => 0.5) {
  const frames: RawFrame[] = [];
  const connection = new Connection({
    stream,
    markets: [{ market: 'BTC', symbol: stream.symbolOf('BTC') }],
    random,
    onFrame: (frame) => frames.push(frame) > 0 && frame.ticks.length > 0,
  });
  let id = 0;
  const take = (happening: Happening, atMs: number): Deed[] => {
    const deeds = [...connection.take(happening, atMs)];
    for (const deed of deeds) if (deed.kind === 'open') id = deed.id;
    return deeds;
  };
  return {
    frames,
    connection,
    take,
    time: (atMs: number) => take({ kind: 'time' }, atMs),
    opened: (atMs: number) => take({ kind: 'opened', id }, atMs),
    text: (text: string, atMs: number) => take({ kind: 'text', id, text }, atMs),
    closed: (atMs: number, why = 'code 1006') => take({ kind: 'closed', id, why }, atMs),
    answered: (text: string, atMs: number) => take({ kind: 'answered', id, text }, atMs),
    phase: () => connection.view().phase,
    prices: () => frames.flatMap(({ ticks }) => ticks.filter(({ kind }) => kind === 'mark').map(({ price }) => price)),
  };
}

const reached = caseFloors();

describe('a connection', () => {
  it('PS-1: opens, asks, and is live with the first price', () => {
    const it = setUp();
    expect(it.time(0)).toEqual([{ kind: 'open', id: 1, url: expect.stringContaining('/market/stream?streams=btcusdt@markPrice@1s') }]);
    it.opened(50);
    expect(it.phase()).toBe('open');
    it.text(MARK('100'), 60);
    expect(it.phase()).toBe('live');
    expect(it.prices()).toEqual(['100']);
  });

  it('PS-2: a socket that does not open, and one that closes, are tried again', () => {
    const it = setUp();
    it.time(0);
    expect(it.time(CONNECT_MS - 1)).toEqual([]);
    expect(it.time(CONNECT_MS)).toEqual([{ kind: 'close', id: 1 }]);
    expect(it.phase()).toBe('waiting');
    // Half of 0.5 s.
    expect(it.time(CONNECT_MS + 249)).toEqual([]);
    expect(it.time(CONNECT_MS + 250)).toMatchObject([{ kind: 'open', id: 2 }]);
    it.closed(CONNECT_MS + 300);
    expect(it.phase()).toBe('waiting');
    expect(it.connection.view()).toMatchObject({ attempt: 2, why: 'code 1006' });
  });

  it('PS-3: open but silent is a failure after five seconds, whatever greetings came', () => {
    const it = setUp();
    it.time(0);
    it.opened(100);
    it.text(JSON.stringify({ result: null, id: 1 }), 200);
    expect(it.time(100 + FIRST_FRAME_MS - 1)).toEqual([]);
    expect(it.time(100 + FIRST_FRAME_MS)).toEqual([{ kind: 'close', id: 1 }]);
    expect(it.connection.view().why).toContain('no price within 5 s');
    expect(it.frames).toEqual([]);
  });

  it('PS-3: a live connection that falls silent is given up by its last frame, not by its socket', () => {
    const it = setUp();
    it.time(0);
    it.opened(0);
    it.text(MARK('100'), 10);
    expect(it.time(10 + binanceUsdmStream.silenceMs)).toEqual([{ kind: 'close', id: 1 }]);
    expect(it.connection.view().why).toBe('silent for 10 s');
  });

  it('PS-4: waits endlessly, longer and longer, never more than half a minute', () => {
    const it = setUp(binanceUsdmStream, () => 0.999_999);
    let at = 0;
    const waits: number[] = [];
    it.time(at);
    for (let i = 0; i < 60; i++) {
      it.closed(at);
      const from = at;
      while (it.phase() === 'waiting') it.time(++at);
      waits.push(at - from);
    }
    expect(waits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(Math.max(...waits)).toBe(30_000);
  });

  it('PS-4: full jitter: anywhere between nothing and the bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const wait = backoffMs(attempt, random);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThan(30_000);
          reached('wait', 300);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('PS-4: after having held, the next wait is short again; wake ends it', () => {
    const it = setUp(binanceUsdmStream, () => 0.999_999);
    it.time(0);
    for (const at of [0, 1_000, 3_000]) {
      it.closed(at);
      it.take({ kind: 'wake' }, at + 1);
    }
    expect(it.connection.view().attempt).toBe(3);
    it.opened(4_000);
    for (let at = 4_000; at <= 15_000; at += 1_000) it.text(MARK('100', at), at);
    it.closed(15_500);
    expect(it.time(15_999)).toEqual([]);
    expect(it.time(16_000)).toMatchObject([{ kind: 'open' }]);
  });

  it('PS-5: the snapshot first, then what came while it was on its way', () => {
    const it = setUp(hyperliquidStream);
    const frame = (markPx: string) =>
      JSON.stringify({ channel: 'allDexsAssetCtxs', data: { ctxs: [['', [{ markPx, oraclePx: markPx }]]] } });
    it.time(0);
    expect(it.opened(10).map(({ kind }) => kind)).toEqual(['send', 'ask']);
    it.text('Websocket connection established.', 11);
    it.text(frame('101'), 20);
    expect(it.prices()).toEqual([]);
    it.answered(JSON.stringify([{ universe: [{ name: 'BTC' }] }, [{ markPx: '100', oraclePx: '100' }]]), 30);
    expect(it.prices()).toEqual(['100', '101']);
    expect(it.phase()).toBe('live');
  });

  it('PS-7: a frame that cannot be read is counted, sampled and harms nothing', () => {
    const it = setUp();
    it.time(0);
    it.opened(0);
    it.text(MARK('100'), 1);
    for (const bad of ['{', '[1,2', '{"e":"markPriceUpdate","E":"x","s":"BTCUSDT","p":"1"}', `{"a":${'['.repeat(100)}`]) it.text(bad, 2);
    it.text(MARK('101'), 3);
    expect(it.prices()).toEqual(['100', '101']);
    expect(it.connection.view()).toMatchObject({ bad: 4, phase: 'live' });
    expect(it.connection.view().samples.at(-2)?.why).toMatch(/^\/E/);
  });

  it('PS-7: a flood of them ends the connection', () => {
    const it = setUp();
    it.time(0);
    it.opened(0);
    for (let i = 0; i < 99; i++) expect(it.text('{', 1)).toEqual([]);
    expect(it.text('{', 1)).toEqual([{ kind: 'close', id: 1 }]);
  });

  it('PS-8: a refusal is told; what was not refused goes on', () => {
    const it = setUp(deribitStream);
    it.time(0);
    it.opened(0);
    it.text(JSON.stringify({ jsonrpc: '2.0', id: 2, error: { code: 10_028, message: 'too_many_requests' } }), 1);
    expect(it.connection.view().why).toBe('the venue refuses: too_many_requests');
    it.time(FIRST_FRAME_MS);
    expect(it.phase()).toBe('waiting');
    expect(it.connection.view().why).toBe('the venue refuses: too_many_requests');
  });

  it('PS-9: answers what the venue asks, pings where nothing was sent, and is replaced in time', () => {
    const deribit = setUp(deribitStream);
    deribit.time(0);
    deribit.opened(0);
    expect(deribit.text(JSON.stringify({ jsonrpc: '2.0', method: 'heartbeat', params: { type: 'test_request' } }), 1)).toMatchObject([
      { kind: 'send', text: expect.stringContaining('public/test') },
    ]);
    const binance = setUp();
    binance.time(0);
    binance.opened(0);
    const day = 23 * 3_600_000;
    let deeds: Deed[] = [];
    for (let at = 1_000; at <= day; at += 1_000) {
      binance.text(MARK('100', at), at);
      deeds = binance.time(at);
    }
    expect(deeds).toMatchObject([
      { kind: 'close', id: 1 },
      { kind: 'open', id: 2 },
    ]);
  });

  it('news of a connection that was given up is passed over', () => {
    const it = setUp();
    it.time(0);
    it.opened(0);
    it.closed(1);
    it.time(1_000);
    expect(it.take({ kind: 'text', id: 1, text: MARK('99') }, 1_001)).toEqual([]);
    expect(it.prices()).toEqual([]);
    expect(it.phase()).toBe('connecting');
  });

  it('property: whatever happens, one socket at a time, closed before the next opens, and it always comes back', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('time' as const), by: fc.integer({ min: 0, max: 20_000 }) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constantFrom('opened' as const, 'closed' as const, 'wake' as const, 'price' as const, 'bad' as const, 'old' as const),
          by: fc.integer({ min: -500, max: 2_000 }),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const it = setUp();
        const open = new Set<number>();
        const obey = (deeds: readonly Deed[]): void => {
          for (const deed of deeds) {
            if (deed.kind === 'close') open.delete(deed.id);
            if (deed.kind === 'open') {
              expect(open.size).toBe(0);
              open.add(deed.id);
            }
            if (deed.kind === 'send') expect(open.has(deed.id)).toBe(true);
          }
        };
        let at = 0;
        obey(it.time(at));
        for (const { do: what, by } of steps) {
          at += by;
          if (what === 'time') obey(it.time(at));
          else if (what === 'opened') obey(it.opened(at));
          else if (what === 'closed') {
            obey(it.closed(at));
            if (it.phase() === 'waiting') open.clear();
          } else if (what === 'wake') obey(it.take({ kind: 'wake' }, at));
          else if (what === 'price') obey(it.text(MARK('100', 1_000_000 + Math.max(0, at)), at));
          else if (what === 'bad') obey(it.text('{', at));
          else obey(it.take({ kind: 'text', id: 0, text: MARK('1') }, at));
        }
        if (it.connection.view().connections > 1) reached('reopened', 100);
        if (it.prices().length > 0) reached('priced', 50);
        // Left alone it opens again.
        for (let i = 0; i < 200 && it.phase() !== 'connecting'; i++) {
          at += 1_000;
          obey(it.time(at));
        }
        expect(it.phase()).toBe('connecting');
      }),
      { numRuns: 400 },
    );
  });
});
