/** DA-6: what is not an alarm has its turns while alarms have work without end. */
import { expect, it } from 'vitest';
import { DEFAULT_RULES } from '../../../policy/alarms/rules.ts';
import { NO_LIMITS } from '../../inputs.ts';
import { NO_PRICES } from '../../prices.ts';
import { type Frame, NO_SOURCE } from '../../protocol.ts';
import { Desk } from '../desk.ts';
import { openBook } from '../openings.ts';
import { OWN } from '../testing/open.ts';
import { randomBook, seeded } from '../testing/random-books.ts';

/** Far more than a small book's panels take. */
const TURNS_MAX = 2_000;

it('DA-6: panels are made although a look is always due', () => {
  const desk = new Desk(false, () => ({ rules: DEFAULT_RULES, volatilityOf: () => 0.05 }));
  desk.beginOpening(1, openBook(randomBook(seeded(4), { accounts: 200 }), 'book', { sequence: 1, memory: OWN }), 0);
  while (desk.open === null) desk.work(0);
  let clockMs = Date.UTC(2026, 0, 1);
  let looks = 0;
  /** Prices come before every slice: alarms never have nothing to do. */
  const until = (kind: Frame['kind']): Frame | undefined => {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      clockMs += 1_000;
      desk.feed(NO_PRICES, { ...NO_SOURCE, kind: 'simulated', name: 'walk', clockMs }, NO_LIMITS);
      const frames = [...desk.work(clockMs), ...desk.flush(clockMs)];
      looks = Math.max(looks, ...frames.map((frame) => (frame.kind === 'desk-alarms' ? frame.looks : 0)));
      const found = frames.find((frame) => frame.kind === kind);
      if (found) return found;
    }
    return undefined;
  };
  until('desk-alarms');
  desk.command({
    kind: 'desk-panels',
    requestId: 8,
    wish: { visible: ['states', 'leverage'], ladderMarket: '', ladderStep: 0.01, ladderRungs: 5, whales: 5 },
  });
  expect(until('desk-panels')).toBeDefined();
  expect(looks).toBeGreaterThan(0);
});
