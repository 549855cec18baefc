import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { readBook } from '../../formats/leverage-book.ts';
import type { AlarmEvent } from '../../policy/alarms/events.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { checkCommand } from '../check-command.ts';
import { createEngine } from '../engine.ts';
import type { AlarmsFrame, ClosureView, EngineInput, Frame, Snapshot } from '../protocol.ts';
import { commandsOf, NOTHING, recollect } from '../restore.ts';
import { AS_OF, AS_OF_MS, feed, loanBook, source, tick } from '../testing/fixtures.ts';
import { ALARM_MODULE } from './index.ts';
import { createWatcher, type FeedUpdate } from './watcher.ts';

const floors = caseFloors();

const linear = (venue: string, base: string, markPrice: string, settle: string, more: object = {}) => ({
  venue,
  contract: 'linear',
  base,
  quote: 'USD',
  settle,
  contractSize: '1',
  markPrice,
  ...more,
});
/** Two rows, so that a reduction by tier has one to fall to. */
const TIERS = [
  { notionalFloor: '0', maxLeverage: '50', maintenanceMarginRate: '0.01', maintenanceDeduction: '0' },
  { notionalFloor: '100000', maxLeverage: '20', maintenanceMarginRate: '0.025', maintenanceDeduction: '1500' },
  { notionalFloor: '300000', maxLeverage: '10', maintenanceMarginRate: '0.05', maintenanceDeduction: '9000' },
];

/** One long position of 10 BTC at 100,000 on each venue; the price to which it falls is named by the test. */
function book(venue: string, money: string, size = '10') {
  const settle = venue === 'bybit' || venue === 'okx' || venue === 'binance-usdm' ? 'USDT' : 'USDC';
  return {
    format: 'leverage-book/1',
    asOf: AS_OF,
    instruments: {
      x: linear(venue, 'BTC', '100000', settle, {
        tiers: venue === 'okx' ? TIERS.map(({ maintenanceDeduction: _, ...row }) => row) : TIERS,
      }),
    },
    assets: { [settle]: { price: '1' } },
    accounts: [
      {
        id: 'a',
        venue,
        balances: [{ asset: settle, amount: money }],
        positions: [{ instrument: 'x', size, entryPrice: '100000', marginMode: 'cross', leverage: '10' }],
      },
    ],
  };
}

const LOAN = loanBook({ price: '2000', loanToValue: '0.8', liquidationThreshold: '0.83' });

/** An engine whose market moves to a price a minute at a time. */
function stand(given: object) {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  let nowMs = 0;
  let alarms: AlarmsFrame | undefined;
  let shown: Snapshot | undefined;
  const send = (input: EngineInput): readonly Frame[] => {
    nowMs += 1_000;
    const frames = [...engine.step(input, nowMs), ...engine.step({ kind: 'flush' }, nowMs), ...engine.step({ kind: 'flush' }, nowMs + 600)];
    for (const frame of frames) {
      if (frame.kind === 'alarms') alarms = frame;
      if (frame.kind === 'snapshot') shown = frame;
    }
    return frames;
  };
  const answer = send({ kind: 'load', requestId: 1, name: 'book', text: JSON.stringify(given) });
  if (!answer.some(({ kind }) => kind === 'loaded')) throw new Error(JSON.stringify(answer));
  return {
    send,
    price: (market: string, price: string, minute: number, restarted = false) =>
      send(
        feed(
          [tick(market, price, AS_OF_MS + minute * 60_000), tick(market, price, AS_OF_MS + minute * 60_000, 'index')],
          AS_OF_MS + minute * 60_000,
          { restarted, source: source(AS_OF_MS + minute * 60_000) },
        ),
      ),
    alarms: () => alarms as AlarmsFrame,
    account: () => shown!.account!,
    snapshot: () => shown!,
  };
}

/** Every step and the whole ledger sum to zero, fees are paid, and the account of the page is the one after. */
function checkLedger(closure: ClosureView): void {
  expect(closure.steps.length).toBeGreaterThan(0);
  for (const { postings, isZero } of closure.steps) {
    expect(isZero).toBe(true);
    for (const item of new Set(postings.map((posting) => posting.item))) {
      const sum = postings.filter((posting) => posting.item === item).reduce((total, { amount }) => total.plus(amount), new Decimal(0));
      expect([item, sum.toFixed()]).toEqual([item, '0']);
      floors('items of steps that sum to zero', 10);
    }
  }
  for (const { sum, parties } of closure.ledger) {
    expect(sum).toBe('0');
    expect(parties.reduce((total, { amount }) => total.plus(amount), new Decimal(0)).toFixed()).toBe('0');
  }
}

describe('closures in the session', () => {
  it.each([
    ['hyperliquid', '100000', '93500', 'healthy'],
    ['binance-usdm', '100000', '92500', undefined],
    ['bybit', '100000', '92500', undefined],
    ['okx', '100000', '92500', undefined],
    ['dydx-v4', '100000', '92500', undefined],
    ['generic', '100000', '92500', undefined],
  ])('CL-19: %s closes the account by its own procedure, and the page goes on with what is left', (venue, money, price, end) => {
    const run = stand(book(venue, money));
    run.price('BTC', '100000', 0, true);
    expect(run.alarms().closures).toEqual([]);
    const frames = run.price('BTC', price, 1);
    const [closure] = run.alarms().closures;
    expect(closure, JSON.stringify(run.account().cells.marginRatio)).toBeDefined();
    if (!closure) return;
    checkLedger(closure);
    if (end) expect(closure.end).toBe(end);
    expect(frames.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
    const sizes = run.account().positions.size.text;
    expect(sizes).toEqual(closure.positionsAfter.map(({ amount }) => amount));
    expect(['liquidation', 'bankrupt']).not.toContain(run.account().riskState);
    const { standing, ended } = run.alarms();
    expect(closure.positionsAfter.length > 0 ? standing[0] : ended[0]).toMatchObject({ cure: `simulated closure: ${closure.end}` });
    // It was played once: the next prices find the account after it.
    run.price('BTC', price, 2);
    expect(run.alarms().closures).toHaveLength(1);
    floors('venues whose closure was played', 6);
  });

  it('CL-11, CL-19: Hyperliquid takes a fifth of a large position; liquidated again within the cooldown, all of it', () => {
    const run = stand(book('hyperliquid', '100000'));
    run.price('BTC', '100000', 0, true);
    run.price('BTC', '93500', 1);
    const [first] = run.alarms().closures;
    expect(first?.steps[0]?.fills[0]?.change).toBe('-2');
    const again = stand(book('hyperliquid', '100000'));
    again.price('BTC', '100000', 0, true);
    again.price('BTC', '93500', 1);
    again.send(feed([tick('BTC', '92500', AS_OF_MS + 70_000)], AS_OF_MS + 70_000));
    const [second] = again.alarms().closures;
    expect(second?.steps.at(-1)?.fills[0]?.change).toBe(`-${first?.positionsAfter[0]?.amount}`);
  });

  it('CL-15, CL-19: Aave repays for collateral with the bonus, and the loan goes on', () => {
    const run = stand(LOAN);
    run.price('WETH', '2000', 0, true);
    run.price('WETH', '1780', 1);
    const [closure] = run.alarms().closures;
    expect(closure?.steps[0]?.move).toBe('seizure');
    checkLedger(closure as ClosureView);
    expect(run.account().balances.amount.text[0]).toBe(closure?.balancesAfter[0]?.amount);
  });

  const loan = [
    { asset: 'WETH', amount: '1' },
    { asset: 'USDC', amount: '-1500' },
  ];
  it.each([
    [
      'a loan that is repaid whole',
      { ...LOAN, accounts: [{ ...LOAN.accounts[0]!, balances: loan }] },
      'WETH',
      '2000',
      '1700',
      'liquidation',
    ],
    ['a cross pool that the fund takes over', book('bybit', '90000'), 'BTC', '100000', '90500', 'bankrupt'],
  ])(
    'AM-1, AL-12: %s ends at once as liquidated, on the page as in the watch, and is not escalated',
    (_name, given, market, first, price, worst) => {
      const run = stand(given);
      const watcher = createWatcher(readBook(JSON.stringify(given)), DEFAULT_RULES);
      const told: AlarmEvent[] = [];
      for (const minute of [0, 1, 2, 15]) {
        const at = AS_OF_MS + minute * 60_000;
        const ticks = (['mark', 'index'] as const).map((kind) => tick(market, minute === 0 ? first : price, at, kind));
        const update = feed(ticks, at, { restarted: minute === 0, source: source(at) });
        run.send(update);
        for (const { event } of watcher.look(update as FeedUpdate)) if (event.kind !== 'flood') told.push(event);
      }
      const last = told.at(-1)!;
      expect(last).toMatchObject({ from: worst, to: 'healthy', episode: { outcome: 'liquidated', worstState: worst } });
      expect(run.alarms().said.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
      expect(run.alarms().standing).toEqual([]);
      expect(run.alarms().ended[0]).toMatchObject({ outcome: 'liquidated', cure: expect.stringContaining('simulated closure') });
    },
  );

  it('CL-20: undo brings the account back, once and for all of this stream; redo closes it again', () => {
    const run = stand(book('bybit', '100000'));
    run.price('BTC', '100000', 0, true);
    run.price('BTC', '92500', 1);
    expect(run.snapshot().canUndo).toBe(true);
    run.send({ kind: 'edit', requestId: 5, edit: { kind: 'undo' } });
    run.price('BTC', '92500', 2);
    expect(run.account().positions.size.text).toEqual(['10']);
    expect(run.account().riskState).toBe('liquidation');
    expect(run.alarms().closures).toHaveLength(1);
    run.send({ kind: 'edit', requestId: 6, edit: { kind: 'redo' } });
    expect(run.account().positions.size.text).toEqual(run.alarms().closures[0]?.positionsAfter.map(({ amount }) => amount));
  });

  it('CL-20: switched off the account stays as it is; switched on it is closed at the next look', () => {
    const run = stand(book('bybit', '100000'));
    run.send({ kind: 'alarm-closures', requestId: 4, on: false });
    run.price('BTC', '100000', 0, true);
    run.price('BTC', '92500', 1);
    expect(run.alarms()).toMatchObject({ closures: [], areClosuresOn: false });
    run.send({ kind: 'alarm-closures', requestId: 5, on: true });
    expect(run.alarms().closures).toHaveLength(1);
  });

  it('CL-18: what the venue would do if the line were touched now, of a healthy account; it changes nothing', () => {
    const run = stand(book('binance-usdm', '100000'));
    run.price('BTC', '100000', 0, true);
    const before = run.account().cells;
    const frame = run.send({ kind: 'alarm-closure', requestId: 7, pool: 'cross' }).find(({ kind }) => kind === 'closure');
    if (frame?.kind !== 'closure' || !frame.closure) throw new Error(JSON.stringify(frame));
    checkLedger(frame.closure);
    expect(Number(frame.closure.move)).toBeLessThan(0);
    expect(run.account().cells).toEqual(before);
    expect(run.alarms().closures).toEqual([]);
  });

  it('CL-18: a pool that no move ends has no closure, and says so', () => {
    const given = book('generic', '100000');
    const run = stand({ ...given, accounts: [{ ...given.accounts[0], positions: [], balances: [{ asset: 'USDC', amount: '5' }] }] });
    run.price('BTC', '100000', 0, true);
    const frame = run.send({ kind: 'alarm-closure', requestId: 7, pool: 'cross' }).find(({ kind }) => kind === 'closure');
    expect(frame).toMatchObject({ closure: null, why: expect.stringMatching(/./) });
  });

  it('CL-22: set back before it, the account is as it was, again and again; changed by hand since, it is kept', () => {
    const run = stand(book('hyperliquid', '100000'));
    run.price('BTC', '100000', 0, true);
    const sizes = () => [...run.account().positions.size.text];
    const [whole, money] = [sizes(), run.account().cells.equity.text];
    for (let round = 0; round < 2; round++) {
      run.price('BTC', '93500', 10);
      expect(run.alarms().closures).toHaveLength(1);
      expect(sizes()).not.toEqual(whole);
      const frames = run.price('BTC', '100000', 1, true);
      expect(frames.filter(({ kind }) => kind === 'closed')).toMatchObject([{ edit: { kind: 'set-back', toMs: AS_OF_MS + 60_000 } }]);
      expect([sizes(), run.account().cells.equity.text]).toEqual([whole, money]);
      expect(run.alarms().closures).toEqual([]);
    }
    run.price('BTC', '93500', 10);
    const left = sizes();
    run.send({ kind: 'edit', requestId: 9, edit: { kind: 'balance-set', index: 0, balance: { amount: '123456' } } });
    const told = run.price('BTC', '100000', 1, true).filter(({ kind }) => kind === 'failed');
    expect(sizes()).toEqual(left);
    expect(told).toMatchObject([{ requestId: 0, faults: [{ message: expect.stringContaining('changed by hand') }] }]);
    // What was changed is undone by hand; set back once more the closure is undone, too.
    run.send({ kind: 'edit', requestId: 10, edit: { kind: 'undo' } });
    expect(run.price('BTC', '100000', 0, true).filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(sizes()).toEqual(whole);
  });

  it('CL-22: redo brings back no closure that was undone by setting time back, nor one that was undone by hand before', () => {
    const run = stand(book('hyperliquid', '100000'));
    const redo = () => run.send({ kind: 'edit', requestId: 9, edit: { kind: 'redo' } }).find(({ kind }) => kind === 'failed');
    run.price('BTC', '100000', 0, true);
    const whole = [...run.account().positions.size.text];
    run.price('BTC', '93500', 10);
    run.price('BTC', '100000', 1, true);
    expect(redo()).toMatchObject({ faults: [{ message: 'there is nothing to redo' }] });
    run.price('BTC', '93500', 10);
    run.send({ kind: 'edit', requestId: 8, edit: { kind: 'undo' } });
    run.price('BTC', '100000', 1, true);
    expect(run.snapshot().canRedo).toBe(false);
    expect(redo()).toBeDefined();
    expect(run.account().positions.size.text).toEqual(whole);
    // What was undone by hand and is no later closure can still be done again.
    run.send({ kind: 'edit', requestId: 7, edit: { kind: 'balance-set', index: 0, balance: { amount: '200000' } } });
    run.send({ kind: 'edit', requestId: 6, edit: { kind: 'undo' } });
    run.price('BTC', '100000', 0, true);
    expect(redo()).toBeUndefined();
  });

  it.each([[false], [true]])(
    'CL-22: an engine that takes the place of one that stopped undoes its closures, too (undone by hand: %s)',
    (isUndone) => {
      const given = book('hyperliquid', '100000');
      const first = stand(given);
      first.price('BTC', '100000', 0, true);
      const whole = [...first.account().positions.size.text];
      let memory = recollect(NOTHING, { kind: 'load', requestId: 1, name: 'book', text: JSON.stringify(given) });
      for (const frame of first.price('BTC', '93500', 10))
        if (frame.kind === 'closed') memory = recollect(memory, { kind: 'edit', requestId: 0, edit: frame.edit });
      if (isUndone) {
        const undo = { kind: 'edit', requestId: 2, edit: { kind: 'undo' } } as const;
        first.send(undo);
        memory = recollect(memory, undo);
      }
      const sizes = [...first.account().positions.size.text];
      const second = stand(given);
      let id = 10;
      for (const command of commandsOf(memory, null, () => ++id)) {
        expect(checkCommand(structuredClone(command))).toMatchObject({ ok: true });
        if (command.kind === 'edit') expect(second.send(command)[0]).toMatchObject({ kind: 'done' });
      }
      second.price('BTC', '100000', 0, true);
      second.price('BTC', '93500', 10);
      expect(second.account().positions.size.text).toEqual(sizes);
      second.price('BTC', '100000', 1, true);
      expect([second.account().positions.size.text, second.snapshot().canRedo]).toEqual([whole, false]);
      second.price('BTC', '93500', 10);
      expect(second.account().positions.size.text).not.toEqual(whole);
    },
  );

  it('CL-22: of two closures the later one undone by hand, set back before both undoes the other', () => {
    const run = stand(book('hyperliquid', '100000'));
    run.price('BTC', '100000', 0, true);
    const sizes = () => [...run.account().positions.size.text];
    const whole = sizes();
    run.price('BTC', '93500', 10);
    const once = sizes();
    run.price('BTC', '92000', 20);
    expect(run.alarms().closures).toHaveLength(2);
    run.send({ kind: 'alarm-closures', requestId: 8, on: false });
    run.send({ kind: 'edit', requestId: 9, edit: { kind: 'undo' } });
    expect(sizes()).toEqual(once);
    run.price('BTC', '100000', 1, true);
    expect(sizes()).toEqual(whole);
  });
});
