import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createReplay } from '../../feeds/replay.ts';
import { parseReplay } from '../../feeds/replay-format.ts';
import { updateOf } from '../../transport/worker/feed-runner.ts';
import { createEngine } from '../engine.ts';
import { ALARM_MODULE } from './index.ts';
import type { AlarmsFrame } from './messages.ts';

const file = (path: string): string => readFileSync(resolve(process.cwd(), 'public', path), 'utf8');

it('AM-1: an isolated pool keeps its alarm, and what was noted of it, while a position before it goes and comes back', () => {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  engine.step({ kind: 'load', requestId: 1, name: 'demo', text: file('demo/book.json') }, 0);
  const feed = createReplay(parseReplay(file('replay/2025-10-10.json')), { speed: 0 });
  let nowMs = 0;
  let frame: AlarmsFrame | undefined;
  const flush = (): void => {
    nowMs += 1_000;
    frame = engine.step({ kind: 'flush' }, nowMs).find((one) => one.kind === 'alarms') ?? frame;
  };
  const alarm = (pool: string) => frame?.standing.find((one) => one.pool === pool);
  engine.step(updateOf(feed.description, feed.advance(0), true), nowMs);
  flush();
  const { episode } = alarm('isolated:hl:XRP:4')!;
  engine.step({ kind: 'alarm-acknowledge', requestId: 2, episode }, nowMs);
  const before = frame!.ended.length;
  engine.step({ kind: 'edit', requestId: 3, edit: { kind: 'position-remove', index: 0 } }, nowMs);
  flush();
  // It is called by where it stands now, as the rest of the page does.
  expect(alarm('isolated:hl:XRP:3')).toMatchObject({ episode, acknowledgedMs: expect.any(Number) });
  expect(frame!.outlook.map(({ pool }) => pool)).toContain('isolated:hl:XRP:3');
  expect(frame!.ended).toHaveLength(before);
  engine.step({ kind: 'edit', requestId: 4, edit: { kind: 'undo' } }, nowMs);
  flush();
  expect(alarm('isolated:hl:XRP:4')).toMatchObject({ episode });
  expect(frame!.ended).toHaveLength(before);
  expect(Number.isFinite(alarm('isolated:hl:XRP:4')!.acknowledgedMs)).toBe(true);
});
