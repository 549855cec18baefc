/** What the tests of the desk over a worker's border send. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, DeskQuery } from '../../session/protocol.ts';
import { NO_FILTER } from '../../session/protocol.ts';

export const FILES = { 'replay/2025-10-10.json': readFileSync(resolve(process.cwd(), 'public/replay/2025-10-10.json'), 'utf8') };
export const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).slice().buffer;

export const query = (change: Partial<DeskQuery> = {}): DeskQuery => ({
  filter: NO_FILTER,
  sort: [{ column: 'marginRatio', falling: true }],
  window: { from: 0, count: 30 },
  freeze: false,
  columns: [],
  ...change,
});
export const ask = (requestId: number, change: Partial<DeskQuery> = {}): Command => ({
  kind: 'desk-query',
  requestId,
  query: query(change),
});
export const file = (requestId: number, name: string, text: string): Command => ({
  kind: 'desk-open',
  requestId,
  source: { kind: 'file', name, content: bytesOf(text) },
});
export const WISH: Command = {
  kind: 'desk-panels',
  requestId: 900,
  wish: {
    visible: ['states', 'leverage', 'marginRatio', 'ladder', 'openInterest', 'concentration', 'whales', 'skew'],
    ladderMarket: 'BTC',
    ladderStep: 0.01,
    ladderRungs: 10,
    whales: 5,
  },
};
