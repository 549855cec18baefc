import { describe, expect, it } from 'vitest';
import type { Answer, Client, ClientOptions, Request } from '../session/client.ts';
import { createEngine } from '../session/engine.ts';
import type {
  AccountView,
  AlarmsFrame,
  Command,
  Frame,
  HistoryColumns,
  SessionInput,
  Snapshot,
  StandingAlarm,
  WhatIfSpec,
} from '../session/protocol.ts';
import { AS_OF_MS, bookText, feed, tick } from '../session/testing/fixtures.ts';
import { createApp } from './index.ts';
import { NOTICES_MAX } from './notices.ts';
import * as selectors from './selectors.ts';
import { DEFAULT_SETTINGS, readSettings, SETTINGS_KEY, type SettingsStorage } from './settings.ts';
import { parseStartOptions, startApp } from './start-options.ts';

type Handlers = Pick<ClientOptions, 'onSnapshot' | 'onWhatIf' | 'onDesk' | 'onAlarms' | 'onConnection' | 'onFaults'>;

const memory = (text?: string): SettingsStorage & { readonly texts: Map<string, string> } => {
  const texts = new Map(text === undefined ? [] : [[SETTINGS_KEY, text]]);
  return { texts, getItem: (key) => texts.get(key) ?? null, setItem: (key, value) => void texts.set(key, value) };
};

/** A store over a client that is the test: requests are kept, answers are given by hand. */
function stand(storage: SettingsStorage = memory()) {
  const asked: Request[] = [];
  const whatIfs: (WhatIfSpec | null)[] = [];
  const speeds: number[] = [];
  let answer: Answer<unknown> = { ok: true, value: { faults: [] } };
  let handlers: Handlers | undefined;
  const app = createApp({
    storage,
    address: { replace: () => undefined, after: () => undefined },
    loadReader: () => Promise.resolve(() => ({ rows: () => undefined, ranks: () => undefined })),
    connect: (given): Client => {
      handlers = given;
      return {
        request: (request) => {
          asked.push(request);
          return Promise.resolve(answer as never);
        },
        whatIf: (spec) => {
          whatIfs.push(spec);
          return Promise.resolve(answer as never);
        },
        deskQuery: () => Promise.resolve(answer as never),
        setSpeed: (speed) => void speeds.push(speed),
        crash: () => undefined,
        close: () => undefined,
      };
    },
  });
  return {
    ...app,
    asked,
    whatIfs,
    speeds,
    state: () => app.store.getState(),
    answerWith: (next: Answer<unknown>) => {
      answer = next;
    },
    give: handlers as Handlers,
  };
}

/** Snapshots of a real session, as they arrive over a border. */
function session() {
  const engine = createEngine();
  engine.step({ kind: 'load', requestId: 1, name: 'book', text: bookText() }, AS_OF_MS);
  const send = (input: SessionInput): Frame[] =>
    structuredClone([...engine.step(input, AS_OF_MS), ...engine.step({ kind: 'flush' }, AS_OF_MS)]);
  const snapshot = (...ticks: Parameters<typeof feed>[0]): Snapshot => {
    const frame = send(feed(ticks)).find((each) => each.kind === 'snapshot');
    if (frame?.kind !== 'snapshot') throw new Error('no snapshot');
    return frame;
  };
  const whatIf = (spec: WhatIfSpec): AccountView => {
    const frame = send({ kind: 'what-if', requestId: 2, spec })[0];
    if (frame?.kind !== 'what-if' || !frame.account) throw new Error('no what-if');
    return frame.account;
  };
  return { send, snapshot, whatIf };
}

const alarm = (more: Partial<StandingAlarm> = {}): StandingAlarm => ({
  account: 'perp',
  pool: 'cross',
  market: '',
  venue: 'hyperliquid',
  episode: 'e',
  state: 'warning',
  knowledge: 'known',
  firstSeenMs: 0,
  raisedMs: 0,
  worstState: 'warning',
  acknowledgedMs: Number.NaN,
  snoozedForMs: Number.NaN,
  rule: 'ratio-warning',
  values: {},
  shock: '',
  deposit: '',
  unit: 'USD',
  call: null,
  cure: '',
  ...more,
});
const alarms = (standing: readonly StandingAlarm[], rules: string): AlarmsFrame => ({
  kind: 'alarms',
  clockMs: 0,
  account: 'perp',
  standing,
  ended: [],
  said: [],
  load: { lastTenMinutes: 0, lastHour: 0, lastDay: 0, standing: standing.length, chattering: 0, level: 'acceptable' },
  closures: [],
  areClosuresOn: true,
  outlook: [],
  rules,
});

const NO_HISTORY: HistoryColumns | null = null;
const refused = (message: string, pointer = ''): Answer<never> => ({ ok: false, faults: [{ pointer, message }], superseded: false });

describe('alarms in the store', () => {
  it('AM-7: rules that did not cross are as they were; the count names the worst', () => {
    const { state, give } = stand();
    expect(selectors.selectAlarmCount(state())).toBe('');
    give.onAlarms(alarms([], 'the rules'));
    expect(selectors.selectAlarmCount(state())).toBe('');
    give.onAlarms(alarms([alarm({ state: 'margin-call' }), alarm()], ''));
    expect(selectors.selectAlarmCount(state())).toBe('2 margin-call');
    expect(selectors.selectAlarms(state())?.rules).toBe('the rules');
    give.onAlarms(alarms([], 'other rules'));
    expect(selectors.selectAlarms(state())?.rules).toBe('other rules');
  });

  it('AM-6: what is done to an alarm goes to the engine under its episode', async () => {
    const { actions, asked } = stand();
    await actions.acknowledgeAlarm('e');
    await actions.snoozeAlarm('e', 900_000);
    await actions.setAlarmRules(null);
    expect(asked).toEqual([
      { kind: 'alarm-acknowledge', episode: 'e' },
      { kind: 'alarm-snooze', episode: 'e', forMs: 900_000 },
      { kind: 'alarm-rules', text: null },
    ]);
  });
});

describe('the store without React', () => {
  it('has nothing to show at first, and figures after the first snapshot', () => {
    const { store, give } = stand();
    expect(selectors.selectIsReady(store.getState())).toBe(false);
    expect(selectors.selectAccount(store.getState())).toBeNull();
    give.onSnapshot(session().snapshot(), NO_HISTORY);
    expect(selectors.selectIsReady(store.getState())).toBe(true);
    expect(selectors.selectFigure('equity')(store.getState())?.text).toMatch(/^\d/);
    expect(selectors.selectPositions(store.getState())?.count).toBe(3);
  });

  it('tells its listeners once for each snapshot', () => {
    const { store, give } = stand();
    let calls = 0;
    store.subscribe(() => calls++);
    const { snapshot } = session();
    give.onSnapshot(snapshot(), NO_HISTORY);
    give.onSnapshot(snapshot(tick('BTC', '60000')), NO_HISTORY);
    expect(calls).toBe(2);
  });

  it('selectors answer the same object while what they read is unchanged', () => {
    const { store, give } = stand();
    const { snapshot } = session();
    give.onSnapshot(snapshot(), NO_HISTORY);
    const before = store.getState();
    give.onSnapshot(snapshot(tick('SOL', '85')), NO_HISTORY);
    const after = store.getState();
    expect(selectors.selectFigure('equity')(after)).toBe(selectors.selectFigure('equity')(before));
    expect(selectors.selectPositions(after)?.entryPrice).toBe(selectors.selectPositions(before)?.entryPrice);
    expect(selectors.selectBalances(after)).toBe(selectors.selectBalances(before));
    expect(selectors.selectPositions(after)?.markPrice).not.toBe(selectors.selectPositions(before)?.markPrice);
    for (const select of Object.values(selectors)) {
      const value = (select as (state: unknown) => unknown)(after);
      if (typeof value !== 'function') expect(Object.is((select as (state: unknown) => unknown)(after), value)).toBe(true);
    }
  });

  it('a shared snapshot says the same as the one that came', () => {
    const { store, give } = stand();
    const { snapshot } = session();
    for (const ticks of [[], [tick('BTC', '60000')], [tick('ETH', '1')], [tick('BTC', '60000')], [tick('SOL', '84.1')]]) {
      const next = snapshot(...ticks);
      give.onSnapshot(next, NO_HISTORY);
      expect(store.getState().snapshot).toEqual(next);
    }
  });

  it('keeps the history until a newer one comes', () => {
    const { store, give } = stand();
    const { snapshot } = session();
    const history: HistoryColumns = {
      timeMs: new Float64Array(),
      account: new Float64Array(),
      marginRatio: new Float64Array(),
      keys: [],
      distance: [],
    };
    give.onSnapshot(snapshot(), history);
    give.onSnapshot(snapshot(), NO_HISTORY);
    expect(store.getState().history).toBe(history);
  });
});

describe('SE-18 what-if stands apart', () => {
  const spec = { moves: { BTC: '-0.1' }, all: '0' };

  it('shows at once what is asked, then its account, and leaves the live figures alone', () => {
    const { store, give, actions, whatIfs } = stand();
    const source = session();
    give.onSnapshot(source.snapshot(), NO_HISTORY);
    const live = selectors.selectAccount(store.getState());
    actions.moveMarket('BTC', '-0.1');
    expect(store.getState().whatIf).toEqual({ spec, account: null, evaluated: null });
    give.onWhatIf({ kind: 'what-if', requestId: 1, spec, account: source.whatIf(spec), computeMs: 1 });
    expect(selectors.selectAccount(store.getState())).toBe(live);
    expect(selectors.selectWhatIfFigure('equity')(store.getState())?.text).not.toBe(live?.cells.equity.text);
    actions.moveAll('0.2');
    expect(store.getState().whatIf).toMatchObject({ spec: { ...spec, all: '0.2' }, evaluated: spec });
    expect(whatIfs).toEqual([spec, { ...spec, all: '0.2' }]);
  });

  it('is gone when it is left, and a late answer does not bring it back', () => {
    const { store, give, actions, whatIfs } = stand();
    const source = session();
    actions.setWhatIf(spec);
    actions.clearWhatIf();
    give.onWhatIf({ kind: 'what-if', requestId: 1, spec, account: source.whatIf(spec), computeMs: 1 });
    expect(store.getState().whatIf).toBeNull();
    expect(whatIfs).toEqual([spec, null]);
  });

  it('error: is left, and said so, when it cannot be evaluated', async () => {
    const { store, actions, answerWith } = stand();
    answerWith(refused('expected a decimal number', '/all'));
    actions.moveAll('x');
    await Promise.resolve();
    expect(store.getState()).toMatchObject({ whatIf: null, notices: [{ severity: 'warning' }] });
  });

  it('ends when the engine says that its account was left', () => {
    const { store, give, actions } = stand();
    actions.setWhatIf(spec);
    give.onWhatIf({ kind: 'what-if', requestId: 1, spec: null, account: null, computeMs: 0 });
    expect(store.getState().whatIf).toBeNull();
  });
});

describe('notices', () => {
  it('says what is wrong with a file until the next one is taken', async () => {
    const { store, actions, answerWith } = stand();
    answerWith(refused('expected "leverage-book/1"', '/format'));
    expect(await actions.loadText('bad.json', '{}')).toMatchObject({ ok: false });
    await actions.loadText('bad.json', '{}');
    expect(store.getState().notices).toMatchObject([{ kind: 'file', severity: 'error', faults: [{ pointer: '/format' }] }]);
    answerWith({
      ok: true,
      value: { kind: 'loaded', requestId: 1, name: 'part.json', accountCount: 1, faults: [{ pointer: '/accounts/1', message: 'x' }] },
    });
    await actions.loadText('part.json', '{}');
    expect(store.getState().notices).toMatchObject([{ kind: 'file', severity: 'warning' }]);
    answerWith({ ok: true, value: { kind: 'loaded', requestId: 1, name: 'good.json', accountCount: 1, faults: [] } });
    await actions.loadText('good.json', '{}');
    expect(store.getState().notices).toEqual([]);
  });

  it('tells of a restart, first as it happens, then that it is over; and of an end', () => {
    const { state, give, actions } = stand();
    give.onConnection({ kind: 'ready', detail: '', restartCount: 0 });
    expect(state().notices).toEqual([]);
    give.onConnection({ kind: 'restarting', detail: 'the engine stopped', restartCount: 1 });
    expect(state().notices).toMatchObject([{ kind: 'engine-restarted', severity: 'warning', text: 'The engine stopped.' }]);
    give.onConnection({ kind: 'ready', detail: 'it is back', restartCount: 1 });
    expect(state().notices).toMatchObject([{ kind: 'engine-restarted', severity: 'info' }]);
    actions.dismissNotice(state().notices[0]?.id ?? -1);
    expect(state().notices).toEqual([]);
    give.onConnection({ kind: 'failed', detail: 'reload', restartCount: 6 });
    expect(state().notices).toMatchObject([{ kind: 'engine-failed', severity: 'error' }]);
  });

  it('tells of a lost feed once, and takes it back', () => {
    const { state, give } = stand();
    const snapshot = session().snapshot();
    const withFeed = (feedState: 'lost' | 'live'): Snapshot => ({
      ...snapshot,
      source: { ...snapshot.source, status: { ...snapshot.source.status, state: feedState } },
    });
    give.onSnapshot(withFeed('lost'), NO_HISTORY);
    give.onSnapshot(withFeed('lost'), NO_HISTORY);
    expect(state().notices).toMatchObject([{ kind: 'feed-lost' }]);
    give.onSnapshot(withFeed('live'), NO_HISTORY);
    expect(state().notices).toEqual([]);
  });

  it('keeps few, each with its own number', () => {
    const { state, give } = stand();
    for (let i = 0; i < NOTICES_MAX + 5; i++) give.onFaults([{ pointer: '', message: `fault ${i}` }]);
    expect(state().notices).toHaveLength(NOTICES_MAX);
    expect(new Set(state().notices.map((notice) => notice.id)).size).toBe(NOTICES_MAX);
    expect(state().notices.at(-1)?.text).toBe(`Fault ${NOTICES_MAX + 4}.`);
  });
});

describe('actions ask, and compute nothing', () => {
  it('send what the page means', async () => {
    const { actions, asked, speeds, answerWith } = stand();
    void actions.selectAccount('a');
    void actions.edit({ kind: 'position-remove', index: 1 });
    void actions.undo();
    void actions.redo();
    void actions.setFeed({ kind: 'none' });
    void actions.seek(5);
    void actions.step(-2);
    actions.setSpeed(60);
    void actions.loadDemo();
    void actions.loadText('n', 't', 'm');
    answerWith({ ok: true, value: { text: 'BOOK', working: { figure: 'equity' } } });
    expect(await actions.exportBook()).toEqual({ ok: true, value: 'BOOK' });
    expect(await actions.explain('notional', { position: 2 })).toEqual({ ok: true, value: { figure: 'equity' } });
    expect(asked satisfies readonly Omit<Command, 'requestId'>[]).toEqual([
      { kind: 'select-account', account: 'a' },
      { kind: 'edit', edit: { kind: 'position-remove', index: 1 } },
      { kind: 'edit', edit: { kind: 'undo' } },
      { kind: 'edit', edit: { kind: 'redo' } },
      { kind: 'feed', feed: { kind: 'none' } },
      { kind: 'feed-seek', timeMs: 5 },
      { kind: 'feed-step', steps: -2 },
      { kind: 'load-demo' },
      { kind: 'load', name: 'n', text: 't', meta: 'm' },
      { kind: 'export' },
      { kind: 'explain', figure: 'notional', position: 2 },
    ]);
    expect(speeds).toEqual([60]);
  });
});

describe('settings', () => {
  it('are remembered and read back', () => {
    const storage = memory();
    const { actions } = stand(storage);
    actions.changeSettings({ theme: 'light', timeZone: 'local' });
    actions.changeTable('positions', { columnOrder: ['b', 'a'], columnVisibility: { c: false } });
    actions.changeTable('positions', { sorting: [{ id: 'a', desc: true }] });
    const again = stand(storage).state();
    expect(again.settings).toMatchObject({ theme: 'light', timeZone: 'local', palette: 'green-up' });
    expect(selectors.selectTable('positions')(again)).toEqual({
      columnOrder: ['b', 'a'],
      columnVisibility: { c: false },
      sorting: [{ id: 'a', desc: true }],
    });
    expect(selectors.selectTable('other')(again)).toBe(selectors.selectTable('another')(again));
  });

  it.each([
    'not json',
    '[]',
    'null',
    '{"theme":"neon","timeZone":3,"palette":null,"tables":[]}',
    '{"tables":{"positions":{"columnOrder":"abc","columnVisibility":{"a":"yes"},"sorting":[{"id":5}]}}}',
    '{"__proto__":{"theme":"light"},"tables":{"__proto__":{"columnOrder":["x"]}}}',
  ])('what does not fit is dropped: %s', (text) => {
    const { tables, ...rest } = readSettings(memory(text));
    const { tables: _, ...defaults } = DEFAULT_SETTINGS;
    expect(rest).toEqual(defaults);
    for (const layout of Object.values(tables)) expect(layout).toEqual({ columnOrder: [], columnVisibility: {}, sorting: [] });
    expect(({} as Record<string, unknown>).columnOrder).toBeUndefined();
  });

  it('storage that throws is as if empty', () => {
    const broken: SettingsStorage = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('full');
      },
    };
    const { state, actions } = stand(broken);
    actions.changeSettings({ theme: 'dark' });
    expect(state().settings.theme).toBe('dark');
  });
});

describe('start options', () => {
  it('are the demo under a seeded simulation unless the address says otherwise', () => {
    expect(parseStartOptions('')).toEqual({
      feed: { kind: 'simulated', seed: 42, regime: 'normal', stepMs: 1_000 },
      clock: 'auto',
      debug: false,
      book: 'demo',
    });
    expect(parseStartOptions('?feed=replay&file=2025-10-10&clock=manual&speed=60&debug=1&book=none')).toEqual({
      feed: { kind: 'replay', name: '2025-10-10' },
      speed: 60,
      clock: 'manual',
      debug: true,
      book: 'none',
    });
    expect(parseStartOptions('?feed=simulated&seed=7&regime=stress').feed).toMatchObject({ seed: 7, regime: 'stress' });
  });

  it.each(['?feed=replay&file=../x', '?feed=%E0%A4%A', '?seed=1e99', '?speed=-1', '?speed=x', '?debug=true', '?=&&&='])(
    'ignores what is malformed: %s',
    (search) => {
      const { feed: chosen, ...rest } = parseStartOptions(search);
      expect(chosen).toMatchObject({ kind: 'simulated', seed: 42 });
      expect(rest).toEqual({ clock: 'auto', debug: false, book: 'demo' });
    },
  );

  it('load the book before the feed, so that a simulation starts from it', async () => {
    const app = stand();
    await startApp(app, parseStartOptions('?speed=10'));
    expect(app.asked.map((request) => request.kind)).toEqual(['load-demo', 'feed']);
    expect(app.speeds).toEqual([10]);
  });
});
