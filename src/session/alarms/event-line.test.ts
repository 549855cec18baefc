import { describe, expect, it } from 'vitest';
import { readBook } from '../../formats/leverage-book.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { ruleAtOnce } from '../../policy/alarms/testing/rule.ts';
import { eventFields } from './event-line.ts';
import { createWatcher, type FeedUpdate } from './watcher.ts';

/** 1 BTC long at 100,000, 0.5 % maintenance: 500. Equity as given. */
const book = (equity: string) =>
  readBook(
    JSON.stringify({
      format: 'leverage-book/1',
      asOf: '2026-01-01T00:00:00Z',
      instruments: {
        'x:BTC': {
          venue: 'binance-usdm',
          contract: 'linear',
          base: 'BTC',
          quote: 'USDT',
          settle: 'USDT',
          contractSize: '1',
          markPrice: '100000',
          tiers: [{ notionalFloor: '0', maxLeverage: '100', maintenanceMarginRate: '0.005' }],
        },
      },
      assets: { USDT: { price: '1' } },
      accounts: [
        {
          id: 'a',
          venue: 'binance-usdm',
          balances: [{ asset: 'USDT', amount: equity }],
          positions: [{ instrument: 'x:BTC', size: '1', entryPrice: '100000', marginMode: 'cross', leverage: '100' }],
        },
      ],
    }),
  );

const rule = (severity: AlarmRule['severity'], arm: string, clear: string, more: Partial<AlarmRule> = {}): AlarmRule =>
  ruleAtOnce({ id: `${severity} ${arm}`, measure: 'marginRatio', severity }, arm, clear, more);

const START_MS = Date.UTC(2026, 0, 1);
const at = (clockMs: number): FeedUpdate => ({
  kind: 'feed-update',
  source: {
    kind: 'simulated',
    name: '',
    status: { state: 'live', gapCount: 0, droppedCount: 0 },
    speed: 1,
    clockMs,
    startMs: Number.NaN,
    endMs: Number.NaN,
  },
  staleAfterMs: 1e9,
  staleAfterMsByMarket: {},
  ticks: [],
  restarted: false,
});

/** The deposits of every event, looks a minute apart. */
function deposits(equity: string, rules: AlarmRules, looks: number): [to: string, deposit: unknown][] {
  const watcher = createWatcher(book(equity), rules);
  return Array.from({ length: looks }, (_, i) => watcher.look(at(START_MS + i * 60_000))).flatMap((said) =>
    said.flatMap(({ event, looked }) =>
      event.kind === 'flood' ? [] : [[event.to, (eventFields(event, looked, rules).cure as { deposit: unknown }).deposit]],
    ),
  ) as [string, unknown][];
}

const { bypass: _, ...PLAIN } = DEFAULT_RULES;

describe('WA-7 the deposit of an event', () => {
  it('of a margin call ends the call: what its rule clears at is not enough while the call holds until 0.65', () => {
    // 500 ÷ 0.65 − 600 and 500 ÷ 0.75 − 600.
    const rules = { ...PLAIN, rules: [rule('margin-call', '0.8', '0.75')] };
    expect(deposits('600', rules, 1)).toEqual([['margin-call', '169.23077']]);
    const lenient = { ...rules, marginCall: { clockMs: 0, venueClockMs: {} } };
    expect(deposits('600', lenient, 1)).toEqual([['margin-call', '66.666667']]);
  });

  it('of an event that no rule raised asks what the rules over this pool ask, and not those of others', () => {
    const rules = {
      ...PLAIN,
      escalateAfterMs: 60_000,
      rules: [
        rule('warning', '0.5', '0.4'),
        rule('warning', '0.3', '0.1', { scope: { kind: 'account', account: 'b' } }),
        rule('warning', '0.2', '0.1', { scope: { kind: 'group', filter: 'side=short' } }),
      ],
    };
    // 500 ÷ 0.4 − 900.
    expect(deposits('900', rules, 2)).toEqual([
      ['warning', '350'],
      ['warning', '350'],
    ]);
    const grouped = {
      ...rules,
      rules: [rule('warning', '0.5', '0.4'), rule('warning', '0.45', '0.25', { scope: { kind: 'group', filter: 'side=long' } })],
    };
    expect(deposits('900', grouped, 2).at(-1)).toEqual(['warning', '1100']);
  });
});
