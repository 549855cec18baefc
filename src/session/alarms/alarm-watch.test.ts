import { describe, expect, it } from 'vitest';
import type { Tick } from '../../domain/tick.ts';
import { writeAlarmRules } from '../../formats/alarm-rules.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import { createEngine } from '../engine.ts';
import type { Command, EngineInput, Frame } from '../protocol.ts';
import { AS_OF_MS, bookText, feed, source, tick } from '../testing/fixtures.ts';
import { ALARM_MODULE } from './index.ts';
import type { AlarmsFrame } from './messages.ts';

const MINUTE_MS = 60_000;
/** A rule that the short position of `perp` arms at 88,000 and clears at 60,000, at once. */
const QUICK = {
  format: 'alarm-rules/1',
  rules: [
    {
      id: 'quick',
      scope: { kind: 'all' },
      measure: 'marginRatio',
      severity: 'warning',
      arm: '0.6',
      clear: '0.5',
      onDelayMs: 0,
      offDelayMs: 0,
      cooldownMs: 0,
      channel: 'page',
    },
  ],
};

/** An engine with the book of three perpetual accounts, watched by one quick rule. */
function stand() {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  let nowMs = 0;
  let last: AlarmsFrame | undefined;
  const send = (input: EngineInput): readonly Frame[] => {
    const frames = [...engine.step(input, nowMs), ...engine.step({ kind: 'flush' }, nowMs)];
    nowMs += 1_000;
    last = frames.find((frame) => frame.kind === 'alarms') ?? last;
    return frames;
  };
  const command = (input: Extract<Command, { kind: 'alarm-rules' | 'alarm-acknowledge' | 'alarm-snooze' }>) => send(input);
  send({ kind: 'load', requestId: 1, name: 'book', text: bookText() });
  const rulesAnswer = command({ kind: 'alarm-rules', requestId: 2, text: JSON.stringify(QUICK) });
  return {
    rulesAnswer,
    send,
    command,
    price: (btc: string, atMs: number, restarted = false) =>
      send(feed([tick('BTC', btc, atMs), tick('ETH', '1912.4', atMs), tick('SOL', '84.1', atMs)], atMs, { restarted })),
    alarms: () => {
      if (!last) throw new Error('nothing was said of alarms');
      return last;
    },
  };
}

describe('AL-26 gaps of what is held', () => {
  /** The shipped rules on a live feed; `usdc`: what the venue of pegs says, '' for nothing new. */
  function live() {
    const { send, command, alarms } = stand();
    command({ kind: 'alarm-rules', requestId: 3, text: null });
    let atMs = AS_OF_MS;
    const marks = (): Tick[] => [tick('BTC', '65546', atMs), tick('ETH', '1912.4', atMs), tick('SOL', '84.1', atMs)];
    return {
      alarms,
      ofUsdc: () => alarms().standing.filter(({ market }) => market === 'USDC'),
      tell: (usdc: string, seconds = 1) => {
        atMs += seconds * 1_000;
        const told = usdc === '' ? [] : [tick('USDC', usdc, atMs, 'index')];
        return send(
          feed([...marks(), ...told], atMs, { source: source(atMs, { kind: 'live', name: 'Venue' }), isLive: true, ownClockMs: atMs }),
        );
      },
    };
  }

  it('a dollar token off its peg is a warning after its delay, in the journal with its worst gap, and ends once it has stayed closed', () => {
    const { tell, ofUsdc, alarms } = live();
    tell('0.9995');
    for (let i = 0; i < 9; i++) tell('0.935');
    expect(ofUsdc()).toEqual([]);
    tell('0.935');
    tell('0.935');
    expect(ofUsdc()).toMatchObject([{ state: 'warning', rule: 'peg-gap', values: { pegGap: '0.065' } }]);
    // Between the levels it neither ends nor is raised again; above the peg counts as much as below.
    tell('1.0075');
    expect(ofUsdc()).toHaveLength(1);
    for (let i = 0; i < 62; i++) tell('1.0001');
    expect(ofUsdc()).toEqual([]);
    expect(alarms().ended[0]).toMatchObject({ market: 'USDC', worstState: 'warning', worst: { pegGap: '0.065' }, outcome: 'cured' });
  });

  it('a peg that is told no more ends nothing: its alarm stands until somebody says that the gap has closed', () => {
    const { tell, ofUsdc } = live();
    for (let i = 0; i < 12; i++) tell('0.935');
    expect(ofUsdc()).toHaveLength(1);
    for (let i = 0; i < 200; i++) tell('');
    expect(ofUsdc()).toHaveLength(1);
    for (let i = 0; i < 62; i++) tell('1');
    expect(ofUsdc().filter(({ values }) => values.pegGap !== '0')).toEqual([]);
  });

  it('a peg never told raises nothing, and is watched', () => {
    const { tell, ofUsdc, alarms } = live();
    for (let i = 0; i < 20; i++) tell('');
    expect(ofUsdc()).toEqual([]);
    const usdc = alarms().outlook.find(({ market }) => market === 'USDC');
    expect(usdc?.rules.map(({ id }) => id)).toContain('peg-gap');
  });
});

describe('the account of the margin page, watched', () => {
  it('WL-8: while the address that it follows is not read an alarm may be raised and none is cleared', () => {
    const { send, price, alarms } = stand();
    const book = readBook(bookText());
    send({ kind: 'take-book', requestId: 3, name: 'followed', book, selected: 'perp', follows: 'hyperliquid:0x1' });
    price('65546', AS_OF_MS, true);
    send({ kind: 'follow-age', follows: 'hyperliquid:0x1', isOld: true });
    price('88000', AS_OF_MS + MINUTE_MS);
    expect(alarms().standing).toHaveLength(1);
    price('60000', AS_OF_MS + 2 * MINUTE_MS);
    expect(alarms().standing).toHaveLength(1);
    send({ kind: 'follow-age', follows: 'hyperliquid:0x1', isOld: false });
    price('60000', AS_OF_MS + 3 * MINUTE_MS);
    expect(alarms().standing).toEqual([]);
  });
  it('AM-1, AM-4: an alarm stands, with its rule, its values and the deposit that ends it, until it is cured', () => {
    const { price, alarms } = stand();
    price('65546', AS_OF_MS, true);
    expect(alarms()).toMatchObject({ account: 'perp', standing: [], ended: [] });
    price('88000', AS_OF_MS + MINUTE_MS);
    const [standing] = alarms().standing;
    expect(standing).toMatchObject({ account: 'perp', state: 'warning', rule: 'quick', unit: 'USD' });
    expect(Number(standing?.values.marginRatio)).toBeGreaterThan(0.6);
    expect(standing?.deposit).toMatch(/^\d+(\.\d+)?$/);
    expect(standing?.shock).toMatch(/^-?\d/);
    expect(alarms().load.standing).toBe(1);
    price('60000', AS_OF_MS + 2 * MINUTE_MS);
    expect(alarms().standing).toEqual([]);
    expect(alarms().ended).toMatchObject([{ outcome: 'cured', worstState: 'warning' }]);
    expect(alarms().said.map(({ serial, to }) => [serial, to])).toEqual([
      [1, 'warning'],
      [2, 'healthy'],
    ]);
  });

  it('AM-3: sought back it begins anew, what stood is left and told; sought forward it goes on', () => {
    const { price, alarms } = stand();
    price('65546', AS_OF_MS, true);
    price('88000', AS_OF_MS + MINUTE_MS);
    const episode = alarms().standing[0]?.episode;
    price('88000', AS_OF_MS + 60 * MINUTE_MS, true);
    expect(alarms().standing[0]?.episode).toBe(episode);
    price('65546', AS_OF_MS, true);
    expect(alarms().standing).toEqual([]);
    expect(alarms().ended).toMatchObject([{ episode, outcome: 'left' }]);
    price('88000', AS_OF_MS + MINUTE_MS);
    expect(alarms().standing[0]?.episode).toBe(episode);
    price('60000', AS_OF_MS + 2 * MINUTE_MS);
    expect(alarms().ended).toMatchObject([{ episode, outcome: 'cured' }]);
  });

  it('AM-3: another book leaves what stood', () => {
    const { price, send, alarms } = stand();
    price('65546', AS_OF_MS, true);
    price('88000', AS_OF_MS + MINUTE_MS);
    send({ kind: 'load', requestId: 9, name: 'other', text: bookText() });
    expect(alarms().ended).toMatchObject([{ outcome: 'left' }]);
  });

  it('AM-6: acknowledged and snoozed by the id of the episode; one that does not stand is refused', () => {
    const { price, command, alarms } = stand();
    price('65546', AS_OF_MS, true);
    price('88000', AS_OF_MS + MINUTE_MS);
    const episode = alarms().standing[0]?.episode ?? '';
    expect(command({ kind: 'alarm-acknowledge', requestId: 5, episode })).toContainEqual({ kind: 'done', requestId: 5 });
    expect(alarms().standing[0]?.acknowledgedMs).toBe(AS_OF_MS + MINUTE_MS);
    expect(command({ kind: 'alarm-snooze', requestId: 6, episode, forMs: 900_000 })).toContainEqual({ kind: 'done', requestId: 6 });
    expect(alarms().standing[0]?.snoozedForMs).toBe(900_000);
    expect(command({ kind: 'alarm-acknowledge', requestId: 7, episode: 'x' })).toContainEqual({
      kind: 'failed',
      requestId: 7,
      faults: [{ pointer: '/episode', message: 'this alarm no longer stands' }],
    });
  });

  it('AM-7: rules are taken whole or not at all, sent back when they change, and null brings the shipped ones', () => {
    const { rulesAnswer, command, alarms, price } = stand();
    expect(rulesAnswer).toContainEqual({ kind: 'done', requestId: 2 });
    expect(JSON.parse(alarms().rules)).toMatchObject(QUICK);
    const [rule] = QUICK.rules;
    const wrong = JSON.stringify({ ...QUICK, rules: [{ ...rule, arm: '0.4' }] });
    expect(command({ kind: 'alarm-rules', requestId: 3, text: wrong })).toContainEqual({
      kind: 'failed',
      requestId: 3,
      faults: [{ pointer: '/rules/0/clear', message: expect.any(String) }],
    });
    price('65546', AS_OF_MS, true);
    expect(alarms()).toMatchObject({
      rules: '',
      outlook: expect.arrayContaining([
        { ...EVERY, aged: expect.anything(), next: expect.anything(), rules: [expect.objectContaining({ id: 'quick' })] },
      ]),
    });
    command({ kind: 'alarm-rules', requestId: 4, text: null });
    expect(alarms().rules).toBe(writeAlarmRules(DEFAULT_RULES));
  });

  it('AM-2: without a feed nothing is looked at; an edit is looked at at once', () => {
    const { send, price, alarms } = stand();
    send({ kind: 'edit', requestId: 5, edit: { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: '1000' } } });
    expect(alarms().standing).toEqual([]);
    price('65546', AS_OF_MS, true);
    expect(alarms().standing).toHaveLength(1);
    send({ kind: 'edit', requestId: 6, edit: { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: '900000' } } });
    expect(alarms().standing).toEqual([]);
  });

  it('AM-5: what was said is told at once; nothing new, nothing sent', () => {
    const { send, price } = stand();
    price('65546', AS_OF_MS, true);
    const again = feed([], AS_OF_MS, { source: source(AS_OF_MS) });
    expect(send(again).filter(({ kind }) => kind === 'alarms')).toEqual([]);
  });
});

const EVERY = { account: 'perp', pool: 'cross', market: '', venue: 'hyperliquid', state: 'healthy', knowledge: 'known' };
