import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Decimal } from '../../domain/units.ts';
import { createReplay } from '../../feeds/replay.ts';
import { parseReplay } from '../../feeds/replay-format.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { type AlarmRule, DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { updateOf } from '../../transport/worker/feed-runner.ts';
import { MIXED_BOOK } from '../testing/fixtures.ts';
import { cureDeposit } from './cure-deposit.ts';
import type { LookedAt } from './look.ts';
import { createWatcher, type FeedUpdate, type Watched } from './watcher.ts';

const file = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../public/${path}`, import.meta.url)), 'utf8');
const DEMO = readBook(file('demo/book.json'));

/** Every instant of the crash up to `end`, as a session is told of it. */
function crash(end: string): FeedUpdate[] {
  const feed = createReplay(parseReplay(file('replay/2025-10-10.json')), { speed: 0 });
  const updates: FeedUpdate[] = [];
  for (let output = feed.advance(0); output.clockMs <= Date.parse(end); output = feed.advance(0)) {
    updates.push(updateOf(feed.description, output, false));
    feed.step(1);
  }
  return updates;
}

const ids = (watched: readonly Watched[]): string[] => watched.map(({ event }) => event.id);

describe('a watcher', () => {
  const updates = crash('2025-10-10T21:15:00Z');

  it('WA-9: taken up again from a snapshot after any look it goes on with the same events', () => {
    const whole = createWatcher(DEMO, DEFAULT_RULES);
    const expected = updates.map((update) => ids(whole.look(update)));
    expect(expected.flat().length).toBeGreaterThan(5);
    let watcher = createWatcher(DEMO, DEFAULT_RULES);
    const found = updates.map((update, i) => {
      if (i % 37 === 5) watcher = createWatcher(DEMO, DEFAULT_RULES, JSON.parse(JSON.stringify(watcher.snapshot())));
      return ids(watcher.look(update));
    });
    expect(found).toEqual(expected);
  });

  it('WA-2: a price too old raises nothing that it did not raise, and clears nothing', () => {
    const watcher = createWatcher(DEMO, DEFAULT_RULES);
    const raised = updates.flatMap((update) => watcher.look(update));
    const last = updates.at(-1)!;
    const standing = raised.filter(({ event }) => event.kind === 'step' && event.subject.kind === 'pool').at(-1)!;
    expect(standing.event).toMatchObject({ to: expect.not.stringMatching('healthy') });
    // Two hours in which no price comes: ages grow, nothing else happens to the pools.
    const later = { ...last, ticks: [], source: { ...last.source, clockMs: last.source.clockMs + 7_200_000 } };
    const steps = [later, { ...later, source: { ...later.source, clockMs: later.source.clockMs + 60_000 } }].flatMap((update) =>
      watcher.look(update).filter(({ event }) => event.kind === 'step' && event.subject.kind === 'pool'),
    );
    expect(steps).toEqual([]);
  });

  it('WA-15, CL-19: a pool is liquidated once, goes on as its closure left it, and says the same after a kill; without closures it flaps', () => {
    const later = crash('2025-10-10T21:40:00Z');
    const liquidations = (watched: readonly Watched[]): number =>
      watched.filter(({ event }) => event.kind === 'step' && event.to === 'liquidation' && event.subject.kind === 'pool').length;
    const closing = createWatcher(DEMO, DEFAULT_RULES);
    const whole = later.flatMap((update) => closing.look(update));
    expect(liquidations(whole)).toBe(2);
    const closures = whole.flatMap(({ closure }) => closure ?? []);
    expect(closures).toHaveLength(2);
    for (const { ledger, steps } of closures) {
      expect(steps.every(({ isZero }) => isZero)).toBe(true);
      expect(ledger.map(({ sum }) => sum)).toEqual(ledger.map(() => '0'));
    }
    let watcher = createWatcher(DEMO, DEFAULT_RULES);
    const resumed = later.flatMap((update) => {
      watcher = createWatcher(DEMO, DEFAULT_RULES, JSON.parse(JSON.stringify(watcher.snapshot())));
      return watcher.look(update);
    });
    expect(ids(resumed)).toEqual(ids(whole));
    const leaving = createWatcher(DEMO, DEFAULT_RULES, undefined, false);
    expect(liquidations(later.flatMap((update) => leaving.look(update)))).toBeGreaterThan(5);
  });

  it('WA-7: the deposit takes the measure to its clear level, and one millionth less does not', () => {
    let reached = 0;
    for (const book of [DEMO, readBook(JSON.stringify(MIXED_BOOK))]) {
      for (const id of ['ratio-warning', 'ratio-call', 'probability-warning', 'probability-call']) {
        const rule = DEFAULT_RULES.rules.find((one) => one.id === id) as AlarmRule;
        for (const looked of standing(book, rule)) {
          const deposit = cureDeposit(rule, looked, DEFAULT_RULES);
          if (!deposit?.gt(0) || looked.pool.kind === 'lending' || rule.measure !== 'marginRatio') continue;
          const { equity, maintenanceMargin, liquidationFees } = looked.pool;
          if (!equity.ok || !maintenanceMargin.ok || !liquidationFees.ok) continue;
          const ratio = (added: Decimal): Decimal => maintenanceMargin.value.plus(liquidationFees.value).div(equity.value.plus(added));
          expect(ratio(deposit).lte(rule.clear)).toBe(true);
          expect(ratio(deposit.minus('0.000001')).gt(rule.clear)).toBe(true);
          reached++;
        }
      }
    }
    expect(reached).toBeGreaterThan(0);
  });

  /** Pools in the state in which the events of `rule` found them. */
  function standing(book: typeof DEMO, rule: AlarmRule): LookedAt[] {
    const watcher = createWatcher(book, { ...DEFAULT_RULES, rules: [{ ...rule, onDelayMs: 0 }] });
    return crash('2025-10-10T21:20:00Z').flatMap((update) => watcher.look(update).flatMap(({ looked }) => looked ?? []));
  }
});
