import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createReplay } from '../../feeds/replay.ts';
import { parseReplay } from '../../feeds/replay-format.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { updateOf } from '../../transport/worker/feed-runner.ts';
import { createEngine } from '../engine.ts';
import { ALARM_MODULE } from './index.ts';
import type { AlarmsFrame } from './messages.ts';
import { createWatcher, type FeedUpdate } from './watcher.ts';

const file = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../public/${path}`, import.meta.url)), 'utf8');
const DEMO = file('demo/book.json');

function crash(end: string): FeedUpdate[] {
  const feed = createReplay(parseReplay(file('replay/2025-10-10.json')), { speed: 0 });
  const updates: FeedUpdate[] = [];
  for (let output = feed.advance(0); output.clockMs <= Date.parse(end); output = feed.advance(0)) {
    updates.push(updateOf(feed.description, output, updates.length === 0));
    feed.step(1);
  }
  return updates;
}

it('AM-1: on the crash the page is told what the watcher of the command line prints, with the same ids', () => {
  const watcher = createWatcher(readBook(DEMO), DEFAULT_RULES);
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  engine.step({ kind: 'load', requestId: 1, name: 'demo', text: DEMO }, 0);
  const expected: string[] = [];
  let last: AlarmsFrame | undefined;
  for (const [i, update] of crash('2025-10-10T21:25:00Z').entries()) {
    expected.push(...watcher.look(update).map(({ event }) => event.id));
    engine.step(update, i * 1_000);
    const frames = engine.step({ kind: 'flush' }, i * 1_000);
    last = frames.find((frame) => frame.kind === 'alarms') ?? last;
    expect(last?.said.map(({ id }) => id)).toEqual(expected);
  }
  expect(expected.length).toBeGreaterThan(8);
  // What the venue closed whole is at its end, and nothing of it stands.
  expect(last?.standing).toEqual([]);
  expect(last?.ended.map(({ outcome }) => outcome)).toContain('liquidated');
});
