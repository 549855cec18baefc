import { describe, expect, it } from 'vitest';
import { createClient } from '../session/client.ts';
import { createReader } from '../session/desk/reader.ts';
import { createWholeEngine } from '../session/desk/testing/engine.ts';
import { OWN, SHARED } from '../session/desk/testing/open.ts';
import type { Command, DeskRows, Frame } from '../session/protocol.ts';
import { NO_FILTER, RISK_STATES } from '../session/protocol.ts';
import { bookText } from '../session/testing/fixtures.ts';
import type { Transport, TransportFault } from '../session/transport.ts';
import { type Bench, createBench, START_MS } from '../transport/testing/bench.ts';
import { startDesk } from './desk-actions.ts';
import { DESK_KEY } from './desk-memory.ts';
import { createApp, followLink, parseStartOptions, startApp } from './index.ts';
import * as selectors from './selectors.ts';

const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).slice().buffer;

/** A page over a real worker's insides, in process: store, client, host, session and desk. */
function open(texts = new Map<string, string>(), isShared = false) {
  const links: string[] = [];
  let listener: (message: unknown) => void = () => undefined;
  let fault: (fault: TransportFault) => void = () => undefined;
  let started: () => void = () => undefined;
  const sent: Command[] = [];
  const spawn = (): Bench =>
    createBench({}, { engine: createWholeEngine(isShared ? SHARED : OWN), post: (frame: Frame) => listener(structuredClone(frame)) });
  let bench = spawn();
  const transport: Transport = {
    post: (message) => {
      sent.push(message as Command);
      bench.send(message as Command);
    },
    onMessage: (next) => {
      listener = next;
    },
    onError: (next) => {
      fault = next;
    },
    onStart: (next) => {
      started = next;
      next();
    },
    close: () => undefined,
  };
  const app = createApp({
    storage: { getItem: (key) => texts.get(key) ?? null, setItem: (key, value) => void texts.set(key, value) },
    address: { replace: (link) => void links.push(link), after: (run) => run() },
    loadReader: () => Promise.resolve(createReader),
    connect: (handlers) =>
      createClient({ transport, hello: { nowMs: () => START_MS, clock: 'manual' }, schedule: (deliver) => deliver(), ...handlers }),
  });
  return {
    app,
    links,
    sent,
    texts,
    beats: (count: number) => bench.beats(count),
    restart: () => {
      fault({ kind: 'stopped', detail: 'it broke' });
      bench = spawn();
      started();
    },
  };
}

/** The same with the desk loaded. */
async function page({ isShared = false, memory = '' } = {}) {
  const opened = open(new Map(memory === '' ? [] : [[DESK_KEY, memory]]), isShared);
  const { actions: desk } = await opened.app.loadDesk();
  const { store, actions } = opened.app;
  return { ...opened, desk, actions, state: () => store.getState().desk, app: () => store.getState() };
}

const shown = (rows: DeskRows | null | undefined): readonly string[] => rows?.account ?? [];

describe.each([
  ['rows handed over', false],
  ['shared memory', true],
])('the desk in the store, %s', (_, isShared) => {
  it('opens, filters, orders, scrolls and shows a row', async () => {
    const { desk, actions, state, app, beats } = await page({ isShared });
    desk.show(true);
    expect(await desk.openPopulation(500, 7)).toMatchObject({ ok: true, value: { coverage: { loaded: 500 } } });
    beats(6);
    expect(selectors.selectDeskBook(app())?.count).toBe(500);
    expect(selectors.selectDeskCoverage(app())).toMatchObject({ loaded: 500, skipped: 0 });
    expect(state().window).toMatchObject({ matched: 500, total: 500, from: 0 });
    const ratios = [...state().window!.rows.marginRatio];
    expect(ratios).toEqual([...ratios].sort((a, b) => b - a));

    await desk.filter({ markets: ['BTC'], side: 'short' });
    const { matched } = state().window!;
    expect(matched).toBeGreaterThan(10);
    expect(matched).toBeLessThan(500);
    await desk.clearFilter();
    await desk.query({ sort: [{ column: 'equity', falling: false }], window: { from: 0, count: 10 } });
    const first = shown(state().window?.rows);
    expect(first).toHaveLength(10);
    desk.freeze(true);
    await desk.scroll(5, 10);
    expect(shown(state().window?.rows).slice(0, 5)).toEqual(first.slice(5));
    // What is here is read at once; what is not only where memory is shared.
    expect(shown(desk.read(7, 3))).toEqual(shown(state().window?.rows).slice(2, 5));
    expect(shown(desk.read(400, 3))).toHaveLength(isShared ? 3 : 0);
    expect(desk.read(400, 3) === null).toBe(!isShared);

    const account = first[0]!;
    expect(await desk.openRow(account)).toMatchObject({ ok: true });
    beats(6);
    expect(selectors.selectAccount(app())?.id).toBe(account);
    await desk.scroll(0, 1);
    expect(selectors.selectPositions(app())?.count).toBe(state().window!.rows.positions[0]);
    expect(await desk.openRow('nobody')).toMatchObject({ ok: false });
    expect(await actions.exportBook()).toMatchObject({ ok: true });
  });

  it('makes no window and no panel while it is not on screen, and follows states all the same', async () => {
    const { desk, actions, state, beats } = await page({ isShared });
    await desk.openPopulation(200, 3);
    desk.panels({ visible: ['skew', 'ladder'] });
    await actions.setFeed({ kind: 'simulated', seed: 1, regime: 'stress', stepMs: 1_000 });
    await actions.step(3);
    beats(12);
    expect(state().window?.rows.count ?? 0).toBe(0);
    expect(state().panels?.skew).toBeUndefined();
    expect(state().panels?.stateCounts.reduce((sum, n) => sum + n, 0)).toBe(200);
    desk.show(true);
    await actions.step(1);
    beats(12);
    expect(state().window?.rows.count).toBe(60);
    expect(selectors.selectDeskPanel('skew')({ desk: state() } as never)?.long.accounts).toBeGreaterThan(10);
    expect(state().panels?.ladder?.move).toHaveLength(40);
    desk.show(false);
    expect(state().query.window.count).toBe(60);
  });

  it('is put back after a crash: accounts, query, panels and watch-list', async () => {
    const { desk, state, restart, beats, app } = await page({ isShared });
    desk.show(true);
    await desk.openPopulation(120, 5);
    desk.panels({ visible: ['concentration'] });
    await desk.query({ sort: [{ column: 'equity', falling: true }] });
    const before = shown(state().window?.rows);
    desk.watch(before[3]!, true);
    restart();
    await Promise.resolve();
    beats(8);
    expect(app().connection).toMatchObject({ kind: 'ready', restartCount: 1 });
    expect(shown(state().window?.rows)).toEqual(before);
    expect(state().window?.watched.account).toEqual([before[3]]);
    expect(state().panels?.concentration?.holders).toBeGreaterThan(50);
  });

  it('says that a file whose bytes were handed over is lost', async () => {
    const { desk, state, restart, app } = await page({ isShared });
    expect(await desk.openFile('book.json', bytesOf(bookText()))).toMatchObject({ ok: true, value: { coverage: { loaded: 4 } } });
    expect(state().source).toEqual({ kind: 'file', name: 'book.json' });
    restart();
    await Promise.resolve();
    expect(state().book).toBeNull();
    expect(
      app()
        .notices.map(({ text }) => text)
        .join(),
    ).toContain('open it again');
  });
});

describe('the desk before it is looked at', () => {
  it('costs nothing: the engine hears nothing of it, and what is remembered waits; then it is one, however often it is asked for', async () => {
    const { app, sent } = open(new Map([[DESK_KEY, '{"views":[],"watched":["a"]}']]));
    expect(() => app.actions.desk).toThrow('before it was loaded');
    expect(app.store.getState().desk).toMatchObject({ book: null, watched: [] });
    await app.actions.loadDemo();
    expect(sent.filter(({ kind }) => kind.startsWith('desk-'))).toEqual([]);
    const [part, again] = await Promise.all([app.loadDesk(), app.loadDesk()]);
    expect(again).toBe(part);
    expect(app.actions.desk).toBe(part.actions);
    expect(app.store.getState().desk.watched).toEqual(['a']);
    expect(sent.filter(({ kind }) => kind.startsWith('desk-'))).toMatchObject([{ kind: 'desk-watch', accounts: ['a'] }]);
  });
});

describe('what the desk remembers', () => {
  it('watch-list and views survive a reload; what is foreign does not', async () => {
    const first = await page();
    first.desk.show(true);
    await first.desk.openPopulation(50, 1);
    const [a, b] = shown(first.state().window?.rows);
    first.desk.watch(a!, true);
    first.desk.watch(b!, true);
    first.desk.watch(a!, false);
    await first.desk.filter({ states: ['watch'], text: 'secret' });
    first.desk.saveView('  Near the line ');
    first.desk.saveView('');
    expect(first.texts.get(DESK_KEY)).not.toContain('secret');

    const second = await page({ memory: first.texts.get(DESK_KEY)! });
    expect(second.state().watched).toEqual([b]);
    expect(second.state().views.map(({ name }) => name)).toEqual(['Near the line']);
    expect(second.sent).toContainEqual(expect.objectContaining({ kind: 'desk-watch', accounts: [b] }));
    second.desk.show(true);
    second.desk.showView(second.state().views[0]!.view);
    await Promise.resolve();
    expect(second.state().query.filter).toEqual({ ...NO_FILTER, states: ['watch'] });
    second.desk.removeView('Near the line');
    expect(JSON.parse(second.texts.get(DESK_KEY)!)).toEqual({ views: [], watched: [b] });
  });

  it.each([
    'nonsense',
    '[]',
    '{"views":{},"watched":[1,"a","a",null]}',
    '{"views":[{"name":"x","link":"desk/9"},{"name":""}],"watched":7}',
  ])('reads %s as little or nothing', async (memory) => {
    const { state } = await page({ memory });
    expect(state().views).toEqual([]);
    expect(state().watched).toEqual(memory.includes('"a"') ? ['a'] : []);
  });
});

describe('DM-15 the address holds the view', () => {
  it('a link put into the address of the open page is shown, once; the one that is shown already changes nothing', async () => {
    const { app: opened, links, sent } = open();
    const { actions: desk } = await opened.loadDesk();
    desk.show(true);
    await desk.openPopulation(40, 9);
    const asked = (kind: string): number => sent.filter((command) => command.kind === kind).length;
    const before = [asked('desk-open'), asked('desk-query')];
    followLink(opened, links.at(-1)!);
    followLink(opened, 'desk/1');
    followLink(opened, 'margin');
    followLink(opened, 'desk/2?state=watch');
    await new Promise((resolve) => setTimeout(resolve));
    expect([asked('desk-open'), asked('desk-query')]).toEqual(before);
    followLink(opened, 'desk/1?population=40.9&state=watch&sort=equity:up');
    await new Promise((resolve) => setTimeout(resolve));
    expect(opened.store.getState().desk.query).toMatchObject({
      filter: { states: ['watch'] },
      sort: [{ column: 'equity', falling: false }],
    });
    expect(asked('desk-open')).toBe(before[0]);
    followLink(opened, 'desk/1?population=30.2');
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked('desk-open')).toBe(before[0]! + 1);
    expect(opened.store.getState().desk.query.filter.states).toEqual([]);
  });

  it('one notice says what of a link is not shown, and what is', async () => {
    const { app: opened } = open();
    const notices = () => opened.store.getState().notices.filter(({ kind }) => kind === 'desk-link');
    const said = () => notices().map(({ text }) => text);
    await startApp(opened, parseStartOptions('?feed=none&book=none'), 'desk/2?state=watch');
    expect(said()).toEqual([
      'The link is of another version, or too long, and was left out whole. The desk is empty until accounts are opened.',
    ]);
    const { follow, start } = await opened.loadDesk();
    await start('desk/1?population=30.2&state=watch,nonsense&0xSECRET=1');
    expect(opened.store.getState().desk.book?.count).toBe(30);
    expect(said()).toEqual(['Fields of the link were left out: state, 1 that is not known. The rest of it is shown.']);
    follow('desk/1');
    expect(said()).toHaveLength(1);
    follow('desk/1?population=0.2');
    expect(said()).toEqual(['Fields of the link were left out: population. The rest of it is shown. The accounts on the desk stay.']);
    follow('desk/1?sort=equity:up');
    expect(said()).toEqual([]);
  });

  it('while the desk is on screen and a book is open, and restores it', async () => {
    const { desk, links } = await page();
    await desk.openPopulation(40, 9);
    expect(links).toEqual([]);
    desk.show(true);
    await desk.filter({ states: ['warning', 'margin-call'], text: 'abc' });
    desk.panels({ ladderMarket: 'ETH' });
    await desk.query({ sort: [{ column: 'shock', falling: false }] });
    const link = links.at(-1)!;
    expect(link).toBe('desk/1?population=40.9&state=warning,margin-call&sort=shock:up&ladder=ETH:0.01');
    await desk.close();
    expect(links.at(-1)).toBe('desk/1');
    desk.show(false);
    expect(links.at(-1)).toBe('');

    const again = await page();
    again.desk.show(true);
    await startDesk(again.desk, link);
    expect(again.state().book?.count).toBe(40);
    expect(again.state().query).toMatchObject({ filter: { states: ['warning', 'margin-call'], text: '' }, sort: [{ column: 'shock' }] });
    expect(again.state().wish.ladderMarket).toBe('ETH');
    for (const state of again.state().window!.rows.state) expect(['warning', 'margin-call']).toContain(RISK_STATES[state]!);
    await startDesk(again.desk, 'desk/1x');
  });
});

describe('what goes wrong', () => {
  it('DK-18 the totals say how many pools they leave out', async () => {
    const { desk, state, beats, actions } = await page();
    const base = { venue: 'hyperliquid', contract: 'linear', quote: 'USD', settle: 'USDC', contractSize: '1' };
    const accountOf = (id: string, instrument: string) => ({
      id,
      venue: 'hyperliquid',
      balances: [{ asset: 'USDC', amount: '1000' }],
      positions: [{ instrument, size: '1', entryPrice: '100', marginMode: 'cross' }],
    });
    const book = {
      format: 'leverage-book/1',
      asOf: '2026-01-01T00:00:00Z',
      instruments: { 'hl:BTC': { ...base, base: 'BTC', markPrice: '100' }, 'hl:NONE': { ...base, base: 'NONE' } },
      assets: { USDC: { price: '1' } },
      accounts: [accountOf('known', 'hl:BTC'), accountOf('unknown', 'hl:NONE')],
    };
    desk.show(true);
    expect(await desk.openFile('book.json', bytesOf(JSON.stringify(book)))).toMatchObject({ ok: true });
    await actions.step(1);
    beats(12);
    expect(state().panels?.totals).toMatchObject({ equity: 1000, grossNotional: 100, unknownPools: 1 });
  });

  it('a file that cannot be read leaves what is open; one that is cancelled is no fault', async () => {
    const { desk, state, app } = await page();
    await desk.openPopulation(30, 1);
    expect(await desk.openFile('broken.csv', bytesOf('row,account\nnonsense,1\n'))).toMatchObject({ ok: false });
    expect(state().book?.count).toBe(30);
    expect(app().notices).toMatchObject([{ kind: 'desk', severity: 'error' }]);
    await desk.openPopulation(31, 1);
    expect(app().notices).toEqual([]);
    expect(await desk.cancel()).toMatchObject({ ok: true });
  });
});
